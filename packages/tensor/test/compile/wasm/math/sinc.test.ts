/** @file The cardinal sine at whole and half numbers, far out, and beside its zeros. */
import { expect, test } from 'vitest';
import { EXACT, unitsInLastPlace } from './exact-values.ts';
import { laneFunction } from './lane-functions.ts';

test('whole numbers are zeros, but 0', () => {
  for (const precision of ['f32', 'f64'] as const) {
    const { one } = laneFunction('sinc', precision);
    for (const x of [1, -1, 2, 3, 1000, -4097, 2 ** 23 + 1, 2 ** 24, Infinity, -Infinity]) expect(Math.abs(one(x)), `${x} of ${precision}`).toBe(0);
    expect([one(0), one(-0), one(2 ** -149), one(NaN)]).toEqual([1, 1, 1, NaN]);
  }
});

test('half numbers have ±1 / (π x)', () => {
  const { one } = laneFunction('sinc', 'f64');
  for (let n = 0; n < 400; n++) {
    const expected = (n % 2 === 0 ? 1 : -1) / (Math.PI * (n + 0.5));
    for (const x of [n + 0.5, -n - 0.5]) expect(Math.abs(one(x) / expected - 1), `${x}`).toBeLessThanOrEqual(4 * 2 ** -52);
  }
});

test('doubles beside zeros and beside half numbers', () => {
  const { one } = laneFunction('sinc', 'f64');
  for (const middle of [0.5, 1, 1.5, 2, 7, 100.5, 4096]) {
    for (let k = -9; k <= 9; k += 2) {
      const x = middle * (1 + k * 2 ** -51);
      expect(unitsInLastPlace(one(x), EXACT['sinc']!(x, 0), 52), `sinc(${x})`).toBeLessThanOrEqual(2.5);
    }
  }
});
