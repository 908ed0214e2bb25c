/** @file Extents count what is not finite; area averages keep the mean and agree with a sampled integral. */

import { describe, expect, test } from 'vitest';

import { PlotError } from '../src/errors.ts';
import { areaAverage, checkRaster, extentOf, rasterFrom, type Raster } from '../src/raster.ts';
import { seeded } from './random.ts';

const SEED = 99;
const mean = ({ values }: Raster): number => Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;

test('row 0 is the first row of the values', () => {
  expect(Array.from(rasterFrom(3, 2, (column, row) => column + 10 * row).values)).toEqual([0, 1, 2, 10, 11, 12]);
});

test('the extent ignores what is not finite, and counts it', () => {
  expect(extentOf([3, NaN, -2], [Infinity, 5])).toEqual({ low: -2, high: 5, notFinite: 2 });
  expect(extentOf([NaN])).toEqual({ low: Infinity, high: -Infinity, notFinite: 1 });
});

test.each([
  [0, 0, 0],
  [2, 2, 3],
  [1.5, 2, 3],
  [-1, -1, 1],
])('a raster of %s × %s with %s values is refused', (width, height, count) => {
  expect(() => checkRaster({ width, height, values: new Float64Array(count) }, 'heatMap')).toThrow(PlotError);
});

describe(`area average (seed ${SEED})`, () => {
  const random = seeded(SEED);
  const raster = rasterFrom(12, 10, () => random());

  test.each([[12, 10], [6, 5], [5, 7], [1, 1], [13, 4], [40, 30]])('to %i × %i keeps the mean', (width, height) => {
    expect(Math.abs(mean(areaAverage(raster, { width, height })) - mean(raster))).toBeLessThan(1e-14);
  });

  test('is the identity at the same size, exact averages at half, exact copies at twice', () => {
    expect(areaAverage(raster, raster)).toEqual(raster);
    const v = raster.values as Float64Array;
    expect(areaAverage(raster, { width: 6, height: 5 }).values[0]).toBeCloseTo((v[0]! + v[1]! + v[12]! + v[13]!) / 4, 14);
    const twice = areaAverage(raster, { width: 24, height: 20 });
    expect(Array.from(twice.values)).toEqual(Array.from(rasterFrom(24, 20, (i, j) => v[(j >> 1) * 12 + (i >> 1)]!).values));
  });

  test('agrees with counting on a fine common grid', () => {
    const [width, height] = [5, 4];
    const result = areaAverage(raster, { width, height });
    // 60 × 20 points per raster: both grids divide it, so counting is exact.
    const sums = new Float64Array(width * height);
    for (let y = 0; y < 20; y++) {
      for (let x = 0; x < 60; x++) sums[Math.floor(y / 5) * width + Math.floor(x / 12)]! += raster.values[Math.floor(y / 2) * 12 + Math.floor(x / 5)]!;
    }
    sums.forEach((sum, k) => expect(result.values[k]).toBeCloseTo(sum / 60, 13));
  });
});
