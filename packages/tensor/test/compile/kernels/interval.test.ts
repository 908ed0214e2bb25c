/** @file Bounds of nodes, where indices come from real numbers that are wrapped around. */
import { describe, expect, test } from 'vitest';
import { isWhole } from '../../../src/compile/kernels/interval.ts';
import { NodeTable, type Node } from '../../../src/compile/kernels/node.ts';
import { randomNumbers } from '../support.ts';

const table = new NodeTable();
const x = table.load(0, 'f32', { coefficients: [1], offset: 0 });
const number = (value: number): Node => table.literal(value, 'f32');
const op = (name: 'add' | 'sub' | 'mul' | 'mod' | 'floor' | 'neg', ...inputs: readonly Node[]): Node => table.operation(name, inputs, 'f32');
/** k − n ⌊k · (1 / n)⌋. */
const wrap = (k: Node, n: number, inverse = 1 / n): Node => op('sub', k, op('mul', op('floor', op('mul', k, number(Math.fround(inverse)))), number(n)));

describe('a whole number wrapped around a power of two', () => {
  test('is among 0 … n − 1, in f32 too (seed 8)', () => {
    const { low, high } = table.convert(wrap(op('floor', x), 256), 'i32').interval;
    expect([low, high]).toEqual([0, 255]);
    for (const scale of [1, 300, 1e6, 1e9, 1e20, 3e38]) {
      for (const value of randomNumbers(8, 400, -scale, scale)) {
        const k = Math.floor(Math.fround(value));
        const wrapped = Math.fround(k - Math.fround(Math.floor(Math.fround(k * Math.fround(1 / 256))) * 256));
        expect(wrapped).toBeGreaterThanOrEqual(low);
        expect(wrapped).toBeLessThanOrEqual(high);
      }
    }
  });
  test('also after other whole numbers were added', () => {
    expect(wrap(op('add', op('floor', x), number(1)), 64).interval).toEqual({ low: 0, high: 63 });
    expect(wrap(op('neg', table.convert(table.index(0, 0, 9), 'f32')), 8).interval).toEqual({ low: 0, high: 7 });
  });
  test('nothing is claimed of other numbers, of other lengths and of other products', () => {
    const unknown = { low: -Infinity, high: Infinity };
    expect(wrap(x, 256).interval).toEqual(unknown); // −1e-10 gives 256
    expect(wrap(op('add', op('floor', x), number(0.5)), 256).interval).toEqual(unknown);
    expect(wrap(op('floor', x), 100).interval).toEqual(unknown);
    expect(wrap(op('floor', x), 256, 1 / 128).interval).toEqual(unknown);
    expect(Math.fround(-1e-10 + 256)).toBe(256);
  });
});

test('a remainder of integers is below the divisor; of real numbers nothing is claimed', () => {
  const integer = (value: number): Node => table.literal(value, 'i32');
  const unknown = { low: -Infinity, high: Infinity };
  expect(table.operation('mod', [table.convert(x, 'i32'), integer(10)], 'i32').interval).toEqual({ low: 0, high: 9 });
  expect(table.operation('mod', [table.convert(x, 'i32'), integer(-10)], 'i32').interval).toEqual(unknown);
  expect(op('mod', op('floor', x), number(10)).interval).toEqual(unknown);
});

test('whole numbers', () => {
  expect([op('floor', x), number(3), table.index(0, 0, 3), table.convert(table.index(0, 0, 3), 'f32'), table.convert(x, 'i32'), op('sub', op('floor', x), number(2))].every(isWhole)).toBe(true);
  expect([x, number(0.5), op('mul', op('floor', x), number(0.5)), op('add', x, number(1))].some(isWhole)).toBe(false);
});

test('an index that is within by itself needs no check', () => {
  const site = { operation: 'gather', place: 'an array' };
  const wrapped = table.convert(wrap(op('floor', x), 16), 'i32');
  expect(table.within(wrapped, 16, site)).toBe(wrapped);
  const checked = table.within(wrapped, 15, site);
  expect(checked.kind).toBe('within');
  expect(checked.interval).toEqual({ low: 0, high: 14 });
});
