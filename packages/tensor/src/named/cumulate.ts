/** @file Running results along a dimension: sums, products, extremes. */
import type { Value } from '@tapeflow/autodiff/extend';
import { demand } from '../compile/demands.ts';
import { compileWalks } from '../compile/on-demand.ts';
import { arrayTypeOf, concat, full, sliceAxis } from '../array/ndarray.ts';
import type { DType } from '../array/dtype.ts';
import * as primitives from '../primitives/cumulate.ts';
import { reverse as reverseArray } from '../primitives/structure.ts';
import type { Named } from './align.ts';
import { positionOf } from './dims.ts';
import { numericValue } from './reduce.ts';
import { wrap, type Tensor } from './tensor.ts';

demand(compileWalks);

/** Which values a running result takes together. */
export interface CumulationOptions {
  /** Those before each place without its own; nothing (0, 1, ∓∞) at the first place. */
  readonly exclusive?: boolean;
  /** From the end: those at and after each place. */
  readonly reverse?: boolean;
}

/** A running result along one dimension. */
export type Cumulation = <D extends string, const K extends D>(t: Tensor<D>, dim: K, options?: CumulationOptions) => Tensor<D>;

function cumulation(operation: string, run: (x: Value, axis: number) => Value, nothing: (dtype: DType) => number): Cumulation {
  return ((t: Named, name: string, { exclusive = false, reverse = false }: CumulationOptions = {}) => {
    const axis = positionOf(operation, t.dims, name);
    const turned = (x: Value): Value => (reverse ? reverseArray(x, [axis]) : x);
    let value = run(turned(numericValue(t, 'number')), axis);
    const { shape, dtype } = arrayTypeOf(value);
    if (exclusive && shape[axis]! > 0) {
      const first = full(nothing(dtype), shape.map((length, k) => (k === axis ? 1 : length)), dtype);
      value = concat([first, sliceAxis(value, axis, 0, shape[axis]! - 1, 1)], axis);
    }
    return wrap({ value: turned(value), dims: t.dims });
  }) as Cumulation;
}

const LARGEST = 2 ** 31 - 1;

/** Sum of the values up to each place. Real sums are formed in double precision. */
export const cumulativeSum: Cumulation = cumulation('cumulativeSum', primitives.cumulativeSum, () => 0);
/** Product of the values up to each place. Its derivative is exact where values are zero. */
export const cumulativeProduct: Cumulation = cumulation('cumulativeProduct', primitives.cumulativeProduct, () => 1);
/** The largest of the values up to each place; of equal ones the first gets the derivative. */
export const cumulativeMax: Cumulation = cumulation('cumulativeMax', primitives.cumulativeMax, (dtype) => (dtype === 'i32' ? -LARGEST - 1 : -Infinity));
/** The smallest of the values up to each place; of equal ones the first gets the derivative. */
export const cumulativeMin: Cumulation = cumulation('cumulativeMin', primitives.cumulativeMin, (dtype) => (dtype === 'i32' ? LARGEST : Infinity));
