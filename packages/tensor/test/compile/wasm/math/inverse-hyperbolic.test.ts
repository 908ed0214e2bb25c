/** @file Inverse hyperbolic functions at the ends of their domains, where formulas meet, and for tiny and huge numbers. */
import { expect, test } from 'vitest';
import { vectorEntry } from '../../../../src/compile/wasm/math/functions.ts';
import { EXACT, unitsInLastPlace } from './exact-values.ts';
import { laneFunction } from './lane-functions.ts';

test('the ends of the domains', () => {
  for (const precision of ['f32', 'f64'] as const) {
    const [asinh, acosh, atanh] = ['asinh', 'acosh', 'atanh'].map((name) => laneFunction(name, precision).one);
    expect([atanh!(1), atanh!(-1), acosh!(1), acosh!(Infinity), asinh!(Infinity), asinh!(-Infinity)]).toEqual([Infinity, -Infinity, 0, Infinity, Infinity, -Infinity]);
    expect([atanh!(1.5), atanh!(-Infinity), acosh!(0.75), acosh!(-Infinity), acosh!(NaN)]).toEqual([NaN, NaN, NaN, NaN, NaN]);
  }
});

test('tiny arguments of asinh and atanh come back unchanged', () => {
  for (const name of ['asinh', 'atanh']) {
    for (const x of [0, -0, 2 ** -1074, -(2 ** -1050), 1e-300, -1e-20]) expect(laneFunction(name, 'f64').one(x), `${name}(${x})`).toBe(x);
    for (const x of [0, -0, 2 ** -149, -(2 ** -140), 2 ** -60]) expect(laneFunction(name, 'f32').one(x), `${name}(${x})`).toBe(x);
  }
});

/** Where formulas meet, and powers of two. */
const NUMBERS: Readonly<Record<string, readonly number[]>> = {
  asinh: [1.25, 2 ** 13, 2 ** 28, ...Array.from({ length: 40 }, (_, k) => 2 ** (25 * k - 1000))],
  acosh: [2, 2 ** 13, 2 ** 28, 1 + 2 ** -23, ...Array.from({ length: 40 }, (_, k) => 1 + 2 ** -k), ...Array.from({ length: 20 }, (_, k) => 2 ** (50 * k + 1))],
  atanh: [0.5, ...Array.from({ length: 40 }, (_, k) => 1 - 2 ** -(k + 1)), ...Array.from({ length: 20 }, (_, k) => 2 ** -(50 * k + 1))],
};

for (const [name, numbers] of Object.entries(NUMBERS)) {
  test(`${name} beside the places where formulas meet, and of powers of two`, () => {
    for (const [precision, fraction, last] of [['f32', 23, 2 ** -23], ['f64', 52, 2 ** -52]] as const) {
      const { one } = laneFunction(name, precision);
      const near = numbers.filter((x) => precision === 'f64' || (x < 1e38 && x > 1e-37)).flatMap((x) => [x * (1 - last), x, x * (1 + last)]);
      for (const x of near) {
        const own = precision === 'f32' ? Math.fround(x) : x;
        if (name === 'acosh' ? own > 1 : name === 'asinh' || own < 1) expect(unitsInLastPlace(one(own), EXACT[name]!(own, 0), fraction), `${name}(${own}) of ${precision}`).toBeLessThanOrEqual(vectorEntry(name).error[precision]);
      }
    }
  });
}

test('they undo hyperbolic functions', () => {
  const at = (name: string, x: number): number => laneFunction(name, 'f64').one(x);
  for (const x of [0.01, 0.3, 1, 2.5, 20]) {
    expect(Math.abs(at('asinh', at('sinh', -x)) + x) / x).toBeLessThan(8 * 2 ** -52);
    expect(Math.abs(at('acosh', at('cosh', x + 1)) - x - 1) / x).toBeLessThan(400 * 2 ** -52);
    if (x < 3) expect(Math.abs(at('atanh', at('tanh', x)) - x) / x).toBeLessThan(100 * 2 ** -52);
  }
});
