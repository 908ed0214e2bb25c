/** @file Reductions by name, by type and of everything: batch dimensions stay unless they are named. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad } from '@tapeflow/autodiff';
import { all, any, batch, channel, DimensionError, DTypeError, full, jit, l2, less, max, mean, min, norm, precision, prod, scalar, spatial, sum, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { element, expectElements, indices, random, thrown } from './support.ts';

type Reduce = (t: Tensor<never>, dims?: unknown) => Tensor;
const folds: Record<string, readonly [reduce: unknown, fold: (xs: readonly number[]) => number]> = {
  sum: [sum, (xs) => xs.reduce((a, b) => a + b, 0)],
  prod: [prod, (xs) => xs.reduce((a, b) => a * b, 1)],
  mean: [mean, (xs) => xs.reduce((a, b) => a + b, 0) / xs.length],
  min: [min, (xs) => Math.min(...xs)],
  max: [max, (xs) => Math.max(...xs)],
  norm: [norm, (xs) => Math.hypot(...xs)],
  l2: [l2, (xs) => xs.reduce((a, b) => a + b * b, 0) / 2],
};

describe.each(Object.keys(folds))('%s (seed 11)', (name) => {
  const reduce = folds[name]![0] as Reduce;
  const fold = folds[name]![1];
  /** Folds over all values of the indices that are not kept. */
  const byLoop = (t: Tensor<never>, kept: Readonly<Record<string, number>>): number =>
    fold(indices(t.sizes).filter((index) => Object.entries(kept).every(([key, k]) => index[key] === k)).map((index) => element(t, index)));

  test('by one name, by several, by type', () => precision(64, () => {
    const t = random({ c: 2, y: 3, x: 4 }, 11);
    expectElements(reduce(t, 'x'), { c: 2, y: 3 }, (index) => byLoop(t, index));
    expectElements(reduce(t, ['x', 'c']), { y: 3 }, (index) => byLoop(t, index));
    expectElements(reduce(t, ['y', 'y']), { c: 2, x: 4 }, (index) => byLoop(t, index));
    const vectors = tensor({ vector: channel(2), y: 3, x: 2 }, random({ c: 12 }, 12).data);
    expectElements(reduce(vectors, spatial), { vector: 2 }, (index) => byLoop(vectors, index));
    expectElements(reduce(vectors, channel), { y: 3, x: 2 }, (index) => byLoop(vectors, index));
    expectElements(reduce(t, batch), { c: 2, y: 3, x: 4 }, (index) => byLoop(t, index));
  }));

  test('everything but the batch, unless the batch is named', () => precision(64, () => {
    const t = random({ batch: 2, x: 3 }, 13);
    expectElements(reduce(t), { batch: 2 }, (index) => byLoop(t, index));
    expectElements(reduce(t, 'batch'), { x: 3 }, (index) => byLoop(t, index));
    expectElements(reduce(t, ['batch', 'x']), {}, () => byLoop(t, {}));
    expect(reduce(t, ['batch', 'x']).dims).toEqual([]);
  }));

  test('of one number: the number, and no kernel of its own in programs', () => precision(64, () => {
    const sized = name === 'l2' ? 12.5 : name === 'norm' ? 5 : -5;
    expect(reduce(scalar(-5) as Tensor<never>).item()).toBe(sized);
    const program = jit((t: Tensor<never>) => reduce(t).mul(2));
    expect(program(scalar(-5) as Tensor<never>).item()).toBe(2 * sized);
    expect(program.report().programs[0]!.steps).toMatch(/^1 kernels,/);
  }));

  test('of nothing', () => {
    const empty = tensor({ y: 2, x: 0 }, []);
    const expected = name === 'mean' ? NaN : name === 'norm' || name === 'l2' ? 0 : fold([]);
    expect([...reduce(empty, 'x').data]).toEqual([expected, expected]);
  });
});

