/** @file Batching of operations with a rule of their own, and one by one. */
import { expect, test } from 'vitest';
import { applyOne, batchLeaves, primitive, spaceOf, type GeneralRule } from '../src/extend.ts';
import { NumberList } from '../src/scalar.ts';

const numberSpace = spaceOf(0);
const list = new NumberList([1, 2, 3]);
const rule: GeneralRule = { name: 'double', evaluate: ([x]) => [2 * (x as number)], abstract: (xs) => xs, outputSpace: () => numberSpace };

function run(declared: GeneralRule, batched: boolean): unknown {
  const double = primitive(declared);
  return batchLeaves(([x]) => [applyOne(double, [x])], [batched ? list : 5], [batched], [numberSpace], 3, spaceOf);
}

test('an operation without a rule takes the members one by one', () => {
  expect(run(rule, true)).toEqual([new NumberList([2, 4, 6])]);
});

test('a rule gets stacked values and says what is stacked', () => {
  const seen: unknown[] = [];
  const batch: GeneralRule['batch'] = ([x], batched, _params, size) => {
    seen.push(batched, size);
    return { outputs: [new NumberList((x as NumberList).values.map((y) => 2 * (y as number)))], batched: [true] };
  };
  expect(run({ ...rule, batch }, true)).toEqual([new NumberList([2, 4, 6])]);
  expect(seen).toEqual([[true], 3]);
});

test('a result that a rule does not stack is shared by all members', () => {
  expect(run({ ...rule, batch: () => ({ outputs: [7], batched: [false] }) }, true)).toEqual([new NumberList([7, 7, 7])]);
});

test('an input that is not stacked is shared by all members, and the operation runs once', () => {
  let evaluations = 0;
  expect(run({ ...rule, evaluate: ([x]) => (evaluations++, [2 * (x as number)]) }, false)).toEqual([new NumberList([10, 10, 10])]);
  expect(evaluations).toBe(1);
});
