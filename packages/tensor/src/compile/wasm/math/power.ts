/**
 * @file Powers, as e^(y ln |x|). The exponent may be 700 times 1, so the logarithm has to have ten bits more than the format: it is
 * computed as a sum of two doubles [Dekker1971]. Powers of singles are computed in doubles, which have them.
 */
import { exactProduct, exactSum, sumOfOrdered, type Sum } from './exact.ts';
import { expOfSum } from './exponential.ts';
import { FORMATS, LN2, signOf } from './format.ts';
import { splitExponent } from './logarithm.ts';
import { polynomial, type Vector } from './vector.ts';

/** artanh s = s + s³ (⅓ + s² Q(s²)) by the Remez algorithm [Remez1934]; relative error 2⁻⁶⁶. */
const Q: readonly number[] = [
  0.20000000000001136, 0.14285714285045956, 0.11111111260675337, 0.09090892118668897, 0.07693381759030053, 0.06628334573666174, 0.06598873685327328,
];
/** ⅓ in two parts. */
const THIRD: readonly [high: number, low: number] = [0.3333333333333333, 1.850371707708594e-17];

/** xʸ, in doubles. */
export function pow(x: Vector, y: Vector): Vector {
  return powerFrom(x, y, logarithm);
}

/** xʸ of numbers that are singles, in doubles. */
export function powOfSingles(x: Vector, y: Vector): Vector {
  return powerFrom(x, y, (size) => ({ high: size.call('log'), low: size.constant(0) }));
}

/** ln x of a positive number to 64 bits and more. */
function logarithm(x: Vector): Sum {
  const isSmall = x.less(FORMATS.f64.smallest);
  const { k: moved, m } = splitExponent(isSmall.choose(x.mul(2 ** 54), x));
  const k = moved.sub(isSmall.and(x.constant(54)));
  // ln m = 2 artanh s, s = (m − 1) / (m + 1).
  const f = m.sub(1);
  const d = exactSum(m, m.constant(1));
  const quotient = f.div(d.high);
  const back = exactProduct(quotient, d.high);
  const s: Sum = { high: quotient, low: f.sub(back.high).sub(back.low).sub(quotient.mul(d.low)).div(d.high) };
  const z = exactProduct(s.high, s.high);
  const square: Sum = { high: z.high, low: z.low.add(s.high.add(s.high).mul(s.low)) };
  const [third, rest] = THIRD;
  const w = sumOfOrdered(m.constant(third!), square.high.mul(polynomial(square.high, Q)));
  const cubic = product(product(square, { high: w.high, low: w.low.add(rest!) }), s);
  const half = sumOfOrdered(s.high, cubic.high);
  const low = half.low.add(cubic.low).add(s.low);
  const total = sumOfOrdered(k.mul(LN2.f64[0]), half.high.add(half.high));
  return sumOfOrdered(total.high, total.low.add(k.mul(LN2.f64[1])).add(low.add(low)));
}

function product(a: Sum, b: Sum): Sum {
  const main = exactProduct(a.high, b.high);
  return { high: main.high, low: main.low.add(a.high.mul(b.low)).add(a.low.mul(b.high)) };
}

function powerFrom(x: Vector, y: Vector, ln: (size: Vector) => Sum): Vector {
  const size = x.abs();
  const log = ln(size);
  const main = exactProduct(y, log.high);
  // Beyond ±1000 the result is 0 or ∞, and what is lost may be no number.
  const rest = main.low.add(y.mul(log.low)).and(main.high.abs().less(1000));
  const ordinary = expOfSum(main.high.atMost(710).atLeast(-746), rest);
  // 0, ∞ and NaN: as far from 1 as can be, on the side to which the exponent points.
  const isOrdinary = size.greater(0).and(size.less(Infinity)).and(y.abs().less(Infinity));
  const grows = size.greater(1).xor(y.less(0));
  const isUndefined = x.notEqual(x).or(y.notEqual(y)).or(size.equal(1).and(y.abs().equal(Infinity)));
  const extreme = isUndefined.choose(NaN, grows.choose(Infinity, 0));
  const magnitude = ordinary.replaceWhere(isOrdinary.xor(FORMATS.f64.all), extreme);
  return withSign(magnitude, x, y).replaceWhere(y.equal(0), 1);
}

/** Negative for a negative x and an odd y; no number for a negative finite x and a y that is not whole. */
function withSign(magnitude: Vector, x: Vector, y: Vector): Vector {
  const half = y.mul(0.5);
  const isOdd = y.equal(y.nearest()).and(half.notEqual(half.nearest()));
  const isUndefined = y.notEqual(y.nearest()).and(x.less(0)).and(x.greater(-Infinity));
  const signed = isUndefined.choose(NaN, magnitude.xor(signOf(x).and(isOdd)));
  return magnitude.replaceWhere(x.constant(1).or(signOf(x)).less(0), signed);
}
