/** @file Gather and scatter-add by flat index: transposes of each other. */
import { applyOne, primitive, type Primitive, type Value, type VectorSpace } from '@tapeflow/autodiff/extend';
import { flat, stacked } from '../array/layout.ts';
import { arrayAbstract, arraySpace, arrayTypeOf, declareLinear, full, NDArray, reshape } from '../array/ndarray.ts';
import type { ArrayOperation } from '../array/rules.ts';
import { checkIndices, flatPositions } from '../array/indices.ts';
import { sameShape } from '../array/strides.ts';
import { checkedAllocate, type ArrayType } from '../array/type.ts';
import { DTypeError, ShapeError } from '../errors.ts';

/**
 * Parameters of gather and scatter-add. The array may be several of one length laid one after another (what batching makes of
 * it); the indices are then divided into as many equal parts, and each part counts inside its own array.
 */
export interface IndexParams {
  readonly members: number;
}

const gatherOperation: ArrayOperation<IndexParams> = declareLinear({
  name: 'gather',
  evaluate(x, { members }, [, indices]) {
    checkIndices('gather', x, indices!, members);
    const out = checkedAllocate('gather', x.dtype, indices!.shape);
    const source = x.contiguous();
    const at = flatPositions('gather', source.length / members, indices!, members);
    for (let i = 0; i < out.length; i++) out[i] = source[at[i]!]!;
    return NDArray.of(out, indices!.shape, x.dtype);
  },
  type(x, { members }, [, indices]) {
    checkIndices('gather', x, indices!, members);
    return { shape: indices!.shape, dtype: x.dtype };
  },
  transpose: (yBar, { members }, { shape, dtype }, [, indices]) => scatterAdd(full(0, shape, dtype), indices, yBar, members),
  batch([x, indices], [xBatched, indicesBatched], { members }, size) {
    if (!xBatched && members === 1) return gather(x, indices);
    return gather(flat(stacked(x, xBatched, size)), stacked(indices, indicesBatched, size), members * size);
  },
});

/** Elements of x (one axis) at `indices` (any shape). */
export function gather(x: Value, indices: Value, members: number = 1): Value {
  return gatherOperation([x, indices], { members });
}

function checkScatter(x: ArrayType, indices: ArrayType, updates: ArrayType, members: number): void {
  checkIndices('scatterAdd', x, indices, members);
  if (!sameShape(indices.shape, updates.shape)) throw new ShapeError('scatterAdd', [indices.shape, updates.shape], 'indices and updates of different shapes.');
  if (x.dtype !== updates.dtype) throw new DTypeError('scatterAdd', [x.dtype, updates.dtype], 'array and updates of different dtypes.', 'Convert one of them.');
  if (x.dtype === 'bool') throw new DTypeError('scatterAdd', [x.dtype], 'booleans do not add up.', 'Convert them with convert(x, "i32").');
}

const scatterAddPrimitive: Primitive = primitive({
  name: 'scatterAdd',
  evaluate(inputs, params) {
    const [x, indices, updates] = inputs as readonly [NDArray, NDArray, NDArray];
    const { members } = params as IndexParams;
    checkScatter(arrayTypeOf(x), arrayTypeOf(indices), arrayTypeOf(updates), members);
    const out = x.copyData();
    const values = updates.contiguous();
    const at = flatPositions('scatterAdd', out.length / members, indices, members);
    for (let i = 0; i < at.length; i++) out[at[i]!]! += values[i]!;
    return [NDArray.of(out, x.shape, x.dtype)];
  },
  abstract([x, indices, updates], params) {
    checkScatter(x!.type as ArrayType, indices!.type as ArrayType, updates!.type as ArrayType, (params as IndexParams).members);
    return [arrayAbstract(x!.type as ArrayType)];
  },
  outputSpace: () => arraySpace as VectorSpace,
  jvp([x, indices, updates], [dx, , du], _outputs, params) {
    if (dx === undefined && du === undefined) return [undefined];
    return [scatterAdd(dx ?? arraySpace.zeros(arrayTypeOf(x)), indices, du ?? arraySpace.zeros(arrayTypeOf(updates)), (params as IndexParams).members)];
  },
  vjp: ([yBar], [, indices], _outputs, params, needs) => [
    needs[0] ? yBar : undefined,
    undefined,
    needs[2] && yBar !== undefined ? gather(yBar, indices, (params as IndexParams).members) : undefined,
  ],
  batch([x, indices, updates], [xBatched, indicesBatched, updatesBatched], params, size) {
    const target = stacked(x, xBatched, size);
    const result = scatterAdd(flat(target), stacked(indices, indicesBatched, size), stacked(updates, updatesBatched, size), (params as IndexParams).members * size);
    return { outputs: [reshape(result, arrayTypeOf(target).shape)], batched: [true] };
  },
});

/** x (one axis) plus every update at its index; updates of equal index add up in the order of the updates. */
export function scatterAdd(x: Value, indices: Value, updates: Value, members: number = 1): Value {
  return applyOne(scatterAddPrimitive, [x, indices, updates], { members } satisfies IndexParams);
}
