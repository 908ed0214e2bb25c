/** @file From functions to points: what is counted, measured and refused. */
import { describe, expect, test } from 'vitest';
import { AsyncFunctionError, grad, NotScalarError, TapeflowError, TreeError, valueAndGrad } from '@tapeflow/autodiff';
import { scalar, sum, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { ObjectiveError } from '../src/errors.ts';
import { makeProblem, type Objective } from '../src/problem.ts';
import { Body, vector } from './functions.ts';

const problemOf = <X>(f: Objective<X>, before = 0): ReturnType<typeof makeProblem<X>> => makeProblem('minimize', f, before);

test('a point has the value, the gradient and its norm over all leaves', () => {
  const gradient = { a: vector([1, 2]), b: 2 };
  const x = { a: vector([0, 0]), b: 0 };
  expect(problemOf(() => ({ value: 5, gradient })).evaluate(x)).toEqual({ x, value: 5, gradient, gradientNorm: 3, roundoff: 2 ** -53 });
});

test('values may be numbers or scalars, which say how finely they are rounded', () => {
  const roundoffOf = (value: number | Scalar): number => problemOf(() => ({ value, gradient: 1 })).evaluate(0).roundoff;
  expect([roundoffOf(1), roundoffOf(scalar(1, { dtype: 'f64' })), roundoffOf(scalar(1, { dtype: 'f32' }))]).toEqual([2 ** -53, 2 ** -53, 2 ** -24]);
});

test('evaluations are counted, on top of earlier ones, also those that throw', () => {
  const problem = problemOf((x: number) => {
    if (x < 0) throw new RangeError('negative');
    return { value: x, gradient: 1 };
  }, 10);
  problem.evaluate(1);
  expect(() => problem.evaluate(-1)).toThrow(RangeError);
  expect(problem.evaluations).toBe(12);
});

describe('not finite', () => {
  test.each([NaN, Infinity, -Infinity])('value %s', (value) => {
    expect(problemOf(() => ({ value, gradient: 1 })).evaluate(0).nonFinite).toEqual({ what: 'value', seen: value, path: '', index: 0 });
  });

  test.each([NaN, Infinity, -Infinity])('gradient %s, with its place', (bad) => {
    const gradient = { a: 1, planets: [new Body('x', vector([1, 2, bad, 4]), 1)] };
    const x = { a: 1, planets: [new Body('x', vector([1, 2, 3, 4]), 1)] };
    expect(problemOf(() => ({ value: 1, gradient })).evaluate(x).nonFinite).toEqual({ what: 'gradient', seen: bad, path: 'planets[0].0', index: 2 });
  });

  test('a gradient whose norm overflows', () => {
    expect(problemOf(() => ({ value: 1, gradient: vector([1.5e308, 1.5e308]) })).evaluate(vector([0, 0])).nonFinite).toMatchObject({ what: 'gradient', seen: Infinity });
  });
});

describe('refused by name', () => {
  test.each<[string, () => unknown, new (...args: never[]) => TapeflowError]>([
    ['a function without gradient', () => 3, ObjectiveError],
    ['a tensor', () => scalar(3), ObjectiveError],
    ['nothing', () => undefined, ObjectiveError],
    ['a promise', () => Promise.resolve({ value: 1, gradient: 1 }), AsyncFunctionError],
    ['a value with dimensions', () => ({ value: tensor({ i: 1 }, [1]), gradient: 1 }), NotScalarError],
    ['a value that is no number', () => ({ value: '1', gradient: 1 }), NotScalarError],
    ['a gradient of another structure', () => ({ value: 1, gradient: { a: 1 } }), TreeError],
  ])('%s', (_what, f, errorClass) => {
    const evaluate = (): unknown => problemOf(f as Objective<number>).evaluate(1);
    expect(evaluate).toThrow(errorClass);
    expect(evaluate).toThrow(expect.objectContaining({ operation: 'minimize' }));
  });

  test('a minimisation inside a derivative, whose decisions would need numbers', () => {
    const f = valueAndGrad((x: Tensor<'i'>): Scalar => sum(x, 'i') as Scalar);
    expect(() => grad((x: Tensor<'i'>): Scalar => scalar(problemOf(f).evaluate(x).value))(vector([1]))).toThrow(TapeflowError);
  });
});
