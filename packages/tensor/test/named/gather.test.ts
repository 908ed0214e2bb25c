/** @file gather by name: pairwise along shared dimensions, all combinations along others, batches, derivatives, refusals. */
import { describe, expect, test } from 'vitest';
import { checkGradients, vmap } from '@tapeflow/autodiff';
import { DimensionError, DTypeError, gather, IndexError, instance, precision, scalar, tensor, type Tensor } from '@tapeflow/tensor';
import { wrap, type NDArray } from '@tapeflow/tensor/extend';
import { element, expectElements, random, thrown } from './support.ts';

const ints = <const S extends Readonly<Record<string, number>>>(sizes: S, values: readonly number[]): Tensor<Extract<keyof S, string>> => tensor(sizes, values, { dtype: 'i32' });

describe('values at positions', () => {
  test('along one dimension (seed 41)', () => precision(64, () => {
    const t = random({ y: 2, x: 5 }, 41);
    const at = [4, 0, 0, 2];
    expectElements(gather(t, { x: ints({ p: 4 }, at) }), { p: 4, y: 2 }, ({ p, y }) => element(t, { y: y!, x: at[p!]! }));
  }));

  test('along two dimensions, point by point (seed 42)', () => precision(64, () => {
    const t = random({ c: 2, y: 3, x: 5 }, 42);
    const [ys, xs] = [[2, 0, 1], [4, 4, 1]];
    const points = tensor({ p: instance(3) }, ys, { dtype: 'i32' });
    const others = tensor({ p: instance(3) }, xs, { dtype: 'i32' });
    expectElements(gather(t, { y: points, x: others }), { p: 3, c: 2 }, ({ p, c }) => element(t, { c: c!, y: ys[p!]!, x: xs[p!]! }));
  }));

  test('positions of different dimensions: every combination (seed 43)', () => precision(64, () => {
    const t = random({ y: 3, x: 4 }, 43);
    expectElements(gather(t as Tensor, { y: ints({ a: 2 }, [2, 0]) as Tensor, x: ints({ b: 3 }, [0, 3, 1]) as Tensor }), { a: 2, b: 3 }, ({ a, b }) => element(t, { y: [2, 0][a!]!, x: [0, 3, 1][b!]! }));
  }));

  test('a dimension that both have is matched by name, such as the batch (seed 44)', () => precision(64, () => {
    const t = random({ batch: 2, x: 3 }, 44);
    const at = tensor({ batch: 2, p: 2 }, [2, 1, 0, 0], { dtype: 'i32' });
    expectElements(gather(t, { x: at }), { batch: 2, p: 2 }, ({ batch: b, p }) => element(t, { batch: b!, x: [2, 1, 0, 0][2 * b! + p!]! }));
  }));

  test('positions may lie along the very dimension that is looked up (seed 45)', () => precision(64, () => {
    const t = random({ y: 2, x: 3 }, 45);
    const shifted = ints({ x: 3 }, [1, 2, 0]);
    expectElements(gather(t, { x: shifted }), { y: 2, x: 3 }, ({ y, x }) => element(t, { y: y!, x: (x! + 1) % 3 }));
    const skewed = ints({ y: 2, x: 2 }, [0, 1, 1, 2]);
    expectElements(gather(t, { x: skewed }), { y: 2, x: 2 }, ({ y, x }) => element(t, { y: y!, x: x! + y! }));
  }));

  test('one position gives one value; item names stay', () => {
    const t = tensor({ vector: ['u', 'v'], x: 3 }, [1, 2, 3, 4, 5, 6]);
    const entry = gather(t, { x: scalar(1, { dtype: 'i32' }) });
    expect([entry.dims[0]!.items, ...entry.data]).toEqual([['u', 'v'], 2, 5]);
    expect(gather(tensor({ x: 2 }, [1, 2]), { x: scalar(1, { dtype: 'i32' }) }).item()).toBe(2);
  });

  test('no positions give nothing', () => {
    expect(gather(tensor({ x: 2 }, [1, 2]), { x: ints({ p: 0 }, []) }).size).toBe(0);
  });
});

describe('derivatives and batches', () => {
  test('equal positions add up, to second order (seed 46)', () => precision(64, () => {
    const at = { y: ints({ p: 4 }, [0, 1, 1, 1]), x: ints({ p: 4 }, [2, 0, 0, 1]) };
    checkGradients((u: Tensor<'y' | 'x'>) => gather(u.mul(u), at), random({ y: 2, x: 3 }, 46), { order: 2 });
  }));

  test('inside vmap the members are looked up one by one (seed 47)', () => precision(64, () => {
    const both = random({ m: 2, x: 3 }, 47);
    const at = ints({ x: 2 }, [2, 0]);
    // Two members stacked along an axis that has no name.
    const members = wrap({ value: both.value, dims: both.dims.slice(1) }) as Tensor<'x'>;
    const together = vmap((u: Tensor<'x'>) => gather(u.mul(2), { x: at }))(members);
    const value = together.value as NDArray;
    expect(value.shape).toEqual([2, 2]);
    expect([...value.contiguous()]).toEqual([0, 1].flatMap((m) => [2, 0].map((x) => 2 * element(both, { m, x }))));
  }));
});

describe('refusals', () => {
  const t = tensor({ y: 2, x: 3 }, [1, 2, 3, 4, 5, 6]);
  test('positions outside', () => {
    const error = thrown(() => gather(t, { x: ints({ p: 2 }, [0, 3]) }));
    expect(error).toBeInstanceOf(IndexError);
    expect(error).toMatchObject({ operation: 'gather', index: 3, length: 3 });
    expect(error.message).toMatchInlineSnapshot(`
      "gather: index 3 is outside dimension 'x' of length 3.
        Use indices from 0 to 2; negative indices count from the end in at() and slice() only."
    `);
    // Position 3 along x is the first of the next row in memory, and yet outside; so is −1.
    expect(() => gather(t, { y: ints({ p: 1 }, [0]), x: ints({ p: 1 }, [3]) })).toThrow(IndexError);
    expect(thrown(() => gather(t, { x: ints({ p: 1 }, [-1]) }))).toMatchObject({ name: 'IndexError', index: -1, length: 3 });
  });

  test('real positions', () => {
    const error = thrown(() => gather(t, { x: tensor({ p: 1 }, [0.5]) }));
    expect(error).toBeInstanceOf(DTypeError);
    expect(error.message).toMatchInlineSnapshot(`
      "gather: the positions along 'x' are not integers. (f32)
        Convert them: convert(floor(x), 'i32')."
    `);
  });

  test('dimensions that do not fit', () => {
    expect(() => gather(t as Tensor, { z: ints({ p: 1 }, [0]) })).toThrow(DimensionError);
    expect(thrown(() => gather(t, { x: ints({ p: 1 }, [0]), y: ints({ p: 2 }, [0, 1]) }))).toMatchObject({ name: 'DimensionError', dimension: 'p' });
    expect(thrown(() => gather(t, { x: ints({ y: 3 }, [0, 1, 2]) }))).toMatchObject({ name: 'DimensionError', dimension: 'y' });
  });
});
