/** @file Special functions of the scalar language: sinc is exact at its zeros, even, and keeps its digits at large arguments. */
import { expect, test } from 'vitest';
import { sinc } from '../../src/elementwise/special.ts';
import { sincByProduct } from '../operations/oracles.ts';

test('the product of cosines', () => {
  for (let x = -6; x <= 6; x += 0.07) expect(Math.abs(sinc(x) - sincByProduct(x))).toBeLessThan(1e-15);
});

test('is 1 at 0 and beside it, 0 at all other whole numbers and at the ends', () => {
  for (const tiny of [0, -0, 5e-324, -1e-300]) expect(sinc(tiny)).toBe(1);
  for (const whole of [1, -2, 3, 1e6 + 1, -(2 ** 53), Infinity, -Infinity]) expect(Math.abs(sinc(whole))).toBe(0);
  expect(sinc(NaN)).toBeNaN();
});

test('is even, and at n + ½ it is (−1)ⁿ / (π(n + ½)) to the last digits, however large n is', () => {
  for (const n of [0, 1, 17, 1_000_000, 2 ** 40]) {
    const x = n + 0.5;
    expect(sinc(-x)).toBe(sinc(x));
    expect(sinc(x) * Math.PI * x * (n % 2 === 0 ? 1 : -1)).toBeCloseTo(1, 14);
  }
});
