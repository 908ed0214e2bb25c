/** @file Taking values of a tensor at computed positions. */
import type { Value } from '@tapeflow/autodiff/extend';
import { full, reshape } from '../array/ndarray.ts';
import { DTypeError } from '../errors.ts';
import { add, mul } from '../primitives/elementwise.ts';
import { gather as gatherArray } from '../primitives/gather.ts';
import { iota } from '../primitives/structure.ts';
import { expandValue, alignValue } from './align.ts';
import { positionOf, storageOrder, type Dim } from './dims.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { Reduced, Without } from './types.ts';

const product = (dims: readonly Dim[]): number => dims.reduce((total, { size }) => total * size, 1);

/**
 * Values of `t` at integer positions: `positions` gives, for each of some dimensions, where to look. The result has the
 * dimensions of the positions in place of those. Dimensions that `t` and the positions share otherwise are matched by name.
 *
 * Positions must lie inside; `IndexError` otherwise.
 */
export function gather<D extends string, K extends D, P extends string>(t: Tensor<D>, positions: { readonly [N in K]: Tensor<P> }): Reduced<Without<D, K> | P> {
  const names = Object.keys(positions) as K[];
  const axes = names.map((name) => positionOf('gather', t.dims, name));
  const looked = t.dims.filter((_, axis) => axes.includes(axis));
  const kept = t.dims.filter((_, axis) => !axes.includes(axis));
  const indexDims = mergedDims(names.map((name) => positions[name] as Tensor));
  // Shared dimensions are looked up pairwise, the others in all combinations.
  const resultDims = storageOrder([...kept, ...indexDims.filter((dim) => !kept.some(({ name }) => name === dim.name))]);
  let flat: Value = full(0, resultDims.map(({ size }) => size), 'i32');
  let stride = 1;
  const layout = [...kept, ...looked];
  for (let k = layout.length - 1; k >= 0; k--) {
    const dim = layout[k]!;
    const at = looked.includes(dim) ? checkedPositions(positions[dim.name as K] as Tensor, dim.name) : { value: iota([dim.size], 0, 'i32'), dims: [dim] };
    flat = add(flat, mul(expandValue(at, resultDims), full(stride, [], 'i32')));
    stride *= dim.size;
  }
  const source = reshape(alignValue(t, layout), [product(layout)]);
  return wrap({ value: gatherArray(source, flat), dims: resultDims });
}

function checkedPositions(t: Tensor, name: string): Tensor {
  if (t.dtype !== 'i32') throw new DTypeError('gather', [t.dtype], `the positions along '${name}' are not integers.`, "Convert them: convert(floor(x), 'i32').");
  return t;
}

function mergedDims(tensors: readonly Tensor[]): Dim[] {
  const all: Dim[] = [];
  for (const { dims } of tensors) for (const dim of dims) if (!all.some(({ name }) => name === dim.name)) all.push(dim);
  return all;
}
