/** @file Functions with known minima, parameters of many kinds, and states as text, for the tests of several files. */
import { flatten, type TreeNode } from '@tapeflow/autodiff';
import { NDArray } from '@tapeflow/tensor/extend';
import { type Scalar, sub, mul, square, sum, tensor, type Tensor } from '@tapeflow/tensor';

/** A vector of numbers with the dimension i. */
export function vector(values: readonly number[], dtype: 'f32' | 'f64' = 'f64'): Tensor<'i'> {
  return tensor({ i: values.length }, values, { dtype });
}

/** Σ 100 (x_{i+1} − x_i²)² + (1 − x_i)², 0 at x = 1. */
export function rosenbrock(x: Tensor<'i'>): Scalar {
  const n = x.sizes['i']!;
  const low = x.slice({ i: [0, n - 1] });
  const high = x.slice({ i: [1, n] });
  return sum(mul(100, square(sub(high, square(low)))).add(square(sub(1, low))), 'i') as Scalar;
}

/** ½ Σ λᵢ xᵢ². */
export function quadratic(eigenvalues: Tensor<'i'>): (x: Tensor<'i'>) => Scalar {
  return (x) => sum(mul(mul(0.5, eigenvalues), square(x)), 'i') as Scalar;
}

/** A class that declares its leaves: a tensor and a number, beside a name that is no leaf. */
export class Body implements TreeNode<Body> {
  readonly name: string;
  readonly position: Tensor<'i'>;
  readonly mass: number;

  constructor(name: string, position: Tensor<'i'>, mass: number) {
    this.name = name;
    this.position = position;
    this.mass = mass;
  }

  '~tapeflow.tree'(): { children: readonly unknown[]; rebuild: (children: readonly unknown[]) => Body; key: string } {
    return {
      children: [this.position, this.mass],
      rebuild: ([position, mass]) => new Body(this.name, position as Tensor<'i'>, mass as number),
      key: `Body:${this.name}`,
    };
  }
}

/** All numbers in a tree, leaf by leaf. */
export function numbersIn(tree: unknown): number[][] {
  return flatten(tree).leaves.map((leaf) => (leaf instanceof NDArray ? Array.from(leaf.contiguous()) : [leaf as number]));
}

type StoredLeaf = number | { readonly dtype: NDArray['dtype']; readonly shape: readonly number[]; readonly data: readonly (number | string)[] };

/** The leaves of a tree as JSON. */
export function toJson(tree: unknown): string {
  const stored = flatten(tree).leaves.map((leaf): StoredLeaf => {
    if (!(leaf instanceof NDArray)) return leaf as number;
    // JSON knows no sign of zero.
    return { dtype: leaf.dtype, shape: leaf.shape, data: Array.from(leaf.contiguous(), (value) => (Object.is(value, -0) ? '-0' : value)) };
  });
  return JSON.stringify(stored);
}

/** A tree like another with the leaves of `toJson`. */
export function fromJson<T>(text: string, like: T): T {
  const leaves = (JSON.parse(text) as StoredLeaf[]).map((leaf) => {
    if (typeof leaf === 'number') return leaf;
    const values = leaf.data.map(Number);
    return NDArray.of(leaf.dtype === 'f32' ? Float32Array.from(values) : leaf.dtype === 'i32' ? Int32Array.from(values) : Float64Array.from(values), leaf.shape, leaf.dtype);
  });
  return flatten(like).structure.unflatten(leaves) as T;
}

/** Numbers in [low, high) that depend on the seed only (Park–Miller). */
export function randomNumbers(seed: number, count: number, low: number, high: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return low + ((high - low) * state) / 2147483647;
  });
}

/** The largest |a − b| / |b|. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(0, ...Array.from(a, (value, k) => Math.abs(value - b[k]!) / Math.abs(b[k]!)));
}
