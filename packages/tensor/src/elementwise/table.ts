/** @file The value of every elementwise operation, as one expression. Loops and kernels of all backends are printed from here. */
import { e, type Expression } from './expression.ts';

/** What an operation gives: the dtype of its (last) input, or a boolean. */
export type ResultKind = 'same' | 'bool';

/** What an operation takes: numbers (f32, f64, i32), real numbers (f32, f64), booleans, or anything. */
export type OperandKind = 'any' | 'number' | 'real' | 'bool';

/** One operation: what it takes and gives, its value, and where i32 must wrap around differently, the value of integers. */
export interface ElementwiseEntry {
  readonly arity: 1 | 2 | 3;
  readonly operands: OperandKind;
  readonly result: ResultKind;
  readonly value: (...inputs: Expression[]) => Expression;
  /** The value on i32 where it is not the real value modulo 2³². */
  readonly integer?: (...inputs: Expression[]) => Expression;
}

type Value1 = (x: Expression) => Expression;
type Value2 = (x: Expression, y: Expression) => Expression;
type ValueN = ElementwiseEntry['value'];
const withInteger = (integer: unknown): Pick<ElementwiseEntry, 'integer'> => (integer === undefined ? {} : { integer: integer as ValueN });
const unary = (operands: OperandKind, value: Value1, integer?: Value1): ElementwiseEntry => ({ arity: 1, operands, result: 'same', value: value as ValueN, ...withInteger(integer) });
const binary = (operands: OperandKind, value: Value2, integer?: Value2): ElementwiseEntry => ({ arity: 2, operands, result: 'same', value: value as ValueN, ...withInteger(integer) });
const predicate = (operands: OperandKind, arity: 1 | 2, value: Value2): ElementwiseEntry => ({ arity, operands, result: 'bool', value: value as ValueN });

/** Name of an elementwise operation. */
export type ElementwiseName =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'mod'
  | 'neg'
  | 'abs'
  | 'sign'
  | 'square'
  | 'min'
  | 'max'
  | 'floor'
  | 'ceil'
  | 'round'
  | 'trunc'
  | 'sqrt'
  | 'cbrt'
  | 'exp'
  | 'expm1'
  | 'log'
  | 'log1p'
  | 'pow'
  | 'hypot'
  | 'sin'
  | 'cos'
  | 'tan'
  | 'asin'
  | 'acos'
  | 'atan'
  | 'atan2'
  | 'sinh'
  | 'cosh'
  | 'tanh'
  | 'asinh'
  | 'acosh'
  | 'atanh'
  | 'sigmoid'
  | 'softplus'
  | 'erf'
  | 'erfc'
  | 'gamma'
  | 'lgamma'
  | 'digamma'
  | 'polygamma'
  | 'sinc'
  | 'xlogy'
  | 'less'
  | 'lessEqual'
  | 'equal'
  | 'notEqual'
  | 'isFinite'
  | 'isNaN'
  | 'and'
  | 'or'
  | 'xor'
  | 'not'
  | 'select';

/** Every elementwise operation, by name. */
export const ELEMENTWISE: Readonly<Record<ElementwiseName, ElementwiseEntry>> = {
  // Arithmetic
  add: binary('number', (x, y) => e.add(x, y)),
  sub: binary('number', (x, y) => e.sub(x, y)),
  mul: binary('number', (x, y) => e.mul(x, y), (x, y) => e.mulI32(x, y)),
  div: binary('real', (x, y) => e.div(x, y)),
  mod: binary('number', (x, y) => e.mod(x, y)),
  neg: unary('number', (x) => e.neg(x)),
  abs: unary('number', (x) => e.abs(x)),
  sign: unary('number', (x) => e.sign(x)),
  square: unary('number', (x) => e.mul(x, x), (x) => e.mulI32(x, x)),
  min: binary('number', (x, y) => e.min(x, y)),
  max: binary('number', (x, y) => e.max(x, y)),
  floor: unary('number', (x) => e.floor(x)),
  ceil: unary('number', (x) => e.ceil(x)),
  round: unary('number', (x) => e.round(x)),
  trunc: unary('number', (x) => e.trunc(x)),
  // Powers, exponentials, logarithms
  sqrt: unary('real', (x) => e.sqrt(x)),
  cbrt: unary('real', (x) => e.cbrt(x)),
  exp: unary('real', (x) => e.exp(x)),
  expm1: unary('real', (x) => e.expm1(x)),
  log: unary('real', (x) => e.log(x)),
  log1p: unary('real', (x) => e.log1p(x)),
  pow: binary('real', (x, y) => e.pow(x, y)),
  hypot: binary('real', (x, y) => e.hypot(x, y)),
  // Trigonometric and hyperbolic
  sin: unary('real', (x) => e.sin(x)),
  cos: unary('real', (x) => e.cos(x)),
  tan: unary('real', (x) => e.tan(x)),
  asin: unary('real', (x) => e.asin(x)),
  acos: unary('real', (x) => e.acos(x)),
  atan: unary('real', (x) => e.atan(x)),
  atan2: binary('real', (y, x) => e.atan2(y, x)),
  sinh: unary('real', (x) => e.sinh(x)),
  cosh: unary('real', (x) => e.cosh(x)),
  tanh: unary('real', (x) => e.tanh(x)),
  asinh: unary('real', (x) => e.asinh(x)),
  acosh: unary('real', (x) => e.acosh(x)),
  atanh: unary('real', (x) => e.atanh(x)),
  // Special functions. Both forms stay finite at ±∞ because exp only sees −|x|.
  sigmoid: unary('real', (x) => e.div(e.select(e.less(x, 0), e.exp(e.neg(e.abs(x))), 1), e.add(1, e.exp(e.neg(e.abs(x)))))),
  softplus: unary('real', (x) => e.add(e.max(x, 0), e.log1p(e.exp(e.neg(e.abs(x)))))),
  erf: unary('real', (x) => e.erf(x)),
  erfc: unary('real', (x) => e.erfc(x)),
  gamma: unary('real', (x) => e.gamma(x)),
  lgamma: unary('real', (x) => e.lgamma(x)),
  digamma: unary('real', (x) => e.digamma(x)),
  polygamma: binary('real', (n, x) => e.polygamma(n, x)),
  sinc: unary('real', (x) => e.sinc(x)),
  xlogy: binary('real', (x, y) => e.select(e.equal(x, 0), 0, e.mul(x, e.log(y)))),
  // Comparison and logic
  less: predicate('any', 2, (x, y) => e.less(x, y)),
  lessEqual: predicate('any', 2, (x, y) => e.lessEqual(x, y)),
  equal: predicate('any', 2, (x, y) => e.equal(x, y)),
  notEqual: predicate('any', 2, (x, y) => e.not(e.equal(x, y))),
  isFinite: predicate('real', 1, (x) => e.isFinite(x)),
  // Only NaN differs from itself.
  isNaN: predicate('real', 1, (x) => e.not(e.equal(x, x))),
  and: predicate('bool', 2, (x, y) => e.and(x, y)),
  or: predicate('bool', 2, (x, y) => e.or(x, y)),
  xor: predicate('bool', 2, (x, y) => e.and(e.or(x, y), e.not(e.and(x, y)))),
  not: predicate('bool', 1, (x) => e.not(x)),
  // Choice
  select: { arity: 3, operands: 'any', result: 'same', value: ((condition: Expression, x: Expression, y: Expression) => e.select(condition, x, y)) as ElementwiseEntry['value'] },
};
