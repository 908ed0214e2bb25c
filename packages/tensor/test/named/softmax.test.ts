/** @file Log-sum-exp and softmax: against sums, without overflow, with gradients that are the softmax. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad } from '@tapeflow/autodiff';
import { DimensionError, jit, logSoftmax, logSumExp, precision, softmax, spatial, sum, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { element, expectElements, random, thrown, valuesAt } from './support.ts';

const byLoop = (xs: readonly number[]): number => Math.log(xs.reduce((total, x) => total + Math.exp(x), 0));

describe('values', () => {
  test('by name, by list, by type, by batch (seeds 71, 72)', () => precision(64, () => {
    const t = random({ vector: 2, y: 3, x: 4 }, 71).mul(3);
    expectElements(logSumExp(t, 'x'), { vector: 2, y: 3 }, (index) => byLoop(valuesAt(t, index)));
    expectElements(logSumExp(t, spatial), { vector: 2 }, (index) => byLoop(valuesAt(t, index)));
    expectElements(softmax(t, ['vector', 'x']), { vector: 2, y: 3, x: 4 }, (index) => Math.exp(element(t, index) - byLoop(valuesAt(t, { y: index['y']! }))));
    expectElements(logSoftmax(t, 'y'), { vector: 2, y: 3, x: 4 }, (index) => element(t, index) - byLoop(valuesAt(t, { vector: index['vector']!, x: index['x']! })));
    const examples = random({ batch: 3, x: 4 }, 72);
    expectElements(logSumExp(examples), { batch: 3 }, (index) => byLoop(valuesAt(examples, index)));
    expectElements(sum(softmax(examples)), { batch: 3 }, () => 1);
    expectElements(softmax(t, spatial), { vector: 2, y: 3, x: 4 }, (index) => Math.exp(element(t, index) - byLoop(valuesAt(t, { vector: index['vector']! }))));
  }));

  test('no overflow, no underflow of the logarithm, in f32', () => {
    const t = tensor({ x: 3 }, [1000, 1001, -1e30]);
    expect(logSumExp(t).item()).toBe(Math.fround(1001 + Math.log1p(Math.exp(-1))));
    expect([...softmax(t).data].map((p) => p.toFixed(5))).toEqual(['0.26894', '0.73106', '0.00000']);
    expect([...logSoftmax(t).data][2]).toBe(Math.fround(-1e30));
  });

  test('infinite values: −∞ has no weight; nothing but −∞, or nothing at all, gives −∞', () => {
    expect(logSumExp(tensor({ x: 2 }, [-Infinity, 2])).item()).toBe(2);
    expect([...softmax(tensor({ x: 2 }, [-Infinity, 2])).data]).toEqual([0, 1]);
    expect(logSumExp(tensor({ x: 2 }, [-Infinity, -Infinity])).item()).toBe(-Infinity);
    expect(logSumExp(tensor({ x: 2 }, [Infinity, 2])).item()).toBe(Infinity);
    expect([...logSumExp(tensor({ y: 2, x: 0 }, []), 'x').data]).toEqual([-Infinity, -Infinity]);
    expect(logSumExp(tensor({ x: 2 }, [NaN, 2])).item()).toBeNaN();
  });
});

describe('derivatives', () => {
  test('to second order (seed 73)', () => precision(64, () => {
    const t = random({ y: 2, x: 4 }, 73).mul(2);
    checkGradients((u: Tensor<'y' | 'x'>) => logSumExp(u, 'x'), t, { order: 2 });
    checkGradients((u: Tensor<'y' | 'x'>) => softmax(u, 'x'), t, { order: 2 });
    checkGradients((u: Tensor<'y' | 'x'>) => logSoftmax(u, ['y', 'x']), t, { order: 2 });
  }));

  test('the gradient of logSumExp is the softmax, also far out and in a program (seed 74)', () => precision(64, () => {
    const slope = grad((u: Tensor<'x'>): Scalar => logSumExp(u, 'x'));
    for (const shift of [0, 5000, -5000]) {
      const t = random({ x: 5 }, 74).add(shift);
      expectElements(slope(t), { x: 5 }, (index) => element(softmax(t, 'x'), index), 14);
      expectElements(jit(slope)(t), { x: 5 }, (index) => element(softmax(t, 'x'), index), 14);
    }
    // Masked entries, and a row of nothing else, move nothing.
    expect([...slope(tensor({ x: 3 }, [-Infinity, 0, 0])).data]).toEqual([0, 0.5, 0.5]);
    expect([...slope(tensor({ x: 2 }, [-Infinity, -Infinity])).data]).toEqual([0, 0]);
  }));
});

test('a missing dimension is refused', () => {
  const t = tensor({ vector: 2 }, [1, 2]) as Tensor;
  expect(thrown(() => softmax(t, 'vectr'))).toMatchObject({ name: 'DimensionError', operation: 'softmax', dimension: 'vectr', advice: "Did you mean 'vector'?" });
  expect(() => logSumExp(t, ['vector', 'x'])).toThrow(DimensionError);
  expect(() => logSoftmax(t, 'x')).toThrow(DimensionError);
});
