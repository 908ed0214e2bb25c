/** @file Dead code goes, also inside loops and branches; values and effects stay. */
import { expect, test } from 'vitest';
import { apply, evaluateProgram, type Program, type Value } from '@tapeflow/autodiff/extend';
import { broadcast, full } from '../../../src/array/ndarray.ts';
import { removeDeadCode } from '../../../src/compile/graph/dead-code.ts';
import { checkLeaves } from '../../../src/control/check.ts';
import { condLeaves, type CondParams } from '../../../src/control/cond.ts';
import { scanLeaves, scanPrimitive, type ScanParams } from '../../../src/control/scan.ts';
import { whileLeaves, type WhileParams } from '../../../src/control/while.ts';
import { add, constantLike, cos, exp, less, mul, sin } from '../../../src/primitives/elementwise.ts';
import { reduceAll, reduceSum } from '../../../src/primitives/reduce.ts';
import { elements, operations, record, vector } from '../programs.ts';

/** Removes dead code and checks that the values stay. */
function slim(program: Program, ...inputs: Value[]): Program {
  const result = removeDeadCode(program);
  expect(elements(evaluateProgram(result, inputs))).toEqual(elements(evaluateProgram(program, inputs)));
  return result;
}

const x = vector(0.1, 0.2, 0.3);
const y = vector(4, 5, 6);

test('equations that nobody reads', () => {
  expect(operations(slim(record((a) => (sin(cos(a)), [exp(a)]), 1), x))).toEqual(['exp']);
});
test('carries of a scan that only feed themselves, results, slices and captures that nobody reads', () => {
  // (k, m) (a, b, c) (s) → a' = a + k, b' = b s, c' = c + b, results m, a.
  const body = record((k, m, a, b, c, s) => [add(a, k), mul(b, s), add(c, b), m, a], 6);
  const program = record((k, m, a) => {
    const [end] = scanLeaves(body, [k, m], [a, a, a], [broadcast(a, [2, 3], [1])], 2);
    return [end];
  }, 3);
  const [loop] = slim(program, x, y, x).equations.filter(({ primitive }) => primitive.name === 'scan');
  const { body: inner, captured, carries } = loop!.params as ScanParams;
  expect([operations(inner), captured, carries, loop!.inputs.length, loop!.outputs.length]).toEqual([['add'], 1, 1, 2, 1]);
});
test('a carry that another one needs stays', () => {
  const body = record((a, b) => [add(a, b), sin(b)], 2);
  const [loop] = slim(record((a) => [scanLeaves(body, [], [a, a], [], 3)[0]], 1), x).equations;
  expect((loop!.params as ScanParams).carries).toBe(2);
});
test('stacks of saved carries of which one is read', () => {
  const body = record((a, b) => [sin(a), cos(b)], 2);
  const params3: ScanParams = { body, captured: 0, carries: 2, length: 3, reverse: false, save: true };
  const program = record((a) => [apply(scanPrimitive, [a, a], params3)[3]], 1);
  const [loop] = slim(program, x).equations;
  const params = loop!.params as ScanParams;
  expect([params.carries, params.save, operations(params.body), loop!.outputs.length]).toEqual([1, false, ['cos'], 2]);
});
test('carries of a while loop that neither result nor condition needs', () => {
  const program = record((a, k) => {
    const [, end] = whileLeaves(
      ([n]) => less(n, full(3, [], 'f64')),
      ([n, c, unread]) => [add(n, constantLike(1, n)), mul(c, c), add(unread, k)],
      [full(0, [], 'f64'), a, a],
    );
    return [end];
  }, 2);
  const loop = slim(program, x, y).equations.find(({ primitive }) => primitive.name === 'while')!;
  const { bodyCaptured, body } = loop.params as WhileParams;
  expect([bodyCaptured, body.results.length, loop.outputs.length]).toEqual([0, 2, 2]);
});
test('results of a branch that nobody reads, and what they are computed from', () => {
  const program = record((a, b) => {
    const both = condLeaves(less(reduceSum(a), full(1, [], 'f64')), ([c, d]) => [sin(c), exp(d)], ([c, d]) => [cos(c), d], [a, b]);
    return [both[0]];
  }, 2);
  const branch = slim(program, x, y).equations.find(({ primitive }) => primitive.name === 'cond')!;
  const { whenTrue, whenFalse } = branch.params as CondParams;
  expect([branch.inputs.length, operations(whenTrue), operations(whenFalse)]).toEqual([2, ['sin'], ['cos']]);
});
test('checks inside loops keep the loop and what they look at', () => {
  const body = record((a, b) => {
    checkLeaves(reduceAll(less(b, full(5, [], 'f64'))), [], () => new RangeError('too large'));
    return [sin(a), mul(b, constantLike(2, b))];
  }, 2);
  const program = removeDeadCode(record((a) => (scanLeaves(body, [], [a, a], [], 3), [a]), 1));
  const loop = program.equations.find(({ primitive }) => primitive.name === 'scan')!;
  expect((loop.params as ScanParams).carries).toBe(1);
  expect(elements(evaluateProgram(program, [x]))).toEqual(elements([x]));
  expect(() => evaluateProgram(program, [y])).toThrow(RangeError);
});
