/**
 * @file Logarithms. With x = 2ᵏ (1 + f), √½ ≤ 1 + f < √2, and s = f / (2 + f): ln (1 + f) = f − (½ f² − s (½ f² + R(s²))), the form of
 * fdlibm [Sun1993], in which the largest term is exact.
 */
import { FORMATS, LN2 } from './format.ts';
import { polynomial, type Precision, type Vector } from './vector.ts';

/** R(z) / z by the Remez algorithm [Remez1934]; relative error of the logarithm 2⁻³⁰ and 2⁻⁵⁹. */
const R: Readonly<Record<Precision, readonly number[]>> = {
  f32: [0.6666677594184875, 0.399774968624115, 0.2987307608127594],
  f64: [0.6666666666666735, 0.3999999999941108, 0.2857142874326592, 0.2222219847567699, 0.1818356975442732, 0.15313902908091337, 0.14797510782307186],
};
/** √½, rounded down in the fraction: where the exponent changes. */
const ROOT: Readonly<Record<Precision, bigint>> = { f32: 0x3f35_04f3n, f64: 0x3fe6_a09e_667f_3bcdn };

/** x = 2ᵏ m with √½ ≤ m < √2, of a normal number. */
export function splitExponent(x: Vector): { readonly k: Vector; readonly m: Vector } {
  const { fraction, bias } = FORMATS[x.precision];
  const one = BigInt(bias) << BigInt(fraction);
  const root = ROOT[x.precision];
  const moved = x.addInteger(one - root);
  // The exponent as the lowest bits of a number whose last bit is worth 1.
  const unit = 2 ** fraction;
  const k = moved.shiftRight(fraction).or(x.constant(unit)).sub(unit + bias);
  return { k, m: moved.and((1n << BigInt(fraction)) - 1n).addInteger(root) };
}

/** k ln 2 + ln (1 + f) + rest. */
function assemble(k: Vector, f: Vector, rest: Vector | undefined): Vector {
  const [high, low] = LN2[f.precision];
  const s = f.div(f.add(2));
  const z = s.mul(s);
  const half = f.mul(f).mul(0.5);
  const tail = s.mul(half.add(z.mul(polynomial(z, R[f.precision])))).add(k.mul(low));
  return k.mul(high).sub(half.sub(rest === undefined ? tail : tail.add(rest)).sub(f));
}

/** ln x. */
export function log(x: Vector): Vector {
  const { smallest, fraction } = FORMATS[x.precision];
  // Subnormal numbers are scaled up.
  const up = fraction + 2;
  const isSmall = x.less(smallest);
  const { k, m } = splitExponent(isSmall.choose(x.mul(2 ** up), x));
  const value = assemble(k.sub(isSmall.and(x.constant(up))), m.sub(1), undefined);
  return isOrdinary(x).choose(value, special(x, x));
}

/** ln (1 + x): of the rounded sum u, with the part of x that it lacks as (x − (u − 1)) / u. */
export function log1p(x: Vector): Vector {
  const u = x.add(1);
  const { k, m } = splitExponent(u);
  const lost = u.less(2).choose(x.sub(u.sub(1)), u.constant(1).sub(u.sub(x)));
  const value = assemble(k, m.sub(1), lost.div(u));
  // Where 1 + x is 1 the result is x, with its sign.
  return isOrdinary(u).choose(u.equal(1).choose(x, value), special(u, x));
}

/** In (0, ∞). */
function isOrdinary(x: Vector): Vector {
  return x.greater(0).and(x.less(Infinity));
}

/** The logarithm of what is special: −∞ at 0, where 0 or −1 came in; NaN, all bits, below; what came in at ∞ and NaN. */
function special(x: Vector, original: Vector): Vector {
  return original.or(x.less(0)).or(x.equal(0).and(x.constant(-Infinity)));
}
