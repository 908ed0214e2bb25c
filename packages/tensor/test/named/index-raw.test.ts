/** @file Entries and ranges: positions from both ends, item names, steps, views, derivatives, refusals. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad } from '@tapeflow/autodiff';
import { DimensionError, IndexError, precision, sin, sum, tensor, zeros, type Range, type Scalar, type Tensor } from '@tapeflow/tensor';
import type { NDArray } from '@tapeflow/tensor/extend';
import { element, expectElements, random, thrown } from './support.ts';

const t = tensor({ vector: ['u', 'v'], y: 2, x: 3 }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);

describe('at', () => {
  test('picks by position, from the end, and by item name', () => {
    expectElements(t.at({ x: 1 }), { vector: 2, y: 2 }, (index) => element(t, { ...index, x: 1 }));
    expectElements(t.at({ x: -1, y: 0 }), { vector: 2 }, (index) => element(t, { ...index, x: 2, y: 0 }));
    expectElements(t.at({ vector: 'v' }), { y: 2, x: 3 }, (index) => element(t, { ...index, vector: 1 }));
    expect(t.at({ vector: 'u', y: 1, x: 2 }).item()).toBe(6);
    expect(t.at({} as Record<never, number>).value).toBe(t.value);
  });

  test('refuses positions outside, fractions, and names that are not there', () => {
    expect(thrown(() => t.at({ x: 3 }))).toMatchObject({ name: 'IndexError', operation: 'at', index: 3, length: 3 });
    expect(thrown(() => t.at({ x: -4 })).message).toMatchInlineSnapshot(`
      "at: index -4 is outside dimension 'x' of length 3.
        Use indices from 0 to 2; negative indices count from the end in at() and slice() only."
    `);
    expect(() => t.at({ x: 0.5 })).toThrow(IndexError);
    expect(() => zeros({ x: 0 }).at({ x: 0 })).toThrow(IndexError);
    expect(() => (t as Tensor).at({ z: 0 })).toThrow(DimensionError);
    expect(thrown(() => t.at({ vector: 'w' })).message).toMatchInlineSnapshot(`
      "at: dimension 'vector' has no item 'w'.
        input: (vector=u,v)
        Use a position."
    `);
    expect(thrown(() => t.at({ x: 'u' })).message).toMatchInlineSnapshot(`
      "at: dimension 'x' has no item names.
        input: (x=3)
        Use a position."
    `);
    expect(thrown(() => tensor({ color: ['red', 'green', 'blue'] }, 0).at({ color: 'gren' }))).toMatchObject({ advice: "Did you mean 'green'?" });
  });
});

describe('slice', () => {
  /** What JavaScript and Python do with a range: the positions it takes from a list. */
  const positions = (length: number, { from, to, step = 1 }: Range): number[] => {
    const list: number[] = [];
    const end = (k: number | undefined, fallback: number): number => (k === undefined ? fallback : Math.min(Math.max(k < 0 ? k + length : k, step > 0 ? 0 : -1), step > 0 ? length : length - 1));
    const stop = end(to, step > 0 ? length : -1);
    for (let k = end(from, step > 0 ? 0 : length - 1); step > 0 ? k < stop : k > stop; k += step) list.push(k);
    return list;
  };

  test.each<Range>([
    {}, { from: 1 }, { to: 2 }, { from: -2 }, { to: -1 }, { from: 1, to: 5 }, { from: 3, to: 1 }, { from: -100, to: 100 }, { step: 2 }, { from: 1, step: 3 },
    { step: -1 }, { from: 4, to: 1, step: -1 }, { from: -2, step: -2 }, { to: 2, step: -1 }, { from: 1, to: 3, step: -1 }, { from: 100, to: -100, step: -3 }, { from: 6 },
  ])('%j', (range) => {
    const line = tensor({ x: 6 }, [0, 1, 2, 3, 4, 5]);
    expect([...line.slice({ x: range }).data]).toEqual(positions(6, range));
  });

  test('keeps all dimensions and their item names', () => {
    expectElements(t.slice({ x: [1, 3], y: [0, 1] }), { vector: 2, y: 1, x: 2 }, (index) => element(t, { ...index, x: index['x']! + 1 }));
    const turned = t.slice({ vector: { step: -1 } });
    expect(turned.dims[0]!.items).toEqual(['v', 'u']);
    expect(turned.at({ vector: 'u', y: 0, x: 0 }).item()).toBe(1);
    expect(t.slice({ x: [2, 2] }).sizes).toEqual({ vector: 2, y: 2, x: 0 });
  });

  test('refuses fractions, steps of 0 and missing dimensions', () => {
    expect(thrown(() => t.slice({ x: [0.5, 2] }))).toMatchObject({ name: 'IndexError', operation: 'slice' });
    expect(() => t.slice({ x: { step: 0 } })).toThrow(IndexError);
    expect(() => (t as Tensor).slice({ z: [0, 1] })).toThrow(DimensionError);
  });
});

test('entries and ranges are views: no element is copied', () => {
  const { storage } = t.value as NDArray;
  for (const part of [t.at({ x: 1 }), t.at({ vector: 'v', y: 0 }), t.slice({ x: [0, 2] }), t.slice({ y: { step: -1 } }), t.slice({ x: { step: 2 } })]) {
    expect((part.value as NDArray).storage).toBe(storage);
  }
});

test('derivatives to second order (seed 51)', () => precision(64, () => {
  const u = random({ y: 3, x: 5 }, 51);
  type U = Tensor<'y' | 'x'>;
  checkGradients((v: U) => sin(v.at({ x: -2 })), u, { order: 2 });
  checkGradients((v: U) => sin(v.slice({ x: [1, 4] })).mul(v.slice({ x: { from: -1, step: -2 } })), u, { order: 2 });
  const slope = grad((v: U): Scalar => sum(v.slice({ x: { from: 1, step: 2 } })))(u);
  expectElements(slope, { y: 3, x: 5 }, ({ x }) => x! % 2);
}));
