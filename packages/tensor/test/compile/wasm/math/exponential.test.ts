/** @file Thresholds of the exponential and hyperbolic functions. */
import { expect, test } from 'vitest';
import { laneFunction } from './lane-functions.ts';

test('exp of doubles overflows and vanishes where it has to', () => {
  const { one } = laneFunction('exp', 'f64');
  // ln (2¹⁰²⁴ (1 − 2⁻⁵⁴)) and ln 2⁻¹⁰⁷⁵ lie between these neighbours.
  expect([one(709.782712893384), one(709.7827128933841)]).toEqual([expect.closeTo(1.797693134862273e308, -296), Infinity]);
  expect([one(-745.1332191019411), one(-745.1332191019412)]).toEqual([2 ** -1074, 0]);
});

test('exp of singles overflows and vanishes where it has to', () => {
  const { one } = laneFunction('exp', 'f32');
  expect([one(88.72283172607422), one(88.72283935546875)]).toEqual([expect.any(Number), Infinity]);
  expect(one(88.72283172607422)).toBeLessThan(Infinity);
  expect([one(Math.fround(-103.9720764)), one(Math.fround(-103.972084))]).toEqual([2 ** -149, 0]);
});

test('subnormal results are rounded once', () => {
  const { one } = laneFunction('exp', 'f64');
  for (let k = 1; k < 52; k++) expect(Math.abs(one(-1022 * Math.LN2 - k * Math.LN2) / 2 ** -1074 - Math.exp(-1022 * Math.LN2 - k * Math.LN2) / 2 ** -1074)).toBeLessThanOrEqual(1);
});

test('small arguments of odd functions come back unchanged', () => {
  for (const name of ['expm1', 'sinh']) {
    for (const x of [2 ** -1074, -(2 ** -1050), 1e-300, -1e-20]) expect(laneFunction(name, 'f64').one(x), `${name}(${x})`).toBe(x);
    for (const x of [2 ** -149, -(2 ** -140), 2 ** -60]) expect(laneFunction(name, 'f32').one(x), `${name}(${x})`).toBe(x);
  }
});
