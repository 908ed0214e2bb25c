/** @file sort and argsort by name: permutations in order, stable, with derivatives; they can order something else. */
import { expect, test } from 'vitest';
import { checkGradients, grad } from '@tapeflow/autodiff';
import { argsort, DimensionError, gather, jit, l2, precision, sort, sum, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { element, expectElements, random, thrown, valuesAt } from './support.ts';

test('ascending and descending along any dimension (seed 111)', () => precision(64, () => {
  const t = random({ vector: 2, y: 5, x: 3 }, 111);
  const column = (index: Readonly<Record<string, number>>): number[] => valuesAt(t, { vector: index['vector']!, x: index['x']! });
  expectElements(sort(t, 'y'), { vector: 2, y: 5, x: 3 }, (index) => column(index).sort((a, b) => a - b)[index['y']!]!);
  expectElements(sort(t, 'y', { descending: true }), { vector: 2, y: 5, x: 3 }, (index) => column(index).sort((a, b) => b - a)[index['y']!]!);
  expectElements(gather(t, { y: argsort(t, 'y') }), { vector: 2, x: 3, y: 5 }, (index) => element(sort(t, 'y'), index));
}));

test('a long list is in order, is a permutation, and keeps the order of equal values (seed 112)', () => {
  const n = 20_000;
  const t = tensor({ x: n }, Array.from(random({ x: n }, 112).data, (v) => Math.round(50 * v)), { dtype: 'i32' });
  const [order, values] = [argsort(t, 'x').data, t.data];
  expect(new Set(order).size).toBe(n);
  for (let k = 1; k < n; k++) {
    const [a, b] = [values[order[k - 1]!]!, values[order[k]!]!];
    if (a > b || (a === b && order[k - 1]! > order[k]!)) expect.fail(`place ${k} of ${n}`);
  }
});

test('the order of one tensor for another one', () => {
  const distance = tensor({ p: 3 }, [3, 1, 2]);
  const labels = tensor({ p: 3 }, [30, 10, 20], { dtype: 'i32' });
  expect([...gather(labels, { p: argsort(distance, 'p') }).data]).toEqual([10, 20, 30]);
});

test('item names of the sorted dimension disappear, those of others stay', () => {
  const t = tensor({ vector: ['u', 'v'], kind: ['a', 'b'] }, [2, 1, 3, 4]);
  expect(sort(t, 'kind').dims.map(({ items }) => items)).toEqual([['u', 'v'], undefined]);
  expect([...sort(t, 'kind').data]).toEqual([1, 2, 3, 4]);
  expect(argsort(t, 'vector').dtype).toBe('i32');
});

test('derivatives go to where each value came from, to second order; programs agree (seed 113)', () => precision(64, () => {
  const t = random({ y: 2, x: 6 }, 113);
  const weights = tensor({ x: 6 }, [1, 2, 4, 8, 16, 32]);
  checkGradients((u: Tensor<'y' | 'x'>) => sort(u.mul(u), 'x').mul(weights), t, { order: 2 });
  const slope = (u: Tensor<'x'>): Tensor<'x'> => grad((v: Tensor<'x'>): Scalar => sum(sort(v, 'x').mul(weights)))(u);
  const row = t.at({ y: 0 });
  const rank = [...argsort(argsort(row, 'x'), 'x').data];
  expectElements(slope(row), { x: 6 }, ({ x }) => 2 ** rank[x!]!);
  const loss = (u: Tensor<'y' | 'x'>): Tensor<'y' | 'x'> => grad((v: Tensor<'y' | 'x'>): Scalar => l2(sort(v.mul(v), 'x', { descending: true }).mul(weights)))(u);
  expectElements(jit(loss)(t), { y: 2, x: 6 }, (index) => element(loss(t), index));
}));

test('a missing dimension is refused', () => {
  const t = tensor({ width: 2 }, [1, 2]) as Tensor;
  expect(thrown(() => sort(t, 'widt'))).toMatchObject({ name: 'DimensionError', operation: 'sort', dimension: 'widt', advice: "Did you mean 'width'?" });
  expect(() => argsort(t, 'x')).toThrow(DimensionError);
});
