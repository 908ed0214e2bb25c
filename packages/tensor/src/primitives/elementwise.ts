/**
 * @file Elementwise operations on arrays: the value comes from the table, the slopes stand here.
 *
 * Operands have one shape, or rank 0. At kinks: min and max give the whole derivative to the first operand on a tie,
 * abs has slope 0 at 0, hypot and atan2 have slope 0 at the origin.
 */
import { applyOne, primitive, type Primitive, type Slope, type Value } from '@tapeflow/autodiff/extend';
import { add, arraySpace, arrayTypeOf, declareElementwise, elementwiseRule, full, mul } from '../array/ndarray.ts';
import { asGeneral } from '../array/rules.ts';
import type { Loop } from '../backends/js/elementwise.ts';
import * as loops from '../backends/js/loops.ts';
import type { ElementwiseName } from '../elementwise/table.ts';

export { add, mul } from '../array/ndarray.ts';

type Unary = (x: Value) => Value;
type Binary = (x: Value, y: Value) => Value;

function unary(name: ElementwiseName, loop: unknown, slope?: (x: Value, y: Value) => Value, loopI32: unknown = loop): Unary {
  const operation = declareElementwise(name, loop as Loop, [slope && ((x, _b, _c, y) => slope(x, y))], loopI32 as Loop);
  return (x) => operation(x);
}

function binary(name: ElementwiseName, loop: unknown, slopeX?: (x: Value, y: Value, z: Value) => Value, slopeY?: (x: Value, y: Value, z: Value) => Value): Binary {
  const wrap = (slope: typeof slopeX): Slope | undefined => slope && ((x, y, _c, z) => slope(x, y, z));
  const operation = declareElementwise(name, loop as Loop, [wrap(slopeX), wrap(slopeY)]);
  return (x, y) => operation(x, y);
}

/** A number as a rank-0 operand beside `like`. */
export function constantLike(value: number, like: Value): Value {
  return full(value, [], arrayTypeOf(like).dtype);
}

const one = (like: Value): Value => constantLike(1, like);
const zero = (like: Value): Value => constantLike(0, like);
const times = (x: Value, factor: number): Value => mul(x, constantLike(factor, x));

// Arithmetic
export const sub: Binary = binary('sub', loops.subLoop, () => 1, () => -1);
export const neg: Unary = unary('neg', loops.negLoop, () => -1);
export const div: Binary = binary('div', loops.divLoop, (_x, y) => div(one(y), y), (_x, y, z) => neg(div(z, y)));
/** Remainder with the sign of the divisor: x − y ⌊x / y⌋. */
export const mod: Binary = binary('mod', loops.modLoop, () => 1, (x, y) => neg(floor(div(x, y))));
export const abs: Unary = unary('abs', loops.absLoop, (x) => sign(x));
export const sign: Unary = unary('sign', loops.signLoop);
export const square: Unary = unary('square', loops.squareLoop, (x) => times(x, 2), loops.squareI32Loop);
export const min: Binary = binary('min', loops.minLoop, (x, y) => indicator(lessEqual(x, y), x), (x, y) => indicator(less(y, x), y));
export const max: Binary = binary('max', loops.maxLoop, (x, y) => indicator(lessEqual(y, x), x), (x, y) => indicator(less(x, y), y));
export const floor: Unary = unary('floor', loops.floorLoop);
export const ceil: Unary = unary('ceil', loops.ceilLoop);
/** The nearest integer, ties to even. */
export const round: Unary = unary('round', loops.roundLoop);
export const trunc: Unary = unary('trunc', loops.truncLoop);

/** 1 where the condition holds, else 0, in the dtype of `like`. */
export function indicator(condition: Value, like: Value): Value {
  return select(condition, one(like), zero(like));
}

