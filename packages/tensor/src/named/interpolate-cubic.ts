/** @file Cubic interpolation: values of a tensor between its samples, with continuous slopes. */
import type { Value } from '@tapeflow/autodiff/extend';
import { arrayTypeOf, concat, full, sliceAxis } from '../array/ndarray.ts';
import { DimensionError } from '../errors.ts';
import { add, mul } from '../primitives/elementwise.ts';
import { add as plus, mul as times, sub } from './arithmetic.ts';
import type { Named } from './align.ts';
import { describeDims, type Dim } from './dims.ts';
import { lookedAxes, lowerSample, samplesFrom } from './interpolate.ts';
import { numericValue } from './reduce.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { Unchecked, Without } from './types.ts';

/**
 * Values at real positions between the samples, given per dimension in units of samples (0 at the first), by Keys' kernel (a = −½, the
 * spline of Catmull and Rom) along each: exact for quadratic data, through all samples, with continuous slopes.
 *
 * Next to an end the sample that is missing is the one on the quadratic through the last three. Beyond the ends that quadratic goes on; for
 * other continuations pad first: `interpolateCubic(pad(t, { x: [2, 2] }, 'periodic'), { x: x.add(2) })`.
 *
 * Derivatives reach the tensor and the positions; at the samples the second derivative to the positions jumps.
 *
 * Shapes    t (…, y, x), positions { x: (p), y: (p) } → (…, p)
 * Error     O(h³) for smooth data
 * Source    [Keys1981]
 */
export function interpolateCubic<D extends string, K extends D, P extends string>(t: Tensor<D>, positions: { readonly [N in K]: Tensor<P> }): Tensor<Without<D, K> | P>;
export function interpolateCubic(t: Named, positions: Readonly<Record<string, Tensor>>): Unchecked {
  const { names, axes } = lookedAxes('interpolateCubic', t, Object.keys(positions));
  if (names.length === 0) return wrap(t);
  const empty = axes.find(({ size }) => size === 0);
  if (empty !== undefined) throw new DimensionError('interpolateCubic', empty.name, `'${empty.name}' is empty, so there is nothing to interpolate.`, [describeDims(t.dims)], 'Give at least one sample.');
  const lower = names.map((name, k) => lowerSample(positions[name]!, axes[k]!.size) as Tensor);
  const weights = names.map((name, k) => weightsAt(sub(positions[name]!, lower[k]!)));
  const extended = axes.reduce<Named>(withGhosts, { value: numericValue(t, 'real'), dims: t.dims });
  const longer = extended.dims.filter(({ name }) => names.includes(name));
  let level: readonly Tensor[] = samplesFrom('interpolateCubic', extended, longer, lower, 4);
  for (const four of [...weights].reverse()) {
    const combined: Tensor[] = [];
    for (let k = 0; k < level.length; k += 4) combined.push(four.map((weight, j) => times(weight, level[k + j]!)).reduce((total, part) => plus(total, part)));
    level = combined;
  }
  return level[0] as Unchecked;
}

/** The weights of the samples at −1, 0, 1, 2 for a value at s. */
function weightsAt(s: Tensor): readonly Tensor[] {
  const polynomial = (...[a, b, c, d]: readonly [number, number, number, number]): Tensor => plus(times(plus(times(plus(times(s, d), c), s), b), s), a);
  return [polynomial(0, -0.5, 1, -0.5), polynomial(1, 0, -2.5, 1.5), polynomial(0, 0.5, 2, -1.5), polynomial(0, 0, -0.5, 0.5)];
}

/** One more sample beyond each end; three more of a single one, which counts everywhere. */
function withGhosts({ value, dims }: Named, { name, size }: Dim): Named {
  const axis = dims.findIndex((dim) => dim.name === name);
  const longer = (length: number): readonly Dim[] => dims.map((dim, k) => (k === axis ? { name, type: dim.type, size: length } : dim));
  if (size === 1) return { value: concat([value, value, value, value], axis), dims: longer(4) };
  return { value: concat([ghost(value, axis, 0, 1), value, ghost(value, axis, size - 1, -1)], axis), dims: longer(size + 2) };
}

/** The sample before `from`, on the quadratic through the first three in this direction, or on the line through two. */
function ghost(x: Value, axis: number, from: number, direction: 1 | -1): Value {
  const { shape, dtype } = arrayTypeOf(x);
  const at = (k: number, factor: number): Value => mul(sliceAxis(x, axis, from + k * direction, 1, 1), full(factor, [], dtype));
  return shape[axis] === 2 ? add(at(0, 2), at(1, -1)) : add(add(at(0, 3), at(1, -3)), at(2, 1));
}
