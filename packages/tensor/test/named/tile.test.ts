/** @file tile and repeat: where each entry comes from, derivatives, refusals. */
import { expect, test } from 'vitest';
import { checkGradients } from '@tapeflow/autodiff';
import { DimensionError, jit, precision, repeat, tensor, tile, zeros, type Tensor } from '@tapeflow/tensor';
import { element, expectElements, random, thrown } from './support.ts';

test('the whole again and again, or each entry (seed 161)', () => {
  const t = random({ vector: 2, y: 2, x: 3 }, 161);
  expectElements(tile(t, { x: 3 }), { vector: 2, y: 2, x: 9 }, (index) => element(t, { ...index, x: index['x']! % 3 }));
  expectElements(repeat(t, { x: 3 }), { vector: 2, y: 2, x: 9 }, (index) => element(t, { ...index, x: Math.floor(index['x']! / 3) }));
  expectElements(tile(t, { vector: 2, x: 2 }), { vector: 4, y: 2, x: 6 }, ({ vector, y, x }) => element(t, { vector: vector! % 2, y: y!, x: x! % 3 }));
  expectElements(repeat(t, { y: 2, vector: 1 }), { vector: 2, y: 4, x: 3 }, ({ vector, y, x }) => element(t, { vector: vector!, y: Math.floor(y! / 2), x: x! }));
});

test('no times gives nothing, once the same; items disappear where entries come again', () => {
  expect(tile(zeros({ x: 3 }), { x: 0 }).sizes).toEqual({ x: 0 });
  const t = tensor({ vector: ['u', 'v'] }, [1, 2]);
  expect(repeat(t, { vector: 1 }).dims).toEqual(t.dims);
  expect(tile(t, { vector: 2 }).dims[0]!.items).toBeUndefined();
});

test('derivatives add up over the copies, to second order; programs agree (seed 162)', () => precision(64, () => {
  const t = random({ y: 2, x: 3 }, 162);
  for (const f of [(u: Tensor<'y' | 'x'>) => tile(u.mul(u), { x: 2, y: 3 }), (u: Tensor<'y' | 'x'>) => repeat(u.mul(u), { x: 2, y: 3 })]) {
    checkGradients(f, t, { order: 2 });
    expect(jit(f)(t).data).toEqual(f(t).data);
  }
}));

test('refusals', () => {
  const t = zeros({ x: 3 });
  expect(thrown(() => tile(t, { x: -1 }))).toMatchObject({ name: 'DimensionError', operation: 'tile', dimension: 'x' });
  expect(thrown(() => repeat(t, { x: 1.5 })).message).toMatchInlineSnapshot(`
    "repeat: 'x' is repeated 1.5 times.
      input: (x=3)
      Give an integer ≥ 0."
  `);
  expect(() => repeat(t as Tensor, { y: 2 })).toThrow(DimensionError);
});
