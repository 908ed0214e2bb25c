/**
 * @file Products of arrays by loops in double precision, and how far others may be from them. A sum of n terms in blocks of 320 is off by at most
 * (min(n, 320) + ⌈n / 320⌉ + 1) u Σ|a||b| [Higham2002, ch. 3], whether products are rounded before they are added or not.
 */
import { allocate, unitRoundoff, type FloatDType } from '../../../../src/array/dtype.ts';
import { NDArray } from '../../../../src/array/ndarray.ts';
import { sizeOf } from '../../../../src/array/strides.ts';
import type { DotParams } from '../../../../src/primitives/dot.ts';
import { randomNumbers } from '../../random-numbers.ts';

export function randomArray(seed: number, shape: readonly number[], dtype: FloatDType): NDArray {
  const data = allocate(dtype, sizeOf(shape));
  data.set(randomNumbers(seed, data.length));
  return NDArray.of(data, shape, dtype);
}

/** Offsets of all elements along some axes, the last one fastest. */
function offsetsAlong(x: NDArray, axes: readonly number[]): number[] {
  return axes.reduce<number[]>((list, axis) => list.flatMap((at) => Array.from({ length: x.shape[axis]! }, (_, k) => at + k * x.strides[axis]!)), [0]);
}

/** Sums and sums of absolute values, by the definition. */
function expectedDot(x: NDArray, y: NDArray, { batch, contract }: DotParams): { sums: number[]; sizes: number[] } {
  const free = (rank: number, side: 0 | 1): number[] => Array.from({ length: rank }, (_, axis) => axis).filter((axis) => ![...batch, ...contract].some((pair) => pair[side] === axis));
  const parts = [x, y].map((array, side) => {
    const along = (pairs: DotParams['batch']): number[] => offsetsAlong(array, pairs.map((pair) => pair[side]!));
    return { batch: along(batch), free: offsetsAlong(array, free(array.shape.length, side as 0 | 1)), terms: along(contract), offset: array.offset, data: array.data };
  });
  const [a, b] = parts as [(typeof parts)[0], (typeof parts)[0]];
  const sums: number[] = [];
  const sizes: number[] = [];
  a.batch.forEach((_, n) => {
    for (const row of a.free) {
      for (const column of b.free) {
        let [sum, size] = [0, 0];
        for (let k = 0; k < a.terms.length; k++) {
          const product = a.data[a.offset + a.batch[n]! + row + a.terms[k]!]! * b.data[b.offset + b.batch[n]! + column + b.terms[k]!]!;
          sum += product;
          size += Math.abs(product);
        }
        sums.push(sum);
        sizes.push(size);
      }
    }
  });
  return { sums, sizes };
}

/** The first element of a sum of `terms` products that is further off than it may be, in words. `sizes` are the sums of absolute values. */
export function faultOf(seen: NDArray, { sums, sizes }: { readonly sums: ArrayLike<number>; readonly sizes: ArrayLike<number> }, terms: number): string | undefined {
  if (seen.size !== sums.length) return `${seen.size} elements instead of ${sums.length}`;
  // The loops round too, in double precision.
  const rounds = Math.min(terms, 320) + Math.ceil(terms / 320) + 1 + (seen.dtype === 'f64' ? terms : 0);
  const values = seen.contiguous();
  for (let k = 0; k < values.length; k++) {
    const bound = 1.001 * rounds * unitRoundoff(seen.dtype as FloatDType) * sizes[k]!;
    if (!(Math.abs(values[k]! - sums[k]!) <= bound)) return `element ${k} is ${values[k]} instead of ${sums[k]}, bound ${bound}`;
  }
  return undefined;
}

/** The same for a product of two arrays. */
export function faultOfDot(seen: NDArray, x: NDArray, y: NDArray, params: DotParams): string | undefined {
  return faultOf(seen, expectedDot(x, y, params), params.contract.reduce((product, [axis]) => product * x.shape[axis]!, 1));
}
