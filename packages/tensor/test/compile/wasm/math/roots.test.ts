/** @file Cube roots of cubes, and lengths: exact ones, and those whose squares no format holds. */
import { expect, test } from 'vitest';
import { randomNumbers } from '../../support.ts';
import { EXACT, unitsInLastPlace } from './exact-values.ts';
import { laneFunction } from './lane-functions.ts';

const SEED = 20290;

test('cubes have exact roots', () => {
  const [single, double] = [laneFunction('cbrt', 'f32').one, laneFunction('cbrt', 'f64').one];
  for (let x = 1; x < 3000; x += 7) {
    if (x < 256) expect([single(x ** 3), single(-(x ** 3))]).toEqual([x, -x]);
    expect([x, double(x ** 3), double(-((x / 64) ** 3))]).toEqual([x, x, -x / 64]);
  }
  for (let k = -49; k < 42; k++) expect(single(2 ** (3 * k))).toBe(2 ** k);
  for (let k = -358; k < 341; k++) expect(double(-(2 ** (3 * k)))).toBe(-(2 ** k));
});

test('cube roots of all powers of two, subnormal ones too', () => {
  const [single, double] = [laneFunction('cbrt', 'f32').one, laneFunction('cbrt', 'f64').one];
  for (let k = -149; k < 128; k++) expect(unitsInLastPlace(single(2 ** k), EXACT['cbrt']!(2 ** k, 0), 23), `2^${k}`).toBeLessThanOrEqual(1);
  for (let k = -1074; k < 1024; k += 5) expect(unitsInLastPlace(double(2 ** k), EXACT['cbrt']!(2 ** k, 0), 52), `2^${k}`).toBeLessThanOrEqual(1);
});

test('right triangles of whole numbers, at every scale', () => {
  for (const [x, y, z] of [[3, 4, 5], [5, 12, 13], [8, 15, 17], [20, 21, 29], [0, 7, 7]] as const) {
    for (let k = -1070; k < 1018; k += 9) expect(laneFunction('hypot', 'f64').one(x * 2 ** k, -y * 2 ** k), `2^${k}`).toBe(z * 2 ** k);
    for (let k = -145; k < 122; k += 3) expect(laneFunction('hypot', 'f32').one(-x * 2 ** k, y * 2 ** k), `2^${k}`).toBe(z * 2 ** k);
  }
});

test(`lengths of doubles of very different sizes, seed ${SEED}`, () => {
  const { one } = laneFunction('hypot', 'f64');
  const [sizes, others] = [randomNumbers(SEED, 300, -1070, 1023), randomNumbers(SEED + 1, 300, -60, 60)];
  sizes.forEach((size, k) => {
    const [x, y] = [2 ** size, 2 ** Math.min(1023, size + others[k]!)];
    expect(unitsInLastPlace(one(x, y), EXACT['hypot']!(x, y), 52), `${x}, ${y}, seed ${SEED}`).toBeLessThanOrEqual(1.5);
  });
});

test('what is too long is infinite, and infinity beside NaN is infinite', () => {
  expect([laneFunction('hypot', 'f64').one(1.5e308, 1.5e308), laneFunction('hypot', 'f32').one(3e38, 3e38)]).toEqual([Infinity, Infinity]);
  for (const precision of ['f32', 'f64'] as const) {
    const { one } = laneFunction('hypot', precision);
    expect([one(NaN, -Infinity), one(Infinity, NaN), one(NaN, 1), one(0, NaN), one(-0, -0)]).toEqual([Infinity, Infinity, NaN, NaN, 0]);
  }
});
