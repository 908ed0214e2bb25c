/** @file Sums and products together with what rounding took from them [Dekker1971] [Knuth1997, 4.2.2]. */
import type { Precision, Vector } from './vector.ts';

/** A number as the sum of two, the second far smaller. */
export interface Sum {
  readonly high: Vector;
  readonly low: Vector;
}

/** a + b. */
export function exactSum(a: Vector, b: Vector): Sum {
  const high = a.add(b);
  const part = high.sub(a);
  return { high, low: a.sub(high.sub(part)).add(b.sub(part)) };
}

/** a − b. */
export function exactDifference(a: Vector, b: Vector): Sum {
  const high = a.sub(b);
  const part = a.sub(high);
  return { high, low: a.sub(high.add(part)).add(part.sub(b)) };
}

/** a + b, if |a| ≥ |b| or a = 0. */
export function sumOfOrdered(a: Vector, b: Vector): Sum {
  const high = a.add(b);
  return { high, low: b.sub(high.sub(a)) };
}

/** The upper half of the bits of the fraction, whose products are exact. */
const UPPER: Readonly<Record<Precision, bigint>> = { f32: 0xffff_f000n, f64: 0xffff_ffff_f800_0000n };

/** The upper half of the bits of a number. */
export function upperHalf(a: Vector): Vector {
  return a.and(UPPER[a.precision]);
}

/** a b, up to the last bit of what was lost. Cutting bits off cannot overflow, as a product with 2²⁷ + 1 could. */
export function exactProduct(a: Vector, b: Vector): Sum {
  const high = a.mul(b);
  const [upperA, upperB] = [upperHalf(a), upperHalf(b)];
  const [lowerA, lowerB] = [a.sub(upperA), b.sub(upperB)];
  const lost = upperA.mul(upperB).sub(high).add(upperA.mul(lowerB)).add(lowerA.mul(upperB)).add(lowerA.mul(lowerB));
  return { high, low: lost };
}
