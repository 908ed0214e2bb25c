/** @file Of several systems the worst is one that is not solved, if there is one, and then the one with the largest residual. */
import { expect, test } from 'vitest';
import { worstOf } from '../../src/solve/worst.ts';

test('the largest residual where all are solved, or none', () => {
  expect(worstOf([1, 2, 1], [1e-6, 3e-6, 2e-6])).toBe(1);
  expect(worstOf([0, 3, 4], [0.1, 0.2, 0.3])).toBe(2);
  expect(worstOf([1], [NaN])).toBe(0);
});

test('one that is not solved before all that are, whatever the residuals', () => {
  expect(worstOf([1, 0, 1], [0.5, 0.1, 0.9])).toBe(1);
  expect(worstOf([5, 1, 0], [0.2, 0.9, 0.3])).toBe(2);
});
