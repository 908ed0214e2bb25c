/** @file The scalar language in the JavaScript that gpu.js translates. All values are numbers: booleans are 0 and 1, integers exact up to 2²⁴. */
import type { DType } from '../../array/dtype.ts';
import type { Operator } from '../../elementwise/expression.ts';
import type { ReduceOperator } from '../kernels/kernel.ts';

/** What becomes of a real result: rounded to f32 where numbers are doubles, in the cpu mode. */
export type Rounding = (text: string) => string;

const INFIX: Partial<Record<Operator, string>> = { add: '+', sub: '-', mul: '*', mulI32: '*', div: '/' };

/** Functions that have a name of their own in kernels. */
const FUNCTIONS: Partial<Record<Operator, string>> = {
  abs: 'Math.abs', sqrt: 'Math.sqrt', sign: 'signOf', min: 'smallerOf', max: 'largerOf', floor: 'floorOf', ceil: 'ceilOf', round: 'roundOf', trunc: 'truncOf',
  cbrt: 'cubeRootOf', exp: 'expOf', expm1: 'expm1Of', log: 'logOf', log1p: 'log1pOf', pow: 'powerOf', hypot: 'hypotenuseOf',
  sin: 'sineOf', cos: 'cosineOf', tan: 'tangentOf', asin: 'arcsineOf', acos: 'arccosineOf', atan: 'arctangentOf', atan2: 'arctangentOfTwo',
  sinh: 'hyperbolicSineOf', cosh: 'hyperbolicCosineOf', tanh: 'hyperbolicTangentOf', asinh: 'areaSineOf', acosh: 'areaCosineOf', atanh: 'areaTangentOf',
  erf: 'errorOf', erfc: 'errorComplementOf', sinc: 'sincOf',
  less: 'lessOf', lessEqual: 'lessEqualOf', equal: 'equalOf', select: 'selectOf', isFinite: 'isFiniteOf',
};

/** Results that are never rounded: they are whole, or one of the operands. */
const EXACT: ReadonlySet<Operator> = new Set<Operator>(['abs', 'sign', 'min', 'max', 'floor', 'ceil', 'round', 'trunc', 'less', 'lessEqual', 'equal', 'select', 'isFinite']);

/** Operators without code here. */
export const MISSING_OPERATORS: ReadonlySet<Operator> = new Set<Operator>(['gamma', 'lgamma', 'digamma', 'polygamma']);

/** An operation on texts. */
export function printOperation(operator: Operator, dtype: DType, inputs: readonly string[], rounded: Rounding): string {
  const [x = '', y = ''] = inputs;
  const infix = INFIX[operator];
  const isReal = dtype === 'f32';
  if (infix !== undefined) return isReal ? rounded(`(${x} ${infix} ${y})`) : `(${x} ${infix} ${y})`;
  switch (operator) {
    case 'neg':
      // Integers have one zero.
      return isReal ? `(-${x})` : `(0 - ${x})`;
    case 'mod':
      return isReal ? rounded(`remainderOf(${x}, ${y})`) : `integerRemainderOf(${x}, ${y})`;
    case 'and':
      return `Math.min(${x}, ${y})`;
    case 'or':
      return `Math.max(${x}, ${y})`;
    case 'not':
      return `(1 - ${x})`;
  }
  const text = `${FUNCTIONS[operator]!}(${inputs.join(', ')})`;
  return EXACT.has(operator) || !isReal ? text : rounded(text);
}

/** The same number in another dtype. */
export function printConversion(from: DType, to: DType, x: string): string {
  if (to === 'bool') return from === 'bool' ? x : `truthOf(${x})`;
  if (to === 'i32') return from === 'f32' ? `integerOf(${x})` : x;
  // Integers have one zero, but a product of them may have made another.
  return from === 'i32' ? `(${x} + 0)` : x;
}

/** A number of the program. gpu.js would take whole ones for integers. */
export function printLiteral(value: number): string {
  if (Number.isNaN(value)) return 'notANumber()';
  if (Math.abs(value) === Infinity) return value > 0 ? 'infinity()' : '(-infinity())';
  return value < 0 || Object.is(value, -0) ? `(-num(${-value}))` : `num(${value})`;
}

/** Two partial results of a reduction as one. */
export function printCombination(operator: ReduceOperator, dtype: DType, x: string, y: string, rounded: Rounding): string {
  switch (operator) {
    case 'sum':
      return printOperation('add', dtype, [x, y], rounded);
    case 'prod':
      return printOperation('mul', dtype, [x, y], rounded);
    case 'min':
    case 'max':
      return printOperation(operator, dtype, [x, y], rounded);
    case 'any':
      return printOperation('or', dtype, [x, y], rounded);
    case 'all':
      return printOperation('and', dtype, [x, y], rounded);
  }
}

/** The result over nothing. */
export function printIdentity(operator: ReduceOperator, dtype: DType): string {
  switch (operator) {
    case 'sum':
    case 'any':
      return printLiteral(0);
    case 'prod':
    case 'all':
      return printLiteral(1);
    case 'min':
      return printLiteral(dtype === 'i32' ? 2 ** 31 - 1 : Infinity);
    case 'max':
      return printLiteral(dtype === 'i32' ? -(2 ** 31) : -Infinity);
  }
}
