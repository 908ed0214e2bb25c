/** @file Losses: the size of a tensor as one number per batch entry. For l2, half the sum of squares, see reduce.ts. */
import { checkLeaves } from '../control/check.ts';
import { ArgumentError } from '../errors.ts';
import { abs, less, constantLike } from '../primitives/elementwise.ts';
import { reduceAll, reduceSum } from '../primitives/reduce.ts';
import type { Named } from './align.ts';
import { clip, mul, sub } from './arithmetic.ts';
import { numericValue, reduceNamed, type DimsArgument, type Reduction, type ReductionWith } from './reduce.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { Scalar } from './types.ts';

/** Sum of absolute values over all but the batch: the loss ‖t‖₁. Its derivative at 0 is taken as 0. */
export const l1: Reduction = ((t: Named, dims?: DimsArgument) => reduceNamed('l1', 'number', t, dims, (x, axes) => reduceSum(abs(x), axes))) as Reduction;

/** Where the Huber loss changes from squares to absolute values. */
export interface HuberOptions {
  /** Default 1. Derivatives reach a scalar. */
  readonly delta?: number | Scalar;
}

const ADVICE = 'Give a number > 0: deviations up to it count as squares, larger ones as absolute values.';

/** Sum over all but the batch of ½t² where |t| ≤ delta and of delta (|t| − ½delta) elsewhere: like `l2` near 0, like `l1` far away. */
export const huber: ReductionWith<HuberOptions> = ((t: Named, dims?: DimsArgument, { delta = 1 }: HuberOptions = {}) => {
  if (typeof delta === 'number') {
    if (!(delta > 0)) throw new ArgumentError('huber', 'delta', delta, ADVICE);
  } else {
    const { value } = delta;
    checkLeaves(reduceAll(less(constantLike(0, value), value)), [value], ([seen]) => new ArgumentError('huber', 'delta', seen!.contiguous()[0], ADVICE));
  }
  const x = wrap({ value: numericValue(t, 'real'), dims: t.dims }) as Tensor;
  const near = clip(x, mul(-1, delta) as Scalar, delta);
  // ½t² and delta (|t| − ½delta) are c (t − ½c) with c = t limited to ±delta: smooth at 0 and once differentiable at the ends.
  return reduceNamed('huber', 'real', mul(near, sub(x, mul(0.5, near))), dims, reduceSum);
}) as ReductionWith<HuberOptions>;
