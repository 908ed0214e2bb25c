/** @file Where the extremes are: positions for `gather`. */
import type { Value } from '@tapeflow/autodiff/extend';
import { demand } from '../compile/demands.ts';
import { compileWalks } from '../compile/on-demand.ts';
import { arrayTypeOf, full, reshape } from '../array/ndarray.ts';
import { keptAxes } from '../array/shapes.ts';
import { DimensionError } from '../errors.ts';
import { argMax as argMaxArray, argMin as argMinArray } from '../primitives/along.ts';
import { div, floor, mod } from '../primitives/elementwise.ts';
import { convert, transpose } from '../primitives/structure.ts';
import type { Named } from './align.ts';
import { describeDims, type Dim } from './dims.ts';
import { countOf, selectAxes, type DimsArgument } from './reduce.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { Reduced, Scalar, TypeSelector, Unchecked, Without } from './types.ts';

demand(compileWalks);

/** Positions (i32) of extremes: along one dimension as a tensor, over several as a tensor per dimension. */
export interface ExtremePosition {
  <D extends string, const K extends D>(t: Tensor<D>, dim: K): Reduced<Without<D, K>>;
  <D extends string, const K extends readonly D[]>(t: Tensor<D>, dims: K): { readonly [N in K[number]]: Reduced<Without<D, K[number]>> };
  (t: Tensor<never>, dims: TypeSelector): Readonly<Record<string, Tensor>>;
  <D extends string>(t: Tensor<D>): { readonly [N in D]: Scalar };
}

/** i32 quotient without remainder: exact, because doubles are. */
const quotient = (k: Value, by: number): Value => (by === 1 ? k : convert(floor(div(convert(k, 'f64'), full(by, [], 'f64'))), 'i32'));

function extremePosition(operation: string, find: (x: Value, axis: number) => Value): ExtremePosition {
  return ((t: Named, selected?: DimsArgument): Unchecked | Record<string, Unchecked> => {
    const axes = selectAxes(operation, t.dims, selected);
    const empty = axes.map((axis) => t.dims[axis]!).find(({ size }) => size === 0);
    if (empty !== undefined) throw new DimensionError(operation, empty.name, `dimension '${empty.name}' is empty, so there is no extreme.`, [describeDims(t.dims)], 'Give at least one value.');
    const kept = keptAxes(arrayTypeOf(t.value).shape, axes);
    const dims = kept.map((axis) => t.dims[axis]!);
    const flat = reshape(transpose(t.value, [...kept, ...axes]), [...dims.map(({ size }) => size), countOf(t.value, axes)]);
    const positions = unravel(find(flat, dims.length), axes.map((axis) => t.dims[axis]!), dims);
    return typeof selected === 'string' ? positions[selected]! : positions;
  }) as ExtremePosition;
}

/** One position per dimension from positions in all of them together, the last fastest. */
function unravel(position: Value, looked: readonly Dim[], dims: readonly Dim[]): Record<string, Unchecked> {
  const found: [string, Unchecked][] = [];
  let rest = position;
  for (const { name, size } of [...looked].reverse()) {
    const isFirst = found.length === looked.length - 1;
    found.unshift([name, wrap({ value: isFirst ? rest : mod(rest, full(size, [], 'i32')), dims })]);
    if (!isFirst) rest = quotient(rest, size);
  }
  return Object.fromEntries(found);
}

/**
 * Position of the largest value: the first of equal ones in the order of storage, or the first NaN. Over one dimension that is named it is a
 * tensor, over several it is a record that `gather` takes: `gather(t, argMax(t, ['y', 'x']))` is `max(t, ['y', 'x'])`.
 *
 * Throws `DimensionError` where there is no value.
 */
export const argMax: ExtremePosition = extremePosition('argMax', argMaxArray);
/** Position of the smallest value: the first of equal ones in the order of storage, or the first NaN. As `argMax`. */
export const argMin: ExtremePosition = extremePosition('argMin', argMinArray);
