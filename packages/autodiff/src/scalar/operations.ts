/**
 * @file Operations on numbers, each with value and slope.
 *
 * At kinks: min and max give the whole derivative to the first argument on a tie; abs has slope 0 at 0; hypot and atan2 have
 * slope 0 at the origin; floor, ceil, round, sign and comparisons have no derivative (zero everywhere).
 */
import { applyOne } from '../level.ts';
import { discrete, primitive, type Primitive } from '../primitive.ts';
import type { VectorSpace } from '../space.ts';
import { add, binary, mul, requireNumber, scalarSpace, unary, type Scalar } from './domain.ts';
import * as special from './special.ts';

export { add, mul } from './domain.ts';

// Bundlers drop what is not used only where the declaring call is marked as pure.

// Arithmetic
/** x − y. */
export const sub: (x: Scalar, y: Scalar) => Scalar = /* @__PURE__ */ binary('sub', (x, y) => x - y, () => 1, () => -1);
/** −x. */
export const neg: (x: Scalar) => Scalar = /* @__PURE__ */ unary('neg', (x) => -x, () => -1);
/** x / y. */
export const div: (x: Scalar, y: Scalar) => Scalar = /* @__PURE__ */ binary('div', (x, y) => x / y, (_x, y) => div(1, y), (_x, y, z) => neg(div(z, y)));
/** 1 / x. */
export const reciprocal = (x: Scalar): Scalar => div(1, x);
/** x². */
export const square: (x: Scalar) => Scalar = /* @__PURE__ */ unary('square', (x) => x * x, (x) => mul(2, x));
/** |x|; the slope at 0 is 0. */
export const abs: (x: Scalar) => Scalar = /* @__PURE__ */ unary('abs', Math.abs, (x) => sign(x));
/** −1, 0 or 1; without derivative. */
export const sign: (x: Scalar) => Scalar = /* @__PURE__ */ unary('sign', Math.sign);

// Powers and roots
/** x to the power y. The slope to y is x^y ln x, and 0 at x = 0; for x < 0 it is NaN, but it is computed only where y is differentiated. */
export const pow: (x: Scalar, y: Scalar) => Scalar = /* @__PURE__ */ binary(
  'pow',
  (x, y) => x ** y,
  (x, y) => select(equal(y, 0), 0, mul(y, pow(x, select(equal(y, 0), 1, sub(y, 1))))),
  (x, _y, z) => select(equal(x, 0), 0, mul(z, log(select(equal(x, 0), 1, x)))),
);
/** √x; the slope at 0 is infinite. */
export const sqrt: (x: Scalar) => Scalar = /* @__PURE__ */ unary('sqrt', Math.sqrt, (_x, y) => div(0.5, y));
/** ∛x; the slope at 0 is infinite. */
export const cbrt: (x: Scalar) => Scalar = /* @__PURE__ */ unary('cbrt', Math.cbrt, (_x, y) => div(1 / 3, square(y)));
/** √(x² + y²) without overflow. The slope at the origin is 0, the subgradient of least norm. */
export const hypot: (x: Scalar, y: Scalar) => Scalar = /* @__PURE__ */ binary('hypot', Math.hypot, (x, _y, z) => ratio(x, z), (_x, y, z) => ratio(y, z));
/** x / z, and 0 where z is 0. */
const ratio = (x: Scalar, z: Scalar): Scalar => select(equal(z, 0), 0, div(x, select(equal(z, 0), 1, z)));

// Exponential and logarithm
/** eˣ. */
export const exp: (x: Scalar) => Scalar = /* @__PURE__ */ unary('exp', Math.exp, (_x, y) => y);
/** eˣ − 1, exact for small x. */
export const expm1: (x: Scalar) => Scalar = /* @__PURE__ */ unary('expm1', Math.expm1, (x) => exp(x));
/** Natural logarithm. */
export const log: (x: Scalar) => Scalar = /* @__PURE__ */ unary('log', Math.log, (x) => div(1, x));
/** ln(1 + x), exact for small x. */
export const log1p: (x: Scalar) => Scalar = /* @__PURE__ */ unary('log1p', Math.log1p, (x) => div(1, add(1, x)));

