/** @file What all functions have in common: special values, results that do not depend on the place of a number, and thresholds. */
import { describe, expect, test } from 'vitest';
import { erf, erfc } from '@tapeflow/autodiff/extend';
import { sinc } from '../../../../src/elementwise/special.ts';
import { VECTOR_FUNCTIONS, vectorEntry } from '../../../../src/compile/wasm/math/functions.ts';
import { laneFunction } from './lane-functions.ts';
import { randomNumbers } from '../../support.ts';

const SEED = 20271;
const NAMES = Object.keys(VECTOR_FUNCTIONS);
const JAVASCRIPT: Readonly<Record<string, (x: number, y: number) => number>> = { ...Object.fromEntries(NAMES.map((name) => [name, (Math as unknown as Record<string, (x: number, y: number) => number>)[name]!])), erf: (x) => erf(x), erfc: (x) => erfc(x), sinc: (x) => sinc(x) };
/** Zeros, infinities, subnormal, tiny, huge, near the edges of both formats, whole and half numbers. */
const SPECIAL = [
  0, 2 ** -1074, 2 ** -1040, 2 ** -1022, 1e-300, 2 ** -149, 3 * 2 ** -149, 2 ** -126, 1e-30, 1e-8, 0.25, 0.5, 0.999999, 1, 1.000001, 1.5, 2, 2.5, 3, 7, 21.5, 50, 80, 88.5,
  90, 103.5, 300, 709, 711, 744, 800, 1e5, 1647099, 1647101, 2 ** 24 + 1, 2 ** 31, 2 ** 53 - 1, 2 ** 53, 1e22, 3e38, 1e300, 2 ** 1023, Number.MAX_VALUE, Infinity, NaN,
].flatMap((x) => [x, -x]);

const text = (x: number): string => (Object.is(x, -0) ? '-0' : String(x));

describe('as JavaScript for special values and pairs of them', () => {
  for (const name of NAMES) {
    for (const precision of ['f32', 'f64'] as const) {
      test(`${name} of ${precision}`, () => {
        const { arity, error } = vectorEntry(name);
        const { one } = laneFunction(name, precision);
        const round = precision === 'f32' ? Math.fround : (x: number): number => x;
        const numbers = [...new Set(SPECIAL.map(round))];
        const [fraction, smallest] = precision === 'f32' ? [23, -126] : [52, -1022];
        for (const x of numbers) {
          for (const y of arity === 1 ? [0] : numbers) {
            const seen = one(x, y);
            const expected = round(JAVASCRIPT[name]!(x, y));
            const last = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(expected))), smallest!) - fraction!);
            // JavaScript rounds, too: half a unit for singles, at most one for doubles.
            const close = Math.abs(seen - expected) <= (error[precision] + (precision === 'f32' ? 0.5 : 1)) * last && Object.is(Math.sign(seen), Math.sign(expected));
            const same = Number.isFinite(expected) && expected !== 0 ? close : Object.is(seen, expected);
            if (!same) expect.fail(`${name}(${text(x)}${arity === 1 ? '' : `, ${text(y)}`}) is ${text(seen)} instead of ${text(expected)}`);
          }
        }
      });
    }
  }
});

describe('the same bits in every lane and alone', () => {
  for (const name of NAMES) {
    test(`${name}, seed ${SEED}`, () => {
      for (const precision of ['f32', 'f64'] as const) {
        const { all, one } = laneFunction(name, precision);
        // Ordinary numbers beside special ones, in changing order, so that branches for few lanes are taken.
        const numbers = [...randomNumbers(SEED, 300, -4, 4), ...randomNumbers(SEED + 1, 100, -800, 800), ...SPECIAL, ...randomNumbers(SEED + 2, 100, -4, 4)];
        const order = randomNumbers(SEED + 3, numbers.length, 0, 1);
        const mixed = numbers.map((x, k) => [x, order[k]!] as const).sort((a, b) => a[1] - b[1]).map(([x]) => x).slice(0, numbers.length - (numbers.length % 4));
        const make = (values: number[]) => (precision === 'f32' ? Float32Array.from(values) : Float64Array.from(values));
        for (let turn = 0; turn < 4; turn++) {
          const xs = make([...mixed.slice(turn), ...mixed.slice(0, turn)]);
          const ys = make([...xs].reverse());
          const seen = vectorEntry(name).arity === 1 ? all(xs) : all(xs, ys);
          seen.forEach((value, k) => {
            const alone = one(xs[k]!, ys[k]!);
            if (!Object.is(value, alone)) expect.fail(`${name}(${text(xs[k]!)}, ${text(ys[k]!)}) in lane ${k % 4} is ${text(value)}, alone ${text(alone)}`);
          });
        }
      }
    });
  }
});
