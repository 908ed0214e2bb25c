/** @file The type of a scalar result, which `grad` demands. */
import type { Box } from './value.ts';

declare const RANK_ZERO: unique symbol;

/** Marks, for the compiler only, a type whose values are single real numbers. */
export interface RankZero {
  readonly [RANK_ZERO]: true;
}

/** What the function given to `grad` returns: a number, or a tensor without dimensions. */
export type DifferentiableScalar = number | Box | RankZero;
