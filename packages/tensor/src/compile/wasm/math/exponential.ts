/**
 * @file Exponential and hyperbolic functions. With x = k ln 2 + r, |r| ≤ ½ ln 2, all follow from eʳ − 1 = 2r / (2 − c), where
 * c = r − r² P(r²) is even up to r: the form of fdlibm [Sun1993], in which errors of c hardly count.
 */
import { LN2, powerOfTwo, scale, signOf, toWhole, type Whole } from './format.ts';
import { polynomial, type Precision, type Vector } from './vector.ts';

/** P by the Remez algorithm [Remez1934], which makes the relative error of eʳ at most 2⁻³⁰ and 2⁻⁶². */
const P: Readonly<Record<Precision, readonly number[]>> = {
  f32: [0.166666179895401, -0.0027659705374389887],
  f64: [0.16666666666666555, -0.002777777777669049, 6.613756248588715e-5, -1.6533835552227886e-6, 4.1359891968516976e-8],
};
/** The odd series of sinh by the Remez algorithm [Remez1934]; relative error 2⁻²⁵ and 2⁻⁶³. */
const H: Readonly<Record<Precision, readonly number[]>> = {
  f32: [0.1666671633720398, 0.00833027996122837, 0.00020372452854644507],
  f64: [0.16666666666666669, 0.008333333333333148, 0.0001984126984143213, 2.755731915699187e-06, 2.5052123149201807e-08, 1.6057258816894848e-10, 7.758777065139216e-13],
};
/** Below the first the result is 0, above the second Infinity, and the bits of k do not run over. */
const RANGE: Readonly<Record<Precision, readonly [low: number, high: number]>> = { f32: [-104, 90], f64: [-746, 711] };

interface Reduced {
  readonly k: Whole;
  /** r = high − low. */
  readonly high: Vector;
  readonly low: Vector;
  readonly r: Vector;
  readonly c: Vector;
  /** 2 − c. */
  readonly t: Vector;
}

/** Of x + rest, where the rest is less than a unit in the last place of x. */
function reduce(x: Vector, rest?: Vector): Reduced {
  const [high2, low2] = LN2[x.precision];
  const k = toWhole(x.mul(Math.LOG2E));
  const high = x.sub(k.value.mul(high2));
  const product = k.value.mul(low2);
  const low = rest === undefined ? product : product.sub(rest);
  const r = high.sub(low);
  const square = r.mul(r);
  const c = r.sub(square.mul(polynomial(square, P[x.precision])));
  return { k, high, low, r, c, t: c.constant(2).sub(c) };
}

/** eʳ. */
function fraction({ high, low, r, c, t }: Reduced): Vector {
  return high.add(r.mul(c).div(t).sub(low)).add(1);
}

/** eˣ. */
export function exp(x: Vector): Vector {
  const [least, most] = RANGE[x.precision];
  return expOfSum(x.atMost(most).atLeast(least));
}

/** e^(x + rest) for x inside `RANGE` and a rest of less than a unit in the last place of x. */
export function expOfSum(x: Vector, rest?: Vector): Vector {
  const reduced = reduce(x, rest);
  return scale(fraction(reduced), reduced.k.bits);
}

/** eˣ − 1. */
export function expm1(x: Vector): Vector {
  const [, most] = RANGE[x.precision];
  // Below −50 the result is −1; near the top 2ᵏ would be too large, and the 1 does not count.
  const { k, high, low, r, c, t } = reduce(x.atMost(most).atLeast(-50));
  const power = powerOfTwo(k.bits);
  const correction = r.mul(c).div(t).sub(low);
  const value = power.mul(correction).add(power.mul(high).add(power.sub(1)));
  return value.replaceWhere(x.greater(most - 2), x.call('exp')).or(signOf(x));
}

/** x + x³ H(x²) up to 1, beyond it h − 1 / (4 h) with h = ½ e^|x|. */
export function sinh(x: Vector): Vector {
  const size = x.abs();
  const half = halfPower(size);
  const square = x.mul(x);
  const small = size.add(size.mul(square).mul(polynomial(square, H[x.precision])));
  return size.greater(1).choose(half.sub(half.constant(0.25).div(half)), small).or(signOf(x));
}

/** h + 1 / (4 h) with h = ½ e^|x|. */
export function cosh(x: Vector): Vector {
  const half = halfPower(x.abs());
  return half.add(half.constant(0.25).div(half));
}

/** ½ eˣ, also where eˣ is too large. */
function halfPower(x: Vector): Vector {
  const reduced = reduce(x.atMost(RANGE[x.precision][1]));
  return scale(fraction(reduced), reduced.k.bits.subInteger(1n));
}
