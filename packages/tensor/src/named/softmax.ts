/** @file Exponentials that are added up: log-sum-exp, softmax and its logarithm, without overflow. */
import { stopGradient } from '@tapeflow/autodiff';
import type { Value } from '@tapeflow/autodiff/extend';
import { add, constantLike, div, equal, exp, isFinite, log, select, sub } from '../primitives/elementwise.ts';
import { reduceMax, reduceSum } from '../primitives/reduce.ts';
import type { Named } from './align.ts';
import { numericValue, reduceNamed, selectAxes, spread, type DimsArgument, type Reduction } from './reduce.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { TypeSelector } from './types.ts';

/** Weights over some dimensions, which stay: by name, by a list of names, by type, or all but the batch. */
export interface Weighting {
  <D extends string, const K extends D | readonly D[]>(t: Tensor<D>, dims: K): Tensor<D>;
  <T extends Tensor<never>>(t: T, dims?: TypeSelector): T;
}

/** What is taken off before exponentials are formed: the largest value, where it is finite. As a shift it has no derivative. */
function shiftOf(x: Value, axes: readonly number[]): Value {
  const largest = stopGradient(reduceMax(x, axes));
  return select(isFinite(largest), largest, constantLike(0, x));
}

function logSumExpOf(x: Value, axes: readonly number[]): Value {
  const shift = shiftOf(x, axes);
  const total = reduceSum(exp(sub(x, spread(shift, x, axes))), axes);
  // The logarithm of nothing is −∞, and does not move.
  const isNothing = equal(total, constantLike(0, x));
  return select(isNothing, constantLike(-Infinity, x), add(log(select(isNothing, constantLike(1, x), total)), shift));
}

/** ln Σ exp(t), finite for all finite values; −∞ for none. Its gradient is the softmax. */
export const logSumExp: Reduction = ((t: Named, dims?: DimsArgument) => reduceNamed('logSumExp', 'real', t, dims, logSumExpOf)) as Reduction;

function weighting(operation: string, apply: (x: Value, axes: readonly number[]) => Value): Weighting {
  return ((t: Named, dims?: DimsArgument) => wrap({ value: apply(numericValue(t, 'real'), selectAxes(operation, t.dims, dims)), dims: t.dims })) as Weighting;
}

/** exp(t) / Σ exp(t): positive weights that add up to 1. */
export const softmax: Weighting = weighting('softmax', (x, axes) => {
  const powers = exp(sub(x, spread(shiftOf(x, axes), x, axes)));
  return div(powers, spread(reduceSum(powers, axes), x, axes));
});

/** The logarithm of the softmax, exact also where that underflows. */
export const logSoftmax: Weighting = weighting('logSoftmax', (x, axes) => {
  const shifted = sub(x, spread(shiftOf(x, axes), x, axes));
  return sub(shifted, spread(log(reduceSum(exp(shifted), axes)), x, axes));
});
