/** @file The functions and operators that a formula may use, as differentiable operations. */

import * as ops from '@tapeflow/autodiff/scalar';
import type { Scalar } from '@tapeflow/autodiff/scalar';

/** A function of one or two values. */
export type FormulaFunction = ((a: Scalar) => Scalar) | ((a: Scalar, b: Scalar) => Scalar);

/** Functions by the name they have in a formula. */
export const FUNCTIONS: Readonly<Record<string, FormulaFunction>> = {
  // powers, exponentials, logarithms
  sqrt: ops.sqrt, cbrt: ops.cbrt, exp: ops.exp, expm1: ops.expm1, log: ops.log, log1p: ops.log1p, pow: ops.pow, hypot: ops.hypot,
  // angles in radians
  sin: ops.sin, cos: ops.cos, tan: ops.tan, asin: ops.asin, acos: ops.acos, atan: ops.atan, atan2: ops.atan2,
  sinh: ops.sinh, cosh: ops.cosh, tanh: ops.tanh,
  // special functions
  erf: ops.erf, sigmoid: ops.sigmoid, softplus: ops.softplus,
  // corners
  abs: ops.abs, min: ops.min, max: ops.max,
};

/** What the signs between values mean. */
export const OPERATORS: Readonly<Record<string, (a: Scalar, b: Scalar) => Scalar>> = {
  '+': ops.add,
  '-': ops.sub,
  '*': ops.mul,
  '/': ops.div,
  // A square has a shorter derivative than a general power.
  '^': (a, b) => (b === 2 ? ops.square(a) : ops.pow(a, b)),
};

/** Names that stand for numbers. */
export const CONSTANTS: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E };

/** How many values a function takes. */
export function arity(name: string): number {
  return TWO.has(name) ? 2 : 1;
}

// Operations declared with `binary` do not tell by their `length`.
const TWO: ReadonlySet<string> = new Set(['pow', 'hypot', 'atan2', 'min', 'max']);
