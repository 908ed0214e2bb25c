/**
 * @file The hyperbolic tangent. Up to 0.76 it is x + x³ N(x²) / D(x²), beyond it 1 − 2 / (e^2|x| + 1): in both, what is rounded more than once is
 * small against what it is added to, so that results also rise where arguments do.
 */
import { FORMATS, signOf, toWhole } from './format.ts';
import { correction, type Fraction } from './fraction.ts';
import { polynomial, type Precision, type Vector } from './vector.ts';

const SMALL = 0.76;
/** By the Remez algorithm [Remez1934], up to 0.77: relative error of the hyperbolic tangent 2⁻²⁵ and 2⁻⁵⁶. */
const SMALL_PART: Readonly<Record<Precision, Fraction>> = {
  f32: { n: [219.441315], d: [-658.3256225585938, -266.3116760253906] },
  f64: { n: [1677.361251397543, 103.10012535273066], d: [-5032.083754192646, -2322.1338777346573, -117.13522899331184, -1.036852900823037] },
};
/** With A(f²) = f coth (½ f ln 2), 2ᶠ is (A + f) / (A − f); by the Remez algorithm, its relative error for |f| ≤ ½ 2⁻³¹ and 2⁻⁶². */
const A: Readonly<Record<Precision, readonly number[]>> = {
  f32: [2.885390043258667, 0.11552395671606064, -0.000920451944693923],
  f64: [2.8853900817779268, 0.1155245300933226, -0.0009250684776952783, 1.0582188295690463e-05, -1.2710138494902033e-07, 1.5269789731797267e-09],
};
/** From here on the result is 1. */
const MOST: Readonly<Record<Precision, number>> = { f32: 9.02, f64: 20 };

/** tanh x. */
export function tanh(x: Vector): Vector {
  const sign = signOf(x);
  const size = x.xor(sign);
  const small = size.add(correction(size, x.mul(x), SMALL_PART));
  return size.less(SMALL).choose(small, complement(size.atMost(MOST[x.precision]))).or(sign);
}

/** 1 − 2 / (e²ˣ + 1), with e²ˣ = 2ᵏ (A + f) / (A − f), 2 x / ln 2 = k + f. */
function complement(x: Vector): Vector {
  const { fraction } = FORMATS[x.precision];
  const power = x.mul(2 / Math.LN2);
  const k = toWhole(power);
  const f = power.sub(k.value);
  const a = polynomial(f.mul(f), A[x.precision]);
  const below = a.sub(f);
  const above = a.add(f).addInteger(k.bits.shiftLeft(fraction));
  return x.constant(1).sub(below.add(below).div(above.add(below)));
}
