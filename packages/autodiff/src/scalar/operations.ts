/**
 * @file Operations on numbers, each with value and slope.
 *
 * At kinks: min and max give the whole derivative to the first argument on a tie; abs has slope 0 at 0.
 */
import { applyOne } from '../level.ts';
import { discrete, primitive } from '../primitive.ts';
import { add, binary, mul, scalarSpace, unary, type Scalar } from './domain.ts';
import * as special from './special.ts';

export { add, mul } from './domain.ts';

// Arithmetic
export const sub: (x: Scalar, y: Scalar) => Scalar = binary('sub', (x, y) => x - y, () => 1, () => -1);
export const neg: (x: Scalar) => Scalar = unary('neg', (x) => -x, () => -1);
export const div: (x: Scalar, y: Scalar) => Scalar = binary('div', (x, y) => x / y, (_x, y) => div(1, y), (_x, y, z) => neg(div(z, y)));
export const reciprocal = (x: Scalar): Scalar => div(1, x);
export const square: (x: Scalar) => Scalar = unary('square', (x) => x * x, (x) => mul(2, x));
export const abs: (x: Scalar) => Scalar = unary('abs', Math.abs, (x) => sign(x));
export const sign: (x: Scalar) => Scalar = unary('sign', Math.sign);

// Powers and roots
/** x to the power y. The slope to y is x^y ln x, and 0 at x = 0 with y > 0. */
export const pow: (x: Scalar, y: Scalar) => Scalar = binary(
  'pow',
  (x, y) => x ** y,
  (x, y) => select(equal(y, 0), 0, mul(y, pow(x, select(equal(y, 0), 1, sub(y, 1))))),
  (x, _y, z) => select(equal(x, 0), 0, mul(z, log(select(equal(x, 0), 1, x)))),
);
export const sqrt: (x: Scalar) => Scalar = unary('sqrt', Math.sqrt, (_x, y) => div(0.5, y));
export const cbrt: (x: Scalar) => Scalar = unary('cbrt', Math.cbrt, (_x, y) => div(1 / 3, square(y)));
/** √(x² + y²). The slope at the origin is 0, the subgradient of least norm. */
export const hypot: (x: Scalar, y: Scalar) => Scalar = binary('hypot', Math.hypot, (x, _y, z) => safeRatio(x, z), (_x, y, z) => safeRatio(y, z));
const safeRatio = (x: Scalar, z: Scalar): Scalar => select(equal(z, 0), 0, div(x, select(equal(z, 0), 1, z)));

// Exponential and logarithm
export const exp: (x: Scalar) => Scalar = unary('exp', Math.exp, (_x, y) => y);
export const expm1: (x: Scalar) => Scalar = unary('expm1', Math.expm1, (x) => exp(x));
export const log: (x: Scalar) => Scalar = unary('log', Math.log, (x) => div(1, x));
export const log1p: (x: Scalar) => Scalar = unary('log1p', Math.log1p, (x) => div(1, add(1, x)));

// Trigonometric and hyperbolic
export const sin: (x: Scalar) => Scalar = unary('sin', Math.sin, (x) => cos(x));
export const cos: (x: Scalar) => Scalar = unary('cos', Math.cos, (x) => neg(sin(x)));
export const tan: (x: Scalar) => Scalar = unary('tan', Math.tan, (_x, y) => add(1, square(y)));
export const asin: (x: Scalar) => Scalar = unary('asin', Math.asin, (x) => div(1, sqrt(sub(1, square(x)))));
export const acos: (x: Scalar) => Scalar = unary('acos', Math.acos, (x) => div(-1, sqrt(sub(1, square(x)))));
export const atan: (x: Scalar) => Scalar = unary('atan', Math.atan, (x) => div(1, add(1, square(x))));
/** Angle of the point (x, y). The slope at the origin is 0. */
export const atan2: (y: Scalar, x: Scalar) => Scalar = binary('atan2', Math.atan2, (y, x) => overSquaredNorm(x, x, y), (y, x) => neg(overSquaredNorm(y, x, y)));
const overSquaredNorm = (numerator: Scalar, x: Scalar, y: Scalar): Scalar => {
  const squaredNorm = add(square(x), square(y));
  return select(equal(squaredNorm, 0), 0, div(numerator, select(equal(squaredNorm, 0), 1, squaredNorm)));
};
export const sinh: (x: Scalar) => Scalar = unary('sinh', Math.sinh, (x) => cosh(x));
export const cosh: (x: Scalar) => Scalar = unary('cosh', Math.cosh, (x) => sinh(x));
export const tanh: (x: Scalar) => Scalar = unary('tanh', Math.tanh, (_x, y) => sub(1, square(y)));
export const asinh: (x: Scalar) => Scalar = unary('asinh', Math.asinh, (x) => div(1, sqrt(add(square(x), 1))));
export const acosh: (x: Scalar) => Scalar = unary('acosh', Math.acosh, (x) => div(1, mul(sqrt(sub(x, 1)), sqrt(add(x, 1)))));
export const atanh: (x: Scalar) => Scalar = unary('atanh', Math.atanh, (x) => div(1, sub(1, square(x))));

