/** @file The tiny scalar language in which elementwise operations are written once; every backend prints it. */

/** Operations of the scalar language. Comparisons and logic give 1 or 0; mulI32 wraps around. */
export const OPERATORS = {
  add: 2, sub: 2, mul: 2, div: 2, mod: 2, neg: 1, abs: 1, sign: 1,
  min: 2, max: 2, floor: 1, ceil: 1, round: 1, trunc: 1,
  sqrt: 1, cbrt: 1, exp: 1, expm1: 1, log: 1, log1p: 1, pow: 2, hypot: 2,
  sin: 1, cos: 1, tan: 1, asin: 1, acos: 1, atan: 1, atan2: 2,
  sinh: 1, cosh: 1, tanh: 1, asinh: 1, acosh: 1, atanh: 1,
  erf: 1, erfc: 1, gamma: 1, lgamma: 1, digamma: 1, polygamma: 2, sinc: 1,
  mulI32: 2, less: 2, lessEqual: 2, equal: 2, and: 2, or: 2, not: 1, select: 3, isFinite: 1,
} as const;

/** Name of an operation of the scalar language. */
export type Operator = keyof typeof OPERATORS;

/** An expression over the operands of an elementwise operation. */
export type Expression =
  | { readonly kind: 'operand'; readonly index: number }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'operation'; readonly operator: Operator; readonly inputs: readonly Expression[] };

type Operand = Expression | number;
type Builder = { readonly [K in Operator]: (...inputs: Operand[]) => Expression };

/** Builds expressions: `e.add(x, e.exp(y))`. */
export const e: Builder = Object.fromEntries(
  (Object.keys(OPERATORS) as Operator[]).map((operator) => [
    operator,
    (...inputs: Operand[]): Expression => ({
      kind: 'operation',
      operator,
      inputs: inputs.map((input) => (typeof input === 'number' ? { kind: 'constant', value: input } : input)),
    }),
  ]),
) as Builder;

/** The operands of an operation with this many inputs. */
export function operands(arity: number): Expression[] {
  return Array.from({ length: arity }, (_, index) => ({ kind: 'operand', index }));
}
