/** @file Convolution of named tensors, in any number of dimensions, and its transpose. */
import { arrayTypeOf } from '../array/ndarray.ts';
import { DimensionError } from '../errors.ts';
import { conv, convInput } from '../primitives/conv.ts';
import type { Named } from './align.ts';
import { common, counts, groupsOf, laidOut, listOf, named, namesOf, paramsOf, planOf, resized, sizeIn, widthsOf } from './convolve-plan.ts';
import type { AnyOptions, ConvolveOptions, NameList } from './convolve-plan.ts';
import { describeDims, unionDims, type Dim } from './dims.ts';
import type { Tensor } from './tensor.ts';
import type { Names, Unchecked, Without } from './types.ts';
import { performHeavyOperations } from '../compile/eager/heavy-runner.ts';
import { demand } from '../compile/demands.ts';
import { compileConvolutions } from '../compile/on-demand.ts';

performHeavyOperations();
demand(compileConvolutions);

/**
 * Slides a kernel along the dimensions `over`: y(p) = Σₜ kernel(t) x(p·stride + t·dilation − padding). The kernel is not turned around
 * (use `flip` for the convolution of mathematics). Dimensions in `contract` are summed over; others that both have are aligned, so that
 * each has its own kernel; dimensions of the kernel alone come out as further channels.
 *
 * Shapes    x (…, in, y, x), kernel (out, in, y, x), over y and x, contract in → (…, out, y, x)
 * Error     sums are formed in double precision; large ones of f32 by WebAssembly in f32, in blocks: (min(n, 320) + ⌈n / 320⌉ + 1) u Σ|a||b|
 * Throws    `DimensionError` when sizes, padding or groups do not fit
 */
export function convolve<A extends string, B extends string, const K extends (A & B) | readonly (A & B)[], const C extends (A & B) | readonly (A & B)[] = never>(
  x: Tensor<A>,
  kernel: Tensor<B>,
  over: K,
  options?: ConvolveOptions<Names<K>, C>,
): Tensor<Without<A | B, Names<NoInfer<C>>>>;
export function convolve(x: Named, kernel: Named, over: NameList, options: AnyOptions = {}): Unchecked {
  const plan = planOf('convolve', x, kernel, listOf(over), listOf(options.contract));
  const inputs = [describeDims(x.dims), describeDims(kernel.dims)];
  const groups = groupsOf('convolve', plan, options, inputs, [...plan.contract.map((name) => sizeIn(x, name)), ...(plan.kernel.length === 1 ? [plan.kernel[0]!.size] : [])]);
  for (const name of plan.contract) {
    if (sizeIn(x, name) === sizeIn(kernel, name) * groups) continue;
    throw new DimensionError('convolve', name, `'${name}' has size ${sizeIn(x, name)} in x and ${sizeIn(kernel, name)} in the kernel${groups === 1 ? '' : `, for ${groups} groups`}.`, inputs, 'The kernel needs as many channels as x has in each group.');
  }
  const params = paramsOf('convolve', plan, kernel, plan.over.map((name) => sizeIn(x, name)), options, groups);
  const [input, weights] = common(x, kernel);
  const shared = namesOf(plan.shared);
  const y = conv(laidOut(input, [namesOf(plan.own), [...shared, ...plan.contract]], plan.over), laidOut(weights, [[...shared, ...namesOf(plan.kernel)], plan.contract], plan.over), params);
  return named(y, [...plan.own, ...plan.shared, ...plan.kernel, ...resized(x.dims, plan.over, arrayTypeOf(y).shape.slice(2))]);
}

/** How the transpose of a convolution spreads. */
export interface ConvolveTransposedOptions<K extends string, C> extends ConvolveOptions<K, C> {
  /** Sizes of the result where the stride leaves a choice; by default the smallest that fit (for `same`: stride times the size). */
  readonly sizes?: { readonly [N in K]?: number };
}

/**
 * The transpose of `convolve` in x: spreads each entry of y over what the kernel sees there. Stride, dilation, padding and groups are
 * those of the convolution; `contract` are the channels that come out of it, and here are summed over.
 *
 * Shapes    y (…, out, y, x), kernel (out, in, y, x), over y and x, contract out → (…, in, y, x), larger by the stride
 */
export function convolveTransposed<A extends string, B extends string, const K extends (A & B) | readonly (A & B)[], const C extends (A & B) | readonly (A & B)[] = never>(
  y: Tensor<A>,
  kernel: Tensor<B>,
  over: K,
  options?: ConvolveTransposedOptions<Names<K>, C>,
): Tensor<Without<A | B, Names<NoInfer<C>>>>;
export function convolveTransposed(y: Named, kernel: Named, over: NameList, options: ConvolveTransposedOptions<string, NameList | undefined> = {}): Unchecked {
  const plan = planOf('convolveTransposed', y, kernel, listOf(over), listOf(options.contract));
  const inputs = [describeDims(y.dims), describeDims(kernel.dims)];
  const groups = groupsOf('convolveTransposed', plan, options, inputs, plan.contract.map((name) => sizeIn(kernel, name)));
  unionDims('convolveTransposed', [y, kernel].map(({ dims }) => dims.filter(({ name }) => plan.contract.includes(name))));
  const lengths = plan.over.map((name) => options.sizes?.[name] ?? smallestInput(name, sizeIn(y, name), sizeIn(kernel, name), options));
  const params = paramsOf('convolveTransposed', plan, kernel, lengths, options, groups);
  plan.over.forEach((name, k) => {
    const reach = (sizeIn(kernel, name) - 1) * params.dilation[k]! + 1;
    const seen = Math.floor((lengths[k]! + params.low[k]! + params.high[k]! - reach) / params.stride[k]!) + 1;
    if (seen !== sizeIn(y, name)) throw new DimensionError('convolveTransposed', name, `a convolution of ${lengths[k]} entries of '${name}' gives ${seen}, not ${sizeIn(y, name)}.`, inputs, 'Give other `sizes`, or leave them out.');
  });
  const [output, weights] = common(y, kernel);
  const shared = namesOf(plan.shared);
  const x = convInput(
    laidOut(weights, [[...shared, ...plan.contract], namesOf(plan.kernel)], plan.over),
    laidOut(output, [namesOf(plan.own), [...shared, ...plan.contract]], plan.over),
    { ...params, lengths },
  );
  const channels = plan.kernel.map((dim): Dim => (groups === 1 ? dim : { name: dim.name, type: dim.type, size: dim.size * groups }));
  return named(x, [...plan.own, ...plan.shared, ...channels, ...resized(y.dims, plan.over, lengths)]);
}

function smallestInput(name: string, size: number, taps: number, options: AnyOptions): number {
  const [stride] = counts('convolveTransposed', 'stride', options.stride, [name]);
  const [dilation] = counts('convolveTransposed', 'dilation', options.dilation, [name]);
  const { padding = 'valid' } = options;
  if (padding === 'same') return size * stride!;
  const [low, high] = widthsOf('convolveTransposed', name, padding, size, taps, stride!, dilation!);
  return (size - 1) * stride! + (taps - 1) * dilation! + 1 - low - high;
}
