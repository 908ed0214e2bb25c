/** @file Histograms: how many values lie in each of some bins of equal width. */
import type { Value } from '@tapeflow/autodiff/extend';
import { arrayTypeOf, broadcast, full, reshape } from '../array/ndarray.ts';
import { keptAxes } from '../array/shapes.ts';
import { sizeOf } from '../array/strides.ts';
import { checkLeaves } from '../control/check.ts';
import { ArgumentError, checkInteger, DimensionError } from '../errors.ts';
import { add, and, constantLike, div, equal, floor, isFinite, less, lessEqual, max, min, mul, select, sub } from '../primitives/elementwise.ts';
import { scatterAdd } from '../primitives/gather.ts';
import { reduceAll, reduceMax, reduceMin } from '../primitives/reduce.ts';
import { convert, iota, transpose } from '../primitives/structure.ts';
import { expandValue, type Named } from './align.ts';
import { inStorageOrder } from './create.ts';
import { describeDims, makeDim, positionOf, unionDims, type Dim } from './dims.ts';
import { countOf, numericValue, selectAxes, type DimsArgument } from './reduce.ts';
import { Tensor } from './tensor.ts';
import type { Names, Scalar, TypeSelector, Without } from './types.ts';

/** What is counted, and how much. */
export interface HistogramOptions {
  /** Where the first bin begins. Default: the smallest finite value, of each result by itself. */
  readonly low?: number | Scalar;
  /** Where the last bin ends, which includes its end. Default: the largest finite value, of each result by itself. */
  readonly high?: number | Scalar;
  /** How much each value counts: default 1. Derivatives reach the weights. */
  readonly weights?: Tensor<never>;
}

/** How much lies in each bin, and the ends of the bins. Bin k goes from edge k up to but without edge k + 1; the last one includes its end. */
export interface Histogram<D extends string = never> {
  readonly counts: Tensor<D | 'bin'>;
  readonly edges: Tensor<'edge'>;
}

/** The selected axes as one last axis. */
function flattened(x: Value, axes: readonly number[]): Value {
  const { shape } = arrayTypeOf(x);
  const kept = keptAxes(shape, axes);
  return reshape(transpose(x, [...kept, ...axes]), [...kept.map((axis) => shape[axis]!), countOf(x, axes)]);
}

/** One more last axis of some length, along which nothing changes. */
function repeated(x: Value, length: number): Value {
  const { shape } = arrayTypeOf(x);
  return broadcast(x, [...shape, length], shape.map((_, axis) => axis));
}

interface Ends {
  readonly low: Value;
  readonly high: Value;
}

/** The ends of the range for every result: as given, or around the finite values. */
function endsOf(x: Value, kept: readonly Dim[], given: { readonly low?: number | Scalar | undefined; readonly high?: number | Scalar | undefined }): Ends {
  const { shape, dtype } = arrayTypeOf(x);
  const axis = shape.length - 1;
  const lengths = shape.slice(0, -1);
  const isEmpty = shape[axis] === 0;
  const end = (own: number | Scalar | undefined, otherwise: () => Value): Value => {
    if (own === undefined) return isEmpty ? full(0, lengths, dtype) : otherwise();
    return typeof own === 'number' ? full(own, lengths, dtype) : expandValue({ value: convert(own.value, dtype), dims: [] }, kept);
  };
  const low = end(given.low, () => reduceMin(select(isFinite(x), x, constantLike(Infinity, x)), [axis]));
  const high = end(given.high, () => reduceMax(select(isFinite(x), x, constantLike(-Infinity, x)), [axis]));
  // Where all values are equal the bins lie around them.
  const half = select(equal(low, high), constantLike(0.5, x), constantLike(0, x));
  return { low: sub(low, half), high: add(high, half) };
}

/** The place of edge k, exact at both ends. */
function edgeAt({ low, high }: Ends, k: Value, bins: number): Value {
  const share = div(k, constantLike(bins, k));
  return add(mul(low, sub(constantLike(1, k), share)), mul(high, share));
}

/** The bin of every value, as a real number: what the quotient says, corrected where it was rounded across an edge. */
function binOf(x: Value, ends: Ends, bins: number): Value {
  const one = constantLike(1, x);
  const last = constantLike(bins - 1, x);
  const scaled = mul(sub(x, ends.low), div(constantLike(bins, x), sub(ends.high, ends.low)));
  const near = max(min(floor(scaled), last), constantLike(0, x));
  const isBelow = less(x, edgeAt(ends, near, bins));
  const isAbove = and(lessEqual(edgeAt(ends, add(near, one), bins), x), less(near, last));
  return select(isBelow, sub(near, one), select(isAbove, add(near, one), near));
}

