/**
 * @file Positional arrays and their vector space. The named layer stands above; primitives, compiler and backends work on these.
 * Class, space and the operations that the space is made of refer to each other, so they live in one file.
 */
import { applyOne, applyPair, Box, discrete, elementwise, linear, primitive, type Abstract, type Primitive, type Slope, type Value, type VectorSpace } from '@tapeflow/autodiff/extend';
import { heavyRunner, isHeavy, type HeavyOperation } from '../backends/heavy.ts';
import { runLoop, type Loop } from '../backends/js/elementwise.ts';
import { addLoop, mulI32Loop, mulLoop } from '../backends/js/loops.ts';
import { reduceAxes } from '../backends/js/reduce.ts';
import { copyInto } from '../backends/js/copy.ts';
import type { ElementwiseName } from '../elementwise/table.ts';
import { DTypeError } from '../errors.ts';
import { allocate, bytesPerElement, isFloat, type DType, type TypedArray } from './dtype.ts';
import {
  asGeneral, type ArrayElementwiseRule, type ArrayOperation, type AxesParams, type AxisParams, type BroadcastParams, type FullParams, type LinearRule, type PadParams,
  type ShapeParams, type SliceParams,
} from './rules.ts';
import { broadcastType, checkAxes, checkShape, concatenatedType, elementwiseType, keptAxes, paddedType, reducedType, reshapedType, slicedType } from './shapes.ts';
import { checkedAllocate, describeType, type ArrayType } from './type.ts';
import { Storage } from './storage.ts';
import { isRowMajor, rowMajor, sameShape, sizeOf, type Shape } from './strides.ts';
import { broadcastStrides, reshapedStrides, slicedWindow } from './views.ts';

/** An array in memory: a window with strides onto a storage. Immutable. */
export class NDArray implements ArrayType {
  readonly storage: Storage;
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly offset: number;
  readonly dtype: DType;

  constructor(storage: Storage, shape: Shape, strides: readonly number[], offset: number, dtype: DType) {
    this.storage = storage;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    this.dtype = dtype;
  }

  /** A row-major array around data that nobody else will write to. */
  static of(data: TypedArray, shape: Shape, dtype: DType): NDArray {
    return new NDArray(new Storage(data), shape, rowMajor(shape), 0, dtype);
  }

  static filled(value: number, shape: Shape, dtype: DType): NDArray {
    const data = allocate(dtype, 1);
    data[0] = dtype === 'bool' ? Number(value !== 0) : value;
    return new NDArray(new Storage(data), shape, shape.map(() => 0), 0, dtype);
  }

