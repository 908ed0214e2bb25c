/** @file What convolutions by name make of their arguments: which dimensions are what, steps, padding, groups, and the positional layout. */
import type { Value } from '@tapeflow/autodiff/extend';
import { isFloat } from '../array/dtype.ts';
import { arrayTypeOf, reshape } from '../array/ndarray.ts';
import { contextDType } from '../context.ts';
import { checkChoice, DimensionError } from '../errors.ts';
import type { ConvParams } from '../primitives/conv.ts';
import { convert, transpose } from '../primitives/structure.ts';
import { widest, type Named } from './align.ts';
import { countElements, describeDims, positionOf, storageOrder, unionDims, type Dim } from './dims.ts';
import { wrap } from './tensor.ts';
import type { Unchecked } from './types.ts';

/** Zeros around: none, as many as keep the size (divided by the stride), one number, or before and behind per dimension. */
export type Padding<K extends string = string> = 'valid' | 'same' | number | { readonly [N in K]?: number | readonly [number, number] };

/** How a kernel moves. `C` are the names that are summed over. */
export interface ConvolveOptions<K extends string, C> {
  /** Dimensions that both have and that are summed over: the channels that go in. */
  readonly contract?: C;
  readonly stride?: number | { readonly [N in K]?: number };
  /** Distance between the taps of the kernel. */
  readonly dilation?: number | { readonly [N in K]?: number };
  /** Default `valid`. */
  readonly padding?: Padding<K>;
  /** Divides the channels that go in, and those that come out, into groups that do not mix. The kernel has the channels of one group. */
  readonly groups?: number;
}

export type NameList = string | readonly string[];
export type AnyOptions = ConvolveOptions<string, NameList | undefined>;
export const listOf = (names: NameList | undefined): readonly string[] => (names === undefined ? [] : typeof names === 'string' ? [names] : [...new Set(names)]);

/** Dimensions of two tensors by what happens to them. */
export interface Plan {
  readonly over: readonly string[];
  readonly contract: readonly string[];
  /** Dimensions that both keep. */
  readonly shared: readonly Dim[];
  /** Dimensions of one of the two only. */
  readonly own: readonly Dim[];
  readonly kernel: readonly Dim[];
}

export function planOf(operation: string, t: Named, kernel: Named, over: readonly string[], contract: readonly string[]): Plan {
  const named = [...over, ...contract];
  for (const name of named) [t, kernel].forEach(({ dims }) => positionOf(operation, dims, name));
  const twice = named.find((name, k) => named.indexOf(name) !== k);
  if (twice !== undefined) throw new DimensionError(operation, twice, `'${twice}' is both slid along and summed over.`, [describeDims(t.dims), describeDims(kernel.dims)], 'Name it once.');
  const rest = (dims: readonly Dim[]): Dim[] => dims.filter(({ name }) => !named.includes(name));
  const [mine, others] = [rest(t.dims), rest(kernel.dims)];
  const isIn = (dims: readonly Dim[], { name }: Dim): boolean => dims.some((dim) => dim.name === name);
  const shared = unionDims(operation, [mine, others]).filter((dim) => isIn(mine, dim) && isIn(others, dim));
  return { over, contract, shared, own: mine.filter((dim) => !isIn(shared, dim)), kernel: others.filter((dim) => !isIn(shared, dim)) };
}

/** The value with its dimensions in the given order, in groups that each become one axis, then the spatial ones. */
export function laidOut({ value, dims }: Named, groups: readonly (readonly string[])[], over: readonly string[]): Value {
  const at = (name: string): number => dims.findIndex((dim) => dim.name === name);
  const sizes = (names: readonly string[]): number[] => names.map((name) => dims[at(name)]!.size);
  const ordered = transpose(value, [...groups.flat(), ...over].map(at));
  return reshape(ordered, [...groups.map((names) => sizes(names).reduce((a, b) => a * b, 1)), ...sizes(over)]);
}

export function named(value: Value, dims: readonly Dim[]): Unchecked {
  const shaped = reshape(value, dims.map(({ size }) => size));
  const ordered = storageOrder(dims);
  return wrap({ value: transpose(shaped, ordered.map((dim) => dims.indexOf(dim))), dims: ordered });
}