const RANGE = 'Give a range whose low end lies below its high end.';

function checkOptions(bins: number, { low, high }: HistogramOptions, dims: readonly Dim[]): void {
  checkInteger('histogram', 'bins', bins, 1);
  const taken = dims.find(({ name }) => name === 'bin' || name === 'edge');
  if (taken !== undefined) throw new DimensionError('histogram', taken.name, `dimension '${taken.name}' already exists.`, [describeDims(dims)], 'Rename it, or count over it.');
  if (low === undefined || high === undefined) return;
  if (typeof low === 'number' && typeof high === 'number') {
    if (!(low < high)) throw new ArgumentError('histogram', 'high', high, RANGE);
    return;
  }
  const [from, to] = [low, high].map((end) => (typeof end === 'number' ? full(end, [], 'f64') : convert(end.value, 'f64')));
  checkLeaves(reduceAll(less(from, to)), [to], ([seen]) => new ArgumentError('histogram', 'high', seen!.contiguous()[0], RANGE));
}

/** What every value counts, in the layout of the values. */
function weightsOf(t: Named, axes: readonly number[], weights: Named | undefined): Value {
  if (weights === undefined) return full(1, arrayTypeOf(flattened(t.value, axes)).shape, 'i32');
  for (const { name } of weights.dims) positionOf('histogram', t.dims, name);
  unionDims('histogram', [t.dims, weights.dims]);
  return flattened(expandValue({ value: numericValue(weights, 'number'), dims: weights.dims }, t.dims), axes);
}

/**
 * How many values lie in each of `bins` bins of equal width, along a new dimension `bin`; the bins end at `edges`, along `edge`. Values
 * outside of the range and NaN are not counted.
 *
 * Throws `ArgumentError` when there is no bin or the range is empty.
 */
export function histogram(t: Tensor<never>, bins: number, dims?: undefined, options?: HistogramOptions): Histogram;
export function histogram(t: Tensor<never>, bins: number, dims: TypeSelector, options?: HistogramOptions): Histogram<string>;
export function histogram<D extends string, const K extends D | readonly D[]>(t: Tensor<D>, bins: number, dims: K, options?: HistogramOptions): Histogram<Without<D, Names<K>>>;
export function histogram(t: Named, bins: number, dims?: DimsArgument, options: HistogramOptions = {}): Histogram<string> {
  const axes = selectAxes('histogram', t.dims, dims);
  const kept = keptAxes(arrayTypeOf(t.value).shape, axes).map((axis) => t.dims[axis]!);
  checkOptions(bins, options, kept);
  const x = flattened(numericValue(t, 'real'), axes);
  const { shape, dtype } = arrayTypeOf(x);
  const lengths = shape.slice(0, -1);
  const [count, lines] = [shape[shape.length - 1]!, sizeOf(lengths)];
  const ends = endsOf(x, kept, options);
  const wide: Ends = { low: repeated(ends.low, count), high: repeated(ends.high, count) };
  const isCounted = and(lessEqual(wide.low, x), lessEqual(x, wide.high));
  const bin = convert(select(isCounted, binOf(x, wide, bins), constantLike(0, x)), 'i32');
  const weights = weightsOf(t, axes, options.weights);
  const total = arrayTypeOf(weights).dtype;
  const counts = lines === 0
    ? full(0, [...lengths, bins], total)
    : reshape(scatterAdd(full(0, [lines * bins], total), reshape(bin, [lines, count]), reshape(select(isCounted, weights, full(0, [], total)), [lines, count]), lines), [...lengths, bins]);
  // Ends that are the same for all results have no dimensions but that of the edges.
  const isCommon = options.low !== undefined && options.high !== undefined && lines > 0;
  const own = isCommon ? endsOf(reshape(x, [lines * count]), [], options) : ends;
  const edgeLengths = isCommon ? [] : lengths;
  const edges = edgeAt({ low: repeated(own.low, bins + 1), high: repeated(own.high, bins + 1) }, iota([...edgeLengths, bins + 1], edgeLengths.length, dtype), bins);
  return {
    counts: inStorageOrder(new Tensor(counts, [...kept, makeDim('bin', bins)])),
    edges: inStorageOrder(new Tensor(edges, [...(isCommon ? [] : kept), makeDim('edge', bins + 1)])),
  };
}
