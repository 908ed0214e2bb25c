/** @file Errors say what, where, what was seen and what to do, and carry it as fields. */
import { describe, expect, test } from 'vitest';
import { TapeflowError } from '@tapeflow/autodiff';
import { ArgumentError } from '@tapeflow/tensor';
import { describeNonFinite, NonFiniteObjective, ObjectiveError, OptionError, ResumeError, shown } from '../src/errors.ts';

test.each<[TapeflowError, object, string]>([
  [
    new OptionError('adam', 'rate', -1, 'Give a finite number ≥ 0.'),
    { name: 'OptionError', option: 'rate', argument: 'rate', seen: -1, advice: 'Give a finite number ≥ 0.' },
    "adam: 'rate' is -1.\n  Give a finite number ≥ 0.",
  ],
  [
    new ObjectiveError('minimize', '3'),
    { name: 'ObjectiveError', seen: '3' },
    'minimize: the function returned 3 instead of { value, gradient }.\n  Give valueAndGrad(f), or a function that returns both.',
  ],
  [
    new ResumeError('minimize', 'one of adam', 'one of lbfgs'),
    { name: 'ResumeError', expected: 'one of adam', seen: 'one of lbfgs' },
    'minimize: the state is one of lbfgs, but one of adam was expected.\n  Continue with the method that made the state, or start anew without a state.',
  ],
  [
    new NonFiniteObjective('minimize', { what: 'value', seen: NaN, path: '', index: 0 }, 1, 'the result'),
    { name: 'NonFiniteObjective', steps: 1, result: 'the result', trouble: { what: 'value' } },
    'minimize: the value is NaN after 1 good step.\n  Take a smaller rate, or find the operation with debugNaN of @tapeflow/autodiff. The field `result` holds the last good point.',
  ],
])('%s', (error, fields, message) => {
  expect(error).toBeInstanceOf(TapeflowError);
  expect(error).toMatchObject(fields);
  expect(error.message).toBe(message);
});

test('where a number is not finite', () => {
  expect(describeNonFinite({ what: 'value', seen: Infinity, path: '', index: 0 })).toBe('the value is Infinity');
  expect(describeNonFinite({ what: 'gradient', seen: NaN, path: 'velocity.x', index: 17 })).toBe('the gradient is NaN at velocity.x, flat index 17');
  expect(describeNonFinite({ what: 'gradient', seen: -Infinity, path: '', index: 2 })).toBe('the gradient is -Infinity at flat index 2');
});

test('a bad option is a bad argument', () => {
  const error = new OptionError('minimize', 'method', { rate: 1 }, 'Give adam({ rate: 0.1 }).');
  expect(error).toBeInstanceOf(ArgumentError);
  expect(error.message).toBe("minimize: 'method' is an object of class Object.\n  Give adam({ rate: 0.1 }).");
});

describe('any value in a few words', () => {
  test.each<[unknown, string]>([
    [1.5, '1.5'],
    ['x', "'x'"],
    [null, 'null'],
    [undefined, 'undefined'],
    [(): number => 1, 'a function'],
    [[1, 2], 'a list'],
    [new Map(), 'an object of class Map'],
    [{}, 'an object of class Object'],
    [Object.create(null), 'an object of class unknown'],
  ])('%#', (value, text) => {
    expect(shown(value)).toBe(text);
  });
});
