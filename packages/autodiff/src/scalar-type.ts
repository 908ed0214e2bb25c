/** @file The type of a scalar result, which `grad` demands. */
import type { Box } from './value.ts';

declare const RANK_ZERO: unique symbol;

/** Marks, for the compiler only, a type whose values are single real numbers. */
export interface RankZero {
  readonly [RANK_ZERO]: true;
}

/** The type of derivatives to a value of type X: where that is inferred from a literal such as 0.5, any number will do. */
export type Widened<X> = X extends number ? number : X;

/** What the function given to `grad` returns: a number, or a tensor without dimensions. */
export type DifferentiableScalar = number | Box | RankZero;
