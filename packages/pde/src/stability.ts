/** @file Limits of explicit steps, checked where the numbers are known: at once, or when a recorded program runs. */
import { and, check, greaterEqual, lessEqual, type Tensor } from '@tapeflow/tensor';
import { UnstableError } from './errors.ts';

/** A step exactly at its limit shall not fail for rounding in single precision; growing by this much per step does no harm. */
const ROUNDING = 1e-6;

/** What must not exceed a limit for a step to be stable. */
export interface StabilityLimit {
  readonly operation: string;
  /** The quantity that decides, as a formula. */
  readonly quantity: string;
  readonly limit: number;
  /** What to do, given the value that was seen. */
  readonly advice: (seen: number) => string;
}

/** Throws `UnstableError` unless all numbers lie between 0 and the limit. NaN does not. */
export function requireStable({ operation, quantity, limit, advice }: StabilityLimit, numbers: number | Tensor<never>): void {
  const refuse = (seen: number): UnstableError => new UnstableError(operation, quantity, limit, seen, advice(seen));
  const most = limit * (1 + ROUNDING);
  if (typeof numbers === 'number') {
    if (!(numbers >= 0 && numbers <= most)) throw refuse(numbers);
    return;
  }
  check(and(greaterEqual(numbers, 0), lessEqual(numbers, most)), (seen) => refuse(Array.from(seen!).find((value) => !(value >= 0 && value <= most)) ?? NaN), [numbers]);
}
