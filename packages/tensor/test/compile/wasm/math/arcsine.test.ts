/** @file Arcsine and arccosine at the ends, outside, where two formulas meet, and together. */
import { expect, test } from 'vitest';
import { vectorEntry } from '../../../../src/compile/wasm/math/functions.ts';
import { EXACT, unitsInLastPlace } from './exact-values.ts';
import { laneFunction } from './lane-functions.ts';

test('the ends and the middle have the angles of a circle', () => {
  for (const [precision, round] of [['f32', Math.fround], ['f64', (x: number) => x]] as const) {
    const [asin, acos] = [laneFunction('asin', precision).one, laneFunction('acos', precision).one];
    expect([asin(1), asin(-1), acos(1), acos(-1), acos(0)]).toEqual([Math.PI / 2, -Math.PI / 2, 0, Math.PI, Math.PI / 2].map(round));
    expect([asin(0), asin(-0)]).toEqual([0, -0]);
  }
});

test('beyond 1 there is no angle', () => {
  for (const name of ['asin', 'acos']) {
    for (const x of [1 + 2 ** -52, -1.5, 1e300, -Infinity]) expect(laneFunction(name, 'f64').one(x), `${name}(${x})`).toBeNaN();
    for (const x of [1 + 2 ** -23, -1.5, 3e38, Infinity]) expect(laneFunction(name, 'f32').one(x), `${name}(${x})`).toBeNaN();
  }
});

test('doubles on both sides of ½ and beside 1', () => {
  const numbers = Array.from({ length: 50 }, (_, k) => k + 1).flatMap((k) => [0.5 - k * 2 ** -54, 0.5 + k * 2 ** -53, 1 - k * 2 ** -53, 1 - 2 ** -k]);
  for (const name of ['asin', 'acos']) {
    const { one } = laneFunction(name, 'f64');
    for (const x of numbers.flatMap((value) => [value, -value])) expect(unitsInLastPlace(one(x), EXACT[name]!(x, 0), 52), `${name}(${x})`).toBeLessThanOrEqual(vectorEntry(name).error.f64);
  }
});

test('the sum of both is a right angle', () => {
  const [asin, acos] = [laneFunction('asin', 'f64').one, laneFunction('acos', 'f64').one];
  for (let x = -1; x <= 1; x += 2 ** -7) expect(Math.abs(asin(x) + acos(x) - Math.PI / 2)).toBeLessThanOrEqual(5 * 2 ** -52);
});
