/** @file Nodes: equal values are one node, algebra changes no bit, intervals hold for every value. */
import { describe, expect, test } from 'vitest';
import { boundary, nodesBelow, NodeTable, type Node } from '../../../src/compile/kernels/node.ts';
import { randomNumbers } from '../support.ts';

test('asked twice for the same value, the table gives the same node', () => {
  const table = new NodeTable();
  const load = (offset: number): Node => table.load(0, 'f32', { coefficients: [8, 1], offset });
  expect(load(3)).toBe(load(3));
  expect(load(3)).not.toBe(load(4));
  const sum = table.operation('add', [load(0), load(1)], 'f32');
  expect(table.operation('add', [load(0), load(1)], 'f32')).toBe(sum);
  expect(table.operation('add', [load(1), load(0)], 'f32')).not.toBe(sum); // NaN payloads aside it is the same, but nobody asks
  expect(table.literal(0, 'f32')).not.toBe(table.literal(-0, 'f32'));
  expect(table.literal(1, 'f32')).not.toBe(table.literal(1, 'i32'));
});

test('the depth is the innermost axis on which a node depends', () => {
  const table = new NodeTable();
  const depths = [[0, 0], [8, 0], [0, 1], [8, 1]].map((coefficients) => table.load(0, 'f32', { coefficients, offset: 0 }).depth);
  expect(depths).toEqual([0, 1, 2, 2]);
  const both = table.operation('mul', [table.load(0, 'f32', { coefficients: [8, 0], offset: 0 }), table.convert(table.index(1, 0, 7), 'f32')], 'f32');
  expect(both.depth).toBe(2);
});

describe('algebra', () => {
  const table = new NodeTable();
  const x = table.load(0, 'f32', { coefficients: [1], offset: 0 });
  const k = table.index(0, 0, 9);
  const literal = (value: number, dtype: 'f32' | 'i32' = 'f32'): Node => table.literal(value, dtype);
  test('leaves out what gives the same bits', () => {
    expect(table.operation('mul', [x, literal(1)], 'f32')).toBe(x);
    expect(table.operation('div', [x, literal(1)], 'f32')).toBe(x);
    expect(table.operation('sub', [x, literal(0)], 'f32')).toBe(x);
    expect(table.operation('add', [x, literal(-0)], 'f32')).toBe(x);
    expect(table.operation('add', [k, literal(0, 'i32')], 'i32')).toBe(k);
    expect(table.operation('mulI32', [literal(1, 'i32'), k], 'i32')).toBe(k);
  });
  test('keeps what may not: −0 + 0 is 0, and −0 − (−0) is 0', () => {
    expect(table.operation('add', [x, literal(0)], 'f32')).not.toBe(x);
    expect(table.operation('sub', [x, literal(-0)], 'f32')).not.toBe(x);
  });
});

test('intervals of integer expressions and limits hold for every value (seed 5)', () => {
  const table = new NodeTable();
  const numbers = randomNumbers(5, 400, -40, 40);
  for (let at = 0; at + 3 < numbers.length; at += 4) {
    const [a, b, c] = numbers.slice(at, at + 3).map(Math.round) as [number, number, number];
    const index = table.index(0, 0, 15);
    const scaled = table.operation('add', [table.operation('mulI32', [index, table.literal(a, 'i32')], 'i32'), table.literal(b, 'i32')], 'i32');
    const limited = table.operation('max', [table.operation('min', [table.convert(scaled, 'f32'), table.literal(c, 'f32')], 'f32'), table.literal(-7, 'f32')], 'f32');
    const back = table.convert(limited, 'i32');
    for (let i = 0; i < 16; i++) {
      const own = i * a + b;
      expect(own).toBeGreaterThanOrEqual(scaled.interval.low);
      expect(own).toBeLessThanOrEqual(scaled.interval.high);
      const final = Math.max(Math.min(own, c), -7);
      expect(final).toBeGreaterThanOrEqual(back.interval.low);
      expect(final).toBeLessThanOrEqual(back.interval.high);
    }
    // NaN becomes 0, so 0 is always possible.
    expect(back.interval.low).toBeLessThanOrEqual(0);
    expect(back.interval.high).toBeGreaterThanOrEqual(0);
  }
});

test('what a node is computed from is found once, down to where one asks no further', () => {
  const table = new NodeTable();
  const [x, y] = [0, 1].map((offset) => table.load(0, 'f32', { coefficients: [1], offset })) as [Node, Node];
  const sum = table.operation('add', [x, y], 'f32');
  const square = table.operation('mul', [sum, sum], 'f32');
  const result = table.operation('sub', [square, table.literal(3, 'f32')], 'f32');
  expect(new Set(nodesBelow([result, sum]))).toEqual(new Set([result, square, sum, x, y, table.literal(3, 'f32')]));
  expect(nodesBelow([result, sum])).toHaveLength(6);
  expect(nodesBelow([])).toEqual([]);
  expect(boundary([result, sum], (node) => node === sum || node.kind === 'literal')).toEqual([sum]);
});
