/** @file The cardinal sine, sin (π x) / (π x). With x = n + r, |r| ≤ ½, it is ±(r / x) sin (π r) / (π r), in which r is exact. */
import { FORMATS } from './format.ts';
import { polynomial, type Precision, type Vector } from './vector.ts';

/** sin (π r) / (π r) = 1 + r² P(r²) by the Remez algorithm [Remez1934]; relative error 2⁻²⁷ and 2⁻⁶¹. */
const P: Readonly<Record<Precision, readonly number[]>> = {
  f32: [-1.6449333429336548, 0.8117163777351379, -0.19044697284698486, 0.024724161252379417],
  f64: [
    -1.6449340668482264, 0.8117424252833401, -0.1907518241214994, 0.02614784780543026, -0.0023460808935046812, 0.00014842782912291604, -6.972063927891618e-6, 2.44989526787357e-7,
  ],
};

/** sin (π x) / (π x): 1 at 0, 0 at ±∞. */
export function sinc(x: Vector): Vector {
  const whole = x.nearest();
  const rest = x.sub(whole);
  const square = rest.mul(rest);
  const near = square.mul(polynomial(square, P[x.precision])).add(1);
  const half = whole.mul(0.5);
  const sign = half.notEqual(half.nearest()).and(FORMATS[x.precision].sign);
  const value = whole.equal(0).choose(1, rest.div(x)).mul(near).xor(sign);
  return x.abs().equal(Infinity).choose(0, value);
}
