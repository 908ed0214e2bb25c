/** @file Putting values into a tensor at computed positions: the counterpart of gather. */
import type { Value } from '@tapeflow/autodiff/extend';
import { isFloat, type DType } from '../array/dtype.ts';
import { arrayTypeOf, concat, full, reshape, sliceAxis } from '../array/ndarray.ts';
import { contextDType } from '../context.ts';
import { checkChoice, DimensionError } from '../errors.ts';
import { max, min, or, not, select } from '../primitives/elementwise.ts';
import { scatterAdd } from '../primitives/gather.ts';
import { scatterMax, scatterMean, scatterMin, scatterSet } from '../primitives/scatter.ts';
import { convert } from '../primitives/structure.ts';
import { alignValue, expandValue, weakDType, widest, type Named } from './align.ts';
import { countElements, describeDims, unionDims } from './dims.ts';
import { checkedPositions, isInside, lookup, type Placement } from './gather.ts';
import { wrap, type Tensor } from './tensor.ts';

/** What becomes of a value that is hit: see `scatter`. */
export type ScatterMode = 'add' | 'set' | 'min' | 'max' | 'mean';

/** How values are put into a tensor. */
export interface ScatterOptions {
  /** Default `add`. */
  readonly mode?: ScatterMode;
  /** What becomes of positions outside: an `IndexError` (`refuse`, the default), nothing (`discard`), or the nearest position inside (`clamp`). */
  readonly outside?: 'refuse' | 'discard' | 'clamp';
}

type Scatter = (x: Value, indices: Value, updates: Value) => Value;
const SCATTERS: Readonly<Record<ScatterMode, Scatter>> = { add: scatterAdd, set: scatterSet, min: scatterMin, max: scatterMax, mean: scatterMean };
const OUTSIDE = ['refuse', 'discard', 'clamp'];

/** The dtype of the result: the widest, real for means, not boolean for sums and extremes. */
function resultDType(mode: ScatterMode, target: DType, updates: Named | number): DType {
  const dtype = widest([target, typeof updates === 'number' ? weakDType(updates, target) : arrayTypeOf(updates.value).dtype]);
  if (mode === 'mean' && !isFloat(dtype)) return contextDType();
  return dtype === 'bool' && mode !== 'set' ? 'i32' : dtype;
}

/**
 * The target with values put in at integer positions, which are given per dimension as for `gather`: what gather takes from there, scatter
 * puts there. `updates` has dimensions of the positions and of the target; those it lacks count as constant. Modes:
 *
 * - `add` adds all updates to what is there,
 * - `set` replaces what is there; of several updates at one position the last in the order of storage counts,
 * - `min` and `max` keep the extreme of what is there and all updates,
 * - `mean` replaces what is there by the mean of the updates.
 *
 * Derivatives reach the target and the updates: those that count, in `min` and `max` the target before the first update on a tie.
 *
 * Throws `IndexError` for positions outside, unless `outside` says what to do with them.
 */
export function scatter<D extends string, K extends D, P extends string>(target: Tensor<D>, positions: { readonly [N in K]: Tensor<P> }, updates: Tensor<never> | number, options: ScatterOptions = {}): Tensor<D> {
  const { mode = 'add', outside = 'refuse' } = options;
  checkChoice('scatter', 'mode', mode, Object.keys(SCATTERS));
  checkChoice('scatter', 'outside', outside, OUTSIDE);
  const missed: Named[] = [];
  const place: Placement = outside === 'refuse' ? checkedPositions : (_operation, at, dim) => {
    if (outside === 'discard') missed.push({ value: not(isInside(at.value, dim)), dims: at.dims });
    return { value: max(min(at.value, full(dim.size - 1, [], 'i32')), full(0, [], 'i32')), dims: at.dims };
  };
  const { layout, dims, flat } = lookup('scatter', target, positions, place);
  const extra = typeof updates === 'number' ? undefined : updates.dims.find(({ name }) => !dims.some((dim) => dim.name === name));
  if (extra !== undefined) {
    throw new DimensionError('scatter', extra.name, `the updates have the dimension '${extra.name}', which neither the positions nor the other dimensions of the target have.`, [describeDims(target.dims), describeDims(dims), describeDims((updates as Named).dims)], 'Reduce or rename it, or give positions for it.');
  }
  if (typeof updates !== 'number') unionDims('scatter', [dims, updates.dims]);
  const dtype = resultDType(mode, target.dtype, updates);
  const given = typeof updates === 'number' ? full(updates, dims.map(({ size }) => size), dtype) : convert(expandValue(updates, dims), dtype);
  const size = countElements(layout);
  const source = reshape(convert(alignValue(target, layout), dtype), [size]);
  const value = missed.length === 0 ? SCATTERS[mode](source, flat, given) : withoutMissed(SCATTERS[mode], source, flat, given, missed.map((each) => expandValue(each, dims)).reduce(or));
  return wrap({ value: alignValue({ value: reshape(value, layout.map((dim) => dim.size)), dims: layout }, target.dims), dims: target.dims });
}

/** Updates that are to be left out go to one more element, which is dropped. */
function withoutMissed(scatterInto: Scatter, source: Value, flat: Value, updates: Value, isMissed: Value): Value {
  const { shape, dtype } = arrayTypeOf(source);
  const size = shape[0]!;
  const longer = concat([source, full(0, [1], dtype)], 0);
  return sliceAxis(scatterInto(longer, select(isMissed, full(size, [], 'i32'), flat), updates), 0, 0, size, 1);
}
