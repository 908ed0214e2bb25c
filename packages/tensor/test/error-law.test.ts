/** @file The law of errors is broken by what is further away than it says, and by what is no number. */
import { expect, test } from 'vitest';
import { expectErrorLaw, largestDifference, type Errors } from './error-law.ts';

test('differences of finite numbers, and of what is not finite', () => {
  expect(largestDifference([1, 2, 3], [1, 2.5, 2.75])).toBe(0.5);
  expect(largestDifference(Float32Array.of(1, NaN, -Infinity), [1, NaN, -Infinity])).toBe(0);
  expect(largestDifference([0], [-0])).toBe(0);
  for (const [a, b] of [[NaN, 1], [1, NaN], [Infinity, 1], [Infinity, -Infinity], [NaN, Infinity]] as const) expect(largestDifference([a], [b])).toBe(Infinity);
  expect(largestDifference([1, 2], [1])).toBe(Infinity);
});
test('twice the error of single operations and the floor are the bound', () => {
  const errors = (compiled: number): Errors => ({ compiled, eager: 3, floor: 2 });
  expect(expectErrorLaw(errors(8), () => 'at the bound')).toBe(1);
  expect(expectErrorLaw(errors(2), () => 'below')).toBe(0.25);
  expect(expectErrorLaw({ compiled: 0, eager: 0, floor: 0 }, () => 'exact')).toBe(0);
  for (const compiled of [8.001, Infinity, NaN]) expect(() => expectErrorLaw(errors(compiled), () => 'a step')).toThrow(`a step: error ${compiled}, where one by one it is 3 and rounding allows 2`);
});
