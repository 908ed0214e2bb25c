/** @file The order of contractions: never dearer than any other order, whatever the tensors, and right for many of them. */
import { describe, expect, test } from 'vitest';
import { contract, jit, precision, tensor, type Tensor } from '@tapeflow/tensor';
import { checkGradients } from '@tapeflow/autodiff';
import { directionGenerator } from '@tapeflow/autodiff/extend';
import { contractionOrder, type Order, type Sizes } from '../../src/named/contract-order.ts';
import { element, expectElements, indices, random } from './support.ts';

/** Multiplications of an order, from what each product is made of: which operands are in it. */
function costOf(order: Order, operands: readonly Sizes[], summed: ReadonlySet<string>): { cost: number; inside: readonly number[]; sizes: Sizes } {
  if (typeof order === 'number') return { cost: 0, inside: [order], sizes: operands[order]! };
  const [a, b] = [costOf(order[0], operands, summed), costOf(order[1], operands, summed)];
  const inside = [...a.inside, ...b.inside];
  const all: Record<string, number> = { ...a.sizes, ...b.sizes };
  const isNeeded = (name: string): boolean => !summed.has(name) || operands.some((sizes, k) => !inside.includes(k) && name in sizes);
  return { cost: a.cost + b.cost + Object.values(all).reduce((x, y) => x * y, 1), inside, sizes: Object.fromEntries(Object.entries(all).filter(([name]) => isNeeded(name))) };
}

/** Every order of some operands. */
function allOrders(list: readonly Order[]): Order[] {
  if (list.length === 1) return [list[0]!];
  return list.flatMap((a, i) => list.slice(i + 1).flatMap((b, j) => allOrders([...list.filter((_, k) => k !== i && k !== i + 1 + j), [a, b] as const])));
}

describe('the order', () => {
  test('of a chain of matrices is that of the textbook', () => {
    // 10 × 1000, 1000 × 2, 2 × 500: the last two first would cost a hundred times as much.
    const chain = [{ i: 10, j: 1000 }, { j: 1000, k: 2 }, { k: 2, l: 500 }];
    expect(costOf(contractionOrder(chain, new Set(['j', 'k'])), chain, new Set(['j', 'k'])).cost).toBe(10 * 1000 * 2 + 10 * 2 * 500);
    // The cheapest pair first is not cheapest in the end.
    const trap = [{ a: 2, b: 3 }, { b: 3, c: 3 }, { c: 3, a: 2, d: 50 }, { d: 50 }];
    const summed = new Set(['a', 'b', 'c', 'd']);
    expect(costOf(contractionOrder(trap, summed), trap, summed).cost).toBe(Math.min(...allOrders([0, 1, 2, 3]).map((order) => costOf(order, trap, summed).cost)));
  });

  test('is as cheap as the cheapest of all, for random tensors (seed 411)', () => {
    const next = directionGenerator(411);
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (let round = 0; round < 40; round++) {
      const sizes = Object.fromEntries(names.map((name) => [name, 1 + Math.floor(Math.abs(next()) * 9)]));
      const operands = Array.from({ length: 5 }, () => Object.fromEntries(names.filter(() => next() > 0.1).map((name) => [name, sizes[name]!])));
      const summed = new Set(names.filter(() => next() > -0.3));
      const seen = costOf(contractionOrder(operands, summed), operands, summed);
      expect([...seen.inside].sort()).toEqual([0, 1, 2, 3, 4]);
      expect(seen.cost, `round ${round}`).toBe(Math.min(...allOrders([0, 1, 2, 3, 4]).map((order) => costOf(order, operands, summed).cost)));
    }
  });
});

describe('contractions of several tensors', () => {
  const dims = { i: 2, j: 3, k: 2, l: 3 };
  const at = (): readonly [Tensor<'i' | 'j'>, Tensor<'j' | 'k'>, Tensor<'j' | 'l'>, Tensor<'l'>] => [random({ i: 2, j: 3 }, 412), random({ j: 3, k: 2 }, 413), random({ j: 3, l: 3 }, 414), random({ l: 3 }, 415)];

  test('are sums of products over all indices, where a name is in three of them, too (seeds 412 to 415)', () => precision(64, () => {
    const tensors = at();
    const product = (index: Readonly<Record<string, number>>): number => tensors.reduce((total, t) => total * element(t, index), 1);
    const total = (kept: Readonly<Record<string, number>>): number => indices(dims).filter((index) => Object.entries(kept).every(([name, k]) => index[name] === k)).reduce((sum, index) => sum + product(index), 0);
    expectElements(contract(tensors, ['j', 'l']), { i: 2, k: 2 }, total);
    expectElements(contract(tensors, ['i', 'k', 'l']), { j: 3 }, total);
    expect(contract(tensors, ['i', 'j', 'k', 'l']).item()).toBeCloseTo(total({}), 12);
    expectElements(jit((list: typeof tensors) => contract(list, ['j', 'l']))(tensors), { i: 2, k: 2 }, total);
  }));

  test('have derivatives to second order (seeds 412 to 415)', () => precision(64, () => {
    checkGradients((list: ReturnType<typeof at>) => contract(list, ['j', 'l']), at(), { order: 2 });
  }));

  test('of more than eight go pair by pair (seed 416)', () => precision(64, () => {
    const vectors = Array.from({ length: 10 }, (_, k) => random({ x: 4 }, 416 + k));
    const expected = [0, 1, 2, 3].reduce((sum, x) => sum + vectors.reduce((total, v) => total * element(v, { x }), 1), 0);
    expect(contract(vectors, 'x').item()).toBeCloseTo(expected, 14);
    expect(contract([tensor({ x: 2 }, [3, 4])], 'x').item()).toBe(7);
  }));
});
