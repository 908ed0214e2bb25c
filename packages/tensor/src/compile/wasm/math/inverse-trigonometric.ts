/**
 * @file Angles. Of n / d ≤ 1, the arctangent is that of q = n / d, or ¼ π plus that of q = (n − d) / (n + d), so that |q| ≤ ½; one division
 * serves both. Where n and d stand for |y| and |x| or the other way round, and the signs, decide the multiple of ¼ π and the sign.
 */
import { FORMATS, signOf } from './format.ts';
import { polynomial, type Precision, type Vector } from './vector.ts';

/** ¼ π in two parts; up to four times the first is exact. */
const QUARTER_PI: Readonly<Record<Precision, readonly [high: number, low: number]>> = {
  f32: [0.785398006439209, 1.5695823663008923e-7],
  f64: [0.7853981633974483, 3.061616997868383e-17],
};
/** arctan q = q + q³ P(q²) by the Remez algorithm [Remez1934]; relative error 2⁻³² and 2⁻⁵⁸. */
const P: Readonly<Record<Precision, readonly number[]>> = {
  f32: [-0.333333283662796, 0.1999949961900711, -0.1427225023508072, 0.10942362993955612, -0.07989096641540527, 0.03879152983427048],
  f64: [
    -0.33333333333332993, 0.19999999999905615, -0.1428571427658776, 0.11111110667744249, -0.09090896433913533, 0.07692076688035232, -0.06663837293487564,
    0.058584694315841304, -0.051227241837971615, 0.04188420835993882, -0.027464289039192763, 0.010136481868537174,
  ],
};

/** The angle of (x, y), from its place among the eight parts of the circle. */
function angle(n: Vector, d: Vector, isDiagonal: Vector, isSteep: Vector, x: Vector): Vector {
  const [high, low] = QUARTER_PI[x.precision];
  const q = isDiagonal.choose(n.sub(d), n).div(isDiagonal.choose(n.add(d), d));
  return angleOf(q, isDiagonal, isSteep, x, high, low);
}

function angleOf(q: Vector, isDiagonal: Vector, isSteep: Vector, x: Vector, high: number, low: number): Vector {
  const { sign } = FORMATS[x.precision];
  const one = x.constant(1);
  const [two, four] = [2, 4].map((value) => x.constant(value));
  const isBackward = one.or(signOf(x)).less(0);
  const first = isDiagonal.and(one);
  const second = isSteep.choose(two!.sub(first), first);
  const quarters = isBackward.choose(four!.sub(second), second);
  const z = q.mul(q);
  const arc = q.add(q.mul(z).mul(polynomial(z, P[x.precision])));
  return quarters.mul(high).add(quarters.mul(low).add(arc.xor(isSteep.and(sign)).xor(signOf(x))));
}

/** From here on n − d is exact [Sterbenz1974]. */
const DIAGONAL = 0.5;

/** The angle of the point (x, y). */
export function atan2(y: Vector, x: Vector): Vector {
  const [high, low] = QUARTER_PI[x.precision];
  const [width, height] = [x.abs(), y.abs()];
  const isSteep = height.greater(width);
  const n = isSteep.choose(width, height);
  const d = isSteep.choose(height, width);
  const value = angle(n, d, n.greater(d.mul(DIAGONAL)), isSteep, x);
  // Both zero, or so large that n + d could overflow.
  const isSpecial = d.equal(0).or(d.greater(x.precision === 'f32' ? 2 ** 126 : 2 ** 1022));
  const [n4, d4] = [n.mul(0.25), d.mul(0.25)];
  const isDiagonal = n4.greater(d4.mul(DIAGONAL)).or(n.equal(Infinity));
  const q = n.equal(d).choose(0, isDiagonal.choose(n4.sub(d4), n4).div(isDiagonal.choose(n4.add(d4), d4)));
  return value.replaceWhere(isSpecial, angleOf(q, isDiagonal, isSteep, x, high, low)).xor(signOf(y));
}

/** arctan x. */
export function atan(x: Vector): Vector {
  const size = x.abs();
  const one = x.constant(1);
  const isSteep = size.greater(1);
  const n = isSteep.choose(one, size);
  const d = isSteep.choose(size, one);
  return angle(n, d, n.greater(d.mul(DIAGONAL)), isSteep, one).xor(signOf(x));
}
