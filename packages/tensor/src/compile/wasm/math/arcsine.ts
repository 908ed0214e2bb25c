/**
 * @file Arcsine and arccosine. Up to ½, arcsin x = x + x³ P(x²); beyond it ½ π − 2 arcsin √(½ (1 − x)), the argument of which is at most ½, too.
 */
import { upperHalf } from './exact.ts';
import { FORMATS, signOf } from './format.ts';
import { correction, type Fraction } from './fraction.ts';
import type { Precision, Vector } from './vector.ts';

/** ½ π in two parts. */
const HALF_PI: Readonly<Record<Precision, readonly [high: number, low: number]>> = {
  f32: [1.5707963705062866, -4.371138828673793e-8],
  f64: [1.5707963267948966, 6.123233995736766e-17],
};
/** P by the Remez algorithm [Remez1934]; relative error of the arcsine 2⁻²⁸ and 2⁻⁵⁷. */
const P: Readonly<Record<Precision, Fraction>> = {
  f32: { n: [-1.8553658723831177], d: [-11.132216453552246, 11.010238647460938, -1.9805097579956055] },
  f64: {
    n: [616.3376308557114, -1101.1726090881148, 597.8346994828153, -96.11363297079838],
    d: [3698.02578513421, -8271.1472578307, 6318.481841491603, -1878.6320278061185, 170.29808109097485],
  },
};

interface Reduced {
  readonly isLarge: Vector;
  readonly square: Vector;
  /** Where |x| is large the arcsine of √(½ (1 − |x|)), elsewhere that of |x|: the sum of both. */
  readonly main: Vector;
  readonly rest: Vector;
}

function reduce(size: Vector): Reduced {
  const isLarge = size.greater(0.5);
  // 1 − |x| is exact where it is used [Sterbenz1974].
  const square = isLarge.choose(size.constant(1).sub(size).mul(0.5), size.mul(size));
  const main = isLarge.choose(square.sqrt(), size);
  return { isLarge, square, main, rest: correction(main, square, P) };
}

/** arcsin x. */
export function asin(x: Vector): Vector {
  const [high, low] = HALF_PI[x.precision];
  const { isLarge, square, main, rest } = reduce(x.abs());
  // The root in two parts, since it counts twice; at 1 both are 0.
  const upper = upperHalf(main);
  const lower = square.sub(upper.mul(upper)).div(main.add(upper).atLeast(FORMATS[x.precision].smallest)).add(rest);
  const large = x.constant(high).sub(upper.add(upper)).sub(lower.add(lower).sub(low));
  return isLarge.choose(large, main.add(rest)).or(signOf(x));
}

/** arccos x. */
export function acos(x: Vector): Vector {
  const [high, low] = HALF_PI[x.precision];
  const { isLarge, main, rest } = reduce(x.abs());
  const small = x.constant(high).sub(x.sub(x.constant(low).sub(rest.xor(signOf(x)))));
  const [doubled, twiceRest] = [main.add(main), rest.add(rest)];
  const backward = x.constant(2 * high).sub(doubled).sub(twiceRest.sub(2 * low));
  return isLarge.choose(x.less(0).choose(backward, doubled.add(twiceRest)), small);
}
