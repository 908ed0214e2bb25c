/** @file Taking values of a tensor at computed positions. */
import type { Value } from '@tapeflow/autodiff/extend';
import { arrayTypeOf, full, reshape } from '../array/ndarray.ts';
import { checkLeaves } from '../control/check.ts';
import { DTypeError, IndexError } from '../errors.ts';
import { add, and, less, lessEqual, mul } from '../primitives/elementwise.ts';
import { gather as gatherArray } from '../primitives/gather.ts';
import { reduceAll } from '../primitives/reduce.ts';
import { iota } from '../primitives/structure.ts';
import { alignValue, expandValue, type Named } from './align.ts';
import { positionOf, unionDims, type Dim } from './dims.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { Reduced, Unchecked, Without } from './types.ts';

const product = (dims: readonly Dim[]): number => dims.reduce((total, { size }) => total * size, 1);

/**
 * Values of `t` at integer positions: `positions` gives, for each of some dimensions, where to look. The result has the
 * dimensions of the positions in place of those. Dimensions that `t` and the positions share otherwise are matched by name.
 *
 * Positions must lie inside; `IndexError` otherwise.
 */
export function gather<D extends string, K extends D, P extends string>(t: Tensor<D>, positions: { readonly [N in K]: Tensor<P> }): Reduced<Without<D, K> | P>;
export function gather(t: Named, positions: Readonly<Record<string, Named>>): Unchecked {
  const names = Object.keys(positions);
  if (names.length === 0) return wrap(t);
  const axes = names.map((name) => positionOf('gather', t.dims, name));
  const looked = t.dims.filter((_, axis) => axes.includes(axis));
  const kept = t.dims.filter((_, axis) => !axes.includes(axis));
  // Shared dimensions are looked up pairwise, the others in all combinations.
  const resultDims = unionDims('gather', [kept, ...names.map((name) => positions[name]!.dims)]);
  let flat: Value = full(0, resultDims.map(({ size }) => size), 'i32');
  let stride = 1;
  const layout = [...kept, ...looked];
  for (let k = layout.length - 1; k >= 0; k--) {
    const dim = layout[k]!;
    const at = looked.includes(dim) ? checkedPositions(positions[dim.name]!, dim) : { value: iota([dim.size], 0, 'i32'), dims: [dim] };
    flat = add(flat, mul(expandValue(at, resultDims), full(stride, [], 'i32')));
    stride *= dim.size;
  }
  const source = reshape(alignValue(t, layout), [product(layout)]);
  return wrap({ value: gatherArray(source, flat), dims: resultDims });
}

/** Integers that lie inside along this dimension. In the flat array a position outside could be inside another row. */
function checkedPositions(at: Named, { name, size }: Dim): Named {
  const { value } = at;
  const { dtype } = arrayTypeOf(value);
  if (dtype !== 'i32') throw new DTypeError('gather', [dtype], `the positions along '${name}' are not integers.`, "Convert them: convert(floor(x), 'i32').");
  const inside = and(lessEqual(full(0, [], dtype), value), less(value, full(size, [], dtype)));
  checkLeaves(reduceAll(inside), [value], ([positions]) => {
    const outside = positions!.contiguous().find((k) => k < 0 || k >= size);
    return new IndexError('gather', outside ?? NaN, size, `dimension '${name}'`);
  });
  return at;
}
