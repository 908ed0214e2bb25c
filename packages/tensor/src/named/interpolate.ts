/** @file Multilinear interpolation: values of a tensor between its samples. */
import type { Value } from '@tapeflow/autodiff/extend';
import { full, reshape } from '../array/ndarray.ts';
import { add, mul } from '../primitives/elementwise.ts';
import { gather as gatherArray } from '../primitives/gather.ts';
import { iota } from '../primitives/structure.ts';
import { alignValue, expandValue, type Named } from './align.ts';
import { add as plus, clip, floor, mul as times, sub } from './arithmetic.ts';
import { convert } from './create.ts';
import { positionOf, storageOrder, unionDims, type Dim } from './dims.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { Without } from './types.ts';

/** The samples around each of some positions, and where between them the position lies. */
export interface Stencil<D extends string = string, P extends string = string> {
  /** 2ᵈ samples for d dimensions in the order of storage: the first dimension changes slowest, the lower sample comes before the upper one. */
  readonly values: readonly Tensor<D>[];
  /** Per dimension, 0 at the lower sample and 1 at the upper one. */
  readonly fractions: readonly Tensor<P>[];
}

const unitI32 = (value: number): Value => full(value, [], 'i32');

/**
 * The samples around real positions, given per dimension in units of samples (0 at the first). Positions beyond the ends get the
 * outermost samples, with fractions below 0 or above 1. The result has the dimensions of the positions in place of those.
 */
export function stencilAt<D extends string, K extends D, P extends string>(t: Tensor<D>, positions: { readonly [N in K]: Tensor<P> }): Stencil<Without<D, K> | P, P> {
  const { names, axes } = lookedAxes('interpolate', t, Object.keys(positions));
  if (names.length === 0) return { values: [t as Tensor<never> as Tensor<Without<D, K> | P>], fractions: [] };
  const given = names.map((name) => positions[name as K]);
  const lower = axes.map((axis, k) => lowerSample(given[k]!, axis.size) as Tensor<P>);
  const fractions = given.map((position, k) => sub(position, lower[k]!) as Tensor<P>);
  return { values: samplesFrom('interpolate', t, axes, lower, 2) as Tensor<Without<D, K> | P>[], fractions };
}

/** The dimensions that are looked along, in the order of storage, so that nothing has to be moved before it is looked up. */
export function lookedAxes(operation: string, t: Named, given: readonly string[]): { names: readonly string[]; axes: readonly Dim[] } {
  const axes = given.map((name) => positionOf(operation, t.dims, name)).sort((a, b) => a - b).map((axis) => t.dims[axis]!);
  return { names: axes.map(({ name }) => name), axes };
}

/** The sample below a position that has another one above it. */
export function lowerSample(position: Tensor<never>, size: number): Tensor<never> {
  return clip(floor(position), 0, Math.max(size - 2, 0));
}

/**
 * `count` samples per dimension from the given ones on, all combinations in the order of storage, the first dimension slowest. One sample
 * along a dimension has nothing beside it: it counts for all.
 */
export function samplesFrom(operation: string, t: Named, axes: readonly Dim[], lower: readonly Tensor<never>[], count: number): Tensor[] {
  const kept = t.dims.filter((dim) => !axes.includes(dim));
  const indexDims = unionDims(operation, lower.map((at) => at.dims));
  const dims = storageOrder([...kept, ...indexDims.filter((dim) => !kept.some(({ name }) => name === dim.name))]);
  const layout = [...kept, ...axes];
  const strides = stridesOf(layout);
  const base = kept.reduce<Value>(
    (total, dim, k) => add(total, mul(expandValue({ value: iota([dim.size], 0, 'i32'), dims: [dim] }, dims), unitI32(strides[k]!))),
    axes.reduce<Value>((total, _axis, k) => {
      const scaled = mul(expandValue(convert(lower[k]!, 'i32') as Named, dims), unitI32(strides[kept.length + k]!));
      return k === 0 ? scaled : add(total, scaled);
    }, 0),
  );
  const source = reshape(alignValue(t, layout), [layout.reduce((size, dim) => size * dim.size, 1)]);
  const steps = Array.from({ length: count }, (_, k) => k);
  const offsets = axes.reduce<number[]>((list, { size }, k) => list.flatMap((offset) => steps.map((step) => (size === 1 ? offset : offset + step * strides[kept.length + k]!))), [0]);
  return offsets.map((offset) => wrap({ value: gatherArray(source, offset === 0 ? base : add(base, unitI32(offset))), dims }));
}

function stridesOf(dims: readonly Dim[]): number[] {
  const strides = dims.map(() => 1);
  for (let k = dims.length - 2; k >= 0; k--) strides[k] = strides[k + 1]! * dims[k + 1]!.size;
  return strides;
}

/** The value between the samples of a stencil, linear along each dimension. */
export function interpolateStencil<D extends string, P extends string>({ values, fractions }: Stencil<D, P>): Tensor<D | P> {
  let level: readonly Tensor[] = values as readonly Tensor<never>[] as readonly Tensor[];
  for (const fraction of [...fractions].reverse()) {
    const pairs: Tensor[] = [];
    for (let k = 0; k < level.length; k += 2) pairs.push(plus(level[k]!, times(fraction as Tensor<never> as Tensor, sub(level[k + 1]!, level[k]!))));
    level = pairs;
  }
  return level[0] as Tensor<never> as Tensor<D | P>;
}

/**
 * Values at real positions between the samples, given per dimension in units of samples (0 at the first).
 *
 * Shapes    t (…, y, x), positions { x: (p), y: (p) } → (…, p)
 * Error     O(h²) for smooth data; beyond the ends the outermost pair is continued linearly
 */
export function interpolate<D extends string, K extends D, P extends string>(t: Tensor<D>, positions: { readonly [N in K]: Tensor<P> }): Tensor<Without<D, K> | P> {
  return interpolateStencil(stencilAt(t, positions)) as Tensor<Without<D, K> | P>;
}
