/** @file What a function given to a transformation returned: what cannot be differentiated is refused, the rest is taken apart. */
import { AsyncFunctionError, ClosedLevelError } from './errors.ts';
import { flatten, type Flattened } from './tree.ts';
import { Box } from './value.ts';

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
