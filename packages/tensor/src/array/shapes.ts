/** @file Result types of the positional operations. Here misuse is refused, in the same way while computing and while recording a program. */
import { ELEMENTWISE, type ElementwiseName, type OperandKind } from '../elementwise/table.ts';
import { DTypeError, ShapeError } from '../errors.ts';
import type { DType } from './dtype.ts';
import { sameShape, sizeOf, type Shape } from './strides.ts';
import type { ArrayType } from './type.ts';

const ACCEPTED: Readonly<Record<OperandKind, readonly DType[]>> = {
  any: ['f32', 'f64', 'i32', 'bool'],
  number: ['f32', 'f64', 'i32'],
  real: ['f32', 'f64'],
  bool: ['bool'],
};

const ADVICE: Readonly<Record<OperandKind, string>> = {
  any: 'Convert one with convert(x, dtype).',
  number: 'Convert booleans with convert(x, "i32").',
  real: 'Convert it with convert(x, "f32") or convert(x, "f64").',
  bool: 'Compare first: less(x, y), equal(x, y).',
};

/** Elementwise operations take operands of one shape, or of rank 0, and of one dtype. */
export function elementwiseType(name: ElementwiseName, inputs: readonly ArrayType[]): ArrayType {
  const { operands, result } = ELEMENTWISE[name];
  let { shape } = inputs[0]!;
  const first = name === 'select' ? 1 : 0;
  const { dtype } = inputs[first]!;
  for (let k = 1; k < inputs.length; k++) {
    const input = inputs[k]!;
    if (input.shape.length > 0) {
      if (shape.length > 0 && !sameShape(shape, input.shape)) throw new ShapeError(name, [shape, input.shape], 'operands of different shapes.');
      shape = input.shape;
    }
    if (k > first && input.dtype !== dtype) throw new DTypeError(name, inputs.map((each) => each.dtype), 'operands of different dtypes.', ADVICE.any);
  }
  if (first === 1 && inputs[0]!.dtype !== 'bool') throw new DTypeError(name, [inputs[0]!.dtype], 'the condition is not boolean.', ADVICE.bool);
  if (operands !== 'any' && !ACCEPTED[operands].includes(dtype)) throw new DTypeError(name, [dtype], `the operands must be ${ACCEPTED[operands].join(' or ')}.`, ADVICE[operands]);
  return { shape, dtype: result === 'bool' ? 'bool' : dtype };
}

/** Axes in ascending order without repetition, all inside the rank. */
export function checkAxes(operation: string, { shape }: ArrayType, axes: readonly number[]): void {
  axes.forEach((axis, k) => {
    if (!Number.isInteger(axis) || axis < 0 || axis >= shape.length) throw new ShapeError(operation, [shape], `there is no axis ${axis}.`, `Use axes from 0 to ${shape.length - 1}.`);
    if (axes.indexOf(axis) !== k) throw new ShapeError(operation, [shape], `axis ${axis} is given twice.`, 'Name every axis once.');
  });
}

/** A list of non-negative integers. */
export function checkShape(operation: string, shape: Shape): void {
  if (!shape.every((length) => Number.isInteger(length) && length >= 0)) throw new ShapeError(operation, [shape], 'a length is no integer ≥ 0.');
}

/** Axes that a reduction leaves. */
export function keptAxes(shape: Shape, axes: readonly number[]): number[] {
  return shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
}

/** A reduction over `axes`. */
export function reducedType(operation: string, type: ArrayType, axes: readonly number[], operands: OperandKind): ArrayType {
  checkAxes(operation, type, axes);
  if (!ACCEPTED[operands].includes(type.dtype)) throw new DTypeError(operation, [type.dtype], `the operand must be ${ACCEPTED[operands].join(' or ')}.`, ADVICE[operands]);
  return { shape: keptAxes(type.shape, axes).map((axis) => type.shape[axis]!), dtype: type.dtype };
}

