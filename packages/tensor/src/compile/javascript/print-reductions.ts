/**
 * @file Reductions of rows as JavaScript: the loops of the js backend (`backends/js/reduce.ts`), printed for one dtype, so that an engine
 * compiles them for the one kind of array that they see.
 */
import type { DType } from '../../array/dtype.ts';
import { CHUNK } from '../../backends/js/reduce.ts';
import type { ReduceOperator } from '../kernels/kernel.ts';

/** Name of the function that reduces `length` terms from `at` on. */
export function reductionName(operator: ReduceOperator, dtype: DType): string {
  return `${operator}_${dtype}`;
}

/** The function. */
export function printReduction(operator: ReduceOperator, dtype: DType): string {
  const name = reductionName(operator, dtype);
  const body = operator === 'sum' && dtype !== 'i32' ? pairwise(name) : walk(operator, dtype);
  return [`function ${name}(terms, at, length) {`, ...body.map((line) => `  ${line}`), '}'].join('\n');
}

/** Long rows are halved again and again, and two sums side by side do not wait for each other. */
function pairwise(name: string): string[] {
  return [
    `if (length > ${CHUNK}) {`,
    '  const half = (length >> 1) & ~7;',
    `  return ${name}(terms, at, half) + ${name}(terms, at + half, length - half);`,
    '}',
    'let even = 0;',
    'let odd = 0;',
    'let i = 0;',
    'for (; i + 1 < length; i += 2) {',
    '  even += terms[at + i];',
    '  odd += terms[at + i + 1];',
    '}',
    'if (i < length) even += terms[at + i];',
    'return even + odd;',
  ];
}

function walk(operator: ReduceOperator, dtype: DType): string[] {
  const loop = (start: string, statement: string): string[] => [`let total = ${start};`, `for (let i = at; i < at + length; i++) ${statement}`, 'return total;'];
  const isInteger = dtype === 'i32';
  switch (operator) {
    case 'sum':
      return loop('0', 'total = (total + terms[i]) | 0;');
    case 'prod':
      return loop('1', isInteger ? 'total = Math.imul(total, terms[i]);' : 'total *= terms[i];');
    // The extremes of no integers are the extreme integers.
    case 'min':
      return loop(isInteger ? String(2 ** 31 - 1) : 'Infinity', 'total = Math.min(total, terms[i]);');
    case 'max':
      return loop(isInteger ? String(-(2 ** 31)) : '-Infinity', 'total = Math.max(total, terms[i]);');
    case 'any':
      return [`for (let i = at; i < at + length; i++) if (terms[i] !== 0) return 1;`, 'return 0;'];
    case 'all':
      return [`for (let i = at; i < at + length; i++) if (terms[i] === 0) return 0;`, 'return 1;'];
  }
}
