/** @file Cube roots and lengths. */
import { upperHalf } from './exact.ts';
import { FORMATS, signOf, toWhole } from './format.ts';
import { splitExponent } from './logarithm.ts';
import { polynomial, toSingle, type Precision, type Vector } from './vector.ts';

/** The cube root between √½ and √2, by the Remez algorithm [Remez1934]; relative error 2⁻¹⁰ and 2⁻¹⁹. */
const C: Readonly<Record<Precision, readonly number[]>> = {
  f32: [0.553712785243988, 0.553647518157959, -0.10746997594833374],
  f64: [0.4216929937940993, 1.0559988358319, -0.8360374846183761, 0.5109342669728804, -0.17954162603477672, 0.02695202783101011],
};
/** 2^(r/3) = 1 + b r + c r² for r = −1, 0, 1. */
const [UP, DOWN] = [2 ** (1 / 3), 2 ** (-1 / 3)];
const STEP: readonly number[] = [1, (UP - DOWN) / 2, (UP + DOWN) / 2 - 1];
/** Subnormal numbers are scaled up by the cube of a power of two. */
const UP_BY: Readonly<Record<Precision, number>> = { f32: 8, f64: 18 };

/** ∛x: a start t of few bits, and one step of Halley's method, t + t (x / t² − t) / (2 t + x / t²), of which only the sum rounds the result. */
export function cbrt(x: Vector): Vector {
  const { smallest, fraction, all } = FORMATS[x.precision];
  const by = UP_BY[x.precision];
  const size = x.abs();
  const isSmall = size.less(smallest);
  const own = isSmall.choose(size.mul(2 ** (3 * by)), size);
  const { k, m } = splitExponent(own);
  const third = toWhole(k.mul(1 / 3));
  const start = polynomial(m, C[x.precision]).mul(polynomial(k.sub(third.value.mul(3)), STEP));
  // Of half as many bits, so that the square is exact.
  const t = upperHalf(start.addInteger(third.bits.shiftLeft(fraction)));
  const ratio = own.div(t.mul(t));
  const root = t.add(t.mul(ratio.sub(t).div(t.add(t).add(ratio))));
  const value = isSmall.choose(root.mul(2 ** -by), root);
  // 0, ∞ and NaN.
  const isSpecial = size.greater(0).without(size.equal(Infinity)).xor(all);
  return isSpecial.choose(size, value).or(signOf(x));
}

/** √(x² + y²): of singles in doubles, where no square overflows. ∞ beside NaN is ∞. */
export function hypot(x: Vector, y: Vector): Vector {
  const isInfinite = x.abs().equal(Infinity).or(y.abs().equal(Infinity));
  const value = x.precision === 'f64' ? scaledLength(x, y) : toSingle(...([0, 1] as const).map((half) => length(x.toDouble(half), y.toDouble(half))) as [Vector, Vector]);
  return isInfinite.choose(Infinity, value);
}

function length(x: Vector, y: Vector): Vector {
  return x.mul(x).add(y.mul(y)).sqrt();
}

/** Both are scaled by the power of two that makes the larger one about 2. */
function scaledLength(x: Vector, y: Vector): Vector {
  const exponents = x.bits(0x7ff0_0000_0000_0000n);
  const power = x.abs().atLeast(y.abs()).atLeast(FORMATS.f64.smallest).and(exponents);
  const scale = exponents.subInteger(power);
  return length(x.mul(scale), y.mul(scale)).mul(0.5).mul(power);
}
