/** @file Order along a dimension. */
import * as primitives from '../primitives/along.ts';
import type { Value } from '@tapeflow/autodiff/extend';
import type { Named } from './align.ts';
import { positionOf, type Dim } from './dims.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { Unchecked } from './types.ts';
import { demand } from '../compile/demands.ts';
import { compileOrders } from '../compile/on-demand.ts';

demand(compileOrders);

/** How values are sorted. */
export interface SortOptions {
  /** The largest first; NaN comes last all the same. */
  readonly descending?: boolean;
}

const withoutItems = ({ name, size, type }: Dim): Dim => ({ name, size, type });

function alongDim(operation: string, t: Named, name: string, apply: (x: Value, axis: number) => Value): Unchecked {
  const axis = positionOf(operation, t.dims, name);
  // A place in the order says nothing of the item that was there before.
  return wrap({ value: apply(t.value, axis), dims: t.dims.map((dim, k) => (k === axis ? withoutItems(dim) : dim)) });
}

/**
 * The values in ascending order along a dimension, NaN last. The derivative goes to where each value came from. Item names of the
 * dimension disappear.
 */
export function sort<D extends string, const K extends D>(t: Tensor<D>, dim: K, options: SortOptions = {}): Tensor<D> {
  return alongDim('sort', t, dim, (x, axis) => primitives.sort(x, axis, options.descending === true));
}

/**
 * Positions (i32) along a dimension in the order of the values; equal ones keep their order, NaN comes last. They may order something else
 * in the same way: `gather(other, { x: argsort(t, 'x') })`.
 */
export function argsort<D extends string, const K extends D>(t: Tensor<D>, dim: K, options: SortOptions = {}): Tensor<D> {
  return alongDim('argsort', t, dim, (x, axis) => primitives.argsort(x, axis, options.descending === true));
}