describe('dtypes', () => {
  test('a sum of booleans counts; means and norms are real; extremes of integers are integers', () => {
    const b = tensor({ x: 3 }, [true, false, true]);
    expect([sum(b).dtype, sum(b).item()]).toEqual(['i32', 2]);
    expect([mean(b).dtype, mean(b).item()]).toEqual(['f32', Math.fround(2 / 3)]);
    const n = tensor({ x: 2 }, [2_000_000_001, 3], { dtype: 'i32' });
    expect([max(n).dtype, max(n).item(), min(n).item()]).toEqual(['i32', 2_000_000_001, 3]);
    expect(precision(64, () => norm(n).dtype)).toBe('f64');
  });

  test('any and all take booleans', () => {
    const less2 = less(tensor({ y: 2, x: 2 }, [1, 5, 1, 1]), 2);
    expect([...any(less2, 'x').data]).toEqual([1, 1]);
    expect([...all(less2, 'x').data]).toEqual([0, 1]);
    expect([any(less2).item(), all(less2).item()]).toEqual([1, 0]);
    const none = tensor({ x: 0 }, [], { dtype: 'bool' });
    expect([any(none).item(), all(none).item()]).toEqual([0, 1]);
    expect(() => any(tensor({ x: 1 }, [1]))).toThrow(DTypeError);
    expect([any(less(scalar(1), 2)).item(), all(less(scalar(3), 2)).item()]).toEqual([1, 0]);
    expect(() => any(scalar(1))).toThrow(DTypeError);
  });

  test('a sum of 10⁶ numbers in f32 has no other error than the rounding of the result (seed 14)', () => {
    const x = random({ x: 1_000_000 }, 14);
    // The numbers are multiples of 2⁻³¹, so a sum of doubles is exact.
    const exact = Float64Array.from(x.data).reduce((total, v) => total + v * 2 ** 31, 0) / 2 ** 31;
    expect(Math.abs(sum(x).item() - exact)).toBeLessThanOrEqual(2 ** -24 * Math.abs(exact) + 1e-10);
  });

  test('a sum in f32 of many equal numbers does not drift', () => {
    expect(sum(full({ x: 2 ** 24 }, 0.1)).item() / (2 ** 24 * Math.fround(0.1))).toBeCloseTo(1, 7);
  });
});

describe('derivatives', () => {
  test('of all reductions, also to second order (seed 15)', () => precision(64, () => {
    const t = random({ batch: 2, y: 3, x: 2 }, 15);
    for (const reduce of [sum, prod, mean, min, max, norm, l2]) {
      checkGradients((u: Tensor<'batch' | 'y' | 'x'>) => reduce(u, 'y'), t, { order: 2 });
      checkGradients((u: Tensor<'batch' | 'y' | 'x'>) => reduce(u), t, { order: 2 });
    }
  }));

  test('the gradient of l2 is its argument (seed 16)', () => precision(64, () => {
    const t = random({ y: 3, x: 2 }, 16);
    expect(grad((u: Tensor<'y' | 'x'>): Scalar => l2(u))(t).data).toEqual(t.data);
  }));

  test('equal extremes share', () => {
    const slope = grad((u: Tensor<'x'>): Scalar => max(u, 'x'))(tensor({ x: 4 }, [3, 1, 3, 2]));
    expect([...slope.data]).toEqual([0.5, 0, 0.5, 0]);
  });
});

test('a missing dimension is refused', () => {
  const error = thrown(() => sum(tensor({ x: 2 }, [1, 2]) as Tensor, ['x', 'y']));
  expect(error).toBeInstanceOf(DimensionError);
  expect(error.message).toMatchInlineSnapshot(`
    "sum: there is no dimension 'y'.
      input: (x=2)
      Use one of x."
  `);
});

test('the norm of nothing but zeros has slope 0, of other vectors the direction', () => precision(64, () => {
  const t = tensor({ x: 3, vector: 2 }, [0, 0, 3, 4, 0, -2]);
  const slope = grad((u: typeof t): Scalar => sum(norm(u, 'vector')));
  expectElements(slope(t), { vector: 2, x: 3 }, ({ vector, x }) => {
    const own = [0, 1].map((k) => element(t, { vector: k, x: x! }));
    const length = Math.hypot(...own);
    return length === 0 ? 0 : own[vector!]! / length;
  });
  const curvature = grad((u: typeof t): Scalar => sum(slope(u)));
  expect([...curvature(tensor({ x: 3, vector: 2 }, 0)).data]).toEqual([0, 0, 0, 0, 0, 0]);
}));

test('a loss per batch entry is no scalar: grad says which dimensions are left and what to do', () => {
  const t = tensor({ b: batch(2), x: 3 }, 1);
  const error = thrown(() => grad((u: typeof t): Scalar => l2(u) as Tensor<never> as Scalar)(t));
  expect(error).toMatchObject({ name: 'NotScalarError', operation: 'grad', seen: 'Tensor (b=2) f32 inside grad' });
  expect(error.message).toContain("sum(loss, 'batch')");
  expect([...grad((u: typeof t): Scalar => sum(l2(u) as Tensor<never> as typeof t, 'b') as Tensor<never> as Scalar)(t).data]).toEqual([1, 1, 1, 1, 1, 1]);
  // Integers have no derivative.
  expect(thrown(() => grad((): Scalar => scalar(1, { dtype: 'i32' }))(t))).toMatchObject({ name: 'NotScalarError', seen: 'Scalar i32 1' });
});
