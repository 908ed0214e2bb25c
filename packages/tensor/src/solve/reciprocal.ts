/** @file 1 / x, and 0 where x is 0. */
import { convert } from '../named/create.ts';
import { div, equal, not } from '../named/arithmetic.ts';
import { select } from '../named/select.ts';
import type { Tensor } from '../named/tensor.ts';

/** What the pseudo-inverse of a diagonal matrix has on its diagonal. */
export function reciprocal(x: Tensor): Tensor {
  const isZero = equal(x, 0);
  return div(convert(not(isZero), x.dtype), select(isZero, 1, x));
}
