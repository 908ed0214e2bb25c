/** @file Losses: the size of a tensor as one number per batch entry, by values or by frequencies. For l2, half the sum of squares, see reduce.ts. */
import type { Value } from '@tapeflow/autodiff/extend';
import { allocate, type FloatDType } from '../array/dtype.ts';
import { arrayTypeOf, broadcast, full, NDArray } from '../array/ndarray.ts';
import { checkLeaves } from '../control/check.ts';
import { compileTransforms } from '../compile/on-demand.ts';
import { ArgumentError, DimensionError } from '../errors.ts';
import { abs, add, constantLike, less, max, mul as mulArrays, sqrt, square, sub as subArrays } from '../primitives/elementwise.ts';
import { fourier } from '../primitives/fourier.ts';
import { reduceAll, reduceSum } from '../primitives/reduce.ts';
import type { Named } from './align.ts';
import { clip, mul, sub } from './arithmetic.ts';
import { describeDims } from './dims.ts';
import { meanOf, numericValue, reduceNamed, selectAxes, spread, type DimsArgument, type Reduction, type ReductionWith } from './reduce.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { ReducedToBatch, Scalar, Unchecked } from './types.ts';

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

/** How frequencies count. */
export interface FrequencyLossOptions {
  /** How fast high frequencies cease to count: those of 1/falloff cycles per cell by e^(−1/2). Default 100. */
  readonly falloff?: number;
  /** `l2` (the default) adds ½ of the squares of the amplitudes, `l1` the amplitudes. */
  readonly norm?: 'l1' | 'l2';
  /** Squares of amplitudes below this count as this and have no derivative, which keeps that of `l1` finite. Default 1e-5. */
  readonly threshold?: number;
  /** Whether the mean of each batch entry does not count. Default false. */
  readonly ignoreMean?: boolean;
}

/**
 * Size of a tensor by its low frequencies, so that shapes attract each other before they overlap: with x̂ = `fft` of t along its spatial
 * dimensions, k the frequencies in cycles per cell, w = exp(−½ |k|² falloff²) and a² = max(|w x̂|², threshold),
 * `l2` is ½ Σ a² and `l1` is Σ a, over all frequencies and all but the batch.
 *
 * Throws `DimensionError` for tensors without spatial dimensions, `ArgumentError` for options that make no sense.
 */
export function frequencyLoss<D extends string>(t: Tensor<D>, options?: FrequencyLossOptions): ReducedToBatch<D>;
export function frequencyLoss(t: Named, options: FrequencyLossOptions = {}): Unchecked {
  const { falloff = 100, threshold = 1e-5, ignoreMean = false, norm = 'l2' } = options;
  if (!(falloff >= 0 && falloff < Infinity)) throw new ArgumentError('frequencyLoss', 'falloff', falloff, 'Give a number ≥ 0: 0 counts all frequencies alike.');
  if (!(threshold >= 0 && threshold < Infinity)) throw new ArgumentError('frequencyLoss', 'threshold', threshold, 'Give a number ≥ 0.');
  if (norm !== 'l1' && norm !== 'l2') throw new ArgumentError('frequencyLoss', 'norm', norm, "Use 'l1' or 'l2'.");
  const spatial = t.dims.flatMap(({ type }, axis) => (type === 'spatial' ? [axis] : []));
  if (spatial.length === 0) throw new DimensionError('frequencyLoss', '', 'there is no spatial dimension.', [describeDims(t.dims)], 'Give a tensor with dimensions of type spatial, such as x and y.');
  let x = numericValue(t, 'real');
  const kept = selectAxes('frequencyLoss', t.dims, undefined);
  if (ignoreMean) x = subArrays(x, spread(meanOf(x, kept), x, kept));
  const { shape, dtype } = arrayTypeOf(x);
  compileTransforms();
  const parts = fourier(x, full(0, shape, dtype), { axes: spatial, backward: false });
  const [re, im] = spatial.reduce<readonly Value[]>((all, axis) => {
    const weights = broadcast(lowPass(shape[axis]!, falloff, dtype as FloatDType), shape, [axis]);
    return all.map((part) => mulArrays(part, weights));
  }, parts);
  const squares = max(add(square(re), square(im)), constantLike(threshold, x));
  const amplitudes = norm === 'l1' ? sqrt(squares) : mulArrays(squares, constantLike(0.5, x));
  return reduceNamed('frequencyLoss', 'real', { value: amplitudes, dims: t.dims }, undefined, reduceSum);
}

/** exp(−½ k² falloff²) for the frequencies of `fft` in their order. */
function lowPass(length: number, falloff: number, dtype: FloatDType): NDArray {
  const weight = (k: number): number => Math.exp(-0.5 * ((Math.min(k, length - k) / length) * falloff) ** 2);
  return NDArray.of(allocate(dtype, length).map((_, k) => weight(k)), [length], dtype);
}
