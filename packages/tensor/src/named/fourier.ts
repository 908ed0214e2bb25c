/**
 * @file Fourier, cosine and sine transforms by name. Forwards there is no factor, backwards 1/n; any lengths will do. Batch and other
 * dimensions that are not named stay as they are.
 */
import type { Value } from '@tapeflow/autodiff/extend';
import { allocate, isFloat, type FloatDType } from '../array/dtype.ts';
import { arrayTypeOf, broadcast, full, NDArray } from '../array/ndarray.ts';
import { contextDType } from '../context.ts';
import { checkChoice, DimensionError } from '../errors.ts';
import { mul } from '../primitives/elementwise.ts';
import { fourier, realFourier, realFourierTransposed, realTransform, type RealTransform } from '../primitives/fourier.ts';
import { convert } from '../primitives/structure.ts';
import type { Named } from './align.ts';
import { asComplex, Complex } from './complex.ts';
import type { ShapeNames, ShapeRecord } from './create.ts';
import { describeDims, makeDims, positionOf, type Dim } from './dims.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { Unchecked } from './types.ts';
import { performHeavyOperations } from '../compile/eager/heavy-runner.ts';
import { demand } from '../compile/demands.ts';
import { compileTransforms } from '../compile/on-demand.ts';

performHeavyOperations();
demand(compileTransforms);

type NameList = string | readonly string[];

/** Axes of names in the given order. */
function axesOf(operation: string, dims: readonly Dim[], names: NameList): number[] {
  const list = typeof names === 'string' ? [names] : [...new Set(names)];
  return list.map((name) => positionOf(operation, dims, name));
}

/** Dimensions whose entries are no longer what their items were called. */
const without = (dims: readonly Dim[], axes: readonly number[], size: (dim: Dim) => number = (dim) => dim.size): Dim[] =>
  dims.map((dim, axis) => (axes.includes(axis) ? { name: dim.name, type: dim.type, size: size(dim) } : dim));

const scaled = (x: Value, factor: number): Value => (factor === 1 ? x : mul(x, full(factor, [], arrayTypeOf(x).dtype)));
const lengthOf = (dims: readonly Dim[], axes: readonly number[]): number => axes.reduce((product, axis) => product * dims[axis]!.size, 1);
const pair = ([re, im]: readonly [Value, Value], dims: readonly Dim[]): Complex<never> => new Complex(wrap({ value: re, dims }), wrap({ value: im, dims })) as Complex<never>;

/** X(k) = Σ x(j) e^(−2πi jk/n) along the given dimensions. The order of frequencies is that of `fftFrequencies`. */
export function fft<D extends string, const K extends D | readonly D[]>(x: Tensor<D> | Complex<D>, over: K): Complex<D>;
export function fft(x: Tensor | Complex, over: NameList): Complex<never> {
  const { re, im, dims } = asComplex(x);
  const axes = axesOf('fft', dims, over);
  return pair(fourier(re.value, im.value, { axes, backward: false }), without(dims, axes));
}

/** x(j) = 1/n Σ X(k) e^(+2πi jk/n): the inverse of `fft`. */
export function ifft<D extends string, const K extends D | readonly D[]>(spectrum: Tensor<D> | Complex<D>, over: K): Complex<D>;
export function ifft(spectrum: Tensor | Complex, over: NameList): Complex<never> {
  const { re, im, dims } = asComplex(spectrum);
  const axes = axesOf('ifft', dims, over);
  const [x, y] = fourier(re.value, im.value, { axes, backward: true });
  const factor = 1 / lengthOf(dims, axes);
  return pair([scaled(x, factor), scaled(y, factor)], without(dims, axes));
}

/**
 * `fft` of real values: of the last dimension that is named only the ⌊n/2⌋ + 1 frequencies that are not negative are kept, since those of
 * the others follow.
 */
