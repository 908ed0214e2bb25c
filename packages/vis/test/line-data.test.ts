/** @file Every value of a line is either in a run or counted, and every hole is inside a gap. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { PlotError } from '../src/errors.ts';
import { splitLine } from '../src/line-data.ts';

const linear = { x: 'linear', y: 'linear' } as const;
const logarithmic = { x: 'linear', y: 'log' } as const;
const values = fc.array(fc.oneof(fc.double({ min: -9, max: 9, noNaN: true }), fc.constantFrom(NaN, Infinity, -Infinity, 0)), { maxLength: 40 });

test.each([linear, logarithmic])('runs hold exactly what has a place, in order; the note counts the rest ($y)', (kinds) => {
  fc.assert(
    fc.property(values, (y) => {
      const { runs, note } = splitLine({ name: 'line', y }, kinds);
      const placed = y.map((value, x) => ({ x, y: value })).filter((datum) => Number.isFinite(datum.y) && (kinds.y === 'linear' || datum.y > 0));
      expect(runs.flat()).toEqual(placed);
      for (const run of runs) run.forEach(({ x }, i) => expect(x).toBe(run[0]!.x + i)); // unbroken
      const missing = y.length - placed.length;
      if (missing === 0) expect(note).toBeUndefined();
      else expect(note).toContain(`${missing} of ${y.length}`);
    }),
  );
});

test('every missing value lies in a gap, and no gap covers a value that is there', () => {
  fc.assert(
    fc.property(values, (y) => {
      const { runs, gaps } = splitLine({ name: 'line', y }, linear);
      y.forEach((value, x) => {
        if (!Number.isFinite(value)) expect(gaps.some(([from, to]) => from <= x && x <= to)).toBe(true);
      });
      for (const { x } of runs.flat()) expect(gaps.some(([from, to]) => from < x && x < to)).toBe(false);
    }),
  );
});

describe('reasons', () => {
  test('are told apart', () => {
    expect(splitLine({ name: 'loss', y: [1, NaN, -Infinity, 0, -2] }, logarithmic).note).toBe(
      'loss: 4 of 5 values not drawn (1 NaN, 1 infinite, 2 not above 0 on a logarithmic axis).',
    );
  });

  test('x counts like y', () => {
    const { runs, note } = splitLine({ name: 'a', x: [0, NaN, 2], y: [1, 1, 1] }, linear);
    expect(runs.map((run) => run.length)).toEqual([1, 1]);
    expect(note).toContain('1 NaN');
  });
});

test('x and y of different lengths are refused by name', () => {
  expect(() => splitLine({ name: 'speed', x: [1, 2], y: [1] }, linear)).toThrow(PlotError);
  expect(() => splitLine({ name: 'speed', x: [1, 2], y: [1] }, linear)).toThrow(/speed.*2 and 1/);
});
