/** @file Functions that are a simple one up to a small correction, which is a fraction: its errors hardly count. */
import { monic, polynomial, type Precision, type Vector } from './vector.ts';

/** N / D, by the coefficients of N, which has the highest coefficient 1 besides, and of D. */
export interface Fraction {
  readonly n: readonly number[];
  readonly d: readonly number[];
}

/** x z N(z) / D(z). */
export function correction(x: Vector, z: Vector, fractions: Readonly<Record<Precision, Fraction>>): Vector {
  const { n, d } = fractions[x.precision];
  return x.mul(z).mul(monic(z, n)).div(polynomial(z, d));
}
