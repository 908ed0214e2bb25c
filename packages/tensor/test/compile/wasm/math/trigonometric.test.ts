/** @file Sine, cosine and tangent beside multiples of π/2, at the bound of the reduction, and beyond it. */
import { expect, test } from 'vitest';
import { EXACT, unitsInLastPlace } from './exact-values.ts';
import { laneFunction } from './lane-functions.ts';
import { vectorEntry } from '../../../../src/compile/wasm/math/functions.ts';

const NAMES = ['sin', 'cos', 'tan'];

/** Doubles next to q π/2, and the double that comes closest of all to a multiple of π/2 [Muller2016, ch. 11]. */
const hard = [...Array.from({ length: 60 }, (_, k) => Math.round(1.26 ** k)).flatMap((q) => [(q * Math.PI) / 2, ((q * Math.PI) / 2) * (1 + 2 ** -52)]), 6381956970095103 * 2 ** 797];

test('doubles beside multiples of π/2', () => {
  for (const name of NAMES) {
    const { one } = laneFunction(name, 'f64');
    for (const x of hard) expect(unitsInLastPlace(one(x), EXACT[name]!(x, 0), 52), `${name}(${x})`).toBeLessThanOrEqual(vectorEntry(name).error.f64);
  }
});

test('singles beside multiples of π/2', () => {
  for (const name of NAMES) {
    const { one } = laneFunction(name, 'f32');
    for (const x of hard.filter((value) => value < 1e38).map(Math.fround)) expect(unitsInLastPlace(one(x), EXACT[name]!(x, 0), 23), `${name}(${x})`).toBeLessThanOrEqual(vectorEntry(name).error.f32);
  }
});

test('on both sides of the bound, where JavaScript takes over', () => {
  for (const name of NAMES) {
    for (const [precision, fraction] of [['f32', 23], ['f64', 52]] as const) {
      const { one } = laneFunction(name, precision);
      for (let k = -20; k < 20; k++) {
        const x = precision === 'f32' ? Math.fround(1647099.3 + k / 8) : 1647099.3 + k / 16;
        expect(unitsInLastPlace(one(x), EXACT[name]!(x, 0), fraction), `${name}(${x})`).toBeLessThanOrEqual(vectorEntry(name).error[precision]);
      }
    }
  }
});
