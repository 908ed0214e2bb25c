/** @file What a function given to a transformation returned: promises are refused, everything else is taken apart. */
import { AsyncFunctionError } from './errors.ts';
import { flatten, type Flattened } from './tree.ts';

/**
 * Leaves of the result of a user's function.
 *
 * Throws `AsyncFunctionError` for a promise: a derivative of something that happens later does not exist.
 */
export function flattenResult(operation: string, output: unknown): Flattened {
  if (typeof output === 'object' && output !== null && typeof (output as { then?: unknown }).then === 'function') {
    throw new AsyncFunctionError(operation);
  }
  return flatten(output, operation);
}
