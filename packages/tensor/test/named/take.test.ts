/** @file take by item names and positions, takeMask by values: names, items, derivatives, refusals. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad, TracedValueError } from '@tapeflow/autodiff';
import { greater, IndexError, jit, less, precision, select, sum, take, takeMask, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { element, expectElements, random, thrown } from './support.ts';

describe('take', () => {
  const velocity = tensor({ vector: ['x', 'y', 'z'], i: 4 }, Array.from({ length: 12 }, (_, k) => k));

  test('by item name, in the order of the list; the items go along', () => {
    const part = take(velocity, { vector: ['z', 'x'] });
    expect(part.dims[0]).toEqual({ name: 'vector', size: 2, type: 'channel', items: ['z', 'x'] });
    expectElements(part, { vector: 2, i: 4 }, ({ vector, i }) => element(velocity, { vector: vector === 0 ? 2 : 0, i: i! }));
    expect(part.at({ vector: 'x', i: 3 }).item()).toBe(3);
  });

  test('by position, several times, from the end, along two dimensions', () => {
    expectElements(take(velocity, { i: [-1, 0, 0, 2] }), { vector: 3, i: 4 }, ({ vector, i }) => element(velocity, { vector: vector!, i: [3, 0, 0, 2][i!]! }));
    expectElements(take(velocity, { vector: [1], i: [2, 1] }), { vector: 1, i: 2 }, ({ i }) => element(velocity, { vector: 1, i: 2 - i! }));
    expect(take(velocity, { i: [] }).sizes).toEqual({ vector: 3, i: 0 });
  });

  test('derivatives to second order, and programs (seed 131)', () => precision(64, () => {
    const t = random({ y: 3, x: 7 }, 131);
    const many = [6, 0, 3, 3, 1, 5, 2, 6, 0, 4, 4, 1, 3, 0, 6, 2];
    for (const x of [[5, 1, 1], many]) {
      checkGradients((u: Tensor<'y' | 'x'>) => take(u.mul(u), { x, y: [2, 0] }), t, { order: 2 });
      expect(jit((u: Tensor<'y' | 'x'>) => take(u.mul(2), { x }))(t).data).toEqual(take(t.mul(2), { x }).data);
    }
  }));

  test('refusals', () => {
    expect(thrown(() => take(velocity, { vector: ['X', 'w'] }))).toMatchObject({ name: 'DimensionError', operation: 'take', dimension: 'vector' });
    expect(thrown(() => take(velocity, { vector: ['x', 'x'] })).message).toMatchInlineSnapshot(`
      "take: dimension 'vector' names the item 'x' twice: x, x.
        Give every item its own name."
    `);
    expect(thrown(() => take(velocity, { i: ['x'] }))).toMatchObject({ name: 'DimensionError', dimension: 'i' });
    expect(thrown(() => take(velocity, { i: [4] }))).toMatchObject({ name: 'IndexError', operation: 'take', index: 4, length: 4 });
    expect(() => take(velocity, { i: [0.5] })).toThrow(IndexError);
    expect(thrown(() => take(velocity as Tensor, { vectr: [0] }))).toMatchObject({ name: 'DimensionError', advice: "Did you mean 'vector'?" });
  });
});

describe('takeMask', () => {
  test('the entries for which the mask holds, in their order; items go along (seed 132)', () => {
    const t = random({ y: 2, x: 6 }, 132);
    const mask = tensor({ x: 6 }, [true, false, false, true, true, false]);
    expectElements(takeMask(t, 'x', mask), { y: 2, x: 3 }, ({ y, x }) => element(t, { y: y!, x: [0, 3, 4][x!]! }));
    const named = takeMask(tensor({ vector: ['u', 'v', 'w'] }, [1, 2, 3]), 'vector', tensor({ vector: 3 }, [false, true, true]));
    expect([named.dims[0]!.items, ...named.data]).toEqual([['v', 'w'], 2, 3]);
    expect(takeMask(t, 'x', tensor({ x: 6 }, false)).sizes).toEqual({ y: 2, x: 0 });
    expect(takeMask(t, 'x', tensor({ x: 6 }, true)).data).toEqual(t.data);
  });

  test('many scattered entries', () => {
    const t = tensor({ x: 1000 }, Array.from({ length: 1000 }, (_, k) => (k * 7919) % 1000));
    expect([...takeMask(t, 'x', less(t, 100)).data]).toEqual([...t.data].filter((v) => v < 100));
  });

  test('derivatives reach the tensor, also when the mask is computed from it', () => precision(64, () => {
    const slope = grad((u: Tensor<'x'>): Scalar => sum(takeMask(u, 'x', greater(u, 0)).pow(3)));
    expect([...slope(tensor({ x: 4 }, [2, -1, 0, 3])).data]).toEqual([12, 0, 0, 27]);
    checkGradients((u: Tensor<'x'>) => takeMask(u.mul(u), 'x', tensor({ x: 4 }, [true, true, false, true])), tensor({ x: 4 }, [1, -2, 3, 4]), { order: 2 });
  }));

  test('in a program the mask must be known; the error says what to do instead, and that works', () => {
    const t = tensor({ x: 3 }, [1, -2, 3]);
    const error = thrown(() => jit((u: Tensor<'x'>) => takeMask(u, 'x', greater(u, 0)))(t));
    expect(error).toBeInstanceOf(TracedValueError);
    expect(error.message).toMatchInlineSnapshot(`
      "takeMask: the value of a traced quantity was asked for.
        How many entries there are would depend on values. Keep all and weigh them, select(mask, t, 0), or compute the mask outside of jit."
    `);
    const known = greater(t, 0);
    expect([...jit((u: Tensor<'x'>) => takeMask(u.mul(2), 'x', known))(t).data]).toEqual([2, 6]);
    expect(jit((u: Tensor<'x'>) => sum(select(greater(u, 0), u, 0)))(t).item()).toBe(4);
  });

  test('refusals', () => {
    const t = tensor({ y: 2, x: 3 }, [1, 2, 3, 4, 5, 6]);
    expect(thrown(() => takeMask(t, 'x', tensor({ x: 3 }, [1, 0, 1])))).toMatchObject({ name: 'DTypeError', operation: 'takeMask', dtypes: ['f32'] });
    expect(thrown(() => takeMask(t, 'x', tensor({ x: 2 }, true)))).toMatchObject({ name: 'DimensionError', operation: 'takeMask', dimension: 'x' });
    expect(thrown(() => takeMask(t, 'x', tensor({ y: 2, x: 3 }, true))).message).toMatchInlineSnapshot(`
      "takeMask: the mask is not along 'x' alone.
        input 1: (y=2, x=3)
        input 2: (y=2, x=3)
        Give a mask of dimensions (x=3); pack several dimensions into one first."
    `);
    expect(() => takeMask(t as Tensor, 'z', tensor({ z: 3 }, true))).toThrow("there is no dimension 'z'");
  });
});
