/** @file iterate: all states of a repeated function, of any tree; derivatives, programs, refusals. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad, TreeError } from '@tapeflow/autodiff';
import { add, ArgumentError, convert, foldKey, forLoop, iterate, jit, precision, randomKey, randomUniform, scalar, sin, splitKey, sum, tensor, type Key, type Scalar, type Tensor } from '@tapeflow/tensor';
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

describe('forLoop', () => {
  test('is the last of the states that iterate keeps', () => precision(64, () => {
    const map = (x: Tensor<'x'>, k: Scalar): Tensor<'x'> => sin(x).add(convert(k, 'f64').mul(0.1));
    const start = tensor({ x: 2 }, [0.5, -1]);
    const all = iterate(map, start, 6);
    for (const steps of [0, 1, 6]) expect([...forLoop(steps, map, start).data]).toEqual([...all.at({ step: steps }).data]);
  }));

  test('is differentiable to second order, also to what the body closes over, eager and compiled', () => precision(64, () => {
    const f = ({ x, a }: { x: Scalar; a: Scalar }): Scalar => forLoop(4, (u: Scalar) => sin(u).mul(a), x);
    const at = { x: scalar(0.7), a: scalar(1.3) };
    checkGradients(f, at, { order: 2 });
    expect(jit(grad(f))(at).a.item()).toBeCloseTo(grad(f)(at).a.item(), 14);
    // Numbers in the state become scalars.
    expect((forLoop(3, ({ n }: { n: number }) => ({ n: add(n, 2) as unknown as number }), { n: 1 }).n as unknown as Scalar).item()).toBe(7);
  }));

  test('a key may be part of the state', () => {
    const step = ({ key, x }: { key: Key; x: Scalar }): { key: Key; x: Scalar } => ({ key: foldKey(key, 0), x: x.add(randomUniform({}, key) as Scalar) });
    let expected = { key: randomKey(3), x: scalar(0) };
    const seen = forLoop(3, step, expected);
    for (let k = 0; k < 3; k++) expected = step(expected);
    expect([seen.x.item(), String(seen.key)]).toEqual([expected.x.item(), String(expected.key)]);
    expect(String(splitKey(seen.key, 1)[0])).toBe(String(foldKey(expected.key, 0)));
  });

  test('refuses counts that are none, and states that change', () => {
    for (const steps of [-1, 1.5, NaN]) expect(() => forLoop(steps, (u: Scalar) => u, scalar(1))).toThrow(ArgumentError);
    expect(() => forLoop(2, (u: Scalar) => convert(u, 'i32'), scalar(1))).toThrow(TreeError);
  });
});
