/** @file What stands on a tape: operations with their inputs and results, how many came before, and bytes. */
import { expect, test } from 'vitest';
import { checkpoint } from '../src/index.ts';
import { recordLeaves, spaceOf, type Value } from '../src/extend.ts';
import { mul, sin, stack, unstack, type Scalar } from '../src/scalar.ts';
import type { ReverseLevel } from '../src/tape.ts';
import { bytesOn, entryAt, operationsBefore } from '../src/tape-entries.ts';

const record = (f: (x: Scalar) => readonly Value[]): ReverseLevel => recordLeaves(([x]) => f(x as Scalar), [0.5], [spaceOf(0)]).level;

test('an operation on numbers: primitive, inputs and result', () => {
  const tape = record((x) => [mul(sin(x), 3)]);
  expect(entryAt(tape, 0)).toBeUndefined();
  expect(entryAt(tape, 1)).toMatchObject({ primitive: { name: 'sin' }, inputs: [{ row: 0 }], outputs: [Math.sin(0.5)] });
  expect(entryAt(tape, 2)).toMatchObject({ primitive: { name: 'mul' }, inputs: [{ row: 1 }, { constant: 3 }], outputs: [3 * Math.sin(0.5)] });
  expect([0, 1, 2].map((row) => operationsBefore(tape, row))).toEqual([0, 0, 1]);
});

test('an operation with several results stands in the row of the first', () => {
  const tape = record((x) => unstack(stack([x, mul(2, x)])));
  expect([2, 3, 4].map((row) => entryAt(tape, row)?.primitive.name)).toEqual(['stack', 'unstack', undefined]);
  expect(entryAt(tape, 3)!.outputs).toEqual([0.5, 1]);
  expect([4, 5].map((row) => operationsBefore(tape, row))).toEqual([3, 3]);
});

test('bytes are those of results; a function that is computed again leaves its result alone', () => {
  const wave = (x: Scalar): Scalar => sin(sin(sin(x)));
  expect(bytesOn(record((x) => [wave(x)]))).toBe(3 * 8);
  expect(bytesOn(record((x) => [checkpoint(wave)(x)]))).toBe(8);
  expect(bytesOn(record((x) => [x]))).toBe(0);
});