// Trigonometric and hyperbolic; angles in radians
/** Sine. */
export const sin: (x: Scalar) => Scalar = /* @__PURE__ */ unary('sin', Math.sin, (x) => cos(x));
/** Cosine. */
export const cos: (x: Scalar) => Scalar = /* @__PURE__ */ unary('cos', Math.cos, (x) => neg(sin(x)));
/** Tangent. */
export const tan: (x: Scalar) => Scalar = /* @__PURE__ */ unary('tan', Math.tan, (_x, y) => add(1, square(y)));
/** √(1 − x²), as a product: exact also near ±1. */
const complement = (x: Scalar): Scalar => sqrt(mul(sub(1, x), add(1, x)));
/** Angle in [−π/2, π/2] with sine x. */
export const asin: (x: Scalar) => Scalar = /* @__PURE__ */ unary('asin', Math.asin, (x) => div(1, complement(x)));
/** Angle in [0, π] with cosine x. */
export const acos: (x: Scalar) => Scalar = /* @__PURE__ */ unary('acos', Math.acos, (x) => div(-1, complement(x)));
/** Angle in (−π/2, π/2) with tangent x. */
export const atan: (x: Scalar) => Scalar = /* @__PURE__ */ unary('atan', Math.atan, (x) => div(1, add(1, square(x))));
/** Angle of the point (x, y), in [−π, π]. The slope at the origin is 0. */
export const atan2: (y: Scalar, x: Scalar) => Scalar = /* @__PURE__ */ binary('atan2', Math.atan2, (y, x) => overSquaredNorm(x, x, y), (y, x) => neg(overSquaredNorm(y, x, y)));
const overSquaredNorm = (numerator: Scalar, x: Scalar, y: Scalar): Scalar => {
  // Divided twice by the norm: its square may overflow or vanish where the quotient does not.
  const norm = hypot(x, y);
  return ratio(ratio(numerator, norm), norm);
};
/** Hyperbolic sine. */
export const sinh: (x: Scalar) => Scalar = /* @__PURE__ */ unary('sinh', Math.sinh, (x) => cosh(x));
/** Hyperbolic cosine. */
export const cosh: (x: Scalar) => Scalar = /* @__PURE__ */ unary('cosh', Math.cosh, (x) => sinh(x));
/** Hyperbolic tangent. Its slope keeps full relative precision in both tails, where 1 − tanh² would cancel. */
export const tanh: (x: Scalar) => Scalar = /* @__PURE__ */ unary('tanh', Math.tanh, (x) => mul(4, mul(sigmoid(mul(2, x)), sigmoid(mul(-2, x)))));
/** Inverse of sinh. */
export const asinh: (x: Scalar) => Scalar = /* @__PURE__ */ unary('asinh', Math.asinh, (x) => div(1, hypot(x, 1)));
/** Inverse of cosh, x ≥ 1. */
export const acosh: (x: Scalar) => Scalar = /* @__PURE__ */ unary('acosh', Math.acosh, (x) => div(1, mul(sqrt(sub(x, 1)), sqrt(add(x, 1)))));
/** Inverse of tanh, |x| < 1. */
export const atanh: (x: Scalar) => Scalar = /* @__PURE__ */ unary('atanh', Math.atanh, (x) => div(1, mul(sub(1, x), add(1, x))));

// Special functions
/** 1 / (1 + e⁻ˣ), without overflow and with full relative precision in both tails. */
export const sigmoid: (x: Scalar) => Scalar = /* @__PURE__ */ unary('sigmoid', special.sigmoid, (x, y) => mul(y, sigmoid(neg(x))));
/** ln(1 + eˣ), without overflow. */
export const softplus: (x: Scalar) => Scalar = /* @__PURE__ */ unary('softplus', special.softplus, (x) => sigmoid(x));
/** Error function, 2/√π ∫₀ˣ exp(−t²) dt. */
export const erf: (x: Scalar) => Scalar = /* @__PURE__ */ unary('erf', special.erf, (x) => mul(2 / Math.sqrt(Math.PI), exp(neg(square(x)))));
/** 1 − erf(x), with full relative precision for large x. */
export const erfc: (x: Scalar) => Scalar = /* @__PURE__ */ unary('erfc', special.erfc, (x) => mul(-2 / Math.sqrt(Math.PI), exp(neg(square(x)))));
/** ln |Γ(x)|. */
export const lgamma: (x: Scalar) => Scalar = /* @__PURE__ */ unary('lgamma', special.lgamma, (x) => digamma(x));
/** Derivative of lgamma. */
export const digamma: (x: Scalar) => Scalar = /* @__PURE__ */ unary('digamma', special.digamma, (x) => polygamma(1, x));
const polygammas: ((x: Scalar) => Scalar)[] = [];
/** The n-th derivative of digamma (n = 0: digamma itself). `n` is a plain integer; throws `RangeError` for another one. */
export function polygamma(n: number, x: Scalar): Scalar {
  if (!Number.isInteger(n) || n < 0) throw new RangeError(`polygamma: the order must be an integer ≥ 0, got ${n}.`);
  if (n === 0) return digamma(x);
  polygammas[n] ??= unary(`polygamma${n}`, (value) => special.polygamma(n, value), (value) => polygamma(n + 1, value));
  return polygammas[n](x);
}

