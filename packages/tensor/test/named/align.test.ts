/** @file Alignment by name: missing dimensions, order of storage, item names, dtypes, numbers. */
import { describe, expect, test } from 'vitest';
import { add, batch, channel, DimensionError, full, instance, less, mul, precision, range, scalar, spatial, tensor, zeros } from '@tapeflow/tensor';
import { element, expectElements, random, thrown } from './support.ts';

describe('dimensions are matched by name', () => {
  test('in any order, a missing one counting as constant (seeds 1, 2)', () => precision(64, () => {
    const u = random({ y: 3, x: 4 }, 1);
    const v = random({ x: 4, z: 2 }, 2);
    expectElements(add(u, v), { y: 3, x: 4, z: 2 }, ({ x, y, z }) => element(u, { x: x!, y: y! }) + element(v, { x: x!, z: z! }));
    expectElements(v.mul(u), { x: 4, z: 2, y: 3 }, ({ x, y, z }) => element(u, { x: x!, y: y! }) * element(v, { x: x!, z: z! }));
  }));

  test('transposed operands meet element by element (seeds 3, 4)', () => precision(64, () => {
    const u = random({ y: 3, x: 2 }, 3);
    const v = random({ x: 2, y: 3 }, 4);
    expectElements(u.sub(v), { y: 3, x: 2 }, (index) => element(u, index) - element(v, index));
  }));

  test('scalars and numbers meet everything', () => {
    const u = tensor({ x: 2 }, [1, 2]);
    expect([...u.add(scalar(10)).data]).toEqual([11, 12]);
    expect([...scalar(10).sub(u).data]).toEqual([9, 8]);
    expect([...mul(3, u).data]).toEqual([3, 6]);
    expect(add(scalar(1), scalar(2)).item()).toBe(3);
    expect(add(1, 2).item()).toBe(3);
    expect(add(scalar(1), 2).dims).toEqual([]);
  });

  test('size zero stays size zero', () => {
    expect(zeros({ x: 0 }).add(zeros({ y: 2 })).sizes).toEqual({ x: 0, y: 2 });
  });
});

describe('dimensions are stored by type, spatial innermost', () => {
  test('batch, dual, instance, channel, spatial', () => {
    const t = zeros({ x: 2, vector: channel(3), p: instance(4), '~k': 5, batch: 6 });
    expect(t.dims.map(({ name }) => name)).toEqual(['batch', '~k', 'p', 'vector', 'x']);
    expect(t.dims.map(({ type }) => type)).toEqual(['batch', 'dual', 'instance', 'channel', 'spatial']);
  });

  test('combining a grid with a batch of vectors keeps the order of storage', () => {
    const grid = zeros({ y: 2, x: 3 });
    const vectors = zeros({ vector: ['x', 'y'], batch: 4 });
    for (const sum of [grid.add(vectors), vectors.add(grid)]) expect(sum.dims.map(({ name }) => name)).toEqual(['batch', 'vector', 'y', 'x']);
  });
});

describe('what does not fit is refused', () => {
  test('sizes that differ', () => {
    const error = thrown(() => add(zeros({ y: 32, x: 64 }), zeros({ y: 31, x: 64 })));
    expect(error).toBeInstanceOf(DimensionError);
    expect(error).toMatchObject({ operation: 'add', dimension: 'y', inputs: ['(y=32, x=64)', '(y=31, x=64)'] });
    expect(error.message).toMatchInlineSnapshot(`
      "add: dimension 'y' has sizes 32 and 31; they must agree.
        input 1: (y=32, x=64)
        input 2: (y=31, x=64)
        Resample, slice or pad 'y' before combining the tensors."
    `);
  });

  test('length 1 is no licence to repeat: only a missing dimension is', () => {
    expect(() => add(zeros({ x: 4 }), zeros({ x: 1 }))).toThrow(DimensionError);
  });

  test('item names that differ, also in order', () => {
    const error = thrown(() => add(zeros({ vector: ['x', 'y'] }), zeros({ vector: ['y', 'x'] })));
    expect(error).toMatchObject({ name: 'DimensionError', operation: 'add', dimension: 'vector' });
    expect(error.message).toMatchInlineSnapshot(`
      "add: dimension 'vector' has items x,y and y,x; they must agree.
        input 1: (vector=x,y)
        input 2: (vector=y,x)
        Select the same items in the same order."
    `);
  });

  test('item names pass where the other tensor has none', () => {
    const sum = add(tensor({ vector: channel(2) }, [1, 2]), tensor({ vector: ['x', 'y'] }, [10, 20]));
    expect(sum.at({ vector: 'y' }).item()).toBe(22);
  });

  test('types that differ', () => {
    const error = thrown(() => add(zeros({ t: batch(3) }), zeros({ t: spatial(3) })));
    expect(error.message).toMatchInlineSnapshot(`
      "add: dimension 't' is batch in one tensor and spatial in another.
        input 1: (t=3)
        input 2: (t=3)
        Rename one of them, or make both of one type."
    `);
  });
});

describe('dtypes', () => {
  test('a comparison of three operands of different kinds', () => {
    const t = less(range({ x: 3 }), tensor({ y: 2 }, [0.5, 1.5], { dtype: 'f64' }));
    expect(t.dtype).toBe('bool');
    expect([...t.data]).toEqual([1, 1, 0, 1, 0, 0]);
  });

  test('one value everywhere takes no memory, and behaves as if it did', () => {
    expect([...full({ y: 2, x: 2 }, 3).add(tensor({ x: 2 }, [1, 2])).data]).toEqual([4, 5, 4, 5]);
  });
});
