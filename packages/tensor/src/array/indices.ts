/** @file Indices into arrays of one axis: what is refused, and where they lead. */
import { DTypeError, IndexError, ShapeError } from '../errors.ts';
import type { NDArray } from './ndarray.ts';
import { sizeOf } from './strides.ts';
import type { ArrayType } from './type.ts';

/** Refuses what cannot be indexed, and members that do not divide. */
export function checkIndices(operation: string, x: ArrayType, indices: ArrayType, members: number): void {
  if (x.shape.length !== 1) throw new ShapeError(operation, [x.shape], 'the array that is indexed must have one axis.', 'Reshape it first.');
  if (indices.dtype !== 'i32') throw new DTypeError(operation, [indices.dtype], 'indices must be integers.', 'Convert them with convert(x, "i32").');
  const divides = (size: number): boolean => size === 0 || size % members === 0;
  if (!divides(x.shape[0]!) || !divides(sizeOf(indices.shape))) throw new ShapeError(operation, [x.shape, indices.shape], `array and indices do not divide into ${members} members.`);
}

/** Positions in the whole array, in the order of the indices. */
export function flatPositions(operation: string, length: number, indices: NDArray, members: number): ArrayLike<number> {
  const at = indices.contiguous();
  const count = at.length / members;
  const result = new Uint32Array(at.length);
  for (let i = 0, start = 0; i < at.length; start += length) {
    for (const end = i + count; i < end; i++) {
      const k = at[i]!;
      if (k < 0 || k >= length) throw new IndexError(operation, k, length, 'an array');
      result[i] = start + k;
    }
  }
  return result;
}
