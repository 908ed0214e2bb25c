/** @file Losses: l1 and Huber against loops, their slopes at corners, and where they meet l2. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad } from '@tapeflow/autodiff';
import { ArgumentError, huber, jit, l1, l2, precision, scalar, sum, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { element, expectElements, random, thrown, valuesAt } from './support.ts';

const total = (xs: readonly number[], f: (x: number) => number): number => xs.reduce((all, x) => all + f(x), 0);
const huberOf = (delta: number) => (x: number): number => (Math.abs(x) <= delta ? x ** 2 / 2 : delta * (Math.abs(x) - delta / 2));

describe('values', () => {
  test('over all but the batch, by name, by type (seed 91)', () => precision(64, () => {
    const t = random({ batch: 2, y: 3, x: 4 }, 91).mul(2);
    expectElements(l1(t), { batch: 2 }, (index) => total(valuesAt(t, index), Math.abs));
    expectElements(l1(t, ['x', 'batch']), { y: 3 }, (index) => total(valuesAt(t, index), Math.abs));
    expectElements(huber(t), { batch: 2 }, (index) => total(valuesAt(t, index), huberOf(1)));
    expectElements(huber(t, 'x', { delta: 0.3 }), { batch: 2, y: 3 }, (index) => total(valuesAt(t, index), huberOf(0.3)));
    expectElements(huber(t, undefined, { delta: scalar(0.7) }), { batch: 2 }, (index) => total(valuesAt(t, index), huberOf(0.7)));
    // Large enough, delta makes it l2.
    expectElements(huber(t, 'y', { delta: 2 }), { batch: 2, x: 4 }, (index) => element(l2(t, 'y'), index));
  }));

  test('of integers, and of nothing', () => {
    expect([l1(tensor({ x: 2 }, [-3, 4], { dtype: 'i32' })).dtype, l1(tensor({ x: 2 }, [-3, 4], { dtype: 'i32' })).item()]).toEqual(['i32', 7]);
    expect(huber(tensor({ x: 2 }, [-3, 0], { dtype: 'i32' })).item()).toBe(2.5);
    expect([l1(tensor({ x: 0 }, [])).item(), huber(tensor({ x: 0 }, [])).item()]).toEqual([0, 0]);
  });
});

describe('derivatives', () => {
  test('to second order, also to delta (seed 92)', () => precision(64, () => {
    const t = random({ x: 9 }, 92).mul(2);
    checkGradients((u: Tensor<'x'>) => l1(u), t, { order: 2 });
    checkGradients(([u, delta]: [Tensor<'x'>, Scalar]) => huber(u, 'x', { delta }), [t, scalar(0.6)], { order: 2 });
  }));

  test('the slope of Huber is the value limited to ±delta; its curvature at 0 is 1', () => precision(64, () => {
    const t = tensor({ x: 6 }, [-3, -0.5, 0, 0.2, 0.5, 7]);
    expect([...grad((u: Tensor<'x'>): Scalar => huber(u, 'x', { delta: 0.5 }))(t).data]).toEqual([-0.5, -0.5, 0, 0.2, 0.5, 0.5]);
    expect([...grad((u: Tensor<'x'>): Scalar => l1(u))(t).data]).toEqual([-1, -1, 0, 1, 1, 1]);
    const force = grad((u: Scalar): Scalar => huber(u));
    expect(grad((u: Scalar): Scalar => force(u))(scalar(0)).item()).toBe(1);
    const slope = (u: Tensor<'x'>): Tensor<'x'> => grad((v: Tensor<'x'>): Scalar => sum(huber(v.mul(v))))(u);
    expect(jit(slope)(t).data).toEqual(slope(t).data);
  }));
});

test('refusals', () => {
  const t = tensor({ x: 2 }, [1, 2]);
  for (const delta of [0, -1, NaN]) expect(thrown(() => huber(t, 'x', { delta }))).toMatchObject({ name: 'ArgumentError', operation: 'huber', argument: 'delta', seen: delta });
  expect(thrown(() => huber(t, 'x', { delta: scalar(-1) }))).toMatchObject({ name: 'ArgumentError', seen: -1 });
  expect(() => jit((delta: Scalar) => huber(t, 'x', { delta }))(scalar(0))).toThrow(ArgumentError);
  expect(thrown(() => l1(t as Tensor, 'y'))).toMatchObject({ name: 'DimensionError', operation: 'l1', dimension: 'y' });
  expect(thrown(() => huber(t as Tensor, 'y'))).toMatchObject({ name: 'DimensionError', operation: 'huber' });
});
