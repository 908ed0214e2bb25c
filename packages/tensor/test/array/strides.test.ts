/** @file Index arithmetic of views against counting: row-major strides, merged axes, walks over rows. */
import { describe, expect, test } from 'vitest';
import { directionGenerator } from '@tapeflow/autodiff/extend';
import { forEachRow, isRowMajor, mergeAxes, rowMajor, sizeOf, stridesWithoutOnes } from '../../src/array/strides.ts';
import { indicesOf } from '../operations/nested.ts';

const offsetOf = (index: readonly number[], strides: readonly number[]): number => index.reduce((at, k, axis) => at + k * strides[axis]!, 0);

describe('row-major arrays', () => {
  test.each([[[]], [[3]], [[2, 3]], [[2, 1, 4]], [[0, 3]]])('of shape %j lie without gaps', (shape) => {
    const strides = rowMajor(shape);
    expect(indicesOf(shape).map((index) => offsetOf(index, strides))).toEqual(Array.from({ length: sizeOf(shape) }, (_, k) => k));
    expect(isRowMajor(shape, strides)).toBe(true);
  });

  test('strides along axes of length 1 do not matter', () => {
    expect(isRowMajor([2, 1, 3], [3, 99, 1])).toBe(true);
    expect(isRowMajor([2, 3], [1, 2])).toBe(false);
    expect(isRowMajor([2, 3], [-3, -1])).toBe(false);
  });
});

describe('walks over rows (seed 111)', () => {
  const random = directionGenerator(111);
  const below = (n: number): number => Math.floor(((random() + 1) / 2) * n);

  test('visit every element of all operands in order, whatever the strides', () => {
    for (let trial = 0; trial < 300; trial++) {
      const shape = Array.from({ length: below(5) }, () => below(4));
      const full = rowMajor(shape);
      const operands = [full, shape.map(() => below(7) - 3), full.map((stride) => (below(2) === 0 ? 0 : stride)), full.map((stride) => -stride)];
      const starts = operands.map(() => 100 + below(50));
      const seen: number[][] = operands.map(() => []);
      const offsets = [...starts];
      forEachRow(shape, operands, offsets, (length, steps) => {
        for (let k = 0; k < length; k++) operands.forEach((_, j) => seen[j]!.push(offsets[j]! + k * steps[j]!));
      });
      operands.forEach((strides, j) => expect(seen[j], JSON.stringify({ shape, strides })).toEqual(indicesOf(shape).map((index) => starts[j]! + offsetOf(index, strides))));
    }
  });

  test('merge neighbouring axes where all operands allow it', () => {
    expect(mergeAxes([2, 3, 4], [[12, 4, 1]])).toEqual({ shape: [24], operands: [[1]] });
    expect(mergeAxes([2, 3, 4], [[12, 4, 1], [0, 4, 1]])).toEqual({ shape: [2, 12], operands: [[12, 1], [0, 1]] });
    expect(mergeAxes([2, 1, 3], [[3, 7, 1]])).toEqual({ shape: [6], operands: [[1]] });
    expect(mergeAxes([], [[]])).toEqual({ shape: [], operands: [[]] });
  });
});

test('axes of length 1 come and go without moving elements', () => {
  expect(stridesWithoutOnes([2, 1, 3], [-3, 5, 2], [1, 2, 3])).toEqual([0, -3, 2]);
  expect(stridesWithoutOnes([2, 3], [1, 2], [3, 2])).toBeUndefined();
  expect(stridesWithoutOnes([1], [4], [])).toEqual([]);
});