  get data(): TypedArray {
    return this.storage.data;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  get '~tapeflow.space'(): VectorSpace {
    return arraySpace as VectorSpace;
  }

  /** Elements in row-major order without gaps; the array's own memory where it already is like that. */
  contiguous(): TypedArray {
    const size = this.size;
    if (isRowMajor(this.shape, this.strides)) return this.data.subarray(this.offset, this.offset + size);
    const out = checkedAllocate('contiguous', this.dtype, this.shape);
    copyInto(out, this, 0, rowMajor(this.shape));
    return out;
  }

  /** A copy on the heap, in a buffer of its own, that nothing will change. */
  copyData(): TypedArray {
    const { size } = this;
    if (isRowMajor(this.shape, this.strides)) return this.data.slice(this.offset, this.offset + size);
    const out = allocate(this.dtype, size);
    copyInto(out, this, 0, rowMajor(this.shape));
    return out;
  }

  toString(): string {
    return describeType(this);
  }
}

// Shown as its type instead of its memory. Outside the class, because declarations that are made without type inference know no
// computed names.
Object.defineProperty(NDArray.prototype, Symbol.for('nodejs.util.inspect.custom'), { value: NDArray.prototype.toString });

const typeOf = (value: Value): ArrayType => {
  if (value instanceof NDArray) return { shape: value.shape, dtype: value.dtype };
  throw new DTypeError('array operation', [typeof value], 'an input is not an array.', 'Convert it with tensor(...) first.');
};

/** Shape and dtype of an array or of a box around one. */
export function arrayTypeOf(value: Value): ArrayType {
  return value instanceof Box ? (value.type as ArrayType) : typeOf(value);
}

/** Dtype of an array or of a box around one. */
export function dtypeOf(value: Value): DType {
  return value instanceof NDArray ? value.dtype : arrayTypeOf(value).dtype;
}

const asTypes = (inputs: readonly Abstract[]): readonly ArrayType[] => inputs.map(({ type }) => type as ArrayType);
export const arrayAbstract = (type: ArrayType): Abstract => ({ space: arraySpace as VectorSpace, type });

/** The space of arrays. */
export const arraySpace: VectorSpace<ArrayType> = {
  name: 'array',
  typeOf,
  describe: describeType,
  sameType: (a, b) => a.dtype === b.dtype && sameShape(a.shape, b.shape),
  isDifferentiable: ({ dtype }) => isFloat(dtype),
  isScalar: ({ shape }) => shape.length === 0,
  zeros: ({ shape, dtype }) => full(0, shape, dtype),
  one: ({ dtype }) => full(1, [], dtype),
  add: (a, b) => add(a, b),
  multiply: (a, b) => mul(a, b),
  scale: (a, factor) => mul(a, full(factor, [], arrayTypeOf(a).dtype)),
  dot: (a, b) => reduceSum(mul(a, b)),
  unbroadcast(cotangent, { shape }) {
    const seen = arrayTypeOf(cotangent).shape;
    if (seen.length === shape.length) return cotangent;
    return shape.length === 0 ? reduceSum(cotangent) : broadcast(cotangent, shape, []);
  },
  dimension: ({ shape }) => sizeOf(shape),
  basis({ shape, dtype }, index) {
    const data = allocate(dtype, sizeOf(shape));
    data[index] = 1;
    return NDArray.of(data, shape, dtype);
  },
  randomLike({ shape, dtype }, random) {
    return NDArray.of(allocate(dtype, sizeOf(shape)).map(() => random()), shape, dtype);
  },
  components: (value) => (value as NDArray).contiguous(),
  bytes: ({ shape, dtype }) => sizeOf(shape) * bytesPerElement(dtype),
  firstNonFinite(value) {
    const data = (value as NDArray).contiguous();
    for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return i;
    return -1;
  },
  batch: {
    size: (stacked) => arrayTypeOf(stacked).shape[0] ?? 0,
    stack: (values) => concat(values.map((value) => reshape(value, [1, ...arrayTypeOf(value).shape])), 0),
    split: (stacked, size) => {
      const { shape } = arrayTypeOf(stacked);
      const member = shape.slice(1);
      return Array.from({ length: size }, (_, i) => reshape(sliceAxis(stacked, 0, i, 1, 1), member));
    },
    repeat: (value, size) => {
      const { shape } = arrayTypeOf(value);
      return broadcast(value, [size, ...shape], shape.map((_, axis) => axis + 1));
    },
    memberType: (stacked) => {
      const { shape, dtype } = arrayTypeOf(stacked);
      return { shape: shape.slice(1), dtype };
    },
  },
};

// Elementwise operations: operands of one shape, or of rank 0.

/** Operands stacked along a new first axis are brought to one rank. */
function alignBatch(inputs: readonly Value[], batched: readonly boolean[], size: number): Value[] {
  const members = inputs.map((input, k) => (batched[k] ? arrayTypeOf(input).shape.slice(1) : arrayTypeOf(input).shape));
  const shape = members.find((member) => member.length > 0) ?? [];
  return inputs.map((input, k) => {
    const member = members[k]!;
    if (member.length === shape.length) return batched[k] || shape.length === 0 ? input : arraySpace.batch.repeat(input, size);
    return batched[k] ? broadcast(input, [size, ...shape], [0]) : input;
  });
}

/** Value, type and batching of an elementwise operation of the table. */
export function elementwiseRule(name: ElementwiseName, loop: Loop, loopI32: Loop, self: (inputs: readonly Value[]) => Value): ArrayElementwiseRule {
  const operation: HeavyOperation = { name, params: undefined, perform: (inputs) => [self(inputs)] };
  return {
    name,
    space: arraySpace as VectorSpace,
    evaluate(inputs: readonly Value[]): Value {
      const arrays = inputs as readonly NDArray[];
      for (const input of arrays) if (!(input instanceof NDArray)) typeOf(input);
      const { shape, dtype } = elementwiseType(name, arrays);
      const out = checkedAllocate(name, dtype, shape);
      if (!isHeavy('elements', out.length) || heavyRunner()?.pointwise(operation, arrays, out) !== true) {
        runLoop(dtype === 'i32' ? loopI32 : loop, out, shape, out.length, arrays);
      }
      return NDArray.of(out, shape, dtype);
    },
    abstract: (inputs: readonly Abstract[]): Abstract => arrayAbstract(elementwiseType(name, asTypes(inputs))),
    batch: (inputs: readonly Value[], batched: readonly boolean[], size: number): Value => self(alignBatch(inputs, batched, size)),
  };
}

/** Declares an elementwise operation of the table with its loop and slopes; without slopes it has no derivative. */
export function declareElementwise(name: ElementwiseName, loop: Loop, slopes: readonly (Slope | undefined)[], loopI32: Loop = loop): (...inputs: Value[]) => Value {
  const rule = elementwiseRule(name, loop, loopI32, (inputs) => applyOne(declared, inputs));
  const hasSlopes = slopes.some((slope) => slope !== undefined);
  const declared: Primitive = hasSlopes ? elementwise({ ...rule, slopes }) : discrete(asGeneral(rule));
  return hasSlopes && slopes.length === 2 ? (a, b) => applyPair(declared, a, b) : (...inputs) => applyOne(declared, inputs);
}

export const add: (...inputs: Value[]) => Value = declareElementwise('add', addLoop as Loop, [() => 1, () => 1]);
export const mul: (...inputs: Value[]) => Value = declareElementwise('mul', mulLoop as Loop, [(_a, b) => b, (a) => a], mulI32Loop as Loop);

// Structural operations, linear in their first input.

/** Declares an operation that is linear in its first input. */
export function declareLinear<Params>(rule: LinearRule<Params>): ArrayOperation<Params> {
  const declared: Primitive = linear<Params>(
    {
      name: rule.name,
      space: arraySpace as VectorSpace,
      evaluate(inputs, params) {
        if (!(inputs[0] instanceof NDArray)) typeOf(inputs[0]);
        if (rule.heavy?.(inputs as readonly NDArray[], params) === true) {
          const outputs = heavyRunner()?.whole({ name: rule.name, params, perform: (xs) => [applyOne(declared, xs, params)] }, inputs as readonly NDArray[]);
          if (outputs !== undefined) return outputs[0];
        }
        return rule.evaluate(inputs[0] as NDArray, params, inputs as readonly NDArray[]);
      },
      abstract: (inputs, params) => arrayAbstract(rule.type(inputs[0]!.type as ArrayType, params, asTypes(inputs))),
      transpose: (yBar, params, type, inputs) => rule.transpose(yBar, params, type as ArrayType, inputs),
      batch: rule.batch,
    },
    arrayTypeOf,
  );
  return (inputs, params) => applyOne(declared, inputs, params);
}

const broadcastOperation: ArrayOperation<BroadcastParams> = declareLinear({
  name: 'broadcast',
  evaluate(x, { shape, axes }) {
    broadcastType(x, shape, axes);
    return new NDArray(x.storage, shape, broadcastStrides(x, shape, axes), x.offset, x.dtype);
  },
  type: (x, { shape, axes }) => broadcastType(x, shape, axes),
  transpose(yBar, { shape, axes }, type) {
    const summed = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
    const kept = reduceSum(yBar, summed);
    const stretched = axes.flatMap((axis, k) => (type.shape[k] === 1 && shape[axis] !== 1 ? [k] : []));
    return stretched.length === 0 ? kept : reshape(reduceSum(kept, stretched), type.shape);
  },
  batch: ([x], _batched, { shape, axes }, size) => broadcast(x, [size, ...shape], [0, ...axes.map((axis) => axis + 1)]),
});

/** Repeats along new axes (or axes of length 1) without copying. */
export function broadcast(x: Value, shape: Shape, axes: readonly number[]): Value {
  return axes.length === shape.length && axes.every((axis, k) => axis === k) && sameShape(arrayTypeOf(x).shape, shape) ? x : broadcastOperation([x], { shape, axes });
}

const reduceSumOperation: ArrayOperation<AxesParams> = declareLinear({
  name: 'reduceSum',
  // In programs f32 is added up in blocks, here pairwise in doubles: what is more exact is not given away for speed.
  heavy: ([x]) => x!.dtype !== 'f32' && isHeavy('reduced', sizeOf(x!.shape)),
  evaluate: (x, { axes }) => NDArray.of(reduceAxes('sum', x, axes, x.dtype), reducedType('reduceSum', x, axes, 'number').shape, x.dtype),
  type: (x, { axes }) => reducedType('reduceSum', x, axes, 'number'),
  transpose: (yBar, { axes }, { shape }) => broadcast(yBar, shape, keptAxes(shape, axes)),
  batch: ([x], _batched, { axes }) => reduceSum(x, axes.map((axis) => axis + 1)),
});

/** Sum over some axes (all by default). */
export function reduceSum(x: Value, axes: readonly number[] = arrayTypeOf(x).shape.map((_, axis) => axis)): Value {
  return axes.length === 0 ? x : reduceSumOperation([x], { axes });
}

const reshapeOperation: ArrayOperation<ShapeParams> = declareLinear({
  name: 'reshape',
  evaluate(x, { shape }) {
    reshapedType(x, shape);
    const strides = reshapedStrides(x, shape);
    return strides === undefined ? NDArray.of(x.contiguous(), shape, x.dtype) : new NDArray(x.storage, shape, strides, x.offset, x.dtype);
  },
  type: (x, { shape }) => reshapedType(x, shape),
  transpose: (yBar, _params, { shape }) => reshape(yBar, shape),
  batch: ([x], _batched, { shape }, size) => reshape(x, [size, ...shape]),
});

/** The same elements in row-major order under another shape. */
export function reshape(x: Value, shape: Shape): Value {
  return sameShape(arrayTypeOf(x).shape, shape) ? x : reshapeOperation([x], { shape });
}

const sliceOperation: ArrayOperation<SliceParams> = declareLinear({
  name: 'slice',
  evaluate(x, { start, step, shape }) {
    slicedType(x, start, step, shape);
    const { strides, offset } = slicedWindow(x, start, step, shape);
    return new NDArray(x.storage, shape, strides, offset, x.dtype);
  },
  type: (x, { start, step, shape }) => slicedType(x, start, step, shape),
  transpose(yBar, { start, step, shape }, type) {
    const high = type.shape.map((length, axis) => (shape[axis] === 0 ? length - start[axis]! : length - start[axis]! - (shape[axis]! - 1) * step[axis]! - 1));
    return pad(yBar, start, high, step.map((s) => s - 1));
  },
  batch: ([x], _batched, { start, step, shape }, size) => sliceOperation([x], { start: [0, ...start], step: [1, ...step], shape: [size, ...shape] }),
});

/** Every `step`-th element from `start` on, `shape` of them, along each axis. */
export function slice(x: Value, start: readonly number[], shape: Shape, step: readonly number[] = shape.map(() => 1)): Value {
  const isWhole = sameShape(arrayTypeOf(x).shape, shape) && start.every((s) => s === 0) && step.every((s) => s === 1);
  return isWhole ? x : sliceOperation([x], { start, step, shape });
}

/** `slice` along one axis. */
export function sliceAxis(x: Value, axis: number, start: number, length: number, step: number): Value {
  const type = arrayTypeOf(x);
  const { shape } = type;
  checkAxes('slice', type, [axis]);
  return slice(
    x,
    shape.map((_, k) => (k === axis ? start : 0)),
    shape.map((own, k) => (k === axis ? length : own)),
    shape.map((_, k) => (k === axis ? step : 1)),
  );
}

const padOperation: ArrayOperation<PadParams> = declareLinear({
  name: 'pad',
  evaluate(x, { low, high, interior }) {
    const { shape } = paddedType(x, low, high, interior);
    const out = checkedAllocate('pad', x.dtype, shape);
    const { strides, offset } = slicedWindow({ shape, strides: rowMajor(shape), offset: 0 }, low, interior.map((count) => count + 1), x.shape);
    copyInto(out, x, offset, strides);
    return NDArray.of(out, shape, x.dtype);
  },
  type: (x, { low, high, interior }) => paddedType(x, low, high, interior),
  transpose: (yBar, { low, interior }, { shape }) => slice(yBar, low, shape, interior.map((count) => count + 1)),
  batch: ([x], _batched, { low, high, interior }) => pad(x, [0, ...low], [0, ...high], [0, ...interior]),
});

/** Zeros around (and, with `interior`, between) the elements. */
export function pad(x: Value, low: readonly number[], high: readonly number[], interior: readonly number[] = low.map(() => 0)): Value {
  const isWhole = [low, high, interior].every((widths) => widths.length === arrayTypeOf(x).shape.length && widths.every((count) => count === 0));
  return isWhole ? x : padOperation([x], { low, high, interior });
}

const concatPrimitive: Primitive = primitive({
  name: 'concat',
  evaluate(inputs, params) {
    const { axis } = params as AxisParams;
    const parts = inputs as readonly NDArray[];
    const { shape, dtype } = concatenatedType(parts, axis);
    const out = checkedAllocate('concat', dtype, shape);
    const strides = rowMajor(shape);
    let start = 0;
    for (const part of parts) {
      copyInto(out, part, start * strides[axis]!, strides);
      start += part.shape[axis]!;
    }
    return [NDArray.of(out, shape, dtype)];
  },
  abstract: (inputs, params) => [arrayAbstract(concatenatedType(asTypes(inputs), (params as AxisParams).axis))],
  outputSpace: () => arraySpace as VectorSpace,
  jvp(inputs, tangents, _outputs, params) {
    if (tangents.every((dx) => dx === undefined)) return [undefined];
    return [concat(tangents.map((dx, k) => dx ?? arraySpace.zeros(arrayTypeOf(inputs[k]))), (params as AxisParams).axis)];
  },
  vjp([yBar], inputs, _outputs, params, needs) {
    const { axis } = params as AxisParams;
    let start = 0;
    return inputs.map((input, k) => {
      const length = arrayTypeOf(input).shape[axis]!;
      start += length;
      return yBar === undefined || !needs[k] ? undefined : sliceAxis(yBar, axis, start - length, length, 1);
    });
  },
  batch(inputs, batched, params, size) {
    const stacked = inputs.map((input, k) => (batched[k] ? input : arraySpace.batch.repeat(input, size)));
    return { outputs: [concat(stacked, (params as AxisParams).axis + 1)], batched: [true] };
  },
});

/** Arrays one after another along an axis. */
export function concat(parts: readonly Value[], axis: number): Value {
  if (parts.length === 0) concatenatedType([], axis);
  return parts.length === 1 ? parts[0] : applyOne(concatPrimitive, parts, { axis } satisfies AxisParams);
}

const fullPrimitive: Primitive = discrete({
  name: 'full',
  evaluate: (_inputs, params) => {
    const { value, shape, dtype } = params as FullParams;
    return [NDArray.filled(value, shape, dtype)];
  },
  abstract: (_inputs, params) => {
    const { shape, dtype } = params as FullParams;
    return [arrayAbstract({ shape, dtype })];
  },
  outputSpace: () => arraySpace as VectorSpace,
});

/** One value everywhere; takes no memory. */
export function full(value: number, shape: Shape, dtype: DType): Value {
  checkShape('full', shape);
  return applyOne(fullPrimitive, [], { value, shape, dtype } satisfies FullParams);
}
