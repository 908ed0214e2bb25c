/** @file Random integers, permutations, and entries of tensors drawn at random: with and without replacement, by weights. */
import type { Value } from '@tapeflow/autodiff/extend';
import { arrayTypeOf, full, reshape, sliceAxis } from '../array/ndarray.ts';
import { sizeOf } from '../array/strides.ts';
import { checkLeaves } from '../control/check.ts';
import { ArgumentError, DimensionError } from '../errors.ts';
import { argsort } from '../primitives/along.ts';
import { cumulativeSum } from '../primitives/cumulate.ts';
import { and, div, isFinite, less, lessEqual, log1p, mul, neg } from '../primitives/elementwise.ts';
import { randomInteger as integerArray, randomPermutation as permutationArray, randomUniform as uniformArray } from '../primitives/random.ts';
import { reduceAll, reduceMax, reduceSum } from '../primitives/reduce.ts';
import { broadcast, convert } from '../primitives/structure.ts';
import type { Named } from './align.ts';
import { onlyDim, type ShapeNames, type ShapeRecord } from './create.ts';
import { describeDims, makeDims, positionOf, sameDim, storageOrder, type Dim } from './dims.ts';
import { gather } from './gather.ts';
import type { Key } from './random.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { Reduced, Unchecked, Without } from './types.ts';
import { demand } from '../compile/demands.ts';
import { compileOrders, compileWalks } from '../compile/on-demand.ts';

demand(compileOrders, compileWalks);

/** Where random integers lie. */
export interface IntegerOptions {
  /** Included; default 0. */
  readonly low?: number;
  /** Not included. */
  readonly high: number;
}

/**
 * Independent integers (i32) in [low, high), each exactly as likely as every other, for any range.
 *
 * Throws `ArgumentError` for ends that are no integers from −2³¹ to 2³¹, and where high is not above low.
 */
export function randomInteger<const S extends ShapeRecord>(shape: S, key: Key, { low = 0, high }: IntegerOptions): Tensor<ShapeNames<S>> {
  const dims = storageOrder(makeDims(shape, 'randomInteger'));
  return wrap({ value: integerArray(key.words, dims.map(({ size }) => size), low, high), dims });
}

/**
 * The positions (i32) along one dimension in random order, each order as likely as every other (as far as 64 bits of a key tell orders
 * apart). It shuffles a tensor of any dimensions: `gather(t, { x: randomPermutation({ x: n }, key) })`.
 */
export function randomPermutation<const S extends ShapeRecord>(shape: S, key: Key): Tensor<ShapeNames<S>> {
  const { name, type, size } = onlyDim('randomPermutation', shape);
  return wrap({ value: permutationArray(key.words, size), dims: [{ name, type, size }] });
}

/** How entries are drawn. */
export interface ChoiceOptions<K extends string> {
  /** Whether an entry may be drawn again. Default true. */
  readonly replace?: boolean;
  /** How likely each entry is, in any unit: numbers ≥ 0 along the dimension that is drawn from. Default: all alike. */
  readonly weights?: Tensor<K>;
}

/**
 * Entries along a dimension, drawn at random: as many as `shape` has places, in place of that dimension. Without replacement all entries
 * that are drawn differ; with weights it is then as if one after another was drawn, by the weights of those that are left.
 *
 * Derivatives reach the tensor, not the weights.
 *
 * Shapes    t (…, x), dim 'x', shape { draw: n } → (…, draw)
 * Throws    `ArgumentError` when there are fewer entries (of positive weight) than places, and for weights that are negative, not finite, or
 *           all 0; `DimensionError` for weights that are not along the dimension alone
 * Source    without replacement, by weights [Efraimidis2006]
 */
export function randomChoice<D extends string, const K extends D, const S extends ShapeRecord>(t: Tensor<D>, dim: K, shape: S, key: Key, options?: ChoiceOptions<NoInfer<K>>): Reduced<Without<D, K> | ShapeNames<S>>;
export function randomChoice(t: Tensor, dim: string, shape: ShapeRecord, { words }: Key, { replace = true, weights }: ChoiceOptions<string> = {}): Unchecked {
  const own = t.dims[positionOf('randomChoice', t.dims, dim)]!;
  const dims = storageOrder(makeDims(shape, 'randomChoice'));
  const places = dims.map(({ size }) => size);
  const count = sizeOf(places);
  const from = own.size;
  if (count > 0 && from === 0) throw new DimensionError('randomChoice', dim, `'${dim}' is empty, so there is nothing to draw.`, [describeDims(t.dims)], 'Give at least one entry.');
  if (!replace && count > from) throw new ArgumentError('randomChoice', 'shape', describeDims(dims), `There are ${from} entries: draw at most as many, or with replace: true.`);
  const likely = weights === undefined ? undefined : checkedWeights(weights, own, replace ? 1 : count);
  const first = (order: Value): Value => reshape(sliceAxis(order, 0, 0, count, 1), places);
  const drawn = (): Value => {
    if (count === 0) return full(0, places, 'i32');
    if (likely === undefined) return replace ? integerArray(words, places, 0, from) : first(permutationArray(words, from));
    return replace ? byWeight(words, places, likely) : first(argsort(waitingTimes(words, likely), 0));
  };
  return gather(t, { [dim]: wrap({ value: drawn(), dims }) }) as Unchecked;
}

const lengthOf = (vector: Value): number => arrayTypeOf(vector).shape[0]!;

function checkedWeights(weights: Named, own: Dim, needed: number): Value {
  const [first] = weights.dims;
  if (first === undefined || weights.dims.length > 1 || !sameDim({ ...first, ...(own.items && { items: own.items }) }, own)) {
    throw new DimensionError('randomChoice', own.name, `the weights are not along '${own.name}' alone.`, [describeDims([own]), describeDims(weights.dims)], `Give weights of dimensions ${describeDims([own])}.`);
  }
  const value = convert(weights.value, 'f64');
  const zero = full(0, [], 'f64');
  const refuse = (condition: Value, advice: string): void =>
    checkLeaves(condition, [value], ([seen]) => new ArgumentError('randomChoice', 'weights', seen!.contiguous().join(', '), advice));
  refuse(reduceAll(and(isFinite(value), lessEqual(zero, value))), 'Give finite numbers ≥ 0.');
  refuse(lessEqual(full(needed, [], 'i32'), reduceSum(convert(less(zero, value), 'i32'))), `Give at least ${needed} ${needed === 1 ? 'entry' : 'entries'} a weight above 0.`);
  return value;
}

/** The entry in whose part of the total a uniform number falls; entries of weight 0 have no part. */
function byWeight(words: Value, places: readonly number[], weights: Value): Value {
  const ends = cumulativeSum(weights, 0);
  const total = reduceMax(ends);
  const drawn = mul(uniformArray(words, places, 'f64'), total);
  const shape = [...places, lengthOf(weights)];
  const spread = (x: Value, axes: readonly number[]): Value => broadcast(x, shape, axes);
  // Rounding may make a number the total itself: that is the end of the last entry, which nothing lies behind.
  const isPassed = and(lessEqual(spread(ends, [places.length]), spread(drawn, places.map((_, axis) => axis))), less(spread(ends, [places.length]), spread(total, [])));
  return reduceSum(convert(isPassed, 'i32'), [places.length]);
}

/** Exponential times with the weights as rates: the order in which entries come is that of drawing them one after another. */
function waitingTimes(words: Value, weights: Value): Value {
  const unit = neg(log1p(neg(uniformArray(words, [lengthOf(weights)], 'f64'))));
  return div(unit, weights);
}
