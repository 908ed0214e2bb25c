/** @file Gather and scatter-add by flat index: transposes of each other. */
import { applyOne, primitive, type Primitive, type Value, type VectorSpace } from '@tapeflow/autodiff/extend';
import { arrayAbstract, arraySpace, arrayTypeOf, broadcast, declareLinear, full, NDArray, reshape, add, type ArrayOperation } from '../array/ndarray.ts';
import type { ArrayType } from '../array/type.ts';
import { checkedAllocate } from '../array/type.ts';
import { DTypeError, IndexError, ShapeError } from '../errors.ts';
import { sameShape } from '../array/strides.ts';
import { iota } from './structure.ts';

function checkIndices(operation: string, x: ArrayType, indices: ArrayType): void {
  if (x.shape.length !== 1) throw new ShapeError(operation, [x.shape], 'the array that is indexed must have one axis.', 'Reshape it first.');
  if (indices.dtype !== 'i32') throw new DTypeError(operation, [indices.dtype], 'indices must be integers.', 'Convert them with convert(x, "i32").');
}

const gatherOperation: ArrayOperation<undefined> = declareLinear({
  name: 'gather',
  evaluate(x, _params, inputs) {
    const indices = inputs[1]!;
    checkIndices('gather', x, indices);
    const out = checkedAllocate('gather', x.dtype, indices.shape);
    const source = x.contiguous();
    const at = indices.contiguous();
    const length = source.length;
    for (let i = 0; i < out.length; i++) {
      const k = at[i]!;
      if (k < 0 || k >= length) throw new IndexError('gather', k, length, 'an array');
      out[i] = source[k]!;
    }
    return NDArray.of(out, indices.shape, x.dtype);
  },
  type(x, _params, inputs) {
    checkIndices('gather', x, inputs[1]!);
    return { shape: inputs[1]!.shape, dtype: x.dtype };
  },
  transpose: (yBar, _params, { shape, dtype }, [, indices]) => scatterAdd(full(0, shape, dtype), indices, yBar),
  batch([x, indices], [xBatched, indicesBatched], _params, size) {
    if (!xBatched) return gather(x, indices);
    const length = arrayTypeOf(x).shape[1]!;
    return gather(reshape(x, [size * length]), memberIndices(indices, indicesBatched!, size, length));
  },
});

/** Indices into all members laid one after another. */
function memberIndices(indices: Value, batched: boolean, size: number, length: number): Value {
  const own = batched ? indices : arraySpace.batch.repeat(indices, size);
  const { shape } = arrayTypeOf(own);
  const offsets = iota([size], 0, 'i32');
  const scaled = applyMul(offsets, length);
  return add(own, broadcast(scaled, shape, [0]));
}

function applyMul(x: Value, factor: number): Value {
  return arraySpace.multiply(x, full(factor, [], 'i32'));
}

/** Elements of x (one axis) at `indices` (any shape). */
export function gather(x: Value, indices: Value): Value {
  return gatherOperation([x, indices], undefined);
}

const scatterAddPrimitive: Primitive = primitive({
  name: 'scatterAdd',
  evaluate(inputs) {
    const [x, indices, updates] = inputs as readonly [NDArray, NDArray, NDArray];
    checkScatter(x, indices, updates);
    const out = x.copyData();
    const at = indices.contiguous();
    const values = updates.contiguous();
    for (let i = 0; i < at.length; i++) {
      const k = at[i]!;
      if (k < 0 || k >= out.length) throw new IndexError('scatterAdd', k, out.length, 'an array');
      out[k]! += values[i]!;
    }
    return [NDArray.of(out, x.shape, x.dtype)];
  },
  abstract([x, indices, updates]) {
    checkScatter(x!.type as ArrayType, indices!.type as ArrayType, updates!.type as ArrayType);
    return [arrayAbstract(x!.type as ArrayType)];
  },
  outputSpace: () => arraySpace as VectorSpace,
  jvp([x, indices, updates], [dx, , du]) {
    if (dx === undefined && du === undefined) return [undefined];
    return [scatterAdd(dx ?? arraySpace.zeros(arrayTypeOf(x)), indices, du ?? arraySpace.zeros(arrayTypeOf(updates)))];
  },
  vjp: ([yBar], [, indices], _outputs, _params, needs) => [needs[0] ? yBar : undefined, undefined, needs[2] ? gather(yBar, indices) : undefined],
  batch([x, indices, updates], [xBatched, indicesBatched, updatesBatched], _params, size) {
    const length = arrayTypeOf(x).shape[xBatched ? 1 : 0]!;
    const target = reshape(xBatched ? x : arraySpace.batch.repeat(x, size), [size * length]);
    const stackedUpdates = updatesBatched ? updates : arraySpace.batch.repeat(updates, size);
    const result = scatterAdd(target, memberIndices(indices, indicesBatched!, size, length), stackedUpdates);
    return { outputs: [reshape(result, [size, length])], batched: [true] };
  },
});

function checkScatter(x: ArrayType, indices: ArrayType, updates: ArrayType): void {
  checkIndices('scatterAdd', x, indices);
  if (!sameShape(indices.shape, updates.shape)) throw new ShapeError('scatterAdd', [indices.shape, updates.shape], 'indices and updates of different shapes.');
  if (x.dtype !== updates.dtype) throw new DTypeError('scatterAdd', [x.dtype, updates.dtype], 'array and updates of different dtypes.', 'Convert one of them.');
}

/** x (one axis) plus every update at its index; updates of equal index add up in the order of the updates. */
export function scatterAdd(x: Value, indices: Value, updates: Value): Value {
  return applyOne(scatterAddPrimitive, [x, indices, updates]);
}
