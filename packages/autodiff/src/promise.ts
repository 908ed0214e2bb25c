/** @file Functions that return promises are refused: a derivative of something that happens later does not exist. */
import { AsyncFunctionError } from './errors.ts';

/** Throws `AsyncFunctionError` if a function returned a promise. */
export function refusePromise(operation: string, output: unknown): void {
  if (typeof output === 'object' && output !== null && typeof (output as { then?: unknown }).then === 'function') {
    throw new AsyncFunctionError(operation);
  }
}
