/** @file Elementwise functions of named tensors. Dimensions are matched by name. */
import type { Value } from '@tapeflow/autodiff/extend';
import * as primitives from '../primitives/elementwise.ts';
import { elementwiseOne, elementwisePair, type Named, type Numeric } from './align.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { Scalar, Unchecked } from './types.ts';

/** A function of one tensor; a number gives a scalar. */
export interface UnaryFunction {
  (x: Scalar | number): Scalar;
  <T extends Tensor<never>>(x: T): T;
}

/**
 * A function of two tensors or numbers. The result has the dimensions of both; two numbers give a scalar. (NoInfer: what is wanted of the
 * result must not lend its dimensions to a number.)
 */
export interface BinaryFunction {
  (x: Scalar | number, y: Scalar | number): Scalar;
  <A extends string = never, B extends string = never>(x: Tensor<A> | number, y: Tensor<B> | number): Tensor<NoInfer<A | B>>;
}

/** Limits a tensor from below and above. */
export interface ClipFunction {
  (x: Scalar | number, low: number | Scalar, high: number | Scalar): Scalar;
  <T extends Tensor<never>>(x: T, low: number | Scalar, high: number | Scalar): T;
}

function unary(name: string, numeric: Numeric, apply: (x: Value) => Value): UnaryFunction {
  return ((x: Named | number) => wrap(elementwiseOne(name, numeric, apply, x))) as UnaryFunction;
}

function binary(name: string, numeric: Numeric, apply: (x: Value, y: Value) => Value): BinaryFunction {
  return ((x: Named | number, y: Named | number) => wrap(elementwisePair(name, numeric, apply, x, y))) as BinaryFunction;
}

// Arithmetic
export const add: BinaryFunction = binary('add', 'number', primitives.add);
export const sub: BinaryFunction = binary('sub', 'number', primitives.sub);
export const mul: BinaryFunction = binary('mul', 'number', primitives.mul);
/** Quotient; integers become real. */
export const div: BinaryFunction = binary('div', 'real', primitives.div);
/** Remainder with the sign of the divisor. */
export const mod: BinaryFunction = binary('mod', 'number', primitives.mod);
export const neg: UnaryFunction = unary('neg', 'number', primitives.neg);
export const abs: UnaryFunction = unary('abs', 'number', primitives.abs);
export const sign: UnaryFunction = unary('sign', 'number', primitives.sign);
export const square: UnaryFunction = unary('square', 'number', primitives.square);
/** The smaller of two; on a tie the derivative goes to the first. */
export const minimum: BinaryFunction = binary('minimum', 'number', primitives.min);
/** The larger of two; on a tie the derivative goes to the first. */
export const maximum: BinaryFunction = binary('maximum', 'number', primitives.max);
/** x limited to [low, high]. */
export const clip: ClipFunction = (x: Tensor<never> | number, low: number | Scalar, high: number | Scalar) => minimum(maximum(x, low), high) as Unchecked;
export const floor: UnaryFunction = unary('floor', 'number', primitives.floor);
export const ceil: UnaryFunction = unary('ceil', 'number', primitives.ceil);
/** The nearest integer, ties to even. */
export const round: UnaryFunction = unary('round', 'number', primitives.round);
export const trunc: UnaryFunction = unary('trunc', 'number', primitives.trunc);

// Powers, exponentials, logarithms
export const pow: BinaryFunction = binary('pow', 'real', primitives.pow);
export const sqrt: UnaryFunction = unary('sqrt', 'real', primitives.sqrt);
export const cbrt: UnaryFunction = unary('cbrt', 'real', primitives.cbrt);
export const hypot: BinaryFunction = binary('hypot', 'real', primitives.hypot);
export const exp: UnaryFunction = unary('exp', 'real', primitives.exp);
export const expm1: UnaryFunction = unary('expm1', 'real', primitives.expm1);
export const log: UnaryFunction = unary('log', 'real', primitives.log);
export const log1p: UnaryFunction = unary('log1p', 'real', primitives.log1p);

// Trigonometric and hyperbolic
export const sin: UnaryFunction = unary('sin', 'real', primitives.sin);
export const cos: UnaryFunction = unary('cos', 'real', primitives.cos);
export const tan: UnaryFunction = unary('tan', 'real', primitives.tan);
export const asin: UnaryFunction = unary('asin', 'real', primitives.asin);
export const acos: UnaryFunction = unary('acos', 'real', primitives.acos);
export const atan: UnaryFunction = unary('atan', 'real', primitives.atan);
/** Angle of the point (x, y): `atan2(y, x)`. */
export const atan2: BinaryFunction = binary('atan2', 'real', primitives.atan2);
export const sinh: UnaryFunction = unary('sinh', 'real', primitives.sinh);
export const cosh: UnaryFunction = unary('cosh', 'real', primitives.cosh);
export const tanh: UnaryFunction = unary('tanh', 'real', primitives.tanh);
export const asinh: UnaryFunction = unary('asinh', 'real', primitives.asinh);
export const acosh: UnaryFunction = unary('acosh', 'real', primitives.acosh);
export const atanh: UnaryFunction = unary('atanh', 'real', primitives.atanh);

// Special functions
export const sigmoid: UnaryFunction = unary('sigmoid', 'real', primitives.sigmoid);
export const softplus: UnaryFunction = unary('softplus', 'real', primitives.softplus);
export const erf: UnaryFunction = unary('erf', 'real', primitives.erf);
export const erfc: UnaryFunction = unary('erfc', 'real', primitives.erfc);
/** Gamma function Γ(x): (n − 1)! at whole numbers; ±∞ at ±0, NaN at negative integers. */
export const gamma: UnaryFunction = unary('gamma', 'real', primitives.gamma);
export const lgamma: UnaryFunction = unary('lgamma', 'real', primitives.lgamma);
export const digamma: UnaryFunction = unary('digamma', 'real', primitives.digamma);
/** The n-th derivative of digamma. */
export const polygamma: BinaryFunction = binary('polygamma', 'real', primitives.polygamma);
/** sin(πx) / (πx), which is 1 at 0. */
export const sinc: UnaryFunction = unary('sinc', 'real', primitives.sinc);
/** x ln y, and 0 where x = 0, whatever y is. The slopes at x = y = 0 are 0. */
export const xlogy: BinaryFunction = binary('xlogy', 'real', primitives.xlogy);

// Comparison: boolean tensors
export const less: BinaryFunction = binary('less', 'any', primitives.less);
export const lessEqual: BinaryFunction = binary('lessEqual', 'any', primitives.lessEqual);
export const greater: BinaryFunction = binary('greater', 'any', (x, y) => primitives.less(y, x));
export const greaterEqual: BinaryFunction = binary('greaterEqual', 'any', (x, y) => primitives.lessEqual(y, x));
export const equal: BinaryFunction = binary('equal', 'any', primitives.equal);
export const notEqual: BinaryFunction = binary('notEqual', 'any', primitives.notEqual);
export const isFinite: UnaryFunction = unary('isFinite', 'real', primitives.isFinite);
export const isNaN: UnaryFunction = unary('isNaN', 'real', primitives.isNaN);

// Logic of boolean tensors
export const and: BinaryFunction = binary('and', 'any', primitives.and);
export const or: BinaryFunction = binary('or', 'any', primitives.or);
/** Whether one of two holds, but not both. */
export const xor: BinaryFunction = binary('xor', 'any', primitives.xor);
export const not: UnaryFunction = unary('not', 'any', primitives.not);
