/** @file iterate: all states of a repeated function, of any tree; derivatives, programs, refusals. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad, TreeError } from '@tapeflow/autodiff';
import { convert, iterate, jit, precision, scalar, sin, sum, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { element, expectElements, random, thrown } from '../named/support.ts';

describe('states', () => {
  test('the first one and one per step, along a new dimension (seed 191)', () => precision(64, () => {
    const t = random({ y: 2, x: 3 }, 191);
    const seen = iterate((u: Tensor<'y' | 'x'>) => sin(u), t, 4);
    expectElements(seen, { step: 5, y: 2, x: 3 }, ({ step, y, x }) => {
      let value = element(t, { y: y!, x: x! });
      for (let k = 0; k < step!; k++) value = Math.sin(value);
      return value;
    });
    expect(iterate((u: Tensor<'y' | 'x'>) => sin(u), t, 0, { along: 'time' }).sizes).toEqual({ time: 1, y: 2, x: 3 });
  }));

  test('records, and the number of the step', () => {
    type State = { readonly u: Tensor<'x'>; readonly total: Scalar };
    const { u, total } = iterate(({ u: v, total: s }: State, step): State => ({ u: v.mul(2), total: s.add(convert(step, 'f32')) }), { u: tensor({ x: 2 }, [1, 3]), total: scalar(10) }, 3, { along: 'time' });
    expectElements(u, { time: 4, x: 2 }, ({ time, x }) => 2 ** time! * [1, 3][x!]!);
    expectElements(total, { time: 4 }, ({ time }) => [10, 10, 11, 13][time!]!);
  });
});

describe('derivatives', () => {
  test('to second order, to the first state and what the function closes over (seed 192)', () => precision(64, () => {
    const logistic = ([x, r]: [Tensor<'x'>, Scalar]): Tensor<'x' | 'step'> => iterate((u: Tensor<'x'>) => r.mul(u).mul(u.mul(-1).add(1)), x, 3);
    checkGradients(logistic, [random({ x: 2 }, 192).mul(0.2).add(0.5), scalar(1.7)], { order: 2 });
  }));

  test('xₖ = aᵏ x₀ has the slope k aᵏ⁻¹ x₀, compiled or not', () => precision(64, () => {
    const slope = grad((a: Scalar): Scalar => sum(iterate((x: Scalar) => x.mul(a), scalar(3), 4)));
    expect(slope(scalar(2)).item()).toBe(3 * (1 + 2 * 2 + 3 * 4 + 4 * 8));
    expect(jit(slope)(scalar(2)).item()).toBe(slope(scalar(2)).item());
  }));
});

test('refusals', () => {
  const x = tensor({ x: 2 }, [1, 2]);
  for (const steps of [-1, 1.5, NaN]) expect(thrown(() => iterate((u: Tensor<'x'>) => u, x, steps))).toMatchObject({ name: 'ArgumentError', operation: 'iterate', argument: 'steps', seen: steps });
  expect(() => iterate((u: Tensor<'x'>) => convert(u, 'f64'), x, 2)).toThrow(TreeError);
  expect(thrown(() => iterate((u: Tensor<'x'>) => u.mul(2), x, 2, { along: 'x' }))).toMatchObject({ name: 'DimensionError', dimension: 'x' });
});
