/** @file A program in two parts gives what the whole gives, computes nothing early that needs late inputs, and nothing twice. */
import { expect, test } from 'vitest';
import { evaluateProgram, type Value } from '@tapeflow/autodiff/extend';
import { full } from '../../src/array/ndarray.ts';
import { splitProgram } from '../../src/compile/residuals.ts';
import { add, exp, mul, sin } from '../../src/primitives/elementwise.ts';
import { elements, operations, record, vector } from './programs.ts';

const x = vector(0.1, 0.2, 0.3);
const y = vector(4, 5, 6);

/** Runs both parts in a row. */
function runSplit(split: ReturnType<typeof splitProgram>, early: readonly Value[], late: readonly Value[], outputs: number): Value[] {
  const first = evaluateProgram(split.before, early);
  const residuals = split.residuals.map((source) => ('input' in source ? early[source.input] : first[source.output]));
  return [...first.slice(0, outputs), ...evaluateProgram(split.after, [...residuals, ...late])];
}

test('early results, residuals and late results', () => {
  // y = sin x; late: y · eˣ · b + x
  const program = record((a, b) => {
    const s = sin(a);
    return [s, add(mul(mul(s, exp(a)), b), a)];
  }, 2);
  const split = splitProgram(program, 1, 1);
  expect([operations(split.before), operations(split.after)]).toEqual([['sin', 'exp', 'mul'], ['mul', 'add']]);
  expect(split.residuals).toEqual([{ output: 1 }, { input: 0 }]);
  expect(elements(runSplit(split, [x], [y], 1))).toEqual(elements(evaluateProgram(program, [x, y])));
});
test('operations without inputs are repeated, not remembered', () => {
  const program = record((a, b) => [mul(a, full(2, [], 'f64')), mul(b, full(2, [], 'f64'))], 2);
  const split = splitProgram(program, 1, 1);
  expect(split.residuals).toEqual([]);
  expect(elements(runSplit(split, [x], [y], 1))).toEqual([[0.2, 0.4, 0.6], [8, 10, 12]]);
});
test('an early result that the late part needs is remembered once', () => {
  const program = record((a, b) => {
    const s = sin(a);
    return [s, mul(s, b), add(s, b)];
  }, 2);
  const split = splitProgram(program, 1, 1);
  expect(split.residuals.length).toBe(1);
  expect(elements(runSplit(split, [x], [y], 1))).toEqual(elements(evaluateProgram(program, [x, y])));
});
test('a late result that is an early value', () => {
  const split = splitProgram(record((a, b) => [mul(a, a), exp(a), b], 2), 1, 1);
  expect(operations(split.after)).toEqual([]);
  expect(elements(runSplit(split, [x], [y], 1))).toEqual([x, x, y].map((value, k) => [...value.data].map((each) => [each * each, Math.exp(each), each][k]!)));
});
