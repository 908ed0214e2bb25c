/** @file Arithmetic of leaves: numbers, tensors, and both together, with derivatives. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad } from '@tapeflow/autodiff';
import { scalar, sum, type Scalar, type Tensor } from '@tapeflow/tensor';
import { add, coefficient, descend, div, expm1, like, mul, safeSqrt, square, sub, type Leaf } from '../src/arithmetic.ts';
import { numbersIn, vector } from './functions.ts';

const f64 = (value: number): Scalar => scalar(value, { dtype: 'f64' });

test.each<[string, (x: Leaf, y: Leaf) => Leaf, (x: number, y: number) => number]>([
  ['add', add, (x, y) => x + y],
  ['sub', sub, (x, y) => x - y],
  ['mul', mul, (x, y) => x * y],
  ['div', div, (x, y) => x / y],
])('%s of numbers and tensors in every combination', (_name, operation, expected) => {
  expect(operation(7, 3)).toBe(expected(7, 3));
  for (const [x, y] of [[7, vector([3])], [vector([7]), 3], [vector([7]), vector([3])], [vector([7]), f64(3)]] as const) {
    expect((operation(x, y) as Tensor).item()).toBe(expected(7, 3));
  }
});

test('functions of one leaf', () => {
  expect([square(3), expm1(1e-20), safeSqrt(9), safeSqrt(0)]).toEqual([9, 1e-20, 3, 0]);
  expect(numbersIn([square(vector([3])), expm1(vector([1e-20])), safeSqrt(vector([9, 0]))])).toEqual([[9], [1e-20], [3, 0]]);
});

test('the root has its derivative, and 0 at 0', () => {
  expect(grad((x: number) => safeSqrt(x) as number)(4)).toBe(0.25);
  expect(grad((x: number) => safeSqrt(x) as number)(0)).toBe(0);
  const slopes = grad((x: Tensor<'i'>): Scalar => sum(safeSqrt(x) as Tensor<'i'>, 'i') as Scalar)(vector([4, 0]));
  expect(Array.from(slopes.data)).toEqual([0.25, 0]);
});

describe('precision', () => {
  test('numbers are weak, also those inside a derivative', () => {
    expect((mul(vector([1], 'f32'), 0.1) as Tensor).dtype).toBe('f32');
    grad((x: number) => {
      expect([(mul(vector([1], 'f32'), x) as Tensor).dtype, (mul(x, vector([1])) as Tensor).dtype]).toEqual(['f32', 'f64']);
      return x;
    })(0.1);
  });

  test('a result takes that of the leaf it replaces', () => {
    expect((like(vector([1], 'f32'), vector([0.1])) as Tensor).dtype).toBe('f32');
    expect((descend(vector([1], 'f32'), f64(0.1), vector([1], 'f32')) as Tensor).dtype).toBe('f32');
    expect(like(1, 2)).toBe(2);
  });
});

test('a scalar beside a number becomes a number, with its derivative', () => {
  expect(coefficient(1, f64(0.25))).toBe(0.25);
  expect(coefficient(vector([1]), 0.25)).toBe(0.25);
  expect(grad((rate: Scalar) => descend(3, rate, 2) as number)(f64(0.25)).item()).toBe(-2);
});

test('descending obeys the laws of derivatives with rates and leaves of either kind', () => {
  checkGradients(({ x, rate, d }: { x: Tensor<'i'>; rate: number; d: Tensor<'i'> }) => descend(x, rate, d), { x: vector([1, 2]), rate: 0.3, d: vector([-1, 5]) }, { order: 2 });
  checkGradients(({ x, rate, d }: { x: number; rate: Scalar; d: number }) => descend(x, rate, d), { x: 1, rate: f64(0.3), d: 5 }, { order: 2 });
});
