/** @file Reductions with options, positions of extremes, weights and running results, as the compiler sees them. */
import { argMax, argMin, cumulativeMax, cumulativeSum, gather, huber, l1, logSoftmax, logSumExp, median, quantile, softmax, spatial, standardDeviation, variance, type Scalar, type Tensor } from '@tapeflow/tensor';
import { expectType } from './same.ts';

declare const x: Tensor<'x'>;
declare const xy: Tensor<'x' | 'y'>;
declare const unknownNames: Tensor;
declare const s: Scalar;
declare const shares: Tensor<'share'>;
declare const dt: number | Scalar;

// Reductions lose what they go over, with and without options.
expectType<Scalar>()(variance(xy));
expectType<Scalar>()(variance(x, 'x', { ddof: 1 }));
expectType<Tensor<'y'>>()(standardDeviation(xy, ['x']));
expectType<Tensor>()(standardDeviation(xy, spatial, { ddof: 1 }));
expectType<Scalar>()(huber(xy, undefined, { delta: dt }));
expectType<Tensor<'x'>>()(huber(xy, 'y', { delta: s }));
expectType<Tensor<'x'>>()(l1(xy, 'y'));
expectType<Scalar>()(logSumExp(xy, ['x', 'y']));
expectType<Tensor>()(median(unknownNames, 'x'));
// @ts-expect-error there is no dimension z
variance(xy, 'z', { ddof: 1 });
// @ts-expect-error there is no dimension z
median(xy, ['x', 'z']);
// @ts-expect-error there is no such option
variance(xy, 'x', { correction: 1 });
// @ts-expect-error delta is a number or a scalar
huber(xy, 'x', { delta: x });

// Quantiles have the dimensions of their shares.
expectType<Scalar>()(quantile(xy, 0.5));
expectType<Tensor<'y'>>()(quantile(xy, s, 'x'));
expectType<Tensor<'y' | 'share'>>()(quantile(xy, shares, 'x'));
expectType<Tensor<'share'>>()(quantile(xy, shares, ['x', 'y']));
// @ts-expect-error there is no dimension z
quantile(xy, 0.5, 'z');
// @ts-expect-error several shares need the dimensions to be named
quantile(xy, shares);

// Positions: one tensor, or one per dimension, as gather takes them.
expectType<Tensor<'y'>>()(argMax(xy, 'x'));
expectType<Scalar>()(argMin(x, 'x'));
expectType<{ readonly x: Tensor<'y'> }>()(argMax(xy, ['x']));
const both = argMin(xy, ['x', 'y']);
expectType<{ readonly x: Scalar; readonly y: Scalar }>()(both);
expectType<Scalar>()(gather(xy, both));
expectType<Tensor<'y'>>()(gather(xy, { x: argMax(xy, 'x') }));
expectType<{ readonly x: Scalar }>()(argMax(x));
// @ts-expect-error there is no dimension z
argMax(xy, 'z');
// @ts-expect-error there is no dimension z
argMax(xy, ['x', 'z']);
// @ts-expect-error only the dimensions that were looked along have positions
void argMax(xy, ['x']).y;

// What keeps its dimensions
expectType<Tensor<'x' | 'y'>>()(softmax(xy, 'x'));
expectType<Tensor<'x' | 'y'>>()(softmax(xy));
expectType<Tensor<'x' | 'y'>>()(logSoftmax(xy, ['x', 'y']));
expectType<Tensor<'x' | 'y'>>()(cumulativeSum(xy, 'x', { exclusive: true, reverse: true }));
// @ts-expect-error there is no dimension z
softmax(xy, 'z');
// @ts-expect-error there is no dimension z
cumulativeMax(xy, 'z');
// @ts-expect-error a running result goes along one dimension
cumulativeSum(xy, ['x', 'y']);