// Choice and rounding
/** The larger number; on a tie the whole derivative goes to x. */
export const max: (x: Scalar, y: Scalar) => Scalar = /* @__PURE__ */ binary('max', Math.max, (x, y) => greaterEqual(x, y), (x, y) => less(x, y));
/** The smaller number; on a tie the whole derivative goes to x. */
export const min: (x: Scalar, y: Scalar) => Scalar = /* @__PURE__ */ binary('min', Math.min, (x, y) => lessEqual(x, y), (x, y) => greater(x, y));
/** x kept between two bounds; at a bound the derivative goes to x. */
export const clip = (x: Scalar, low: Scalar, high: Scalar): Scalar => min(max(x, low), high);
/** The largest integer ≤ x; without derivative. */
export const floor: (x: Scalar) => Scalar = /* @__PURE__ */ unary('floor', Math.floor);
/** The smallest integer ≥ x; without derivative. */
export const ceil: (x: Scalar) => Scalar = /* @__PURE__ */ unary('ceil', Math.ceil);
/** The nearest integer, halves upwards; without derivative. */
export const round: (x: Scalar) => Scalar = /* @__PURE__ */ unary('round', Math.round);

function comparison(name: string, holds: (x: number, y: number) => boolean): (x: Scalar, y: Scalar) => Scalar {
  const evaluate = (x: number, y: number): number => (holds(x, y) ? 1 : 0);
  const declared = discrete({
    name,
    evaluate: ([x, y]) => [evaluate(x as number, y as number)],
    abstract: () => [{ space: scalarSpace as VectorSpace, type: 'number' }],
    outputSpace: () => scalarSpace as VectorSpace,
  });
  return (x, y) => (typeof x === 'number' && typeof y === 'number' ? evaluate(x, y) : (applyOne(declared, [x, y]) as Scalar));
}

// Comparisons; they have no derivative
/** 1 where x < y, else 0. */
export const less: (x: Scalar, y: Scalar) => Scalar = /* @__PURE__ */ comparison('less', (x, y) => x < y);
/** 1 where x ≤ y, else 0. */
export const lessEqual: (x: Scalar, y: Scalar) => Scalar = /* @__PURE__ */ comparison('lessEqual', (x, y) => x <= y);
/** 1 where x > y, else 0. */
export const greater: (x: Scalar, y: Scalar) => Scalar = /* @__PURE__ */ comparison('greater', (x, y) => x > y);
/** 1 where x ≥ y, else 0. */
export const greaterEqual: (x: Scalar, y: Scalar) => Scalar = /* @__PURE__ */ comparison('greaterEqual', (x, y) => x >= y);
/** 1 where x = y, else 0. */
export const equal: (x: Scalar, y: Scalar) => Scalar = /* @__PURE__ */ comparison('equal', (x, y) => x === y);

const selectPrimitive: Primitive = /* @__PURE__ */ primitive({
  name: 'select',
  evaluate: ([condition, x, y]) => [requireNumber('select', condition) === 0 ? y : x],
  abstract: () => [{ space: scalarSpace as VectorSpace, type: 'number' }],
  outputSpace: () => scalarSpace as VectorSpace,
  jvp: ([condition], [, dx, dy]) => [dx === undefined && dy === undefined ? undefined : select(condition as Scalar, (dx ?? 0) as Scalar, (dy ?? 0) as Scalar)],
  vjp: ([zBar], [condition], _outputs, _params, needs) => [
    undefined,
    needs[1] ? select(condition as Scalar, zBar as Scalar, 0) : undefined,
    needs[2] ? select(condition as Scalar, 0, zBar as Scalar) : undefined,
  ],
});

/**
 * x where the condition is not 0, else y.
 *
 * The branch that is not taken gets the derivative 0, whatever its value. In recorded and batched code its own derivative is
 * still multiplied by that 0, so keep its argument away from singular points:
 * `select(less(0, x), sqrt(select(less(0, x), x, 1)), 0)`, not `select(less(0, x), sqrt(x), 0)`, which gives 0·∞ = NaN at x = 0.
 */
export function select(condition: Scalar, x: Scalar, y: Scalar): Scalar {
  if (typeof condition === 'number') return condition === 0 ? y : x;
  return applyOne(selectPrimitive, [condition, x, y]) as Scalar;
}
