/** @file Samples beyond the ends of a dimension: values, or continuations of what is inside. */
import type { Value } from '@tapeflow/autodiff/extend';
import { arrayTypeOf, broadcast, concat, full, pad as padArray } from '../array/ndarray.ts';
import type { Shape } from '../array/strides.ts';
import { ArgumentError, closestName, DimensionError, DTypeError } from '../errors.ts';
import { neg } from '../primitives/elementwise.ts';
import { convert } from '../primitives/structure.ts';
import { weakDType, widest } from './align.ts';
import { describeDims, positionOf } from './dims.ts';
import { pick } from './pieces.ts';
import { Tensor, wrap } from './tensor.ts';
import type { Scalar } from './types.ts';

/**
 * How values go on beyond an end, for … a b c d:
 * `edge` d d d, `periodic` a b c, `reflect` c b a (mirrored at the last value), `symmetric` d c b (mirrored beyond it),
 * `antisymmetric` −d −c −b.
 */
export type PadMode = 'edge' | 'periodic' | 'reflect' | 'symmetric' | 'antisymmetric';

/** What lies beyond one end: a continuation, or a value. */
export type Beyond = PadMode | number | Scalar;

/** What lies beyond both ends, or beyond the lower and the upper one. */
export type BeyondBoth = Beyond | readonly [lower: Beyond, upper: Beyond];

interface Source {
  readonly at: number;
  readonly sign: 1 | -1;
}

const modulo = (k: number, n: number): number => ((k % n) + n) % n;

/** Where the sample at position k outside of 0 … n − 1 comes from. */
const SOURCES: Readonly<Record<PadMode, (k: number, n: number) => Source>> = {
  edge: (k, n) => ({ at: k < 0 ? 0 : n - 1, sign: 1 }),
  periodic: (k, n) => ({ at: modulo(k, n), sign: 1 }),
  reflect: (k, n) => ({ at: n === 1 ? 0 : n - 1 - Math.abs(n - 1 - modulo(k, 2 * n - 2)), sign: 1 }),
  symmetric: (k, n) => mirrored(modulo(k, 2 * n), n, 1),
  antisymmetric: (k, n) => mirrored(modulo(k, 2 * n), n, -1),
};

function mirrored(k: number, n: number, sign: 1 | -1): Source {
  return k < n ? { at: k, sign: 1 } : { at: 2 * n - 1 - k, sign };
}

/** `count` samples from position `from` on, which lie outside. */
function samples(x: Value, axis: number, from: number, count: number, beyond: Beyond): Value[] {
  if (count === 0) return [];
  const { shape, dtype } = arrayTypeOf(x);
  const size: Shape = shape.map((length, k) => (k === axis ? count : length));
  if (typeof beyond === 'number') return [full(beyond, size, dtype)];
  if (beyond instanceof Tensor) return [broadcast(convert(beyond.value, dtype), size, [])];
  const sources = Array.from({ length: count }, (_, k) => SOURCES[beyond](from + k, shape[axis]!));
  const parts: Value[] = [];
  for (let k = 0; k < count;) {
    const { sign } = sources[k]!;
    const end = sources.findIndex((source, j) => j > k && source.sign !== sign);
    const run = sources.slice(k, end < 0 ? count : end);
    const picked = pick(x, axis, run.map(({ at }) => at));
    parts.push(sign === 1 ? picked : neg(picked));
    k += run.length;
  }
  return parts;
}

function checkBeyond(t: Tensor<never>, name: string, beyond: Beyond): void {
  if (typeof beyond === 'number') return;
  if (beyond instanceof Tensor) {
    if (beyond.dims.length > 0) throw new DimensionError('pad', beyond.dims[0]!.name, `the value beyond '${name}' has dimensions.`, [describeDims(t.dims), describeDims(beyond.dims)], 'Give a scalar, or concat(...) what shall lie there.');
    return;
  }
  if (!(beyond in SOURCES)) {
    const close = closestName(String(beyond), Object.keys(SOURCES));
    throw new ArgumentError('pad', 'beyond', beyond, close === undefined ? `Give a value, or one of ${Object.keys(SOURCES).join(', ')}.` : `Did you mean '${close}'?`);
  }
  if (beyond === 'antisymmetric' && t.dtype === 'bool') throw new DTypeError('pad', ['bool'], 'booleans have no sign.', "Use 'symmetric', or convert(t, 'i32') first.");
}

const isPair = (beyond: unknown): beyond is readonly [Beyond, Beyond] => Array.isArray(beyond);

/**
 * More samples along some dimensions: per dimension how many before and after, and what they are (0 by default) for all, per dimension,
 * and per end:
 *
 * `pad(t, { x: [1, 2] }, 'edge')`, `pad(t, { y: [1, 1], x: [1, 1] }, { y: 'periodic', x: ['symmetric', 3] })`.
 *
 * Widths may exceed the size: continuations are continued. Corners get what the later dimension makes of the earlier one, in the order of the
 * widths. Item names of a padded dimension disappear. Derivatives reach the tensor, and values that are scalars.
 */
export function pad<D extends string, const K extends D>(t: Tensor<D>, widths: { readonly [N in K]: readonly [lower: number, upper: number] }, beyond: BeyondBoth | { readonly [N in K]?: BeyondBoth } = 0): Tensor<D> {
  const isForAll = typeof beyond !== 'object' || isPair(beyond) || beyond instanceof Tensor;
  const sides = (Object.entries(widths) as [K, readonly [number, number]][]).map(([name, width]) => {
    const axis = positionOf('pad', t.dims, name);
    const own: BeyondBoth = isForAll ? (beyond as BeyondBoth) : ((beyond as { readonly [N in K]?: BeyondBoth })[name] ?? 0);
    const both: readonly [Beyond, Beyond] = isPair(own) ? own : [own, own];
    both.forEach((each) => checkBeyond(t as Tensor<never>, name, each));
    if (!width.every((count) => Number.isInteger(count) && count >= 0)) throw new DimensionError('pad', name, `'${name}' is padded by ${width.join(' and ')}.`, [describeDims(t.dims)], 'Give two integers ≥ 0.');
    const continues = both.some((each, k) => typeof each === 'string' && width[k]! > 0);
    if (continues && t.dims[axis]!.size === 0) throw new DimensionError('pad', name, `'${name}' is empty, so there is nothing to continue.`, [describeDims(t.dims)], 'Give a value.');
    return { axis, width, both };
  });
  const values = sides.flatMap(({ both }) => both).filter((each) => typeof each === 'number');
  const dtype = widest([t.dtype, ...values.map((value) => weakDType(value, t.dtype))]);
  const value = sides.reduce<Value>((x, { axis, width, both }) => padAxis(x, axis, width, both), convert(t.value, dtype));
  const { shape } = arrayTypeOf(value);
  return wrap({ value, dims: t.dims.map((dim, axis) => (shape[axis] === dim.size ? dim : { name: dim.name, type: dim.type, size: shape[axis]! })) });
}

function padAxis(x: Value, axis: number, [low, high]: readonly [number, number], [lower, upper]: readonly [Beyond, Beyond]): Value {
  const { shape } = arrayTypeOf(x);
  if ((low === 0 || lower === 0) && (high === 0 || upper === 0)) return padArray(x, shape.map((_, k) => (k === axis ? low : 0)), shape.map((_, k) => (k === axis ? high : 0)));
  return concat([...samples(x, axis, -low, low, lower), x, ...samples(x, axis, shape[axis]!, high, upper)], axis);
}
