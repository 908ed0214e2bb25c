/** @file Running sums, products and extremes by name: inclusive or exclusive, from either end. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad } from '@tapeflow/autodiff';
import { cumulativeMax, cumulativeMin, cumulativeProduct, cumulativeSum, DimensionError, jit, l2, precision, tensor, type Cumulation, type Scalar, type Tensor } from '@tapeflow/tensor';
import { element, expectElements, random, thrown } from './support.ts';

const all: Record<string, readonly [run: Cumulation, nothing: number, combine: (a: number, b: number) => number]> = {
  cumulativeSum: [cumulativeSum, 0, (a, b) => a + b],
  cumulativeProduct: [cumulativeProduct, 1, (a, b) => a * b],
  cumulativeMax: [cumulativeMax, -Infinity, Math.max],
  cumulativeMin: [cumulativeMin, Infinity, Math.min],
};

describe.each(Object.keys(all))('%s', (name) => {
  const [run, nothing, combine] = all[name]!;
  const choices = [false, true].flatMap((exclusive) => [false, true].map((reverse) => ({ exclusive, reverse })));

  test.each(choices)('$exclusive exclusive, $reverse reverse (seed 95)', ({ exclusive, reverse }) => precision(64, () => {
    const t = random({ c: 2, y: 4, x: 3 }, 95);
    const byLoop = (index: Readonly<Record<string, number>>): number => {
      let value = nothing;
      for (let y = 0; y < 4; y++) {
        const isAhead = reverse ? y < index['y']! : y > index['y']!;
        if (!isAhead && !(exclusive && y === index['y'])) value = combine(value, element(t, { ...index, y }));
      }
      return value;
    };
    const seen = run(t, 'y', { exclusive, reverse });
    expect(seen.sizes).toEqual({ c: 2, y: 4, x: 3 });
    for (const c of [0, 1]) for (const y of [0, 1, 2, 3]) for (const x of [0, 1, 2]) expect(element(seen, { c, y, x })).toBeCloseTo(byLoop({ c, y, x }), 12);
  }));

  test('derivatives to second order, and a gradient in a program (seed 96)', () => precision(64, () => {
    const t = random({ y: 5, x: 2 }, 96);
    checkGradients((u: Tensor<'y' | 'x'>) => run(u, 'y').mul(u), t, { order: 2 });
    const slope = (u: Tensor<'y' | 'x'>): Tensor<'y' | 'x'> => grad((v: Tensor<'y' | 'x'>): Scalar => l2(run(v, 'y', { reverse: true })))(u);
    expectElements(jit(slope)(t), { y: 5, x: 2 }, (index) => element(slope(t), index));
    if (name === 'cumulativeSum' || name === 'cumulativeProduct') checkGradients((u: Tensor<'y' | 'x'>) => run(u, 'x', { exclusive: true, reverse: true }).mul(u), t, { order: 2 });
  }));

  test('of nothing, and a missing dimension', () => {
    expect(run(tensor({ y: 2, x: 0 }, []), 'x', { exclusive: true }).size).toBe(0);
    expect(thrown(() => run(tensor({ time: 2 }, [1, 2]) as Tensor, 'tim'))).toMatchObject({ name: 'DimensionError', operation: name, dimension: 'tim', advice: "Did you mean 'time'?" });
    expect(() => run(tensor({ x: 2 }, [1, 2]) as Tensor, 'y')).toThrow(DimensionError);
  });
});

describe('dtypes and names', () => {
  test('booleans are counted; integers stay integers, with their own ends', () => {
    const b = cumulativeSum(tensor({ x: 4 }, [true, false, true, true]), 'x');
    expect([b.dtype, ...b.data]).toEqual(['i32', 1, 1, 2, 3]);
    const n = tensor({ x: 3 }, [5, -2, 9], { dtype: 'i32' });
    expect([...cumulativeMax(n, 'x', { exclusive: true }).data]).toEqual([-(2 ** 31), 5, 5]);
    expect([...cumulativeMin(n, 'x', { exclusive: true }).data]).toEqual([2 ** 31 - 1, 5, -2]);
  });

  test('item names stay, positions mean what they meant', () => {
    expect(cumulativeSum(tensor({ vector: ['u', 'v'] }, [1, 2]), 'vector').at({ vector: 'v' }).item()).toBe(3);
  });

  test('a long sum in f32 has no other error than the rounding of each result', () => {
    const n = 1_000_000;
    const sums = cumulativeSum(tensor({ x: n }, new Float32Array(n).fill(0.1)), 'x').data;
    for (const k of [1, 1000, n - 1]) expect(sums[k]).toBe(Math.fround(Math.fround(0.1) * (k + 1)));
  });

  test('a product with zeros has the right slopes', () => precision(64, () => {
    const slope = grad((u: Tensor<'x'>): Scalar => cumulativeProduct(u, 'x').at({ x: 3 }));
    expect([...slope(tensor({ x: 4 }, [2, 0, 3, 5])).data]).toEqual([0, 30, 0, 0]);
  }));
});
