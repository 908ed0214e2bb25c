/**
 * @file The law of errors: what is compiled is at most twice as far from the truth as the same operations one by one, beside what rounding may do
 * to such a computation anyway. The truth is computed in double precision, by somebody else or at least not by compiled code.
 */
import { expect } from 'vitest';

/** Half the distance between 1 and the next number in f32: what one rounding may change, relatively. */
export const ROUNDOFF: number = 2 ** -24;

/** Errors of one result, all in the same unit. */
export interface Errors {
  readonly compiled: number;
  readonly eager: number;
  /** What rounding does to the result anyway, such as a few units in the last place of its largest number. */
  readonly floor: number;
}

/** Largest difference between numbers of equal places; infinite where one is not finite and the other is another one. */
export function largestDifference(seen: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (seen.length !== expected.length) return Infinity;
  let most = 0;
  for (let k = 0; k < expected.length; k++) {
    const [a, b] = [seen[k]!, expected[k]!];
    if (!Object.is(a, b)) most = Math.max(most, Number.isFinite(a) && Number.isFinite(b) ? Math.abs(a - b) : Infinity);
  }
  return most;
}

/** Fails where the law is broken; gives the part of its bound that the error takes. */
export function expectErrorLaw({ compiled, eager, floor }: Errors, label: () => string): number {
  const bound = 2 * eager + floor;
  if (!(compiled <= bound)) expect.fail(`${label()}: error ${compiled}, where one by one it is ${eager} and rounding allows ${floor}`);
  return bound === 0 ? 0 : compiled / bound;
}
