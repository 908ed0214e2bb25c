/** @file Equal operations are shared; what differs in one parameter, one sign or an effect is not. */
import { expect, test } from 'vitest';
import { Variable } from '@tapeflow/autodiff/extend';
import { full, slice } from '../../../src/array/ndarray.ts';
import { shareCommonSubexpressions } from '../../../src/compile/graph/common-subexpressions.ts';
import { checkLeaves, type CheckParams } from '../../../src/control/check.ts';
import { scanLeaves } from '../../../src/control/scan.ts';
import { add, atan2, cos, less, sin } from '../../../src/primitives/elementwise.ts';
import { reduceAll } from '../../../src/primitives/reduce.ts';
import { operations, record, vector } from '../programs.ts';

test('equal operations on equal inputs, found through others', () => {
  const program = shareCommonSubexpressions(record((x) => [add(sin(cos(x)), sin(cos(x)))], 1));
  expect(operations(program)).toEqual(['cos', 'sin', 'add']);
});
test('parameters tell operations apart', () => {
  expect(operations(shareCommonSubexpressions(record((x) => [add(slice(x, [0], [2]), slice(x, [1], [2])), slice(x, [0], [2])], 1)))).toEqual(['slice', 'slice', 'add']);
});
test('−0 is not 0', () => {
  expect(operations(shareCommonSubexpressions(record((x) => [atan2(x, full(0, [], 'f64')), atan2(x, full(-0, [], 'f64')), atan2(x, full(0, [], 'f64'))], 1)))).toEqual(['full', 'atan2', 'full', 'atan2']);
});
test('constants are one by identity', () => {
  const k = vector(1, 2, 3);
  expect(operations(shareCommonSubexpressions(record((x) => [add(x, k), add(x, k), add(x, vector(1, 2, 3))], 1)))).toEqual(['add', 'add']);
});
test('lists of unlike length are not equal', () => {
  const program = record((x) => [slice(x, [0], [1])], 1);
  const [equation] = program.equations;
  const longer = { ...equation!, params: { ...(equation!.params as object), start: [0, 0] }, outputs: [new Variable(equation!.outputs[0]!.space, equation!.outputs[0]!.type)] };
  expect(shareCommonSubexpressions({ ...program, equations: [equation!, longer] }).equations).toHaveLength(2);
});
test('a condition is checked once, with the first error', () => {
  const check = (x: unknown, bound: number, name: string): void => checkLeaves(reduceAll(less(x, full(bound, [], 'f64'))), [], () => new Error(name));
  const program = shareCommonSubexpressions(record((x) => (check(x, 1, 'first'), check(x, 1, 'second'), check(x, 2, 'other'), [x]), 1));
  const checks = program.equations.filter(({ primitive }) => primitive.name === 'check');
  expect(checks.map(({ params }) => (params as CheckParams).error([]).message)).toEqual(['first', 'other']);
});
test('bodies of loops share inside themselves', () => {
  const body = record((x) => [add(sin(x), sin(x))], 1);
  const [loop] = shareCommonSubexpressions(record((x) => scanLeaves(body, [], [x], [], 2), 1)).equations;
  expect(operations((loop!.params as { body: typeof body }).body)).toEqual(['sin', 'add']);
});
