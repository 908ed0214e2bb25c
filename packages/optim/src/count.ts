/** @file The count of updates: a number, or a traced scalar where an update is recorded into a program. */
import { add, expm1, mul, type Leaf } from './arithmetic.ts';

/** The count after one more update. Arithmetic of leaves, because `+` would fail on a traced count. */
export function nextStep(step: number): number {
  return add(step as Leaf, 1) as number;
}

/** 1 − βᵗ, which turns an average that began at 0 into an unbiased one. Exact also where βᵗ is close to 1. */
export function biasCorrection(beta: number, updates: number): Leaf {
  return mul(expm1(mul(updates as Leaf, Math.log(beta))), -1);
}
