/** @file Variance, standard deviation, quantiles and median: against loops, by name, type and batch; derivatives; refusals. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad } from '@tapeflow/autodiff';
import { ArgumentError, batch, DimensionError, jit, l2, mean, median, precision, quantile, scalar, spatial, standardDeviation, tensor, variance, type Scalar, type Tensor } from '@tapeflow/tensor';
import { element, expectElements, random, thrown, valuesAt } from './support.ts';

const average = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;
const spreadOf = (xs: readonly number[], ddof: number): number => xs.reduce((total, x) => total + (x - average(xs)) ** 2, 0) / (xs.length - ddof);
/** The value of rank share·(n − 1) in the sorted list. */
const quantileOf = (xs: readonly number[], share: number): number => {
  const sorted = [...xs].sort((a, b) => a - b);
  const rank = share * (xs.length - 1);
  const [low, high] = [sorted[Math.floor(rank)]!, sorted[Math.ceil(rank)]!];
  return low + (rank - Math.floor(rank)) * (high - low);
};

describe('variance and standard deviation', () => {
  test('by name, by list, by type, with and without degrees of freedom taken off (seed 61)', () => precision(64, () => {
    const t = random({ vector: 2, y: 3, x: 4 }, 61);
    expectElements(variance(t, 'x'), { vector: 2, y: 3 }, (index) => spreadOf(valuesAt(t, index), 0));
    expectElements(variance(t, ['vector', 'x'], { ddof: 1 }), { y: 3 }, (index) => spreadOf(valuesAt(t, index), 1));
    expectElements(variance(t, spatial, { ddof: 1.5 }), { vector: 2 }, (index) => spreadOf(valuesAt(t, index), 1.5));
    expectElements(standardDeviation(t, 'y', { ddof: 1 }), { vector: 2, x: 4 }, (index) => Math.sqrt(spreadOf(valuesAt(t, index), 1)));
    const examples = random({ batch: 2, x: 5 }, 62);
    expectElements(variance(examples), { batch: 2 }, (index) => spreadOf(valuesAt(examples, index), 0));
    expectElements(standardDeviation(examples, batch), { x: 5 }, (index) => Math.sqrt(spreadOf(valuesAt(examples, index), 0)));
  }));

  test('far from 0 nothing cancels: two passes, not a difference of squares', () => precision(64, () => {
    const t = tensor({ x: 4 }, [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]);
    expect(variance(t, 'x', { ddof: 1 }).item()).toBe(30);
  }));

  test('integers become real; without degrees of freedom there is no number', () => {
    expect([variance(tensor({ x: 2 }, [1, 4], { dtype: 'i32' })).dtype, variance(tensor({ x: 2 }, [1, 4], { dtype: 'i32' })).item()]).toEqual(['f32', 2.25]);
    for (const [size, ddof] of [[1, 1], [0, 0], [0, 1], [2, 3]] as const) {
      const few = tensor({ x: size }, Array.from({ length: size }, () => 3));
      expect(variance(few, 'x', { ddof }).item()).toBeNaN();
      expect(standardDeviation(few, undefined, { ddof }).item()).toBeNaN();
    }
    expect(variance(tensor({ x: 1 }, [3])).item()).toBe(0);
  });

  test('derivatives to second order (seed 63); 0 where all values are equal', () => precision(64, () => {
    const t = random({ y: 3, x: 4 }, 63);
    for (const f of [variance, standardDeviation]) checkGradients((u: Tensor<'y' | 'x'>) => f(u, 'x', { ddof: 1 }), t, { order: 2 });
    expect([...grad((u: Tensor<'x'>): Scalar => standardDeviation(u, 'x'))(tensor({ x: 3 }, [2, 2, 2])).data]).toEqual([0, 0, 0]);
  }));

  test('refusals', () => {
    const t = tensor({ x: 2 }, [1, 2]);
    for (const ddof of [-1, NaN, Infinity]) expect(thrown(() => variance(t, 'x', { ddof }))).toMatchObject({ name: 'ArgumentError', operation: 'variance', argument: 'ddof', seen: ddof });
    expect(thrown(() => variance(t as Tensor, 'X'))).toMatchObject({ name: 'DimensionError', operation: 'variance', dimension: 'X', advice: "Did you mean 'x'?" });
    expect(thrown(() => standardDeviation(t, 'x', { ddof: -1 })).message).toMatchInlineSnapshot(`
      "standardDeviation: 'ddof' is -1.
        Give a number ≥ 0: 0 for the variance of the values, 1 for an estimate from a sample."
    `);
  });
});