export function rfft<D extends string, const K extends D | readonly D[]>(x: Tensor<D>, over: K): Complex<D>;
export function rfft(x: Named, over: NameList): Complex<never> {
  const axes = axesOf('rfft', x.dims, over);
  const last = lastOf('rfft', x.dims, axes);
  const { dtype } = arrayTypeOf(x.value);
  const [re, im] = realFourier(isFloat(dtype) ? x.value : convert(x.value, contextDType()), { axis: last });
  const others = axes.slice(0, -1);
  const parts = others.length === 0 ? ([re, im] as const) : fourier(re, im, { axes: others, backward: false });
  return pair(parts, without(without(x.dims, others), [last], ({ size }) => Math.floor(size / 2) + 1));
}

/**
 * The inverse of `rfft`. Whether the last of the named dimensions had an even or an odd length cannot be seen: it is even unless `size`
 * says otherwise. Imaginary parts that no real values have are not looked at.
 */
export function irfft<D extends string, const K extends D | readonly D[]>(spectrum: Complex<D>, over: K, options?: { readonly size?: number }): Tensor<D>;
export function irfft({ re, im, dims }: Complex, over: NameList, options: { readonly size?: number } = {}): Unchecked {
  const axes = axesOf('irfft', dims, over);
  const last = lastOf('irfft', dims, axes);
  const half = dims[last]!.size;
  const { size: length = 2 * (half - 1) } = options;
  if (!Number.isInteger(length) || length < 1 || Math.floor(length / 2) + 1 !== half) {
    throw new DimensionError('irfft', dims[last]!.name, `'${dims[last]!.name}' has ${half} frequencies, which ${length} values do not have.`, [describeDims(dims)], `Give size: ${2 * half - 2} or ${2 * half - 1}.`);
  }
  const others = axes.slice(0, -1);
  const parts = others.length === 0 ? ([re.value, im.value] as const) : fourier(re.value, im.value, { axes: others, backward: true });
  const factor = 1 / (length * lengthOf(dims, others));
  // Frequencies whose negative is left out count twice.
  const weights = weightsAlong(half, (k) => (k === 0 || 2 * k === length ? factor : 2 * factor), arrayTypeOf(re.value).dtype as FloatDType);
  const [x, y] = parts.map((part) => mul(part, along(weights, arrayTypeOf(part).shape, last)));
  return wrap({ value: realFourierTransposed(x, y, { axis: last, length }), dims: without(without(dims, others), [last], () => length) });
}

function lastOf(operation: string, dims: readonly Dim[], axes: readonly number[]): number {
  const last = axes[axes.length - 1];
  if (last === undefined) throw new DimensionError(operation, '', 'no dimension is named.', [describeDims(dims)], 'Name one or more.');
  if (dims[last]!.size === 0) throw new DimensionError(operation, dims[last]!.name, `'${dims[last]!.name}' has no entries.`, [describeDims(dims)], 'Give one or more.');
  return last;
}

function weightsAlong(length: number, weight: (k: number) => number, dtype: FloatDType): NDArray {
  return NDArray.of(allocate(dtype, length).map((_, k) => weight(k)), [length], dtype);
}

const along = (weights: NDArray, shape: readonly number[], axis: number): Value => broadcast(weights, shape, [axis]);

/** Frequencies of `fft` in their order, in cycles per unit of length, for samples `width` apart: 0, 1/(n·width), …, then the negative ones. */
export function fftFrequencies<const S extends ShapeRecord>(shape: S, width = 1): Tensor<ShapeNames<S>> {
  return frequencies('fftFrequencies', shape, width, (n) => n, (k, n) => (2 * k < n ? k : k - n));
}

/** Frequencies of `rfft`, of which none is negative. The size is that of the samples. */
export function rfftFrequencies<const S extends ShapeRecord>(shape: S, width = 1): Tensor<ShapeNames<S>> {
  return frequencies('rfftFrequencies', shape, width, (n) => Math.floor(n / 2) + 1, (k) => k);
}

