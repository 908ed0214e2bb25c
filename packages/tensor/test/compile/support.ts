/** @file What the tests of compiled programs share: the backends, random numbers, and comparison of trees. */
import { expect } from 'vitest';
import { flatten } from '@tapeflow/autodiff';
import type { Backend } from '../../src/index.ts';
import { numbersOf } from './numbers-of.ts';
import './whole-compiler.ts';

export { numbersOf } from './numbers-of.ts';
export { randomNumbers } from './random-numbers.ts';

export const BACKENDS: readonly Backend[] = ['js', 'wasm'];

/** Fails unless all numbers of two trees of one structure agree, relative to the largest number. 0: bit by bit. */
export function expectSame(seen: unknown, expected: unknown, tolerance: number, label = 'value'): void {
  expect(flatten(seen).structure.key, label).toBe(flatten(expected).structure.key);
  const a = numbersOf(seen);
  const b = numbersOf(expected);
  expect(a.length, label).toBe(b.length);
  const size = Math.max(Number.MIN_VALUE, ...b.filter(Number.isFinite).map(Math.abs));
  b.forEach((value, k) => {
    const good = tolerance === 0 || !Number.isFinite(value) ? Object.is(a[k], value) : Math.abs(a[k]! - value) <= tolerance * size;
    if (!good) expect.fail(`${label}: number ${k} is ${a[k]} instead of ${value} (largest ${size}, tolerance ${tolerance})`);
  });
}