// Powers, exponentials, logarithms
export const sqrt: Unary = unary('sqrt', loops.sqrtLoop, (_x, y) => div(constantLike(0.5, y), y));
export const cbrt: Unary = unary('cbrt', loops.cbrtLoop, (_x, y) => div(constantLike(1 / 3, y), square(y)));
export const exp: Unary = unary('exp', loops.expLoop, (_x, y) => y);
export const expm1: Unary = unary('expm1', loops.expm1Loop, (x) => exp(x));
export const log: Unary = unary('log', loops.logLoop, (x) => div(one(x), x));
export const log1p: Unary = unary('log1p', loops.log1pLoop, (x) => div(one(x), add(x, one(x))));
/** x to the power y. The slope to y is x^y ln x, and 0 at x = 0. */
export const pow: Binary = binary(
  'pow',
  loops.powLoop,
  (x, y) => {
    const flat = equal(y, zero(y));
    return select(flat, zero(y), mul(y, pow(x, select(flat, one(y), sub(y, one(y))))));
  },
  (x, _y, z) => {
    const atZero = equal(x, zero(x));
    return select(atZero, zero(x), mul(z, log(select(atZero, one(x), x))));
  },
);
const ratioOrZero = (x: Value, z: Value): Value => {
  const atZero = equal(z, zero(z));
  return select(atZero, zero(z), div(x, select(atZero, one(z), z)));
};
export const hypot: Binary = binary('hypot', loops.hypotLoop, (x, _y, z) => ratioOrZero(x, z), (_x, y, z) => ratioOrZero(y, z));

// Trigonometric and hyperbolic
export const sin: Unary = unary('sin', loops.sinLoop, (x) => cos(x));
export const cos: Unary = unary('cos', loops.cosLoop, (x) => neg(sin(x)));
export const tan: Unary = unary('tan', loops.tanLoop, (_x, y) => add(square(y), one(y)));
const rootOfOneMinusSquare = (x: Value): Value => sqrt(sub(one(x), square(x)));
export const asin: Unary = unary('asin', loops.asinLoop, (x) => div(one(x), rootOfOneMinusSquare(x)));
export const acos: Unary = unary('acos', loops.acosLoop, (x) => div(constantLike(-1, x), rootOfOneMinusSquare(x)));
export const atan: Unary = unary('atan', loops.atanLoop, (x) => div(one(x), add(square(x), one(x))));
const overSquaredNorm = (numerator: Value, x: Value, y: Value): Value => ratioOrZero(numerator, add(square(x), square(y)));
export const atan2: Binary = binary('atan2', loops.atan2Loop, (y, x) => overSquaredNorm(x, x, y), (y, x) => neg(overSquaredNorm(y, x, y)));
export const sinh: Unary = unary('sinh', loops.sinhLoop, (x) => cosh(x));
export const cosh: Unary = unary('cosh', loops.coshLoop, (x) => sinh(x));
export const tanh: Unary = unary('tanh', loops.tanhLoop, (_x, y) => sub(one(y), square(y)));
export const asinh: Unary = unary('asinh', loops.asinhLoop, (x) => div(one(x), sqrt(add(square(x), one(x)))));
export const acosh: Unary = unary('acosh', loops.acoshLoop, (x) => div(one(x), mul(sqrt(sub(x, one(x))), sqrt(add(x, one(x))))));
export const atanh: Unary = unary('atanh', loops.atanhLoop, (x) => div(one(x), sub(one(x), square(x))));

// Special functions
export const sigmoid: Unary = unary('sigmoid', loops.sigmoidLoop, (_x, y) => mul(y, sub(one(y), y)));
export const softplus: Unary = unary('softplus', loops.softplusLoop, (x) => sigmoid(x));
const gaussian = (x: Value, factor: number): Value => times(exp(neg(square(x))), factor);
export const erf: Unary = unary('erf', loops.erfLoop, (x) => gaussian(x, 2 / Math.sqrt(Math.PI)));
export const erfc: Unary = unary('erfc', loops.erfcLoop, (x) => gaussian(x, -2 / Math.sqrt(Math.PI)));
export const gamma: Unary = unary('gamma', loops.gammaLoop, (x, y) => mul(y, digamma(x)));
export const lgamma: Unary = unary('lgamma', loops.lgammaLoop, (x) => digamma(x));
export const digamma: Unary = unary('digamma', loops.digammaLoop, (x) => polygamma(one(x), x));
/** The n-th derivative of digamma; `n` counts as a constant. */
export const polygamma: Binary = binary('polygamma', loops.polygammaLoop, undefined, (n, x) => polygamma(add(n, one(n)), x));

