/** @file The hyperbolic tangent rises everywhere, is odd, and stays between −1 and 1. */
import { expect, test } from 'vitest';
import { randomNumbers } from '../../support.ts';
import { laneFunction } from './lane-functions.ts';

const SEED = 20280;
const single = laneFunction('tanh', 'f32').all;
const double = laneFunction('tanh', 'f64').all;

/** Singles from one on, in order. */
function singlesFrom(first: number, count: number, step = 1): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(Float32Array.of(first).buffer)[0]!;
  return new Float32Array(Uint32Array.from({ length: count }, (_, k) => bits + k * step).buffer);
}

/** Doubles from one on, in order. */
function doublesFrom(first: number, count: number): Float64Array<ArrayBuffer> {
  const bits = new BigUint64Array(Float64Array.of(first).buffer)[0]!;
  return new Float64Array(BigUint64Array.from({ length: count }, (_, k) => bits + BigInt(k)).buffer);
}

/** Where a value is below the one before it. */
function falls(values: ArrayLike<number>): number {
  return Array.prototype.findIndex.call(values, (value: number, k: number) => k > 0 && value < values[k - 1]!);
}

// Where two formulas meet, and where both have their largest errors; all other singles are tried by `npm run every-single -- tanh`.
test('rises from every single between 0.68 and 1.02 to the next, at most 1.5 units from the exact value', () => {
  const numbers = singlesFrom(0.68, 5_600_000);
  expect(numbers.at(-1)).toBeGreaterThan(1.02);
  const values = single(numbers);
  expect(falls(values)).toBe(-1);
  let worst = 0;
  values.forEach((value, k) => (worst = Math.max(worst, Math.abs(value - Math.tanh(numbers[k]!)))));
  expect(worst / 2 ** -24).toBeLessThanOrEqual(1.5);
  expect(worst / 2 ** -24).toBeGreaterThan(0.5);
});

test('rises over single numbers of all magnitudes, and reaches 1', () => {
  const values = single(singlesFrom(2 ** -149, 2 ** 20, 2039));
  expect(falls(values)).toBe(-1);
  expect(values.at(-1)).toBe(1);
  expect(single(singlesFrom(8.9, 400_000)).every((value) => value <= 1)).toBe(true);
});

test(`rises from doubles to the next, seed ${SEED}`, () => {
  for (const first of [0.76 - 2 ** -47, ...randomNumbers(SEED, 500, 0, 2), ...randomNumbers(SEED + 1, 200, 2, 20)]) expect(falls(double(doublesFrom(first, 256))), `from ${first}, seed ${SEED}`).toBe(-1);
  expect(double(doublesFrom(19.1, 4))[0]).toBe(1);
});

test(`is odd, with the sign of zero, seed ${SEED}`, () => {
  const numbers = [0, 2 ** -149, 1e-30, ...randomNumbers(SEED + 2, 1001, 0, 10)];
  const negative = numbers.map((x) => -x);
  const pairs = [[single(Float32Array.from(numbers)), single(Float32Array.from(negative))], [double(Float64Array.from(numbers)), double(Float64Array.from(negative))]] as const;
  for (const [plus, minus] of pairs) {
    plus.forEach((value, k) => expect(minus[k], `tanh(−${numbers[k]})`).toBe(-value));
  }
});

test('tiny numbers come back unchanged, NaN stays', () => {
  const tiny = singlesFrom(2 ** -149, 400_000, 2039);
  expect(tiny.at(-1)).toBeLessThan(2 ** -12);
  expect(single(tiny).findIndex((value, k) => value !== tiny[k])).toBe(-1);
  expect(double(Float64Array.of(2 ** -1074, 1e-300, -1e-20, NaN))).toEqual(Float64Array.of(2 ** -1074, 1e-300, -1e-20, NaN));
  expect(single(Float32Array.of(NaN, Infinity, -Infinity, -0))).toEqual(Float32Array.of(NaN, 1, -1, -0));
});
