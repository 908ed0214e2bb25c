/** @file What a function given to a transformation returned: what cannot be differentiated is refused, the rest is taken apart. */
import { AsyncFunctionError, ClosedLevelError } from './errors.ts';
import { flatten, type Flattened, type TreeStructure } from './tree.ts';
import { Box, type Value } from './value.ts';

/** The same value. Throws `AsyncFunctionError` for a promise: a derivative of something that happens later does not exist. */
export function refusePromise<T>(operation: string, output: T): T {
  if (typeof output === 'object' && output !== null && typeof (output as { then?: unknown }).then === 'function') {
    throw new AsyncFunctionError(operation);
  }
  return output;
}

/**
 * Leaves of the result of a user's function.
 *
 * Throws `AsyncFunctionError` for a promise, and `ClosedLevelError` for a value that was kept from a transformation that is over.
 */
export function flattenResult(operation: string, output: unknown): Flattened {
  const flat = flatten(refusePromise(operation, output), operation);
  for (const leaf of flat.leaves) if (leaf instanceof Box && !leaf.level.open) throw new ClosedLevelError(operation, leaf.level.transformation);
  return flat;
}

/** A function of trees as a function of leaves. */
export interface LeafFunction {
  readonly call: (xs: readonly Value[]) => readonly Value[];
  /** The structure of the last result. */
  readonly structure: () => TreeStructure;
}

/** `f`, which takes leaves and returns a tree, as a function that returns leaves. Throws as `flattenResult`. */
export function leafFunction(operation: string, f: (xs: readonly Value[]) => unknown): LeafFunction {
  let last: Flattened | undefined;
  return { call: (xs) => (last = flattenResult(operation, f(xs))).leaves, structure: () => last!.structure };
}

/** The list with other values at some positions. */
export function withAt<T>(list: readonly T[], positions: readonly number[], values: readonly T[]): T[] {
  const copy = list.slice();
  positions.forEach((position, k) => {
    copy[position] = values[k]!;
  });
  return copy;
}