describe('quantile and median', () => {
  test('of several dimensions, by share (seed 64)', () => precision(64, () => {
    const t = random({ vector: 2, y: 3, x: 5 }, 64);
    for (const share of [0, 0.13, 0.5, 0.9, 1]) {
      expectElements(quantile(t, share, ['y', 'x']), { vector: 2 }, (index) => quantileOf(valuesAt(t, index), share));
      expectElements(quantile(t, scalar(share), 'vector'), { y: 3, x: 5 }, (index) => quantileOf(valuesAt(t, index), share));
      expectElements(quantile(t, share, spatial), { vector: 2 }, (index) => quantileOf(valuesAt(t, index), share));
    }
    expectElements(median(t, 'x'), { vector: 2, y: 3 }, (index) => quantileOf(valuesAt(t, index), 0.5));
    expectElements(median(t), {}, () => quantileOf(valuesAt(t, {}), 0.5));
  }));

  test('several shares give a dimension; they may differ between batch entries (seeds 65, 66)', () => precision(64, () => {
    const t = random({ batch: 2, x: 6 }, 65);
    const shares = tensor({ share: 3 }, [0.05, 0.5, 0.8]);
    expectElements(quantile(t, shares, 'x'), { batch: 2, share: 3 }, ({ batch: b, share }) => quantileOf(valuesAt(t, { batch: b! }), element(shares, { share: share! })));
    const own = tensor({ batch: 2 }, [0.25, 1]);
    expectElements(quantile(t, own, 'x'), { batch: 2 }, (index) => quantileOf(valuesAt(t, index), element(own, index)));
  }));

  test('NaN is handed on to its own result; of none there is NaN; integers become real', () => {
    expect([...median(tensor({ y: 2, x: 3 }, [1, NaN, 2, 5, 3, 4]), 'x').data]).toEqual([NaN, 4]);
    expect([...quantile(tensor({ y: 2, x: 0 }, []), tensor({ q: 2 }, [0, 1]), 'x').data]).toEqual([NaN, NaN, NaN, NaN]);
    expect(median(tensor({ x: 0 }, [])).item()).toBeNaN();
    expect(median(tensor({ x: 4 }, [7, 1, 2, 4], { dtype: 'i32' })).item()).toBe(3);
  });

  test('derivatives go to the neighbours, and to the share; also in a program (seed 67)', () => precision(64, () => {
    // Far enough apart that no step changes their order.
    const t = tensor({ y: 2, x: 5 }, [3, 1, 5, 2, 4, -5, 2, 3, -4, -1]).add(random({ y: 2, x: 5 }, 67).mul(0.1));
    const loss = (u: Tensor<'y' | 'x'>, share: Scalar): Tensor<'y'> => quantile(u.mul(u), share, 'x');
    checkGradients(([u, share]: [Tensor<'y' | 'x'>, Scalar]) => loss(u, share), [t, scalar(0.375)], { order: 2 });
    const slope = (u: Tensor<'y' | 'x'>): Tensor<'y' | 'x'> => grad((v: Tensor<'y' | 'x'>): Scalar => l2(median(v.mul(v), 'x')))(u);
    expect(jit(slope)(t).data).toEqual(slope(t).data);
    expect([...grad((u: Tensor<'x'>): Scalar => median(u, 'x'))(tensor({ x: 4 }, [3, 9, -1, 4])).data]).toEqual([0.5, 0, 0, 0.5]);
  }));

  test('the median of a sum is not the sum of medians, the mean is (seed 69)', () => precision(64, () => {
    const t = random({ x: 101 }, 69);
    expect(median(t.mul(-3).add(1)).item()).toBeCloseTo(1 - 3 * median(t).item(), 12);
    expect(mean(t).item()).not.toBeCloseTo(median(t).item(), 6);
  }));

  test('refusals', () => {
    const t = tensor({ x: 2 }, [1, 2]);
    expect(thrown(() => quantile(t, 1.5, 'x'))).toMatchObject({ name: 'ArgumentError', operation: 'quantile', argument: 'share', seen: 1.5 });
    expect(() => quantile(t, NaN)).toThrow(ArgumentError);
    expect(thrown(() => quantile(t, tensor({ q: 2 }, [0.5, -0.25]), 'x'))).toMatchObject({ name: 'ArgumentError', seen: -0.25 });
    expect(() => jit((share: Scalar) => quantile(t, share, 'x'))(scalar(2))).toThrow(ArgumentError);
    expect(thrown(() => quantile(t, tensor({ q: 1 }, [1], { dtype: 'i32' }), 'x'))).toMatchObject({ name: 'DTypeError', operation: 'quantile', dtypes: ['i32'] });
    expect(() => quantile(t as Tensor, 0.5, 'y')).toThrow(DimensionError);
    expect(() => median(t as Tensor, ['x', 'z'])).toThrow(DimensionError);
  });
});
