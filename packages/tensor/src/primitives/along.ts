/** @file Positions along one axis: of extremes, in the order of values, and the elements at given ones. */
import { applyOne, discrete, type Primitive, type Value, type VectorSpace } from '@tapeflow/autodiff/extend';
import { arrayAbstract, arraySpace, arrayTypeOf, full, NDArray, reshape } from '../array/ndarray.ts';
import type { AxisParams } from '../array/rules.ts';
import { checkAxes } from '../array/shapes.ts';
import { sizeOf, type Shape } from '../array/strides.ts';
import { checkedAllocate, type ArrayType } from '../array/type.ts';
import { findExtremes, order, type Direction } from '../backends/js/lines.ts';
import { DTypeError, ShapeError } from '../errors.ts';
import { gather } from './gather.ts';
import { transpose } from './structure.ts';

const withoutAxis = (shape: Shape, axis: number): number[] => shape.filter((_, k) => k !== axis);

function extremeType(operation: string, type: ArrayType, axis: number): ArrayType {
  checkAxes(operation, type, [axis]);
  if (type.shape[axis] === 0) throw new ShapeError(operation, [type.shape], `axis ${axis} is empty, and has no extreme.`, 'Give at least one element.');
  return { shape: withoutAxis(type.shape, axis), dtype: 'i32' };
}

function positionOfExtreme(name: string, direction: Direction): Primitive {
  const declared: Primitive = discrete({
    name,
    evaluate([x], params) {
      const { axis } = params as AxisParams;
      const { shape } = extremeType(name, arrayTypeOf(x), axis);
      const out = checkedAllocate(name, 'i32', shape) as Int32Array;
      findExtremes(out, x as NDArray, axis, direction);
      return [NDArray.of(out, shape, 'i32')];
    },
    abstract: ([x], params) => [arrayAbstract(extremeType(name, x!.type as ArrayType, (params as AxisParams).axis))],
    outputSpace: () => arraySpace as VectorSpace,
    batch: ([x], _batched, params) => ({ outputs: [applyOne(declared, [x], { axis: (params as AxisParams).axis + 1 } satisfies AxisParams)], batched: [true] }),
  });
  return declared;
}

const argMaxPrimitive = positionOfExtreme('argMax', 1);
const argMinPrimitive = positionOfExtreme('argMin', -1);

/** Position of the largest element along an axis: the first of equal ones, or the first NaN. */
export const argMax = (x: Value, axis: number): Value => applyOne(argMaxPrimitive, [x], { axis } satisfies AxisParams);
/** Position of the smallest element along an axis: the first of equal ones, or the first NaN. */
export const argMin = (x: Value, axis: number): Value => applyOne(argMinPrimitive, [x], { axis } satisfies AxisParams);

/** Parameters of argsort. */
export interface OrderParams extends AxisParams {
  readonly isDescending: boolean;
}

function orderType(type: ArrayType, axis: number): ArrayType {
  checkAxes('argsort', type, [axis]);
  return { shape: type.shape, dtype: 'i32' };
}

const argsortPrimitive: Primitive = discrete({
  name: 'argsort',
  evaluate([x], params) {
    const { axis, isDescending } = params as OrderParams;
    const { shape } = orderType(arrayTypeOf(x), axis);
    const out = checkedAllocate('argsort', 'i32', shape) as Int32Array;
    order(out, x as NDArray, axis, isDescending);
    return [NDArray.of(out, shape, 'i32')];
  },
  abstract: ([x], params) => [arrayAbstract(orderType(x!.type as ArrayType, (params as OrderParams).axis))],
  outputSpace: () => arraySpace as VectorSpace,
  batch: ([x], _batched, params) => {
    const { axis, isDescending } = params as OrderParams;
    return { outputs: [argsort(x, axis + 1, isDescending)], batched: [true] };
  },
});

/** Positions along an axis in the order of the elements. Equal ones keep their order, also where the largest comes first; NaN comes last. */
export function argsort(x: Value, axis: number, isDescending: boolean = false): Value {
  return applyOne(argsortPrimitive, [x], { axis, isDescending } satisfies OrderParams);
}

/** Elements along an axis in ascending (or descending) order, NaN last. */
export function sort(x: Value, axis: number, isDescending: boolean = false): Value {
  return takeAlong(x, argsort(x, axis, isDescending), axis);
}

/** Elements of x at positions along an axis: `indices` has the shape of x but for that axis, and looks into the line it stands in. */
export function takeAlong(x: Value, indices: Value, axis: number): Value {
  const type = arrayTypeOf(x);
  const { shape, dtype } = arrayTypeOf(indices);
  checkAxes('takeAlong', type, [axis]);
  if (dtype !== 'i32') throw new DTypeError('takeAlong', [dtype], 'indices must be integers.', 'Convert them with convert(x, "i32").');
  if (shape.length !== type.shape.length || shape.some((length, k) => k !== axis && length !== type.shape[k])) throw new ShapeError('takeAlong', [type.shape, shape], `array and indices differ elsewhere than along axis ${axis}.`);
  const lines = sizeOf(withoutAxis(shape, axis));
  if (lines === 0) return full(0, shape, type.dtype);
  // With the axis last, every line is one member of the array that is looked up.
  const axes = shape.map((_, k) => k);
  const last = [...withoutAxis(axes, axis), axis];
  const source = reshape(transpose(x, last), [sizeOf(type.shape)]);
  const positions = transpose(indices, last);
  const taken = gather(source, reshape(positions, [lines, shape[axis]!]), lines);
  return transpose(reshape(taken, arrayTypeOf(positions).shape), axes.map((k) => last.indexOf(k)));
}
