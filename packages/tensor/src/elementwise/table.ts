/** @file The value of every elementwise operation, as one expression. Loops and kernels of all backends are printed from here. */
import { e, type Expression } from './expression.ts';

/** What an operation gives: the dtype of its (last) input, or a boolean. */
export type ResultKind = 'same' | 'bool';

export interface ElementwiseEntry {
  readonly arity: 1 | 2 | 3;
  readonly result: ResultKind;
  readonly value: (...inputs: Expression[]) => Expression;
}

const unary = (value: (x: Expression) => Expression, result: ResultKind = 'same'): ElementwiseEntry => ({ arity: 1, result, value: value as ElementwiseEntry['value'] });
const binary = (value: (x: Expression, y: Expression) => Expression, result: ResultKind = 'same'): ElementwiseEntry => ({ arity: 2, result, value: value as ElementwiseEntry['value'] });

export const ELEMENTWISE = {
  // Arithmetic
  add: binary((x, y) => e.add(x, y)),
  sub: binary((x, y) => e.sub(x, y)),
  mul: binary((x, y) => e.mul(x, y)),
  div: binary((x, y) => e.div(x, y)),
  mod: binary((x, y) => e.mod(x, y)),
  neg: unary((x) => e.neg(x)),
  abs: unary((x) => e.abs(x)),
  sign: unary((x) => e.sign(x)),
  square: unary((x) => e.mul(x, x)),
  min: binary((x, y) => e.min(x, y)),
  max: binary((x, y) => e.max(x, y)),
  floor: unary((x) => e.floor(x)),
  ceil: unary((x) => e.ceil(x)),
  round: unary((x) => e.round(x)),
  trunc: unary((x) => e.trunc(x)),
  // Powers, exponentials, logarithms
  sqrt: unary((x) => e.sqrt(x)),
  cbrt: unary((x) => e.cbrt(x)),
  exp: unary((x) => e.exp(x)),
  expm1: unary((x) => e.expm1(x)),
  log: unary((x) => e.log(x)),
  log1p: unary((x) => e.log1p(x)),
  pow: binary((x, y) => e.pow(x, y)),
  hypot: binary((x, y) => e.hypot(x, y)),
  // Trigonometric and hyperbolic
  sin: unary((x) => e.sin(x)),
  cos: unary((x) => e.cos(x)),
  tan: unary((x) => e.tan(x)),
  asin: unary((x) => e.asin(x)),
  acos: unary((x) => e.acos(x)),
  atan: unary((x) => e.atan(x)),
  atan2: binary((y, x) => e.atan2(y, x)),
  sinh: unary((x) => e.sinh(x)),
  cosh: unary((x) => e.cosh(x)),
  tanh: unary((x) => e.tanh(x)),
  asinh: unary((x) => e.asinh(x)),
  acosh: unary((x) => e.acosh(x)),
  atanh: unary((x) => e.atanh(x)),
  // Special functions. Both forms stay finite at ±∞ because exp only sees −|x|.
  sigmoid: unary((x) => e.div(e.select(e.less(x, 0), e.exp(e.neg(e.abs(x))), 1), e.add(1, e.exp(e.neg(e.abs(x)))))),
  softplus: unary((x) => e.add(e.max(x, 0), e.log1p(e.exp(e.neg(e.abs(x)))))),
  erf: unary((x) => e.erf(x)),
  erfc: unary((x) => e.erfc(x)),
  lgamma: unary((x) => e.lgamma(x)),
  digamma: unary((x) => e.digamma(x)),
  polygamma: binary((n, x) => e.polygamma(n, x)),
  // Comparison and logic
  less: binary((x, y) => e.less(x, y), 'bool'),
  lessEqual: binary((x, y) => e.lessEqual(x, y), 'bool'),
  equal: binary((x, y) => e.equal(x, y), 'bool'),
  isFinite: unary((x) => e.isFinite(x), 'bool'),
  and: binary((x, y) => e.and(x, y), 'bool'),
  or: binary((x, y) => e.or(x, y), 'bool'),
  not: unary((x) => e.not(x), 'bool'),
  // Choice
  select: { arity: 3, result: 'same', value: ((condition: Expression, x: Expression, y: Expression) => e.select(condition, x, y)) as ElementwiseEntry['value'] },
  copy: unary((x) => x),
} as const satisfies Record<string, ElementwiseEntry>;

export type ElementwiseName = keyof typeof ELEMENTWISE;
