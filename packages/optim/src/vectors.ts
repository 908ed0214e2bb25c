/** @file Inner products and combinations of unpacked trees. They read values: for methods that decide by numbers, outside of transformations. */
import { Tensor } from '@tapeflow/tensor';
import { add, like, mul, sub, type Leaf } from './arithmetic.ts';

export type Vector = readonly Leaf[];

/** ⟨a, b⟩, summed in double precision whatever the dtype: the decisions of a line search hang on its last digits. */
export function dot(a: Vector, b: Vector): number {
  return a.reduce((total: number, x, k) => total + dotLeaves(x, b[k]!), 0);
}

function dotLeaves(a: Leaf, b: Leaf): number {
  if (!(a instanceof Tensor) || !(b instanceof Tensor)) return Number(a) * Number(b);
  return a.view((x) =>
    b.view((y) => {
      let total = 0;
      for (let i = 0; i < x.length; i++) total += x[i]! * y[i]!;
      return total;
    }),
  );
}

/** Squares of numbers beyond these limits leave the range of double precision. */
const SAFE_LOW = 1e-150;
const SAFE_HIGH = 1e150;

/** Euclidean norm, also where squares would overflow or vanish. NaN and infinite entries give a norm that is not finite. */
export function norm(a: Vector): number {
  const direct = Math.sqrt(dot(a, a));
  if (Number.isNaN(direct) || (direct > SAFE_LOW && direct < SAFE_HIGH)) return direct;
  const largest = a.reduce((most: number, leaf) => Math.max(most, largestOf(leaf)), 0);
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  const total = a.reduce((sum: number, leaf) => sum + sumOfSquares(leaf, largest), 0);
  return largest * Math.sqrt(total);
}

function entries(leaf: Leaf, visit: (value: number) => void): void {
  if (leaf instanceof Tensor) leaf.view((data) => data.forEach(visit));
  else visit(Number(leaf));
}

function largestOf(leaf: Leaf): number {
  let most = 0;
  entries(leaf, (value) => {
    most = Math.max(most, Math.abs(value));
  });
  return most;
}

function sumOfSquares(leaf: Leaf, unit: number): number {
  let total = 0;
  entries(leaf, (value) => {
    total += (value / unit) ** 2;
  });
  return total;
}

/** a + factor · b, in the dtype of a. */
export function plus(a: Vector, factor: number, b: Vector): Vector {
  return a.map((x, k) => like(x, add(x, mul(factor, b[k]!))));
}

export function minus(a: Vector, b: Vector): Vector {
  return a.map((x, k) => like(x, sub(x, b[k]!)));
}

export function scale(factor: number, a: Vector): Vector {
  return a.map((x) => mul(factor, x));
}
