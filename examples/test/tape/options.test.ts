/** @file Points: what is named is taken, the rest is 1, and what is not in the formula is refused. */
import { expect, test } from 'vitest';
import { pointFrom } from '../../tape/options.ts';

test('values that are given, and 1 for the others', () => {
  expect(pointFrom(' y = -2.5e-1 ,x=3.', ['x', 'y', 'z'])).toEqual(new Map([['x', 3], ['y', -0.25], ['z', 1]]));
  expect(pointFrom('x=−2', ['x'])).toEqual(new Map([['x', -2]]));
  expect(pointFrom('', ['x'])).toEqual(new Map([['x', 1]]));
});

test.each([
  ['z=1', "no variable 'z'"],
  ['x', "'x' is no assignment"],
  ['x=1,', "'' is no assignment"],
  ['x=1 y=2', 'is no assignment'],
  ['x=NaN', 'is no assignment'],
  ['x=0x10', 'is no assignment'],
])('refused: %s', (text, seen) => {
  expect(() => pointFrom(text, ['x', 'y'])).toThrow(expect.objectContaining({ name: 'UsageError', subject: '--at', seen: expect.stringContaining(seen) }));
});
