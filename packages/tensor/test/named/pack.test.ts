/** @file packDims, unpackDim and squeeze: where entries go, types and items, that one undoes the other, derivatives, refusals. */
import { describe, expect, test } from 'vitest';
import { checkGradients } from '@tapeflow/autodiff';
import { batch, channel, DimensionError, instance, jit, packDims, precision, spatial, squeeze, tensor, unpackDim, zeros, type Tensor } from '@tapeflow/tensor';
import type { NDArray } from '@tapeflow/tensor/extend';
import { element, expectElements, random, thrown } from './support.ts';

const types = (t: Tensor<never>): string[] => t.dims.map(({ name, type, size }) => `${name}:${type}:${size}`);

describe('packDims', () => {
  const t = random({ vector: 2, y: 3, x: 4 }, 171);
  test('the last name changes fastest, whatever the order of storage (seed 171)', () => {
    expectElements(packDims(t, ['y', 'x'], 'c'), { vector: 2, c: 12 }, ({ vector, c }) => element(t, { vector: vector!, y: Math.floor(c! / 4), x: c! % 4 }));
    expectElements(packDims(t, ['x', 'y'], 'c'), { vector: 2, c: 12 }, ({ vector, c }) => element(t, { vector: vector!, y: c! % 3, x: Math.floor(c! / 3) }));
    expectElements(packDims(t, ['x', 'vector'], 'c'), { c: 8, y: 3 }, ({ c, y }) => element(t, { vector: c! % 2, y: y!, x: Math.floor(c! / 2) }));
    expectElements(packDims(t, ['y', 'x', 'vector'], 'c'), { c: 24 }, ({ c }) => element(t, { vector: c! % 2, y: Math.floor(c! / 8), x: Math.floor(c! / 2) % 4 }));
    expectElements(packDims(t, spatial, 'c'), { vector: 2, c: 12 }, ({ vector, c }) => element(t, { vector: vector!, y: Math.floor(c! / 4), x: c! % 4 }));
  });

  test('the type: as given, the common one, or instance', () => {
    expect(types(packDims(t, ['y', 'x'], 'cell'))).toEqual(['vector:channel:2', 'cell:spatial:12']);
    expect(types(packDims(t, ['y', 'x'], 'cell', instance))).toEqual(['cell:instance:12', 'vector:channel:2']);
    expect(types(packDims(t, ['vector', 'x'], 'entry'))).toEqual(['entry:instance:8', 'y:spatial:3']);
    expect(types(packDims(t, ['x'], 'y2', batch))).toEqual(['y2:batch:4', 'vector:channel:2', 'y:spatial:3']);
    expect(types(packDims(t, [], 'one'))).toEqual(['vector:channel:2', 'one:channel:1', 'y:spatial:3', 'x:spatial:4']);
    expect(packDims(t, ['y', 'x'], 'x').sizes).toEqual({ vector: 2, x: 12 });
  });

  test('neighbours are packed without a copy', () => {
    const packed = packDims(t, ['y', 'x'], 'cell');
    expect((packed.value as NDArray).storage).toBe((t.value as NDArray).storage);
  });

  test('refusals', () => {
    expect(thrown(() => packDims(t, ['y', 'x'], 'vector' as never))).toMatchObject({ name: 'DimensionError', operation: 'packDims', dimension: 'vector' });
    expect(thrown(() => packDims(t, ['y', 'y'], 'c')).message).toMatchInlineSnapshot(`
      "packDims: the dimension 'y' is given twice.
        input: (vector=2, y=3, x=4)
        Name every dimension once."
    `);
    expect(thrown(() => packDims(t as Tensor, ['y', 'vectr'], 'c'))).toMatchObject({ name: 'DimensionError', dimension: 'vectr', advice: "Did you mean 'vector'?" });
  });
});

