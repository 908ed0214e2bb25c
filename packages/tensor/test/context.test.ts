/** @file The precision rule: the context decides what creation and conversion give, nothing else; numbers are weak; cotangents have the dtype of their primal. */
import { describe, expect, test } from 'vitest';
import { grad, jvp, valueAndGrad, vjp } from '@tapeflow/autodiff';
import {
  add, asScalar, concat, convert, full, gather, l2, linspace, mean, mul, ones, padConstant, precision, randomKey, randomNormal, range, scalar, select, less, sin, solveLinear, sqrt, stack, sum, tensor, zeros, zerosLike,
  type DType, type Scalar, type Tensor,
} from '@tapeflow/tensor';
import { contextDType } from '../src/context.ts';
import { thrown } from './named/support.ts';

const single = tensor({ x: 3 }, [1, 2, 3], { dtype: 'f32' });
const double = tensor({ x: 3 }, [4, 5, 6], { dtype: 'f64' });
const integer = tensor({ x: 3 }, [1, 2, 3], { dtype: 'i32' });
const both = <T>(f: () => T): [T, T] => [precision(32, f), precision(64, f)];

describe('the context', () => {
  test('is 32 bits by default, and comes back after each use, also after an error', () => {
    expect(contextDType()).toBe('f32');
    precision(64, () => {
      expect(contextDType()).toBe('f64');
      precision(32, () => expect(contextDType()).toBe('f32'));
      expect(contextDType()).toBe('f64');
    });
    expect(() => precision(64, () => {
      throw new Error('inside');
    })).toThrow('inside');
    expect(contextDType()).toBe('f32');
  });

  test('refuses other widths and asynchronous functions', () => {
    expect(thrown(() => precision(16 as 32, () => 1)).message).toMatchInlineSnapshot(`"precision: 16 bits; give 32 or 64."`);
    expect(thrown(() => precision(64, () => Promise.resolve(1))).message).toMatchInlineSnapshot(`"precision: the function is asynchronous, and would go on in another precision. Set the precision inside each synchronous part."`);
    expect(contextDType()).toBe('f32');
  });

  test.each<[string, () => Tensor<never>]>([
    ['tensor of a list', () => tensor({ x: 1 }, [1])], ['tensor of doubles', () => tensor({ x: 1 }, new Float64Array(1))], ['scalar', () => scalar(1)], ['asScalar', () => asScalar(1)],
    ['full', () => full({ x: 1 }, 1)], ['zeros', () => zeros({ x: 1 })], ['ones', () => ones({ x: 1 })], ['linspace', () => linspace({ x: 2 }, 0, 1)], ['randomNormal', () => randomNormal({ x: 1 }, randomKey(1))],
    ['convert to float', () => convert(double, 'float')], ['the square root of integers', () => sqrt(integer)], ['a quotient of integers', () => integer.div(integer)],
    ['integers times a fraction', () => integer.mul(0.5)], ['a mean of integers', () => mean(integer)], ['numbers alone', () => add(1, 2)], ['a choice between numbers', () => select(less(integer, 2), 0, 1)],
  ])('decides the dtype of %s', (_, make) => {
    expect(both(() => make().dtype)).toEqual(['f32', 'f64']);
  });

  test.each<[string, DType, () => Tensor<never>]>([
    ['a sum of singles', 'f32', () => single.add(single)], ['single and double', 'f64', () => single.mul(double)], ['single and integer', 'f32', () => single.sub(integer)], ['double and integer', 'f64', () => integer.div(double)],
    ['a function of singles', 'f32', () => sin(single)], ['a reduction', 'f32', () => l2(single)], ['zerosLike', 'f64', () => zerosLike(double)], ['integers and a whole number', 'i32', () => integer.add(3)],
    ['range', 'i32', () => range({ x: 2 })], ['a stack', 'f64', () => stack([single, double], 'k')], ['concat', 'f64', () => concat([integer, double], 'x')], ['padding', 'f32', () => padConstant(single, { x: [1, 0] }, 0.1)],
    ['gather', 'f64', () => gather(double, { x: tensor({ p: 1 }, [0], { dtype: 'i32' }) })], ['a dtype that is asked for', 'f64', () => tensor({ x: 1 }, [1], { dtype: 'f64' })],
    ['a linear solve', 'f32', () => solveLinear((x: Tensor<'x'>) => x.mul(2), single).value],
  ])('does not decide the dtype of %s', (_, dtype, make) => {
    expect(both(() => make().dtype)).toEqual([dtype, dtype]);
  });
});

describe('numbers are weak', () => {
  test('they take the dtype of the tensor beside them, and are rounded to it', () => {
    expect([single.mul(0.1).dtype, mul(0.1, single).dtype, double.mul(0.1).dtype]).toEqual(['f32', 'f32', 'f64']);
    expect(single.mul(0.1).data[0]).toBe(Math.fround(0.1));
    expect(double.mul(0.1).data[0]).toBe(0.4);
    expect(precision(64, () => single.add(1e-12).dtype)).toBe('f32');
  });

  test('a scalar is not weak: it is a tensor', () => {
    expect(single.mul(scalar(2, { dtype: 'f64' })).dtype).toBe('f64');
    expect(integer.mul(scalar(2)).dtype).toBe('f32');
  });

  test('a number too large for an integer makes integers real', () => {
    expect(integer.add(2 ** 31).dtype).toBe('f32');
    expect(integer.add(2 ** 31 - 1).dtype).toBe('i32');
  });
});

describe('a cotangent has the dtype of its primal', () => {
  const f = ({ a, b }: { a: Tensor<'x'>; b: Tensor<'x'> }): Scalar => sum(sin(a).mul(b).add(convert(a, 'f64')));
  test('in mixed precision, whatever the context is', () => {
    for (const gradient of both(() => grad(f)({ a: single, b: double }))) expect([gradient.a.dtype, gradient.b.dtype]).toEqual(['f32', 'f64']);
  });

  test('in second derivatives, forward mode and pullbacks', () => {
    const second = grad((a: Tensor<'x'>): Scalar => sum(grad((u: Tensor<'x'>): Scalar => sum(u.mul(u).mul(double)))(a)))(single);
    expect([second.dtype, ...second.data]).toEqual(['f32', 8, 10, 12]);
    const { value, tangent } = jvp((a: Tensor<'x'>) => a.mul(double), single, single);
    expect([value.dtype, tangent.dtype]).toEqual(['f64', 'f64']);
    const { pullback } = vjp((a: Tensor<'x'>) => a.mul(double), single);
    expect(pullback(double).dtype).toBe('f32');
  });

  test('the value keeps its own', () => {
    const { value, gradient } = valueAndGrad((a: Tensor<'x'>): Scalar => sum(a.mul(double)))(single);
    expect([value.dtype, gradient.dtype]).toEqual(['f64', 'f32']);
  });

  test('integers have none: their place in the tree holds zeros', () => {
    const gradient = grad(({ a, n }: { a: Tensor<'x'>; n: Tensor<'x'> }): Scalar => sum(a.mul(n)))({ a: single, n: integer });
    expect([gradient.a.dtype, ...gradient.a.data]).toEqual(['f32', 1, 2, 3]);
    expect([gradient.n.dtype, ...gradient.n.data]).toEqual(['i32', 0, 0, 0]);
  });
});
