/** @file Parts of tensors by lists of entries, and by masks. */
import { TracedValueError } from '@tapeflow/autodiff';
import { Box } from '@tapeflow/autodiff/extend';
import type { NDArray } from '../array/ndarray.ts';
import { DimensionError, DTypeError } from '../errors.ts';
import type { Named } from './align.ts';
import { describeDims, makeDim, positionOf, sameDim, type Dim } from './dims.ts';
import { entryPosition, type Index } from './index-raw.ts';
import { pick } from './pieces.ts';
import { wrap, type Tensor } from './tensor.ts';

/** The entries of a dimension at some positions; item names that were given must stay apart. */
function shortened(operation: string, dim: Dim, positions: readonly number[]): Dim {
  const { name, type, items } = dim;
  return makeDim(name, { type, extent: items === undefined ? positions.length : positions.map((k) => items[k]!) }, operation);
}

/**
 * Some entries along each given dimension, in the given order, by item name or position (negative: from the end). A position may come several
 * times where the dimension has no item names.
 */
export function take<D extends string, const K extends D>(t: Tensor<D>, entries: { readonly [N in K]: readonly Index[] }): Tensor<D> {
  let { value, dims }: Named = t;
  for (const [name, list] of Object.entries(entries) as [string, readonly Index[]][]) {
    const axis = positionOf('take', dims, name);
    const positions = list.map((index) => entryPosition('take', dims[axis]!, index));
    const next = shortened('take', dims[axis]!, positions);
    value = pick(value, axis, positions);
    dims = dims.map((dim, k) => (k === axis ? next : dim));
  }
  return wrap({ value, dims });
}

/**
 * The entries along a dimension for which a mask along that dimension holds (a boolean mask). For a mask over several dimensions pack them first:
 * `takeMask(packDims(t, ['y', 'x'], 'cell'), 'cell', packDims(mask, ['y', 'x'], 'cell'))`.
 *
 * How many there are depends on the values of the mask, so inside a program, where sizes must be known, `TracedValueError` is thrown.
 * Derivatives reach the tensor.
 */
export function takeMask<D extends string, const K extends D>(t: Tensor<D>, dim: K, mask: Tensor<NoInfer<K>>): Tensor<D> {
  const axis = positionOf('takeMask', t.dims, dim);
  const own = t.dims[axis]!;
  const [first] = mask.dims;
  if (first === undefined || mask.dims.length > 1 || !sameDim({ ...first, ...(own.items && { items: own.items }) }, own)) {
    throw new DimensionError('takeMask', dim, `the mask is not along '${dim}' alone.`, [describeDims(t.dims), describeDims(mask.dims)], `Give a mask of dimensions ${describeDims([own])}; pack several dimensions into one first.`);
  }
  if (mask.dtype !== 'bool') throw new DTypeError('takeMask', [mask.dtype], 'the mask is not boolean.', 'Compare first: less(x, y), greater(x, 0).');
  const { value } = mask as Named;
  if (value instanceof Box) {
    throw new TracedValueError('takeMask', `How many entries there are would depend on values. Keep all and weigh them, select(mask, t, 0), or compute the mask outside of ${value.level.transformation}.`);
  }
  const positions = [...(value as NDArray).contiguous()].flatMap((holds, k) => (holds === 0 ? [] : [k]));
  return wrap({ value: pick(t.value, axis, positions), dims: t.dims.map((each, k) => (k === axis ? shortened('takeMask', each, positions) : each)) });
}
