/** @file Every error says what, where, what was seen and what to do, and carries the same as fields. */
import { describe, expect, test } from 'vitest';
import * as autodiff from '../src/index.ts';
import * as errors from '../src/errors.ts';
import { TapeflowError } from '../src/errors.ts';

const samples: Readonly<Record<string, TapeflowError>> = {
  TapeflowError: new TapeflowError('sin', 'a text where a number is expected.', 'Give numbers.'),
  ClosedLevelError: new errors.ClosedLevelError('sin', 'grad'),
  CoercionError: new errors.CoercionError('grad', 'number'),
  TracedValueError: new errors.TracedValueError('item'),
  AsyncFunctionError: new errors.AsyncFunctionError('grad'),
  NotScalarError: new errors.NotScalarError('grad', 'a list of 2 numbers'),
  MissingRuleError: new errors.MissingRuleError('while', 'reverse derivative', 'Use scan.'),
  TreeError: new errors.TreeError('grad', 'a[1]', 'an object of class Map.', 'Use a record.'),
  CotangentError: new errors.CotangentError('sin', 1, 'a number', 'a list of 2 numbers'),
  TwoCopiesError: new errors.TwoCopiesError('sin'),
  RecordingFreedError: new errors.RecordingFreedError('vjp'),
  NonFiniteError: new errors.NonFiniteError('log', 'backward', 3, 7, 'NaN'),
};

test('the list covers every error', () => {
  expect(Object.keys(samples).sort()).toEqual(Object.keys(errors).sort());
});

describe.each(Object.entries(samples))('%s', (name, error) => {
  test('is named, caught as an error of tapeflow, and public', () => {
    expect(error.name).toBe(name);
    expect(error).toBeInstanceOf(TapeflowError);
    expect(error).toBeInstanceOf(Error);
    expect(error.stack).toContain(name);
    expect(autodiff).toHaveProperty(name);
  });

  test('says where, what was seen, and on a line of its own what to do', () => {
    const [first = '', second = '', ...rest] = error.message.split('\n');
    expect(rest).toEqual([]);
    expect(first.startsWith(`${error.operation}: `)).toBe(true);
    expect(first).toMatch(/^\S+: [^:].*\.$/);
    expect(second).toBe(`  ${error.advice}`);
    expect(error.advice).toMatch(/^[A-Z].*[.]$/);
  });

  test('carries what it says as fields', () => {
    const { name: _name, operation: _operation, advice: _advice, ...fields } = error;
    for (const [key, value] of Object.entries(fields)) {
      // A text may paraphrase the direction (forward, backward) but must name everything else.
      expect(error.message, key).toContain(String(value));
    }
  });
});

test('fields are those of the documentation', () => {
  expect(samples.ClosedLevelError).toMatchObject({ operation: 'sin', transformation: 'grad' });
  expect(samples.CoercionError).toMatchObject({ operation: 'coercion', transformation: 'grad' });
  expect(samples.NotScalarError).toMatchObject({ seen: 'a list of 2 numbers' });
  expect(samples.MissingRuleError).toMatchObject({ rule: 'reverse derivative', advice: 'Use scan.' });
  expect(samples.TreeError).toMatchObject({ path: 'a[1]' });
  expect(samples.CotangentError).toMatchObject({ expected: 'a number', seen: 'a list of 2 numbers' });
  expect(samples.NonFiniteError).toMatchObject({ direction: 'backward', step: 3, index: 7 });
});

test('a tree without path needs none in its text', () => {
  expect(new errors.TreeError('grad', '', 'no leaf.', 'Give one.').message).toBe('grad: no leaf.\n  Give one.');
});