function frequencies(operation: string, shape: ShapeRecord, width: number, length: (n: number) => number, waves: (k: number, n: number) => number): Unchecked {
  const dims = makeDims(shape, operation);
  const [dim] = dims;
  if (dim === undefined || dims.length > 1) throw new DimensionError(operation, dims[1]?.name ?? '', `${dims.length} dimensions were given.`, [describeDims(dims)], 'Give one dimension.');
  const size = dim.size === 0 ? 0 : length(dim.size);
  const value = weightsAlong(size, (k) => waves(k, dim.size) / (dim.size * width), contextDType());
  return wrap({ value, dims: [{ name: dim.name, type: dim.type, size }] });
}

/** Types of the cosine and sine transforms, as usual: where samples lie relative to the ends, in space and in frequency. */
export type TransformType = 1 | 2 | 3 | 4;

type Trigonometric = 'cosine' | 'sine';
const kindOf = (family: Trigonometric, type: TransformType): RealTransform => `${family}${type}`;

/** Weights of the elements of x, beside the sums without weights; types 2 and 4 are doubled as a whole. */
function weightFor(family: Trigonometric, type: TransformType, n: number): ((j: number) => number) | undefined {
  if (type === 1 && family === 'cosine' && n > 1) return (j) => (j === 0 || j === n - 1 ? 1 : 2);
  if (type === 3) return (j) => (j === (family === 'cosine' ? 0 : n - 1) ? 1 : 2);
  return undefined;
}

function transformed(operation: string, family: Trigonometric, x: Named, over: NameList, type: TransformType, isInverse: boolean): Unchecked {
  checkChoice(operation, 'type', type, [1, 2, 3, 4]);
  const axes = axesOf(operation, x.dims, over);
  const { dtype } = arrayTypeOf(x.value);
  let value = isFloat(dtype) ? x.value : convert(x.value, contextDType());
  for (const axis of axes) {
    const n = x.dims[axis]!.size;
    if (n === 0) continue;
    if (n === 1 && type === 1 && family === 'cosine') throw new DimensionError(operation, x.dims[axis]!.name, 'a cosine transform of type 1 has two ends.', [describeDims(x.dims)], 'Give 2 entries or more, or another type.');
    const own = isInverse && type !== 1 && type !== 4 ? (type === 2 ? 3 : 2) : type;
    const period = type !== 1 ? 2 * n : family === 'cosine' ? 2 * (n - 1) : 2 * (n + 1);
    const weight = weightFor(family, own, n);
    const factor = (weight === undefined ? 2 : 1) / (isInverse ? period : 1);
    const shape = arrayTypeOf(value).shape;
    const weighted = weight === undefined ? scaled(value, factor) : mul(value, along(weightsAlong(n, (j) => weight(j) * factor, arrayTypeOf(value).dtype as FloatDType), shape, axis));
    value = realTransform(weighted, { axis, kind: kindOf(family, own) });
  }
  return wrap({ value, dims: without(x.dims, axes) });
}

/** A transform along named dimensions. */
export interface TransformFunction {
  <D extends string, const K extends D | readonly D[]>(x: Tensor<D>, over: K, type?: TransformType): Tensor<D>;
}

const transform = (operation: string, family: Trigonometric, isInverse: boolean): TransformFunction =>
  ((x: Named, over: NameList, type: TransformType = 2) => transformed(operation, family, x, over, type, isInverse)) as TransformFunction;

/**
 * Discrete cosine transform of type 1, 2 (the default), 3 or 4, with the factors of FFTW: for type 2, X(k) = 2 Σ x(j) cos(π (j+½) k/n).
 * Its basis has slope 0 at both ends: half a sample outside for type 2, at the outermost samples for type 1.
 */
export const dct: TransformFunction = transform('dct', 'cosine', false);
/** The inverse of `dct` of the same type. */
export const idct: TransformFunction = transform('idct', 'cosine', true);
/**
 * Discrete sine transform of type 1, 2 (the default), 3 or 4, with the factors of FFTW: for type 2, X(k) = 2 Σ x(j) sin(π (j+½)(k+1)/n).
 * Its basis is 0 at both ends: half a sample outside for type 2, one sample outside for type 1.
 */
export const dst: TransformFunction = transform('dst', 'sine', false);
/** The inverse of `dst` of the same type. */
export const idst: TransformFunction = transform('idst', 'sine', true);
