/** @file What WebAssembly has no instructions for, called in JavaScript: so both backends give the same digits. */
import { digamma, erf, erfc, lgamma, polygamma } from '@tapeflow/autodiff/extend';
import type { Operator } from '../../elementwise/expression.ts';

type Function1 = (x: number) => number;
type Function2 = (x: number, y: number) => number;

/** Operators of the scalar language that are calls. */
export const HOST_FUNCTIONS: Partial<Readonly<Record<Operator, Function1 | Function2>>> = {
  cbrt: Math.cbrt,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  pow: (x, y) => x ** y,
  hypot: (x, y) => Math.hypot(x, y),
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  atan2: Math.atan2,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  erf,
  erfc,
  lgamma,
  digamma,
  polygamma,
};