/** sin(πx) / (πx). */
export const sinc: Unary = unary('sinc', loops.sincLoop, (x, y) => {
  // (cos πx − sinc x) / x cancels near 0: there the series is differentiated term by term.
  const isSmall = less(abs(x), constantLike(0.25, x));
  const far = select(isSmall, one(x), x);
  return select(isSmall, sincSlopeNearZero(select(isSmall, x, zero(x))), div(sub(cos(times(far, Math.PI)), y), far));
});

/** Coefficients of the slope of Σ (−1)ᵏ (πx)²ᵏ / (2k + 1)!, divided by x, in powers of x². Ten terms are exact to 10⁻²⁰ for |x| < ¼. */
const SINC_SLOPE: readonly number[] = Array.from({ length: 10 }, (_, j) => {
  let term = 1;
  for (let n = 2; n <= 2 * j + 3; n++) term *= Math.PI / n;
  return ((j % 2 === 0 ? -1 : 1) * (2 * j + 2) * term);
});

function sincSlopeNearZero(x: Value): Value {
  const squared = square(x);
  return mul(x, SINC_SLOPE.reduceRight<Value>((sum, c) => (sum === undefined ? constantLike(c, x) : add(mul(sum, squared), constantLike(c, x))), undefined));
}

const atOrigin = (x: Value, y: Value): Value => and(equal(x, zero(x)), equal(y, zero(y)));
/** x ln y, and 0 where x = 0. Where both are 0 the slopes are 0. */
export const xlogy: Binary = binary(
  'xlogy',
  loops.xlogyLoop,
  (x, y) => select(atOrigin(x, y), zero(y), log(select(atOrigin(x, y), one(y), y))),
  (x, y) => select(atOrigin(x, y), zero(y), div(x, select(atOrigin(x, y), one(y), y))),
);

// Comparison and logic
export const less: Binary = binary('less', loops.lessLoop);
export const lessEqual: Binary = binary('lessEqual', loops.lessEqualLoop);
export const equal: Binary = binary('equal', loops.equalLoop);
export const notEqual: Binary = binary('notEqual', loops.notEqualLoop);
export const isFinite: Unary = unary('isFinite', loops.isFiniteLoop);
export const isNaN: Unary = unary('isNaN', loops.isNaNLoop);
export const and: Binary = binary('and', loops.andLoop);
export const or: Binary = binary('or', loops.orLoop);
export const xor: Binary = binary('xor', loops.xorLoop);
export const not: Unary = unary('not', loops.notLoop);

// Choice: linear in both branches. The branch that is not taken gets exactly 0, whatever the cotangent is.
const selectRule = elementwiseRule('select', loops.selectLoop as Loop, loops.selectLoop as Loop, (inputs) => applyOne(selectPrimitive, inputs));
const selectPrimitive: Primitive = primitive({
  ...asGeneral(selectRule),
  jvp([condition, x], [, dx, dy], [z]) {
    if (dx === undefined && dy === undefined) return [undefined];
    return [arraySpace.unbroadcast(select(condition, dx ?? zero(x), dy ?? zero(x)), arrayTypeOf(z))];
  },
  vjp([zBar], [condition, x, y], _outputs, _params, needs) {
    return [
      undefined,
      needs[1] ? arraySpace.unbroadcast(select(condition, zBar, zero(zBar)), arrayTypeOf(x)) : undefined,
      needs[2] ? arraySpace.unbroadcast(select(condition, zero(zBar), zBar), arrayTypeOf(y)) : undefined,
    ];
  },
});

/** x where the condition holds, else y. Keep the argument of the branch not taken away from singular points: its slope is still multiplied by 0. */
export function select(condition: Value, x: Value, y: Value): Value {
  return applyOne(selectPrimitive, [condition, x, y]);
}
