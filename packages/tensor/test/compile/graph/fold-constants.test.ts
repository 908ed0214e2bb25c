/** @file Constant folding computes what is constant, and nothing else. */
import { expect, test } from 'vitest';
import { evaluateProgram, withoutDeadCode, type Constant } from '@tapeflow/autodiff/extend';
import { broadcast, full, type NDArray } from '../../../src/array/ndarray.ts';
import { foldConstants } from '../../../src/compile/graph/fold-constants.ts';
import { scanLeaves } from '../../../src/control/scan.ts';
import { add, mul, sin, sqrt } from '../../../src/primitives/elementwise.ts';
import { gather } from '../../../src/primitives/gather.ts';
import { iota } from '../../../src/primitives/structure.ts';
import { elements, operations, record, vector } from '../programs.ts';

const folded = (program: Parameters<typeof foldConstants>[0]): ReturnType<typeof foldConstants> => withoutDeadCode(foldConstants(program));

test('arithmetic of constants becomes one constant', () => {
  const program = folded(record((x) => [mul(x, sqrt(add(full(7, [3], 'f64'), mul(full(3, [], 'f64'), full(3, [3], 'f64')))))], 1));
  expect(operations(program)).toEqual(['mul']);
  expect(elements(evaluateProgram(program, [vector(1, 2, 3)]))).toEqual([[4, 8, 12]]);
});
test('a large uniform constant stays one number', () => {
  const program = folded(record((x) => [add(x, broadcast(sin(mul(full(2, [1000, 1000], 'f64'), full(0.5, [], 'f64'))), [1000, 1000], [0, 1]))], 1, [1000, 1000]));
  expect(operations(program)).toEqual(['add']);
  const constant = (program.equations[0]!.inputs[1] as Constant).value as NDArray;
  expect([constant.storage.data.length, constant.storage.data[0]]).toEqual([1, Math.sin(1)]);
});
test('a large constant that is not uniform is left to the program', () => {
  const program = folded(record((x) => [add(x, sin(iota([5000], 0, 'f64')))], 1, [5000]));
  expect(operations(program)).toEqual(['iota', 'sin', 'add']);
});
test('operations without inputs stay readable', () => {
  expect(operations(folded(record((x) => [add(x, full(2, [], 'f64'))], 1)))).toEqual(['full', 'add']);
});
test('bodies of loops are folded too', () => {
  const body = record((x) => [add(x, sin(full(1, [3], 'f64')))], 1);
  const [loop] = folded(record((x) => scanLeaves(body, [], [x], [], 2), 1)).equations;
  expect(operations(withoutDeadCode((loop!.params as { body: typeof body }).body))).toEqual(['add']);
});
test('what fails is left to the program', () => {
  const body = record((x) => [add(x, gather(vector(1, 2), add(iota([3], 0, 'i32'), full(5, [], 'i32'))))], 1);
  const program = record((x) => scanLeaves(body, [], [x], [], 0), 1);
  expect(elements(evaluateProgram(foldConstants(program), [vector(1, 2, 3)]))).toEqual([[1, 2, 3]]);
});