export const sizeIn = ({ dims }: Named, name: string): number => dims.find((dim) => dim.name === name)!.size;
export const namesOf = (dims: readonly Dim[]): string[] => dims.map(({ name }) => name);
export const resized = (dims: readonly Dim[], over: readonly string[], lengths: readonly number[]): Dim[] => over.map((name, k) => ({ name, type: dims.find((dim) => dim.name === name)!.type, size: lengths[k]! }));

export function common(a: Named, b: Named): [Named, Named] {
  const joined = widest([arrayTypeOf(a.value).dtype, arrayTypeOf(b.value).dtype]);
  const dtype = isFloat(joined) ? joined : contextDType();
  return [{ value: convert(a.value, dtype), dims: a.dims }, { value: convert(b.value, dtype), dims: b.dims }];
}

export function counts(operation: string, what: string, given: AnyOptions['stride'], over: readonly string[]): number[] {
  return over.map((name) => {
    const count = typeof given === 'object' ? (given[name] ?? 1) : (given ?? 1);
    if (!Number.isInteger(count) || count < 1) throw new DimensionError(operation, name, `the ${what} along '${name}' is ${count}.`, [], 'Give an integer ≥ 1.');
    return count;
  });
}

/** Zeros before and behind along one dimension. */
export function widthsOf(operation: string, name: string, padding: Padding, size: number, taps: number, stride: number, dilation: number): readonly [number, number] {
  if (padding === 'valid') return [0, 0];
  if (padding === 'same') {
    const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + (taps - 1) * dilation + 1 - size);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  }
  if (typeof padding === 'string') checkChoice(operation, 'padding', padding, ['valid', 'same']);
  const given = typeof padding === 'number' ? padding : (padding[name] ?? 0);
  const widths: readonly [number, number] = typeof given === 'number' ? [given, given] : given;
  if (!widths.every((count) => Number.isInteger(count) && count >= 0)) throw new DimensionError(operation, name, `'${name}' is padded by ${widths.join(' and ')}.`, [], 'Give integers ≥ 0.');
  return widths;
}

/** Steps and padding for an input of these sizes along `over`. */
export function paramsOf(operation: string, plan: Plan, kernel: Named, sizes: readonly number[], options: AnyOptions, groups: number): ConvParams {
  const { over } = plan;
  const stride = counts(operation, 'stride', options.stride, over);
  const dilation = counts(operation, 'dilation', options.dilation, over);
  const widths = over.map((name, k) => {
    const taps = kernel.dims[positionOf(operation, kernel.dims, name)]!.size;
    if (taps === 0) throw new DimensionError(operation, name, `the kernel is empty along '${name}'.`, [describeDims(kernel.dims)], 'Give a kernel with one entry or more.');
    const [low, high] = widthsOf(operation, name, options.padding ?? 'valid', sizes[k]!, taps, stride[k]!, dilation[k]!);
    const reach = (taps - 1) * dilation[k]! + 1;
    if (sizes[k]! + low + high < reach) {
      throw new DimensionError(operation, name, `the kernel reaches over ${reach} entries of '${name}', of which there are ${sizes[k]! + low + high}.`, [describeDims(kernel.dims)], 'Use a shorter kernel, or padding.');
    }
    return [low, high] as const;
  });
  return { stride, dilation, low: widths.map(([low]) => low), high: widths.map(([, high]) => high), groups: countElements(plan.shared) * groups };
}

/** The number of groups, which takes one dimension of channels on either side to be divided. */
export function groupsOf(operation: string, { contract, kernel }: Plan, options: AnyOptions, inputs: readonly string[], divided: readonly number[]): number {
  const { groups = 1 } = options;
  if (groups === 1) return 1;
  const fits = Number.isInteger(groups) && groups > 0 && contract.length === 1 && kernel.length === 1 && divided.every((size) => size % groups === 0);
  if (!fits) {
    throw new DimensionError(operation, contract[0] ?? '', `${groups} groups do not divide the channels.`, inputs, 'Groups need one dimension in `contract` and one that only the kernel has; the number of groups divides the channels on both sides.');
  }
  return groups;
}