// Special functions
export const sigmoid: (x: Scalar) => Scalar = unary('sigmoid', special.sigmoid, (_x, y) => mul(y, sub(1, y)));
export const softplus: (x: Scalar) => Scalar = unary('softplus', special.softplus, (x) => sigmoid(x));
export const erf: (x: Scalar) => Scalar = unary('erf', special.erf, (x) => mul(2 / Math.sqrt(Math.PI), exp(neg(square(x)))));
export const erfc: (x: Scalar) => Scalar = unary('erfc', special.erfc, (x) => mul(-2 / Math.sqrt(Math.PI), exp(neg(square(x)))));
export const lgamma: (x: Scalar) => Scalar = unary('lgamma', special.lgamma, (x) => digamma(x));
export const digamma: (x: Scalar) => Scalar = unary('digamma', special.digamma, (x) => polygamma(1, x));
const polygammas: ((x: Scalar) => Scalar)[] = [];
/** The n-th derivative of digamma (n = 0: digamma itself). `n` is a plain integer. */
export function polygamma(n: number, x: Scalar): Scalar {
  if (!Number.isInteger(n) || n < 0) throw new RangeError(`polygamma: the order must be an integer ≥ 0, got ${n}.`);
  if (n === 0) return digamma(x);
  polygammas[n] ??= unary(`polygamma${n}`, (value) => special.polygamma(n, value), (value) => polygamma(n + 1, value));
  return polygammas[n](x);
}

// Choice and comparison (comparisons give 1 or 0)
export const max: (x: Scalar, y: Scalar) => Scalar = binary('max', Math.max, (x, y) => greaterEqual(x, y), (x, y) => less(x, y));
export const min: (x: Scalar, y: Scalar) => Scalar = binary('min', Math.min, (x, y) => lessEqual(x, y), (x, y) => greater(x, y));
export const clip = (x: Scalar, low: Scalar, high: Scalar): Scalar => min(max(x, low), high);
export const floor: (x: Scalar) => Scalar = unary('floor', Math.floor);
export const ceil: (x: Scalar) => Scalar = unary('ceil', Math.ceil);
export const round: (x: Scalar) => Scalar = unary('round', Math.round);

const comparison = (name: string, evaluate: (x: number, y: number) => boolean): ((x: Scalar, y: Scalar) => Scalar) => {
  const declared = discrete({
    name,
    evaluate: ([x, y]) => [evaluate(x as number, y as number) ? 1 : 0],
    abstract: () => [{ space: scalarSpace, type: 'number' }],
    outputSpace: () => scalarSpace,
  });
  return (x, y) => (typeof x === 'number' && typeof y === 'number' ? (evaluate(x, y) ? 1 : 0) : (applyOne(declared, [x, y]) as Scalar));
};
export const less: (x: Scalar, y: Scalar) => Scalar = comparison('less', (x, y) => x < y);
export const lessEqual: (x: Scalar, y: Scalar) => Scalar = comparison('lessEqual', (x, y) => x <= y);
export const greater: (x: Scalar, y: Scalar) => Scalar = comparison('greater', (x, y) => x > y);
export const greaterEqual: (x: Scalar, y: Scalar) => Scalar = comparison('greaterEqual', (x, y) => x >= y);
export const equal: (x: Scalar, y: Scalar) => Scalar = comparison('equal', (x, y) => x === y);

const selectPrimitive = primitive({
  name: 'select',
  evaluate: ([condition, x, y]) => [condition === 0 ? y : x],
  abstract: () => [{ space: scalarSpace, type: 'number' }],
  outputSpace: () => scalarSpace,
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
 * The branch that is not taken gets the derivative 0, whatever its value. Its own derivative is still multiplied by that 0,
 * so keep its argument away from singular points: `select(less(0, x), sqrt(select(less(0, x), x, 1)), 0)`, not
 * `select(less(0, x), sqrt(x), 0)`, which gives 0·∞ = NaN at x = 0.
 */
export function select(condition: Scalar, x: Scalar, y: Scalar): Scalar {
  if (typeof condition === 'number') return condition === 0 ? y : x;
  return applyOne(selectPrimitive, [condition, x, y]) as Scalar;
}
