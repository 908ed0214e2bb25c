/** @file Contractions: products of tensors, summed over named dimensions. */
import { arrayTypeOf, reduceSum } from '../array/ndarray.ts';
import { DimensionError } from '../errors.ts';
import { dot as dotArrays, type AxisPair } from '../primitives/dot.ts';
import { mul as mulArrays } from '../primitives/elementwise.ts';
import { convert, transpose } from '../primitives/structure.ts';
import { alignValue, widest, type Named } from './align.ts';
import { mul } from './arithmetic.ts';
import { contractionOrder, type Order } from './contract-order.ts';
import { countElements, describeDims, dual, positionOf, storageOrder, unionDims, type Dim } from './dims.ts';
import { sum } from './reduce.ts';
import { refuseExisting, rename } from './restructure.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { Dims, Names, Reduced, Unchecked, Without } from './types.ts';
import { performHeavyOperations } from '../compile/eager/heavy-runner.ts';
import { demand } from '../compile/demands.ts';
import { compileProducts } from '../compile/on-demand.ts';

performHeavyOperations();
demand(compileProducts);

/** Names that the columns `~x` of a matrix stand for. */
export type Columns<A extends string> = A extends `~${infer N}` ? N : never;
/** Names of a matrix without its columns. */
export type Rows<A extends string> = string extends A ? string : Exclude<A, `~${string}`>;

/** Where the two share dimensions that stay, products of up to this many terms are formed element by element, as of vectors on a grid. */
const SMALL = 64;

/**
 * Sum of products of two tensors over dimensions that both have; over pairs, `{ x: 'y' }`: x of `a` with y of `b`; or, without `over`,
 * the product of a matrix with a vector: columns `~x` of `a` with x of `b`. All other dimensions are aligned by name.
 *
 * Shapes    a (…, i, k), b (…, k, j), over k → (…, i, j)
 * Error     sums are formed in double precision; those of large f32 operands by WebAssembly in f32, in blocks: (min(n, 320) + ⌈n / 320⌉ + 1) u Σ|a||b|
 */
export function dot<A extends string, B extends string>(a: Tensor<A>, b: Tensor<B>): Reduced<Rows<A> | Without<B, Columns<A>>>;
export function dot<A extends string, B extends string, const K extends (A & B) | readonly (A & B)[]>(a: Tensor<A>, b: Tensor<B>, over: K): Reduced<Without<A | B, Names<K>>>;
export function dot<A extends string, B extends string, const K extends A, const M extends B>(a: Tensor<A>, b: Tensor<B>, over: { readonly [N in K]: M }): Reduced<Without<A, K> | Without<B, M>>;
export function dot(a: Named, b: Named, over?: string | readonly string[] | Readonly<Record<string, string>>): Unchecked {
  return contractPair(a, b, over === undefined ? columnPairs(a) : pairsOf(over));
}

type NamePair = readonly [a: string, b: string];

function pairsOf(over: string | readonly string[] | Readonly<Record<string, string>>): NamePair[] {
  if (typeof over === 'string') return [[over, over]];
  if (Array.isArray(over)) return [...new Set(over as readonly string[])].map((name): NamePair => [name, name]);
  return Object.entries(over as Readonly<Record<string, string>>);
}

function columnPairs({ dims }: Named): NamePair[] {
  const columns = dims.filter(({ name, type }) => type === 'dual' && name.startsWith('~'));
  if (columns.length === 0) throw new DimensionError('dot', '', 'the first tensor is no matrix: it has no columns (dimensions such as ~x).', [describeDims(dims)], "Name the dimensions to sum over: dot(a, b, 'x').");
  return columns.map(({ name }): NamePair => [name, name.slice(1)]);
}

function checkPair(a: Dim, b: Dim, inputs: readonly string[]): void {
  if (a.size !== b.size) throw new DimensionError('dot', a.name, `'${a.name}' of size ${a.size} is paired with '${b.name}' of size ${b.size}.`, inputs, 'Pair dimensions of equal size.');
  if (a.items !== undefined && b.items !== undefined && a.items.join() !== b.items.join()) {
    throw new DimensionError('dot', a.name, `'${a.name}' has items ${a.items.join(',')}, '${b.name}' has ${b.items.join(',')}; they must agree.`, inputs, 'Select the same items in the same order.');
  }
}

