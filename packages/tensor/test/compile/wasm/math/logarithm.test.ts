/** @file Logarithms: powers of two, neighbours of 1, subnormal numbers. */
import { expect, test } from 'vitest';
import { EXACT, unitsInLastPlace } from './exact-values.ts';
import { laneFunction } from './lane-functions.ts';

test('of all powers of two, subnormal ones too', () => {
  const { one } = laneFunction('log', 'f64');
  for (let k = -1074; k < 1024; k += 7) {
    const x = 2 ** k;
    expect(unitsInLastPlace(one(x), EXACT['log']!(x, 0), 52)).toBeLessThanOrEqual(1);
  }
  const single = laneFunction('log', 'f32').one;
  for (let k = -149; k < 128; k++) expect(Math.abs(single(2 ** k) - k * Math.LN2)).toBeLessThanOrEqual(2 ** -24 * Math.abs(k) + 2 ** -149);
});

test('of numbers beside 1, where little is left', () => {
  for (const name of ['log', 'log1p']) {
    const { one } = laneFunction(name, 'f64');
    for (let k = 1; k <= 52; k++) {
      for (const d of [2 ** -k, -(2 ** -k) * 0.75]) {
        const x = name === 'log' ? 1 + d : d;
        if (x !== 1) expect(unitsInLastPlace(one(x), EXACT[name]!(x, 0), 52), `${name}(${x})`).toBeLessThanOrEqual(1);
      }
    }
  }
});

test('log 1 is 0', () => {
  expect([laneFunction('log', 'f32').one(1), laneFunction('log', 'f64').one(1)]).toEqual([0, 0]);
});
