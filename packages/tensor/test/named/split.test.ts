/** @file split and unstack: they undo concat and stack; items, derivatives, refusals. */
import { expect, test } from 'vitest';
import { checkGradients } from '@tapeflow/autodiff';
import { concat, DimensionError, precision, split, stack, tensor, unstack, zeros, type Tensor } from '@tapeflow/tensor';
import { element, expectElements, random, thrown } from './support.ts';

test('unstack undoes stack (seed 181)', () => {
  const t = random({ y: 2, x: 3 }, 181);
  const parts = unstack(t, 'y');
  expect(parts).toHaveLength(2);
  parts.forEach((part, y) => expectElements(part, { x: 3 }, ({ x }) => element(t, { y, x: x! })));
  expectElements(stack(parts, 'y'), { y: 2, x: 3 }, (index) => element(t, index));
  expect(unstack(tensor({ x: 3 }, [4, 5, 6]), 'x').map((s) => s.item())).toEqual([4, 5, 6]);
  expect(unstack(zeros({ x: 0 }), 'x')).toEqual([]);
});

test('split undoes concat: into equal parts, or parts of given sizes (seed 182)', () => {
  const t = random({ y: 2, x: 6 }, 182);
  for (const parts of [3, 1, 6, [1, 5], [2, 0, 4]]) {
    const pieces = split(t, 'x', parts);
    expect(pieces.map(({ sizes }) => sizes['x'])).toEqual(typeof parts === 'number' ? Array.from({ length: parts }, () => 6 / parts) : parts);
    expect(concat(pieces, 'x').data).toEqual(t.data);
  }
  const vectors = split(tensor({ vector: ['u', 'v', 'w'] }, [1, 2, 3]), 'vector', [1, 2]);
  expect(vectors.map(({ dims }) => dims[0]!.items)).toEqual([['u'], ['v', 'w']]);
});

test('derivatives to second order (seed 183)', () => precision(64, () => {
  checkGradients((u: Tensor<'y' | 'x'>) => split(u.mul(u), 'x', [1, 3]).flatMap((part) => unstack(part, 'y')), random({ y: 2, x: 4 }, 183), { order: 2 });
}));

test('refusals', () => {
  const t = zeros({ x: 6 });
  for (const parts of [4, 0, -2, 1.5]) expect(thrown(() => split(t, 'x', parts))).toMatchObject({ name: 'ArgumentError', operation: 'split', argument: 'parts', seen: parts });
  expect(thrown(() => split(t, 'x', [1, 2])).message).toMatchInlineSnapshot(`
    "split: 'parts' is '[1, 2]'.
      Give integers ≥ 0 whose sum is 6, the size of 'x'."
  `);
  for (const parts of [[7, -1], [0.5, 5.5], []]) expect(thrown(() => split(t, 'x', parts))).toMatchObject({ name: 'ArgumentError' });
  expect(() => split(t as Tensor, 'y', 2)).toThrow(DimensionError);
  expect(thrown(() => unstack(t as Tensor, 'X'))).toMatchObject({ name: 'DimensionError', operation: 'unstack', advice: "Did you mean 'x'?" });
});
