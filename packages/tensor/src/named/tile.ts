/** @file Repeating along dimensions that exist; for new ones see expand. */
import type { Value } from '@tapeflow/autodiff/extend';
import { arrayTypeOf, broadcast, reshape } from '../array/ndarray.ts';
import { DimensionError } from '../errors.ts';
import type { Named } from './align.ts';
import { describeDims, positionOf } from './dims.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { Unchecked } from './types.ts';

function repeated(operation: string, t: Named, counts: Readonly<Record<string, number>>, isWhole: boolean): Unchecked {
  let { value, dims }: Named = t;
  for (const [name, count] of Object.entries(counts)) {
    const axis = positionOf(operation, dims, name);
    if (!Number.isInteger(count) || count < 0) throw new DimensionError(operation, name, `'${name}' is repeated ${count} times.`, [describeDims(dims)], 'Give an integer ≥ 0.');
    if (count === 1) continue;
    value = repeatedAxis(value, axis, count, isWhole);
    dims = dims.map((dim, k) => (k === axis ? { name: dim.name, type: dim.type, size: dim.size * count } : dim));
  }
  return wrap({ value, dims });
}

/** One more axis before the repeated one (the whole comes again) or after it (each element comes again), merged with it. */
function repeatedAxis(x: Value, axis: number, count: number, isWhole: boolean): Value {
  const { shape } = arrayTypeOf(x);
  const at = isWhole ? axis : axis + 1;
  const longer = broadcast(x, [...shape.slice(0, at), count, ...shape.slice(at)], shape.map((_, k) => (k < at ? k : k + 1)));
  return reshape(longer, shape.map((length, k) => (k === axis ? length * count : length)));
}

/** The whole tensor so many times along each given dimension: a b c a b c. Item names of the dimension disappear. */
export function tile<D extends string, const K extends D>(t: Tensor<D>, counts: { readonly [N in K]: number }): Tensor<D> {
  return repeated('tile', t, counts, true);
}

/** Each entry so many times along each given dimension: a a b b c c. Item names of the dimension disappear. */
export function repeat<D extends string, const K extends D>(t: Tensor<D>, counts: { readonly [N in K]: number }): Tensor<D> {
  return repeated('repeat', t, counts, false);
}