function contractPair(a: Named, b: Named, pairs: readonly NamePair[]): Unchecked {
  const contract = pairs.map(([own, other]): AxisPair => [positionOf('dot', a.dims, own), positionOf('dot', b.dims, other)]);
  for (const [own, other] of contract) checkPair(a.dims[own]!, b.dims[other]!, [describeDims(a.dims), describeDims(b.dims)]);
  const [aKept, bKept] = [a.dims.filter((_, axis) => !contract.some(([own]) => own === axis)), b.dims.filter((_, axis) => !contract.some(([, other]) => other === axis))];
  const dims = unionDims('dot', [aKept, bKept]);
  const shared = aKept.filter(({ name }) => bKept.some((dim) => dim.name === name));
  const batch = shared.map(({ name }): AxisPair => [a.dims.findIndex((dim) => dim.name === name), b.dims.findIndex((dim) => dim.name === name)]);
  const [aFree, bFree] = [aKept, bKept].map((kept) => kept.filter((dim) => !shared.some(({ name }) => name === dim.name)));
  const dtype = widest([arrayTypeOf(a.value).dtype, arrayTypeOf(b.value).dtype, 'i32']);
  const [x, y] = [{ value: convert(a.value, dtype), dims: a.dims }, { value: convert(b.value, dtype), dims: b.dims }];
  const terms = countElements([...aFree!, ...bFree!, ...contract.map(([own]) => a.dims[own]!)]);
  if (shared.length > 0 && terms <= SMALL) return sumOfProducts(x, y, dims, contract);
  const order = [...shared, ...aFree!, ...bFree!].map(({ name }) => name);
  return wrap({ value: transpose(dotArrays(x.value, y.value, { batch, contract }), dims.map(({ name }) => order.indexOf(name))), dims });
}

function sumOfProducts(a: Named, b: Named, dims: readonly Dim[], contract: readonly AxisPair[]): Unchecked {
  // The paired dimensions get common names that no other dimension has.
  const summed = contract.map(([own], k): Dim => ({ name: `${k} summed`, size: a.dims[own]!.size, type: 'spatial' }));
  const named = ({ value, dims: own }: Named, side: 0 | 1): Named => ({ value, dims: own.map((dim, axis) => summed[contract.findIndex((pair) => pair[side] === axis)] ?? dim) });
  const all = [...dims, ...summed];
  const product = mulArrays(alignValue(named(a, 0), all), alignValue(named(b, 1), all));
  return wrap({ value: reduceSum(product, summed.map((_, k) => dims.length + k)), dims });
}

/**
 * The product of several tensors, summed over names (the sums of Einstein's notation): a name is summed as soon as no other tensor has it,
 * dimensions that are not summed are aligned. The order is the one with the fewest multiplications, for up to eight tensors; of more, pairs are
 * taken whose product is smallest.
 *
 * Shapes    [a (…, i, j), b (…, j, k), c (…, k)], over ['j', 'k'] → (…, i)
 * Error     sums are formed in double precision; those of large f32 operands by WebAssembly in f32, in blocks: (min(n, 320) + ⌈n / 320⌉ + 1) u Σ|a||b|
 */
export function contract<const T extends readonly Tensor<never>[], const K extends Dims<T[number]> | readonly Dims<T[number]>[]>(tensors: T, over: K): Reduced<Without<Dims<T[number]>, Names<K>>>;
export function contract(tensors: readonly Tensor[], over: string | readonly string[]): Unchecked {
  const names = [...new Set(typeof over === 'string' ? [over] : over)];
  if (tensors.length === 0) throw new DimensionError('contract', '', 'no tensors were given.', [], 'Give at least one tensor.');
  const all = storageOrder(unionDims('contract', tensors.map(({ dims }) => dims)));
  for (const name of names) positionOf('contract', all, name);
  const own = (t: Tensor, others: readonly Tensor[]): string[] => names.filter((name) => name in t.sizes && !others.some(({ sizes }) => name in sizes));
  const operands = tensors.map((t, k) => sum(t, own(t, tensors.filter((_, j) => j !== k))) as Tensor<never> as Tensor);
  // How many tensors that are not multiplied yet have a name.
  const holders = new Map(names.map((name) => [name, operands.filter(({ sizes }) => name in sizes).length]));
  const multiply = (order: Order): Tensor => {
    if (typeof order === 'number') return operands[order]!;
    const [a, b] = [multiply(order[0]), multiply(order[1])];
    const shared = names.filter((name) => name in a.sizes && name in b.sizes);
    const summed = shared.filter((name) => holders.get(name) === 2);
    for (const name of shared) holders.set(name, holders.get(name)! - 1);
    return contractPair(a, b, pairsOf(summed)) as Tensor;
  };
  return multiply(contractionOrder(operands.map(({ sizes }) => sizes), new Set(names))) as Unchecked;
}

/**
 * The matrix a bᵀ: the dimensions `over` of b become columns, so that `dot(outer(a, b, 'x'), v)` is a times the product of b and v over
 * x. All other dimensions are aligned by name.
 */
export function outer<A extends string, B extends string, const K extends B | readonly B[]>(a: Tensor<A>, b: Tensor<B>, over: K): Tensor<A | Without<B, Names<K>> | `~${Names<K>}`>;
export function outer(a: Tensor, b: Tensor, over: string | readonly string[]): Unchecked {
  const names = typeof over === 'string' ? [over] : over;
  for (const name of names) {
    positionOf('outer', b.dims, name);
    refuseExisting('outer', b.dims, `~${name}`);
  }
  return mul(a, names.reduce((t, name) => rename(t, name, `~${name}`, dual), b)) as Unchecked;
}
