/** @file Taking a tensor apart along a dimension. */
import { ArgumentError } from '../errors.ts';
import { describeDims, positionOf } from './dims.ts';
import { entryOf, rangeOf } from './index-raw.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { Reduced, Without } from './types.ts';

/** All entries along a dimension, which disappears: undoes `stack`. */
export function unstack<D extends string, const K extends D>(t: Tensor<D>, dim: K): Reduced<Without<D, K>>[] {
  const { size } = t.dims[positionOf('unstack', t.dims, dim)]!;
  return Array.from({ length: size }, (_, k) => wrap(entryOf(t, { [dim as string]: k })));
}

/** Parts along a dimension, so many of equal size or of the given sizes: undoes `concat`. Item names go with their entries. */
export function split<D extends string, const K extends D>(t: Tensor<D>, dim: K, parts: number | readonly number[]): Tensor<D>[] {
  const own = t.dims[positionOf('split', t.dims, dim)]!;
  const sizes = typeof parts === 'number' ? equalParts(own.size, parts, describeDims([own])) : parts;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total !== own.size || !sizes.every((size) => Number.isInteger(size) && size >= 0)) {
    throw new ArgumentError('split', 'parts', `[${sizes.join(', ')}]`, `Give integers ≥ 0 whose sum is ${own.size}, the size of '${own.name}'.`);
  }
  let from = 0;
  return sizes.map((size) => wrap(rangeOf(t, { [dim as string]: [from, (from += size)] })));
}

function equalParts(size: number, count: number, dim: string): number[] {
  if (!Number.isInteger(count) || count < 1 || size % count !== 0) throw new ArgumentError('split', 'parts', count, `Give a number that divides the size of ${dim}, or a list of sizes.`);
  return Array.from({ length: count }, () => size / count);
}
