/** @file Checks of options: what passes, and what an error says. */
import { describe, expect, test } from 'vitest';
import { OptionError } from '../src/errors.ts';
import { checkedChoice, checkedFlag, checkedInteger, checkedNames, checkedNumber } from '../src/options.ts';

describe('a number in an interval', () => {
  const open = { low: 0, high: 1, above: true, below: true };
  const closed = { low: 0, high: 1 };

  test('passes', () => {
    expect([0, 0.5, 1].map((value) => checkedNumber('adam', 'beta1', value, closed))).toEqual([0, 0.5, 1]);
    expect(checkedNumber('adam', 'beta1', 1e-300, open)).toBe(1e-300);
    expect(checkedNumber('adam', 'rate', 1e300, { low: 0 })).toBe(1e300);
  });

  test.each([-1, 2, NaN, Infinity, '0.5', null, undefined, [0.5]])('%o does not', (value) => {
    expect(() => checkedNumber('adam', 'beta1', value, closed)).toThrow(OptionError);
    expect(() => checkedNumber('adam', 'beta1', value, { low: 0.1, high: 0.9 })).toThrow(expect.objectContaining({ option: 'beta1', seen: value }));
  });

  test('the ends of an open interval do not', () => {
    for (const end of [0, 1]) expect(() => checkedNumber('adam', 'beta1', end, open)).toThrow('Give a finite number > 0 and < 1.');
    expect(() => checkedNumber('adam', 'beta1', -1, closed)).toThrow('Give a finite number ≥ 0 and ≤ 1.');
    expect(() => checkedNumber('adam', 'rate', -1, { low: 0 })).toThrow('Give a finite number ≥ 0.');
  });
});

test('an integer', () => {
  expect(checkedInteger('lbfgs', 'memory', 3, 1)).toBe(3);
  for (const value of [0, 1.5, NaN, 2 ** 53, '3']) expect(() => checkedInteger('lbfgs', 'memory', value, 1)).toThrow('Give an integer ≥ 1.');
});

test('one of some choices', () => {
  expect(checkedChoice('minimize', 'onNonFinite', 'stop', ['stop', 'throw'])).toBe('stop');
  expect(() => checkedChoice<string>('minimize', 'onNonFinite', 'crash', ['stop', 'throw'])).toThrow("'onNonFinite' is 'crash'.\n  Give one of 'stop', 'throw'.");
});

test('true or false', () => {
  expect([true, false].map((value) => checkedFlag('momentum', 'nesterov', value))).toEqual([true, false]);
  for (const value of [1, 'true', undefined]) expect(() => checkedFlag('momentum', 'nesterov', value)).toThrow(OptionError);
});

test('only known names', () => {
  const options = { rate: 1 };
  expect(checkedNames('adam', options, ['rate', 'beta1'])).toBe(options);
  expect(() => checkedNames('adam', { lr: 0.1 }, ['rate', 'beta1'])).toThrow("adam: 'lr' is 0.1.\n  There is no such option; use some of rate, beta1.");
  const check = checkedNames as (operation: string, options: unknown, known: readonly string[]) => unknown;
  for (const wrong of [null, 3, 'fast']) expect(() => check('adam', wrong, ['rate'])).toThrow(OptionError);
});
