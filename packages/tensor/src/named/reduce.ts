/** @file Reductions over named dimensions. Batch dimensions stay unless they are named. */
import type { Value } from '@tapeflow/autodiff/extend';
import { isFloat } from '../array/dtype.ts';
import { arrayTypeOf, broadcast, full } from '../array/ndarray.ts';
import { keptAxes } from '../array/shapes.ts';
import { contextDType } from '../context.ts';
import { div, equal, mul, select, sqrt, square } from '../primitives/elementwise.ts';
import { reduceAll, reduceAny, reduceMax, reduceMin, reduceProd, reduceSum } from '../primitives/reduce.ts';
import { convert } from '../primitives/structure.ts';
import type { Named, Numeric } from './align.ts';
import { positionOf, type Dim } from './dims.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { Names, Reduced, ReducedToBatch, TypeSelector, Unchecked, Without } from './types.ts';

/** Dimensions by name, by a list of names, by type (`spatial`), or all but the batch. */
export interface Reduction {
  <D extends string>(t: Tensor<D>): ReducedToBatch<D>;
  (t: Tensor<never>, dims: TypeSelector): Tensor;
  <D extends string, const K extends D | readonly D[]>(t: Tensor<D>, dims: K): Reduced<Without<D, Names<K>>>;
}

/** A reduction with options. */
export interface ReductionWith<Options> {
  <D extends string>(t: Tensor<D>, dims?: undefined, options?: Options): ReducedToBatch<D>;
  (t: Tensor<never>, dims: TypeSelector, options?: Options): Tensor;
  <D extends string, const K extends D | readonly D[]>(t: Tensor<D>, dims: K, options?: Options): Reduced<Without<D, Names<K>>>;
}

export type DimsArgument = string | readonly string[] | TypeSelector | undefined;

/** Axes that an argument names. */
export function selectAxes(operation: string, dims: readonly Dim[], selected: DimsArgument): number[] {
  if (selected === undefined) return dims.flatMap(({ type }, axis) => (type === 'batch' ? [] : [axis]));
  if (typeof selected === 'function') {
    const { type } = selected(0);
    return dims.flatMap((dim, axis) => (dim.type === type ? [axis] : []));
  }
  const names = typeof selected === 'string' ? [selected] : selected;
  return [...new Set(names.map((name) => positionOf(operation, dims, name)))].sort((a, b) => a - b);
}

/** The value in a dtype that a reduction takes: booleans count as integers, and integers become real where they must. */
export function numericValue({ value }: Named, numeric: Numeric): Value {
  const { dtype } = arrayTypeOf(value);
  return convert(value, numeric === 'real' && !isFloat(dtype) ? contextDType() : numeric === 'number' && dtype === 'bool' ? 'i32' : dtype);
}

/** Applies a positional reduction to the axes that are selected, which then are gone. */
export function reduceNamed(operation: string, numeric: Numeric, t: Named, selected: DimsArgument, reduce: (x: Value, axes: readonly number[]) => Value): Unchecked {
  const axes = selectAxes(operation, t.dims, selected);
  return wrap({ value: reduce(numericValue(t, numeric), axes), dims: t.dims.filter((_, axis) => !axes.includes(axis)) });
}

function reduction(operation: string, numeric: Numeric, reduce: (x: Value, axes: readonly number[]) => Value): Reduction {
  return ((t: Named, selected?: DimsArgument) => reduceNamed(operation, numeric, t, selected, reduce)) as Reduction;
}

/** How many elements a reduction over some axes takes together. */
export const countOf = (x: Value, axes: readonly number[]): number => axes.reduce((total, axis) => total * arrayTypeOf(x).shape[axis]!, 1);
/** A result of a reduction repeated along the axes that it went over. */
export const spread = (y: Value, x: Value, axes: readonly number[]): Value => broadcast(y, arrayTypeOf(x).shape, keptAxes(arrayTypeOf(x).shape, axes));
const divideBy = (x: Value, count: number): Value => div(x, full(count, [], arrayTypeOf(x).dtype));

/** The mean over some axes. */
export function meanOf(x: Value, axes: readonly number[]): Value {
  return divideBy(reduceSum(x, axes), countOf(x, axes));
}

/** Sum; of booleans, the count. 0 for none. */
export const sum: Reduction = reduction('sum', 'number', reduceSum);
/** Product; 1 for none. */
export const prod: Reduction = reduction('prod', 'number', reduceProd);
/** Arithmetic mean; NaN for none. */
export const mean: Reduction = reduction('mean', 'real', meanOf);
/** Smallest value; +∞ (or the largest integer) for none. Ties share the derivative. */
export const min: Reduction = reduction('min', 'number', reduceMin);
/** Largest value; −∞ (or the smallest integer) for none. Ties share the derivative. */
export const max: Reduction = reduction('max', 'number', reduceMax);
/** Whether any value holds. */
export const any: Reduction = reduction('any', 'any', reduceAny);
/** Whether all values hold. */
export const all: Reduction = reduction('all', 'any', reduceAll);
/** Square root whose derivative at 0 is taken as 0: of a distance, no direction leads away from 0 more than another. */
export function sqrtFlatAtZero(x: Value): Value {
  const [zero, one] = [full(0, [], arrayTypeOf(x).dtype), full(1, [], arrayTypeOf(x).dtype)];
  const isZero = equal(x, zero);
  return select(isZero, zero, sqrt(select(isZero, one, x)));
}

/** Euclidean norm. Its derivative at 0 is taken as 0. */
export const norm: Reduction = reduction('norm', 'real', (x, axes) => sqrtFlatAtZero(reduceSum(square(x), axes)));

/** Half the sum of squares over all but the batch: the loss ½‖t‖². */
export const l2: Reduction = reduction('l2', 'real', (x, axes) => mul(reduceSum(square(x), axes), full(0.5, [], arrayTypeOf(x).dtype)));
