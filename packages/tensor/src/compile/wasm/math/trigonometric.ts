/**
 * @file Sine, cosine and tangent. |x| = q π/2 + r with |r| ≤ π/4 by π/2 in several parts, the first of which leave room for the bits of q
 * [CodyWaite1980]; beyond q = 2²⁰, where these parts do not suffice, JavaScript is asked for the lanes concerned.
 */
import { exactDifference, sumOfOrdered } from './exact.ts';
import { FORMATS, signOf, toWhole } from './format.ts';
import { lowWords, polynomial, toSingle, type Precision, type Vector } from './vector.ts';

/** π/2 in parts: for singles, which are reduced as doubles, and for doubles. */
const HALF_PI: Readonly<Record<Precision, readonly number[]>> = {
  f32: [1.5707963267341256, 6.077100506506192e-11],
  f64: [1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32],
};
const LARGEST = 2 ** 20 * (Math.PI / 2);
/** sin r = r + r³ S(r²), cos r = 1 − ½ r² + r⁴ C(r²) by the Remez algorithm [Remez1934]; relative errors 2⁻²⁸, 2⁻³³ and 2⁻⁵⁸, 2⁻⁶⁴. */
const S: Readonly<Record<Precision, readonly number[]>> = {
  f32: [-0.16666655242443085, 0.008332173340022564, -0.00019516654720064253],
  f64: [-0.16666666666666632, 0.008333333333322314, -0.00019841269829725137, 2.7557313662035096e-6, -2.5050753261260197e-8, 1.5896504772069978e-10],
};
const C: Readonly<Record<Precision, readonly number[]>> = {
  f32: [0.04166664555668831, -0.001388736185617745, 2.4437729734927416e-5],
  f64: [0.0416666666666666, -0.001388888888887399, 2.4801587289394953e-5, -2.7557314326037453e-7, 2.087571955950964e-9, -1.135944871667001e-11],
};

/** |x| = q π/2 + r + low. */
interface Reduced {
  /** In the lowest bits. */
  readonly q: Vector;
  readonly r: Vector;
  readonly low: Vector | undefined;
}

function reduce(size: Vector): Reduced {
  return size.precision === 'f32' ? reduceSingles(size) : reduceDoubles(size);
}

function reduceSingles(size: Vector): Reduced {
  const [first, last] = reduceHalves(size);
  return { q: lowWords(first.q, last.q), r: toSingle(first.r, last.r), low: undefined };
}

/** Singles as doubles: the closest that a single comes to a multiple of π/2 is about 2⁻³⁰, far above what is lost. */
function reduceHalves(size: Vector): [Reduced, Reduced] {
  const [high, low] = HALF_PI.f32;
  const reduceHalf = (half: 0 | 1): Reduced => {
    const x = size.toDouble(half);
    const q = toWhole(x.mul(2 / Math.PI));
    return { q: q.bits, r: x.sub(q.value.mul(high!)).sub(q.value.mul(low!)), low: undefined };
  };
  return [reduceHalf(0), reduceHalf(1)];
}

/** The first three products are exact, and what the subtractions of the second and third lose is kept. */
function reduceDoubles(size: Vector): Reduced {
  const q = toWhole(size.mul(2 / Math.PI));
  const [first, second, third, rest] = HALF_PI.f64.map((part) => q.value.mul(part));
  const b = exactDifference(size.sub(first!), second!);
  const c = exactDifference(b.high, third!);
  const { high: r, low } = sumOfOrdered(c.high, b.low.add(c.low).sub(rest!));
  return { q: q.bits, r, low };
}

/** sin (r + low). */
function sineOf({ r, low }: Reduced, s: readonly number[] = S[r.precision]): Vector {
  const z = r.mul(r);
  if (low === undefined) return r.add(r.mul(z).mul(polynomial(z, s)));
  const [first, ...others] = s;
  const cube = z.mul(r);
  // r + r³ (s₀ + z S₁(z)) + low (1 − ½ z).
  const tail = z.mul(low.mul(0.5).sub(cube.mul(polynomial(z, others)))).sub(low);
  return r.sub(tail.sub(cube.mul(first!)));
}

/** cos (r + low). */
function cosineOf({ r, low }: Reduced, c: readonly number[] = C[r.precision]): Vector {
  const z = r.mul(r);
  const half = z.mul(0.5);
  const main = half.constant(1).sub(half);
  const lost = half.constant(1).sub(main).sub(half);
  const quartic = z.mul(z).mul(polynomial(z, c));
  return main.add(lost.add(low === undefined ? quartic : quartic.sub(r.mul(low))));
}

/** All bits where the lowest bit of an integer is 1. */
function isOdd(q: Vector): Vector {
  return q.bits(0n).subInteger(q.and(1n));
}

/** The second lowest bit of an integer as a sign. */
function signFrom(q: Vector): Vector {
  const { sign } = FORMATS[q.precision];
  return q.shiftLeft(q.precision === 'f32' ? 30 : 62).and(sign);
}

/** sin x. */
export function sin(x: Vector): Vector {
  const size = x.abs();
  const reduced = reduce(size);
  const value = isOdd(reduced.q).choose(cosineOf(reduced), sineOf(reduced));
  return value.xor(signFrom(reduced.q)).xor(signOf(x)).askWhere(size.greater(LARGEST), 'sin', x);
}

/** cos x. */
export function cos(x: Vector): Vector {
  const size = x.abs();
  const reduced = reduce(size);
  const value = isOdd(reduced.q).choose(sineOf(reduced), cosineOf(reduced));
  return value.xor(signFrom(reduced.q.addInteger(1n))).askWhere(size.greater(LARGEST), 'cos', x);
}

/** sin x / cos x; of singles in doubles, where a quotient of two rounded numbers is still exact to the last bit of a single. */
export function tan(x: Vector): Vector {
  const size = x.abs();
  const value = x.precision === 'f64' ? quotient(reduceDoubles(size), S.f64, C.f64) : toSingle(...reduceHalves(size).map((half) => quotient(half, S.f32, C.f32)) as [Vector, Vector]);
  return value.xor(signOf(x)).askWhere(size.greater(LARGEST), 'tan', x);
}

/** tan r, or −1 / tan r where q is odd. */
function quotient(reduced: Reduced, s: readonly number[], c: readonly number[]): Vector {
  const [sine, cosine, odd] = [sineOf(reduced, s), cosineOf(reduced, c), isOdd(reduced.q)];
  return odd.choose(cosine, sine).div(odd.choose(sine, cosine)).xor(signFrom(reduced.q.shiftLeft(1)));
}
