/** @file Inner products, norms and combinations of leaves of several kinds. */
import { describe, expect, test } from 'vitest';
import type { Tensor } from '@tapeflow/tensor';
import { dot, minus, norm, plus, scale } from '../src/vectors.ts';
import { numbersIn, vector } from './functions.ts';

test('inner products go over all leaves', () => {
  expect(dot([vector([1, 2]), 3, vector([])], [vector([4, 5]), 6, vector([])])).toBe(4 + 10 + 18);
  expect(dot([], [])).toBe(0);
});

test('inner products of f32 are summed in f64', () => {
  // 10⁸ + 1 − 10⁸: in single precision the 1 is lost.
  expect(dot([vector([1e4, 1, 1e4], 'f32')], [vector([1e4, 1, -1e4], 'f32')])).toBe(1);
});

test('views are read in their own order', () => {
  const x = vector([1, 2, 3, 4, 5, 6]);
  expect(dot([x.slice({ i: { from: 1, to: 6, step: 2 } })], [vector([1, 10, 100])])).toBe(2 + 40 + 600);
});

describe('norm', () => {
  test.each<[string, readonly number[], number]>([
    ['of nothing', [], 0],
    ['3, 4', [3, -4], 5],
    ['where squares overflow', [3e200, 4e200], 5e200],
    ['where squares vanish', [3e-200, -4e-200], 5e-200],
    ['of the smallest number', [5e-324], 5e-324],
  ])('%s', (_name, values, expected) => {
    expect(norm([vector(values)]) / (expected || 1)).toBeCloseTo(expected === 0 ? 0 : 1, 14);
    expect(norm([...values]) / (expected || 1)).toBeCloseTo(expected === 0 ? 0 : 1, 14);
  });

  test.each([NaN, Infinity, -Infinity])('is not finite beside %s', (bad) => {
    expect(Number.isFinite(norm([vector([1, bad]), 2]))).toBe(false);
    expect(Number.isFinite(norm([vector([1, 2]), bad]))).toBe(false);
  });
});

test('combinations keep the dtype of the first', () => {
  const [x, y] = [[vector([1, 2], 'f32'), 3], [vector([10, 20]), 30]];
  const leaves = [plus(x, 0.5, y), minus(y, x), scale(-2, x)];
  expect(numbersIn(leaves)).toEqual([[6, 12], [18], [9, 18], [27], [-2, -4], [-6]]);
  expect([(plus(x, 0.5, y)[0] as Tensor).dtype, (minus(y, x)[0] as Tensor).dtype]).toEqual(['f32', 'f64']);
});
