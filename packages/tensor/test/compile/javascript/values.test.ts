/** @file Numbers and parentheses of printed JavaScript. */
import { expect, test } from 'vitest';
import { bare, printNumber } from '../../../src/compile/javascript/values.ts';
import { functionFrom } from '../../../src/compile/javascript/code-generation.ts';

test('numbers of f32 are printed by as few digits as give them', () => {
  expect([0.1, 0.5, 1e-10, -3].map((x) => printNumber(x, 'f32'))).toEqual(['f32(0.1)', '0.5', 'f32(1e-10)', '(-3)']);
  const numbers = [0, -0, 1, 0.1, -0.3, 1 / 3, Math.PI, 3.4e38, 1e-45, 1.17549435e-38, NaN, Infinity, -Infinity, 16777217, 2 ** 31];
  for (const x of numbers) expect(functionFrom(['f32'], `return ${printNumber(x, 'f32')};`)(Math.fround)).toBe(Math.fround(x));
  for (const x of numbers) expect(functionFrom([], `return ${printNumber(x, 'f64')};`)()).toBe(x);
  for (const x of numbers) expect(functionFrom([], `return ${printNumber(x, 'i32')};`)()).toBe(x | 0);
});
test('flags are 0 and 1, and what is not 0 is 1', () => {
  expect([0, -0, 1, 5, NaN].map((x) => printNumber(x, 'bool'))).toEqual(['0', '0', '1', '1', '1']);
});
test('parentheses around all of a text go', () => {
  expect(['(a + b)', '(a) + (b)', 'f(a)', '((a) * (b))'].map(bare)).toEqual(['a + b', '(a) + (b)', 'f(a)', '(a) * (b)']);
});
