/** @file Powers: exact ones, roots, signs, and bases beside 1 with large exponents. */
import { expect, test } from 'vitest';
import { EXACT, unitsInLastPlace } from './exact-values.ts';
import { laneFunction } from './lane-functions.ts';

const double = laneFunction('pow', 'f64').one;
const single = laneFunction('pow', 'f32').one;

test('powers that doubles hold are exact', () => {
  for (let x = 2; x <= 40; x++) {
    for (let y = 1, power = x; power < 2 ** 53; y++, power *= x) {
      expect([x, y, double(x, y), double(-x, y)]).toEqual([x, y, power, y % 2 === 0 ? power : -power]);
      if (power < 2 ** 24) expect([x, y, single(x, y)]).toEqual([x, y, power]);
    }
  }
  for (let k = -1074; k < 1024; k++) expect(double(2, k)).toBe(2 ** k);
});

test('square roots of squares, and x to the power 1', () => {
  for (let x = 1; x < 2000; x += 7) expect([double(x * x, 0.5), double(x / 8, 1), single(x / 8, 1)]).toEqual([x, x / 8, x / 8]);
});

test('bases beside 1 with large exponents', () => {
  for (const [x, y] of [[1 + 2 ** -52, 2 ** 52], [1 - 2 ** -53, 2 ** 60], [1 + 1e-10, 7e12], [0.999999, -5e8], [1.0000001, 3e9]] as const) {
    expect(unitsInLastPlace(double(x, y), EXACT['pow']!(x, y), 52), `${x} ** ${y}`).toBeLessThanOrEqual(1);
  }
});

test('subnormal bases and results', () => {
  for (const [x, y] of [[2 ** -1060, 0.9], [3 * 2 ** -1074, -0.3], [10, -320], [0.5, 1070.25]] as const) {
    expect(unitsInLastPlace(double(x, y), EXACT['pow']!(x, y), 52), `${x} ** ${y}`).toBeLessThanOrEqual(1);
  }
});

test('a negative base has a power only for whole exponents', () => {
  expect([double(-2, 0.5), double(-2, 3), double(-2, -3), double(-1, 2 ** 53 - 1), double(-1, 2 ** 53), double(-0, 3), double(-Infinity, 3), double(-Infinity, 0.5)])
    .toEqual([NaN, -8, -0.125, -1, 1, -0, -Infinity, Infinity]);
});