/** Input axis k becomes output axis `axes[k]`; an axis of length 1 may be stretched. */
export function broadcastType(type: ArrayType, shape: Shape, axes: readonly number[]): ArrayType {
  checkShape('broadcast', shape);
  const fits = axes.length === type.shape.length && axes.every((axis, k) => axis < shape.length && (k === 0 ? axis >= 0 : axis > axes[k - 1]!));
  if (!fits) throw new ShapeError('broadcast', [type.shape, shape], `the axes [${axes.join(', ')}] are not one ascending output axis per input axis.`);
  axes.forEach((axis, k) => {
    if (type.shape[k] !== 1 && type.shape[k] !== shape[axis]) throw new ShapeError('broadcast', [type.shape, shape], `axis ${k} does not fit axis ${axis}.`);
  });
  return { shape, dtype: type.dtype };
}

/** Another shape of the same size. */
export function reshapedType(type: ArrayType, shape: Shape): ArrayType {
  checkShape('reshape', shape);
  if (sizeOf(shape) !== sizeOf(type.shape)) throw new ShapeError('reshape', [type.shape, shape], 'shapes of different sizes.');
  return { shape, dtype: type.dtype };
}

/** `shape` elements from `start` on in steps of `step`, which must lie inside. */
export function slicedType(type: ArrayType, start: readonly number[], step: readonly number[], shape: Shape): ArrayType {
  checkShape('slice', shape);
  if (shape.length !== type.shape.length || start.length !== shape.length || step.length !== shape.length) throw new ShapeError('slice', [type.shape, shape], 'start, step and shape must have one entry per axis.');
  shape.forEach((count, axis) => {
    const from = start[axis]!;
    const by = step[axis]!;
    const last = count === 0 ? from - 1 : from + (count - 1) * by;
    if (!Number.isInteger(from) || !Number.isInteger(by) || from < 0 || by < 1 || last >= type.shape[axis]!) {
      throw new ShapeError('slice', [type.shape, shape], `axis ${axis} from ${from} in steps of ${by} reaches outside.`);
    }
  });
  return { shape, dtype: type.dtype };
}

/** Lengths after padding before, behind and between the elements. */
export function paddedType(type: ArrayType, low: readonly number[], high: readonly number[], interior: readonly number[]): ArrayType {
  for (const widths of [low, high, interior]) {
    checkShape('pad', widths);
    if (widths.length !== type.shape.length) throw new ShapeError('pad', [type.shape, widths], 'one width per axis is needed.');
  }
  return { shape: type.shape.map((length, axis) => low[axis]! + high[axis]! + length + Math.max(length - 1, 0) * interior[axis]!), dtype: type.dtype };
}

/** Parts that agree in dtype and in all lengths but along `axis`. */
export function concatenatedType(inputs: readonly ArrayType[], axis: number): ArrayType {
  const first = inputs[0];
  if (first === undefined) throw new ShapeError('concat', [], 'no arrays were given.', 'Give at least one array.');
  const { shape, dtype } = first;
  checkAxes('concat', first, [axis]);
  for (const input of inputs) {
    if (input.dtype !== dtype) throw new DTypeError('concat', [dtype, input.dtype], 'parts of different dtypes.', 'Convert them to one dtype first.');
    if (input.shape.length !== shape.length || input.shape.some((length, k) => k !== axis && length !== shape[k])) {
      throw new ShapeError('concat', [shape, input.shape], `parts differ elsewhere than along axis ${axis}.`);
    }
  }
  return { shape: shape.map((length, k) => (k === axis ? inputs.reduce((total, input) => total + input.shape[axis]!, 0) : length)), dtype };
}

/** Axis k of the result is axis `order[k]`. */
export function transposedType(type: ArrayType, order: readonly number[]): ArrayType {
  checkAxes('transpose', type, order);
  if (order.length !== type.shape.length) throw new ShapeError('transpose', [type.shape], `the order [${order.join(', ')}] does not name every axis.`, 'Name every axis once.');
  return { shape: order.map((axis) => type.shape[axis]!), dtype: type.dtype };
}
