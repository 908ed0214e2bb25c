/** @file Contractions by name: shared names, pairs, columns of matrices, several tensors, and their derivatives. */
import { describe, expect, test } from 'vitest';
import { checkGradients } from '@tapeflow/autodiff';
import { abs, batch, channel, contract, DimensionError, dot, dual, jit, mul, outer, precision, rename, sum, tensor, zeros, type Tensor } from '@tapeflow/tensor';
import { element, expectElements, random, thrown } from './support.ts';

const count = (length: number): number[] => Array.from({ length }, (_, k) => k);
const total = (length: number, term: (k: number) => number): number => count(length).reduce((all, k) => all + term(k), 0);

describe('dot (seed 31)', () => {
  const a = precision(64, () => random({ c: 2, y: 3, x: 4 }, 31));
  const b = precision(64, () => random({ k: 5, c: 2, x: 4 }, 32));

  test('sums over names; what both have besides is aligned, all else is combined', () => {
    expectElements(dot(a, b, 'x'), { k: 5, c: 2, y: 3 }, ({ k, c, y }) => total(4, (x) => element(a, { c: c!, y: y!, x }) * element(b, { k: k!, c: c!, x })));
    expectElements(dot(a, b, ['c', 'x']), { k: 5, y: 3 }, ({ k, y }) => total(2, (c) => total(4, (x) => element(a, { c, y: y!, x }) * element(b, { k: k!, c, x }))));
    expectElements(dot(a, b, []), { k: 5, c: 2, y: 3, x: 4 }, ({ k, c, y, x }) => element(a, { c: c!, y: y!, x: x! }) * element(b, { k: k!, c: c!, x: x! }));
  });

  test('pairs of names, of which either may also be elsewhere', () => {
    const m = precision(64, () => random({ x: 3, y: 4 }, 33));
    const n = precision(64, () => random({ y: 3, z: 2, x: 5 }, 34));
    // x of m with y of n; y of m and x of n stay.
    expectElements(dot(m, n, { x: 'y' }), { y: 4, z: 2, x: 5 }, ({ y, z, x }) => total(3, (s) => element(m, { x: s, y: y! }) * element(n, { y: s, z: z!, x: x! })));
  });

  test('a matrix maps what its columns name', () => {
    const A = precision(64, () => tensor({ 'i': 2, '~x': 3, '~y': 2 }, random({ n: 12 }, 35).data));
    const v = precision(64, () => random({ batch: 2, x: 3, y: 2 }, 36));
    const value = (i: number, x: number, y: number): number => element(A, { 'i': i, '~x': x, '~y': y });
    expectElements(dot(A, v), { batch: 2, i: 2 }, ({ batch: m, i }) => total(3, (x) => total(2, (y) => value(i!, x, y) * element(v, { batch: m!, x, y }))));
  });

  test('vectors on a grid are multiplied element by element, with the same result as one after another', () => {
    const u = precision(64, () => random({ vector: 3, y: 8, x: 8 }, 37));
    const v = precision(64, () => random({ vector: 3, k: 2, y: 8, x: 8 }, 38));
    expectElements(dot(u, v, 'vector'), { k: 2, y: 8, x: 8 }, ({ k, y, x }) => total(3, (c) => element(u, { vector: c, y: y!, x: x! }) * element(v, { vector: c, k: k!, y: y!, x: x! })));
    const turned = rename(v, 'vector', 'w', channel);
    expectElements(dot(u, turned, { vector: 'w' }), { k: 2, y: 8, x: 8 }, (index) => element(dot(u, v, 'vector'), index));
  });

  test('sums are formed in double precision, whatever the dtype', () => {
    const large = tensor({ x: 3 }, [1e8, 1, -1e8]);
    expect(dot(large, tensor({ x: 3 }, [1, 1, 1]), 'x').item()).toBe(1);
    const mixed = dot(tensor({ x: 2 }, [true, false]), tensor({ x: 2 }, [3, 5], { dtype: 'i32' }), 'x');
    expect([mixed.dtype, mixed.item()]).toEqual(['i32', 3]);
    expect(dot(tensor({ x: 1 }, [2]), tensor({ x: 1 }, [0.5], { dtype: 'f64' }), 'x').dtype).toBe('f64');
  });

  test('the same inside a program', () => precision(64, () => {
    const f = (u: Tensor<'c' | 'y' | 'x'>): Tensor<'k' | 'y'> => dot(u.mul(2), b, ['x', 'c']).add(1);
    const expected = f(a).data;
    // A sum of 8 products and the one that is added round 9 times each, in another order [Higham2002, ch. 3].
    const sizes = dot(abs(a.mul(2)), abs(b), ['x', 'c']).add(1).data;
    jit(f)(a).data.forEach((value, k) => expect(Math.abs(value - expected[k]!)).toBeLessThanOrEqual(9 * 2 ** -52 * sizes[k]!));
  }));
});

