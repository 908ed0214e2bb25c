/** @file The complement of the error function where formulas meet, where it vanishes, and with the error function. */
import { expect, test } from 'vitest';
import { EXACT, unitsInLastPlace } from './exact-values.ts';
import { laneFunction } from './lane-functions.ts';

test('doubles beside the places where formulas meet', () => {
  const { one } = laneFunction('erfc', 'f64');
  for (const middle of [0.25, 0.81, -0.81]) {
    for (let k = -20; k <= 20; k++) {
      const x = middle * (1 + k * 2 ** -51);
      expect(unitsInLastPlace(one(x), EXACT['erfc']!(x, 0), 52), `erfc(${x})`).toBeLessThanOrEqual(3);
    }
  }
});

test('subnormal values, and where they end', () => {
  const { one } = laneFunction('erfc', 'f64');
  for (let x = 26.5; x < 27.2; x += 2 ** -5) expect(unitsInLastPlace(one(x), EXACT['erfc']!(x, 0), 52), `erfc(${x})`).toBeLessThanOrEqual(3);
  const single = laneFunction('erfc', 'f32').one;
  for (let x = 9; x < 10; x += 2 ** -5) expect(unitsInLastPlace(single(x), EXACT['erfc']!(x, 0), 23), `erfc(${x})`).toBeLessThanOrEqual(2.5);
  expect([one(27.3), one(28), one(Infinity), one(-6), one(-Infinity), one(0), one(-0)]).toEqual([0, 0, 0, 2, 2, 1, 1]);
  expect([single(10.1), single(20), single(Infinity), single(-4), single(0)]).toEqual([0, 0, 0, 2, 1]);
});

test('the sum of both is 1', () => {
  const [erf, erfc] = [laneFunction('erf', 'f64').one, laneFunction('erfc', 'f64').one];
  for (let x = -3; x <= 3; x += 2 ** -6) expect(Math.abs(erf(x) + erfc(x) - 1)).toBeLessThanOrEqual(4 * 2 ** -52);
});

test('the complement falls over doubles of all sizes', () => {
  const { one } = laneFunction('erfc', 'f64');
  let before = 2;
  for (let x = -6; x < 27; x += 2 ** -8) {
    const value = one(x);
    expect(value).toBeLessThanOrEqual(before);
    before = value;
  }
});
