/** @file Arrays as rules of operations want them: with an axis of members, or with one axis alone. */
import type { Value } from '@tapeflow/autodiff/extend';
import { arraySpace, arrayTypeOf, reshape } from './ndarray.ts';
import { sizeOf } from './strides.ts';

/** The members of an input of a batching rule along a new first axis, `size` times the same one where it has none. */
export function stacked(x: Value, isBatched: boolean | undefined, size: number): Value {
  return isBatched ? x : arraySpace.batch.repeat(x, size);
}

/** All elements along one axis. */
export function flat(x: Value): Value {
  return reshape(x, [sizeOf(arrayTypeOf(x).shape)]);
}
