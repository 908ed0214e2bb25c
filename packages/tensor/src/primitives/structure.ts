/** @file Operations that move elements: transpose, reverse, convert, iota. All but iota are linear. */
import { applyOne, discrete, type Value, type VectorSpace } from '@tapeflow/autodiff/extend';
import { allocate, isFloat, type DType } from '../array/dtype.ts';
import { arrayAbstract, arraySpace, arrayTypeOf, declareLinear, NDArray } from '../array/ndarray.ts';
import type { ArrayOperation } from '../array/rules.ts';
import { rowMajor, type Shape } from '../array/strides.ts';
import { DTypeError } from '../errors.ts';
import { copyInto } from '../backends/js/copy.ts';
import { checkAxes, checkShape, transposedType } from '../array/shapes.ts';
import { checkedAllocate, type ArrayType } from '../array/type.ts';

export { broadcast, concat, full, pad, reshape, slice, sliceAxis } from '../array/ndarray.ts';

export interface Permutation {
  /** Input axis of each output axis. */
  readonly order: readonly number[];
}

const transposeOperation: ArrayOperation<Permutation> = declareLinear({
  name: 'transpose',
  evaluate: (x, { order }) => new NDArray(x.storage, transposedType(x, order).shape, order.map((axis) => x.strides[axis]!), x.offset, x.dtype),
  type: (x, { order }) => transposedType(x, order),
  transpose: (yBar, { order }) => transpose(yBar, order.map((_, axis) => order.indexOf(axis))),
  batch: ([x], _batched, { order }) => transpose(x, [0, ...order.map((axis) => axis + 1)]),
});

/** Reorders axes: axis k of the result is axis `order[k]` of x. A view. */
export function transpose(x: Value, order: readonly number[]): Value {
  return order.length === arrayTypeOf(x).shape.length && order.every((axis, k) => axis === k) ? x : transposeOperation([x], { order });
}

interface Axes {
  readonly axes: readonly number[];
}

const reverseOperation: ArrayOperation<Axes> = declareLinear({
  name: 'reverse',
  evaluate(x, { axes }) {
    checkAxes('reverse', x, axes);
    if (x.size === 0) return x;
    const offset = axes.reduce((at, axis) => at + (x.shape[axis]! - 1) * x.strides[axis]!, x.offset);
    return new NDArray(x.storage, x.shape, x.strides.map((stride, axis) => (axes.includes(axis) ? -stride : stride)), offset, x.dtype);
  },
  type(x, { axes }) {
    checkAxes('reverse', x, axes);
    return { shape: x.shape, dtype: x.dtype };
  },
  transpose: (yBar, { axes }) => reverse(yBar, axes),
  batch: ([x], _batched, { axes }) => reverse(x, axes.map((axis) => axis + 1)),
});

/** Turns axes around. A view. */
export function reverse(x: Value, axes: readonly number[]): Value {
  return axes.length === 0 ? x : reverseOperation([x], { axes });
}

export interface Target {
  readonly dtype: DType;
}

const convertOperation: ArrayOperation<Target> = declareLinear({
  name: 'convert',
  evaluate: (x, { dtype }) => convertPlain(x, dtype),
  type: ({ shape }, { dtype }) => ({ shape, dtype }),
  transpose: (yBar, _params, type) => convert(yBar, type.dtype),
  batch: ([x], _batched, { dtype }) => convert(x, dtype),
});

/** Towards zero; NaN gives 0, and what is too large gives the largest integer, as WebAssembly's saturating conversion does. */
export function saturate(x: number): number {
  return Math.trunc(Math.min(Math.max(x, -(2 ** 31)), 2 ** 31 - 1)) | 0;
}

/** Changes the dtype. Between real dtypes it is linear; to and from integers it has no derivative. */
export function convert(x: Value, dtype: DType): Value {
  const from = arrayTypeOf(x).dtype;
  if (from === dtype) return x;
  return isFloat(from) && isFloat(dtype) ? convertOperation([x], { dtype }) : applyOne(discreteConvert, [x], { dtype });
}

const discreteConvert = discrete({
  name: 'convert',
  evaluate: ([x], params) => [convertPlain(x as NDArray, (params as Target).dtype)],
  abstract: ([x], params) => [arrayAbstract({ shape: (x!.type as ArrayType).shape, dtype: (params as Target).dtype })],
  outputSpace: () => arraySpace as VectorSpace,
  batch: ([x], _batched, params) => ({ outputs: [convert(x, (params as Target).dtype)], batched: [true] }),
});

function convertPlain(x: NDArray, dtype: DType): NDArray {
  const out = checkedAllocate('convert', dtype, x.shape);
  if (dtype === 'bool' || (dtype === 'i32' && isFloat(x.dtype))) {
    const source = x.contiguous();
    for (let i = 0; i < out.length; i++) out[i] = dtype === 'i32' ? saturate(source[i]!) : source[i] !== 0 ? 1 : 0;
  } else {
    copyInto(out, x, 0, rowMajor(x.shape));
  }
  return NDArray.of(out, x.shape, dtype);
}

export interface Iota {
  readonly shape: Shape;
  readonly axis: number;
  readonly dtype: DType;
}

const iotaPrimitive = discrete({
  name: 'iota',
  evaluate(_inputs, params) {
    const { shape, axis, dtype } = params as Iota;
    const ramp = allocate(dtype, shape[axis]!);
    for (let i = 0; i < ramp.length; i++) ramp[i] = i;
    const strides = shape.map((_, k) => (k === axis ? 1 : 0));
    return [new NDArray(NDArray.of(ramp, [ramp.length], dtype).storage, shape, strides, 0, dtype)];
  },
  abstract(_inputs, params) {
    const { shape, dtype } = params as Iota;
    return [arrayAbstract({ shape, dtype })];
  },
  outputSpace: () => arraySpace as VectorSpace,
});

/** The index along one axis. */
export function iota(shape: Shape, axis: number, dtype: DType): Value {
  checkShape('iota', shape);
  checkAxes('iota', { shape, dtype }, [axis]);
  if (dtype === 'bool') throw new DTypeError('iota', [dtype], 'an index is no boolean.', 'Use i32, f32 or f64.');
  return applyOne(iotaPrimitive, [], { shape, axis, dtype } satisfies Iota);
}
