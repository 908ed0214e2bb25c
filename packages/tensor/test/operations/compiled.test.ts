/**
 * @file Every case of the table of operations, compiled: in f32 its error against the slow loop is at most twice that of the operation by itself,
 * beside a few roundings; in f64 its derivatives obey the laws.
 */
import { describe, expect, test } from 'vitest';
import { checkGradients } from '@tapeflow/autodiff';
import type { Value } from '@tapeflow/autodiff/extend';
import { jit, precision } from '@tapeflow/tensor';
import { expectErrorLaw, largestDifference, ROUNDOFF } from '../error-law.ts';
import { rows } from './all-rows.ts';
import { arraysFor, generator, outputs, plain } from './checks.ts';
import { flatten, fromArray, type Nested } from './nested.ts';
import type { Case } from './row.ts';

const SEED = Number(process.env['TAPEFLOW_SEED'] ?? 20271);
/** Every so many operations the second derivative is checked, too. */
const SECOND = 8;

const compiled = (c: Case): ((xs: Value[]) => readonly Value[]) => jit((xs: Value[]) => outputs(c, xs));

/** Largest error relative to the largest number. */
function errorOf(seen: Nested, expected: Nested): number {
  const [a, b] = [flatten(seen), flatten(expected)];
  return largestDifference(a, b) / Math.max(1e-300, ...b.filter(Number.isFinite).map(Math.abs));
}

/** Checks one case in f32 and gives the part of its bound that the error takes. */
function checkError(c: Case, random: () => number): number {
  return precision(32, () => {
    const xs = arraysFor(c, random, 'f32');
    const expected = c.expected(...xs.map(fromArray));
    const [own, error] = [outputs(c, xs), compiled(c)(xs)].map((ys) => errorOf(plain(ys), expected));
    return expectErrorLaw({ compiled: error!, eager: own!, floor: (c.f32Error ?? 2) * ROUNDOFF + (c.tolerance ?? 1e-14) }, () => c.title);
  });
}

describe(`compiled operations (seed ${SEED})`, () => {
  let [cases, laws, second, worst] = [0, 0, 0, 0];
  for (const row of rows) {
    const traced = row.cases.filter(({ notTraced, inputs }) => notTraced === undefined && inputs.length > 0);
    if (traced.length === 0) continue;
    test(`${row.name}: error in f32`, () => {
      for (const c of traced) {
        worst = Math.max(worst, checkError(c, generator(SEED, `${row.name} ${c.title} f32`)));
        cases++;
      }
    });
    const differentiable = traced.filter(({ derivative, inputs }) => derivative === 'both' && inputs.some(({ dtype }) => dtype === undefined));
    if (differentiable.length === 0) continue;
    test(`${row.name}: laws of derivatives`, () => precision(64, () => {
      // One case of each: eager, all of them are checked.
      const random = generator(SEED, `${row.name} laws`);
      const c = differentiable[Math.floor(random() * differentiable.length)]!;
      const order = laws++ % SECOND === 0 ? 2 : 1;
      second += order - 1;
      checkGradients(compiled(c), arraysFor(c, random, 'f64'), { order, seed: Math.floor(random() * 2 ** 31) });
    }));
  }
  test('counts', () => {
    console.log(`compiled operations: ${cases} cases in f32 (largest error ${worst.toFixed(2)} of its bound), ${laws} with the laws of derivatives, ${second} of them to second order`);
    expect(cases).toBeGreaterThan(250);
    expect(laws).toBeGreaterThan(60);
  });
});