test('contract is the product of all, summed (seed 39)', () => precision(64, () => {
  const [a, b, c, d] = [random({ i: 2, j: 3 }, 39), random({ j: 3, k: 4 }, 40), random({ k: 4, l: 2, j: 3 }, 41), random({ m: 2 }, 42)];
  const slow = (over: readonly string[]): Tensor => sum(mul(mul(mul(a, b), c), d), over as never) as Tensor;
  for (const over of [['j', 'k'], ['j', 'k', 'm'], ['i', 'j', 'k', 'l', 'm'], []] as const) {
    const expected = slow(over);
    expectElements(contract([a, b, c, d], over), expected.sizes, (index) => element(expected, index));
  }
  expectElements(contract([a], 'j'), { i: 2 }, ({ i }) => total(3, (j) => element(a, { i: i!, j })));
}));

test('outer is the matrix a bᵀ (seed 43)', () => precision(64, () => {
  const [a, b, v] = [random({ batch: 2, x: 3 }, 43), random({ batch: 2, x: 4 }, 44), random({ x: 4 }, 45)];
  const matrix = outer(a, b, 'x');
  expect(matrix.dims.map(({ name, type }) => [name, type])).toEqual([['batch', 'batch'], ['~x', 'dual'], ['x', 'spatial']]);
  const product = sum(b.mul(v), 'x');
  expectElements(dot(matrix, v), { batch: 2, x: 3 }, ({ batch: m, x }) => element(a, { batch: m!, x: x! }) * element(product, { batch: m! }));
}));

test('derivatives to second order (seed 46)', () => precision(64, () => {
  const [a, b] = [random({ c: 2, y: 3, x: 4 }, 46), random({ k: 2, c: 2, x: 4 }, 47)];
  type Both = { a: typeof a; b: typeof b };
  checkGradients(({ a: u, b: v }: Both) => dot(u, v, 'x'), { a, b }, { order: 2 });
  checkGradients(({ a: u, b: v }: Both) => contract([u, v, u], ['x', 'y']), { a, b }, { order: 2 });
  checkGradients(({ a: u, b: v }: Both) => outer(u, v, 'x'), { a, b }, { order: 2 });
  const field = random({ vector: 2, y: 8, x: 8 }, 48);
  checkGradients((u: typeof field) => dot(u, u, 'vector'), field, { order: 2 });
}));

test('what does not fit is refused by name', () => {
  const a = zeros({ x: 2, y: 3 });
  expect(thrown(() => dot(a, zeros({ x: 3 }), 'x'))).toMatchObject({ name: 'DimensionError', operation: 'dot', dimension: 'x' });
  expect(thrown(() => dot(a, zeros({ z: 3 }), { x: 'z' })).message).toMatchInlineSnapshot(`
    "dot: 'x' of size 2 is paired with 'z' of size 3.
      input 1: (x=2, y=3)
      input 2: (z=3)
      Pair dimensions of equal size."
  `);
  expect(thrown(() => dot(a as Tensor, zeros({ z: 3 }), 'z'))).toMatchObject({ operation: 'dot', dimension: 'z' });
  expect(thrown(() => dot(a, zeros({ x: 2 }))).message).toMatchInlineSnapshot(`
    "dot: the first tensor is no matrix: it has no columns (dimensions such as ~x).
      input: (x=2, y=3)
      Name the dimensions to sum over: dot(a, b, 'x')."
  `);
  expect(() => dot(tensor({ v: ['a', 'b'] }, [1, 2]), tensor({ w: ['a', 'c'] }, [1, 2]), { v: 'w' })).toThrow(DimensionError);
  expect(() => dot(tensor({ v: ['a', 'b'], z: 2 }, 1), zeros({ v: batch(2), w: 2 }), { z: 'w' })).toThrow(DimensionError);
  expect(thrown(() => contract([], 'x' as never))).toMatchObject({ operation: 'contract' });
  expect(thrown(() => contract([a], 'z' as never))).toMatchObject({ operation: 'contract', dimension: 'z' });
  expect(thrown(() => outer(a, tensor({ x: 2, '~x': dual(2) }, 0), 'x'))).toMatchObject({ operation: 'outer' });
});
