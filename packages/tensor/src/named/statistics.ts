/** @file Variance, standard deviation, quantiles. Batch dimensions stay unless they are named. */
import type { Value } from '@tapeflow/autodiff/extend';
import { arrayTypeOf, full, reshape, sliceAxis } from '../array/ndarray.ts';
import { keptAxes } from '../array/shapes.ts';
import { sizeOf } from '../array/strides.ts';
import { checkLeaves } from '../control/check.ts';
import { ArgumentError, DTypeError } from '../errors.ts';
import { sort } from '../primitives/along.ts';
import { add, and, constantLike, div, isNaN, lessEqual, mul, square, sub } from '../primitives/elementwise.ts';
import { reduceAll, reduceAny, reduceSum } from '../primitives/reduce.ts';
import { transpose } from '../primitives/structure.ts';
import type { Named } from './align.ts';
import { mul as times } from './arithmetic.ts';
import { makeDim } from './dims.ts';
import { interpolate } from './interpolate.ts';
import { countOf, meanOf, numericValue, reduceNamed, selectAxes, spread, sqrtFlatAtZero, type DimsArgument, type Reduction, type ReductionWith } from './reduce.ts';
import { select } from './select.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { Names, Reduced, ReducedToBatch, Scalar, TypeSelector, Unchecked, Without } from './types.ts';
import { demand } from '../compile/demands.ts';
import { compileOrders } from '../compile/on-demand.ts';

demand(compileOrders);

/** What the sum of squares is divided by. */
export interface VarianceOptions {
  /** "Delta degrees of freedom": the divisor is n − ddof. 0, the default, is the variance of the values; 1 estimates that of what they were drawn from. */
  readonly ddof?: number;
}

function varianceOf(operation: string, x: Value, axes: readonly number[], { ddof = 0 }: VarianceOptions): Value {
  if (!(Number.isFinite(ddof) && ddof >= 0)) throw new ArgumentError(operation, 'ddof', ddof, 'Give a number ≥ 0: 0 for the variance of the values, 1 for an estimate from a sample.');
  const deviations = sub(x, spread(meanOf(x, axes), x, axes));
  // Without degrees of freedom 0 / 0 says that nothing is known.
  return div(reduceSum(square(deviations), axes), constantLike(Math.max(countOf(x, axes) - ddof, 0), x));
}

/** Mean square of the deviations from the mean, in two passes; NaN for none. */
export const variance: ReductionWith<VarianceOptions> = ((t: Named, dims?: DimsArgument, options: VarianceOptions = {}) =>
  reduceNamed('variance', 'real', t, dims, (x, axes) => varianceOf('variance', x, axes, options))) as ReductionWith<VarianceOptions>;

/** Root of the variance. Where all values are equal its derivative is taken as 0. */
export const standardDeviation: ReductionWith<VarianceOptions> = ((t: Named, dims?: DimsArgument, options: VarianceOptions = {}) =>
  reduceNamed('standardDeviation', 'real', t, dims, (x, axes) => sqrtFlatAtZero(varianceOf('standardDeviation', x, axes, options)))) as ReductionWith<VarianceOptions>;

/** The selected axes as one last axis, sorted along it; the others stay in front. */
function sortedLast(x: Value, axes: readonly number[]): Value {
  const { shape } = arrayTypeOf(x);
  const kept = keptAxes(shape, axes);
  const lengths = kept.map((axis) => shape[axis]!);
  return sort(reshape(transpose(x, [...kept, ...axes]), [...lengths, countOf(x, axes)]), kept.length);
}

const SHARES = 'Give a share from 0 to 1: 0 is the smallest value, 0.5 the median, 1 the largest.';

/** A quantile of a share that is known. */
function quantileAt(sorted: Value, share: number): Value {
  if (!(share >= 0 && share <= 1)) throw new ArgumentError('quantile', 'share', share, SHARES);
  const { shape } = arrayTypeOf(sorted);
  const axis = shape.length - 1;
  const position = share * (shape[axis]! - 1);
  const at = (k: number): Value => reshape(sliceAxis(sorted, axis, k, 1, 1), shape.slice(0, -1));
  const [low, fraction] = [Math.floor(position), position - Math.floor(position)];
  return fraction === 0 ? at(low) : add(at(low), mul(sub(at(low + 1), at(low)), constantLike(fraction, sorted)));
}

/** Quantiles of shares that are computed, or of several. The shares may have dimensions of their own. */
function quantilesAt(sorted: Value, kept: Named['dims'], share: Named): Named {
  const { dtype } = arrayTypeOf(share.value);
  if (dtype === 'i32' || dtype === 'bool') throw new DTypeError('quantile', [dtype], 'the shares are not real.', SHARES);
  const zero = full(0, [], dtype);
  checkLeaves(reduceAll(and(lessEqual(zero, share.value), lessEqual(share.value, full(1, [], dtype)))), [share.value], ([shares]) =>
    new ArgumentError('quantile', 'share', shares!.contiguous().find((value) => !(value >= 0 && value <= 1)), SHARES));
  const { shape } = arrayTypeOf(sorted);
  const length = shape[shape.length - 1]!;
  // No dimension of a user has this name.
  const name = 'sorted values of quantile';
  const values = wrap({ value: sorted, dims: [...kept, makeDim(name, length)] });
  return interpolate(values as Tensor, { [name]: times(share as Tensor, length - 1) as Tensor }) as Tensor;
}

/**
 * The value below which a share of the values lies: 0 gives the smallest, 0.5 the median, 1 the largest; in between, values are
 * interpolated linearly. A tensor of shares gives its dimensions to the result. NaN for none, and where a value is NaN.
 *
 * The derivative goes to the one or two values that the quantile lies between, and to a share that is a tensor.
 *
 * Throws `ArgumentError` for shares outside of [0, 1].
 */
export function quantile<D extends string>(t: Tensor<D>, share: number | Scalar): ReducedToBatch<D>;
export function quantile(t: Tensor<never>, share: number | Tensor<never>, dims: TypeSelector): Tensor;
export function quantile<D extends string, const K extends D | readonly D[]>(t: Tensor<D>, share: number | Scalar, dims: K): Reduced<Without<D, Names<K>>>;
export function quantile<D extends string, const K extends D | readonly D[], Q extends string>(t: Tensor<D>, share: Tensor<Q>, dims: K): Reduced<Without<D, Names<K>> | Q>;
export function quantile(t: Named, share: number | Named, selected?: DimsArgument): Unchecked {
  const axes = selectAxes('quantile', t.dims, selected);
  const x = numericValue(t, 'real');
  const dims = t.dims.filter((_, axis) => !axes.includes(axis));
  const { dtype } = arrayTypeOf(x);
  const isEmpty = countOf(x, axes) === 0;
  // Of nothing, one NaN stands for the values.
  const sorted = isEmpty ? full(NaN, [...dims.map(({ size }) => size), 1], dtype) : sortedLast(x, axes);
  const result = typeof share === 'number' ? { value: quantileAt(sorted, share), dims } : quantilesAt(sorted, dims, share);
  if (isEmpty || sizeOf(arrayTypeOf(x).shape) === 0) return wrap(result);
  const hasNaN = wrap({ value: reduceAny(isNaN(x), axes), dims }) as Tensor;
  return select(hasNaN, NaN, wrap(result) as Tensor) as Unchecked;
}

/** The middle value, or the mean of the two in the middle; NaN for none, and where a value is NaN. */
export const median: Reduction = ((t: Named, dims?: DimsArgument) => {
  selectAxes('median', t.dims, dims);
  return quantile(t as Tensor, 0.5, dims as string) as Unchecked;
}) as Reduction;
