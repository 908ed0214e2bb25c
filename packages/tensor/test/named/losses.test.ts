/** @file Losses: l1, Huber and the loss of frequencies against loops, their slopes at corners, and where they meet l2. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad } from '@tapeflow/autodiff';
import { ArgumentError, batch, channel, frequencyLoss, huber, jit, l1, l2, precision, scalar, sum, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
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

describe('the loss of frequencies', () => {
  /** The definition, by sums over all samples for each frequency. */
  function slow(t: Tensor<never>, entry: number, falloff: number, threshold: number, power: 1 | 2, hasMean: boolean): number {
    const { c, y, x } = t.sizes as { c: number; y: number; x: number };
    const at = (index: Record<string, number>): number => element(t, { batch: entry, ...index });
    let mean = 0;
    for (let k = 0; k < c; k++) for (let j = 0; j < y; j++) for (let i = 0; i < x; i++) mean += at({ c: k, y: j, x: i }) / (c * y * x);
    const signed = (k: number, n: number): number => (2 * k <= n ? k : k - n) / n;
    let loss = 0;
    for (let k = 0; k < c; k++) for (let p = 0; p < y; p++) for (let q = 0; q < x; q++) {
      let [re, im] = [0, 0];
      for (let j = 0; j < y; j++) for (let i = 0; i < x; i++) {
        const value = at({ c: k, y: j, x: i }) - (hasMean ? 0 : mean);
        const angle = -2 * Math.PI * ((p * j) / y + (q * i) / x);
        re += value * Math.cos(angle);
        im += value * Math.sin(angle);
      }
      const weight = Math.exp(-0.5 * (signed(p, y) ** 2 + signed(q, x) ** 2) * falloff ** 2);
      const squared = Math.max((re ** 2 + im ** 2) * weight ** 2, threshold);
      loss += power === 1 ? Math.sqrt(squared) : squared / 2;
    }
    return loss;
  }

  test('is what its definition says, per batch entry, in both norms (seed 93)', () => precision(64, () => {
    const t = random({ batch: 2, c: 2, y: 5, x: 6 }, 93);
    const named = tensor({ batch: batch(2), c: channel(2), y: 5, x: 6 }, t.data);
    expectElements(frequencyLoss(named), { batch: 2 }, ({ batch: entry }) => slow(named, entry!, 100, 1e-5, 2, true), 10);
    expectElements(frequencyLoss(named, { norm: 'l1', falloff: 4, threshold: 0.01 }), { batch: 2 }, ({ batch: entry }) => slow(named, entry!, 4, 0.01, 1, true), 10);
    expectElements(frequencyLoss(named, { ignoreMean: true, falloff: 2 }), { batch: 2 }, ({ batch: entry }) => slow(named, entry!, 2, 1e-5, 2, false), 10);
  }));

  test('without weights and threshold is l2 times the number of cells: Parseval (seed 94)', () => precision(64, () => {
    const t = random({ y: 4, x: 6 }, 94);
    expect(frequencyLoss(t, { falloff: 0, threshold: 0 }).item()).toBeCloseTo(24 * l2(t).item(), 11);
  }));

  test('draws shapes to each other that do not overlap', () => precision(64, () => {
    const bump = (at: number): Tensor<'x'> => tensor({ x: 64 }, Array.from({ length: 64 }, (_, k) => Number(Math.abs(k - at) < 3)));
    const loss = (at: number): number => frequencyLoss(bump(at).sub(bump(40)), { falloff: 80 }).item();
    // l2 is the same for all of these.
    expect(loss(10)).toBeGreaterThan(1.05 * loss(15));
    expect(loss(15)).toBeGreaterThan(1.05 * loss(20));
    expect(loss(20)).toBeGreaterThan(1.05 * loss(25));
  }));

  test('is differentiable to second order, and the same in programs (seed 95)', () => precision(64, () => {
    const t = random({ y: 3, x: 4 }, 95);
    for (const norm of ['l1', 'l2'] as const) {
      const f = (u: Tensor<'y' | 'x'>): Scalar => frequencyLoss(u, { norm, falloff: 2 });
      checkGradients(f, t, { order: 2 });
      const [eager, compiled] = [grad(f)(t), jit(grad(f))(t)];
      expectElements(compiled, { y: 3, x: 4 }, (index) => element(eager, index), 12);
    }
    // Where all is below the threshold nothing is divided by zero.
    expect([...grad((u: Tensor<'x'>) => frequencyLoss(u, { norm: 'l1' }))(tensor({ x: 3 }, 0)).data]).toEqual([0, 0, 0]);
  }));

  test('refuses tensors without space, and options without sense', () => {
    const t = tensor({ x: 2 }, [1, 2]);
    expect(thrown(() => frequencyLoss(tensor({ c: channel(2) }, 1)))).toMatchObject({ name: 'DimensionError', operation: 'frequencyLoss' });
    for (const falloff of [-1, NaN]) expect(thrown(() => frequencyLoss(t, { falloff }))).toMatchObject({ name: 'ArgumentError', argument: 'falloff' });
    expect(thrown(() => frequencyLoss(t, { threshold: -1 }))).toMatchObject({ name: 'ArgumentError', argument: 'threshold' });
    expect(thrown(() => frequencyLoss(t, { norm: 'l3' as 'l1' }))).toMatchObject({ name: 'ArgumentError', argument: 'norm', seen: 'l3' });
  });
});