describe('unpackDim', () => {
  test('undoes packDims, for any order of names (seed 172)', () => {
    const t = random({ vector: 2, y: 3, x: 4 }, 172);
    const back = unpackDim(packDims(t, ['x', 'y'], 'cell'), 'cell', { x: 4, y: 3 });
    expectElements(back, { vector: 2, x: 4, y: 3 }, (index) => element(t, index));
    const all = unpackDim(packDims(t, ['vector', 'y', 'x'], 'entry'), 'entry', { vector: channel(2), y: 3, x: 4 });
    expect(types(all)).toEqual(types(t));
    expect(all.data).toEqual(t.data);
  });

  test('types and item names are those of the record; the name may be used again', () => {
    const t = tensor({ i: 6 }, [1, 2, 3, 4, 5, 6]);
    const seen = unpackDim(t, 'i', { i: 3, vector: ['u', 'v'] });
    expect(types(seen)).toEqual(['vector:channel:2', 'i:spatial:3']);
    expect([...seen.at({ vector: 'v' }).data]).toEqual([2, 4, 6]);
    expect(unpackDim(zeros({ x: 0 }), 'x', { y: 3, x: 0 }).sizes).toEqual({ y: 3, x: 0 });
    expect(unpackDim(tensor({ x: 1 }, [7]), 'x', {}).dims).toEqual([]);
  });

  test('refusals', () => {
    const t = zeros({ y: 2, cell: 12 });
    expect(thrown(() => unpackDim(t, 'cell', { x: 5, z: 2 })).message).toMatchInlineSnapshot(`
      "unpackDim: 'cell' has 12 entries, and (x=5, z=2) would have 10.
        input: (cell=12, y=2)
        Give sizes whose product is the size of the dimension."
    `);
    expect(thrown(() => unpackDim(t as Tensor, 'cell', { y: 3, x: 4 }))).toMatchObject({ name: 'DimensionError', operation: 'unpackDim', dimension: 'y' });
    expect(() => unpackDim(t as Tensor, 'cel', { x: 12 })).toThrow("Did you mean 'cell'?");
    expect(() => unpackDim(t, 'cell', { x: -12 })).toThrow(DimensionError);
  });
});

describe('squeeze', () => {
  const t = tensor({ batch: 1, vector: ['u'], y: 2, x: 1 }, [3, 4]);
  test('named dimensions of size 1, or all of them', () => {
    expect(squeeze(t, 'x').sizes).toEqual({ batch: 1, vector: 1, y: 2 });
    expect(squeeze(t, ['x', 'batch', 'vector']).sizes).toEqual({ y: 2 });
    expect(squeeze(t).sizes).toEqual({ y: 2 });
    expect([...squeeze(t).data]).toEqual([3, 4]);
    expect(squeeze(tensor({ x: 1 }, [5]), 'x').item()).toBe(5);
    expect(squeeze(t, 'batch').dims[0]!.items).toEqual(['u']);
  });

  test('refusals', () => {
    expect(thrown(() => squeeze(t, 'y')).message).toMatchInlineSnapshot(`
      "squeeze: dimension 'y' has size 2, not 1.
        input: (batch=1, vector=u, y=2, x=1)
        Pick an entry with at({ … }), or reduce the dimension."
    `);
    expect(thrown(() => squeeze(t, ['x', 'x']))).toMatchObject({ name: 'DimensionError', operation: 'squeeze', dimension: 'x' });
    expect(() => squeeze(t as Tensor, 'z')).toThrow(DimensionError);
  });
});

test('derivatives to second order of all of them; programs agree (seed 173)', () => precision(64, () => {
  type U = Tensor<'vector' | 'y' | 'x'>;
  const t = random({ vector: 2, y: 3, x: 2 }, 173);
  const functions: ((u: U) => Tensor<never>)[] = [
    (u) => packDims(u.mul(u), ['x', 'vector'], 'c'),
    (u) => unpackDim(u.mul(u), 'y', { z: 1, y: 3 }),
    (u) => squeeze(u.mul(u).slice({ x: [1, 2] }), 'x'),
  ];
  for (const f of functions) {
    checkGradients(f, t, { order: 2 });
    expect(jit(f)(t).data).toEqual(f(t).data);
  }
}));
