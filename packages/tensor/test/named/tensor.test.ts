/** @file Tensor: reading, immutability, who owns the memory, coercion, trees. */
import { describe, expect, test } from 'vitest';
import { flatten, grad, mapTree, TapeflowError, TracedValueError } from '@tapeflow/autodiff';
import { add, expand, flip, full, mul, scalar, sum, tensor, Tensor, type Scalar } from '@tapeflow/tensor';
import { NDArray, Storage } from '@tapeflow/tensor/extend';
import { thrown } from './support.ts';

const t = tensor({ y: 2, x: 3 }, [1, 2, 3, 4, 5, 6]);

describe('reading', () => {
  test('data are a copy in the order of the dimensions', () => {
    const { data } = t;
    data[0] = 99;
    expect([...t.data]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...flip(t, 'x').data]).toEqual([3, 2, 1, 6, 5, 4]);
    expect(t.data).not.toBe(t.data);
  });

  test('view reads in place, without a copy where the memory lies in order', () => {
    const memory = (t.value as NDArray).data;
    expect(t.view((data) => data.buffer)).toBe(memory.buffer);
    expect(t.slice({ y: [1, 2] }).view((data) => [data.buffer === memory.buffer, ...data])).toEqual([true, 4, 5, 6]);
    expect(t.at({ x: 1 }).view((data) => [...data])).toEqual([2, 5]);
    expect(t.view((data) => data.length)).toBe(6);
  });

  test('read works on every backend', async () => {
    expect(await t.read()).toEqual(t.data);
  });

  test('item gives the number of a tensor with one value', () => {
    expect(scalar(4).item()).toBe(4);
    expect(tensor({ y: 1, x: 1 }, [5]).item()).toBe(5);
    expect(t.at({ y: 1, x: -1 }).item()).toBe(6);
    const error = thrown(() => t.item());
    expect(error).toBeInstanceOf(TapeflowError);
    expect(error.message).toMatchInlineSnapshot(`
      "item: the tensor (y=2, x=3) has 6 values.
        Pick one with at({ … }), or reduce the tensor first."
    `);
  });

  test('inside a derivative there are no values to read', () => {
    for (const read of [(u: Tensor): unknown => u.data, (u: Tensor): unknown => u.item(), (u: Tensor): unknown => u.view((data) => data)]) {
      expect(() => grad((u: Tensor<'x'>): Scalar => (read(u as Tensor<never> as Tensor), sum(u)))(tensor({ x: 1 }, [1]))).toThrow(TracedValueError);
    }
    const error = thrown(() => grad((u: Tensor<'x'>): Scalar => scalar(u.data[0]!))(tensor({ x: 1 }, [1])));
    expect(error.message).toMatchInlineSnapshot(`
      "Tensor.data: the value of a traced quantity was asked for.
        The tensor is inside grad: return it from there, look at it with hostCall((t) => …, t), or read stopGradient(t) inside a derivative."
    `);
  });
});

describe('nothing changes a tensor', () => {
  test('views keep their values when results are computed from them', () => {
    const part = t.slice({ x: [1, 3] });
    const before = [...part.data];
    const sums = [add(part, 1), part.mul(part), flip(part, 'x'), sum(part, 'y')];
    expect(sums.map((s) => s.size)).toEqual([4, 4, 4, 2]);
    expect([...part.data]).toEqual(before);
    expect([...t.data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('a result of one value repeated does not share with anything that is written', () => {
    const wide = expand(t, 'k', 2);
    const sum2 = wide.add(full({ k: 2 }, 1));
    expect([...wide.at({ k: 1 }).data]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...sum2.at({ k: 1 }).data]).toEqual([2, 3, 4, 5, 6, 7]);
  });
});

describe('memory has an owner', () => {
  test('what a program lends moves to the heap, and all views follow', () => {
    const lent = Float32Array.of(1, 2, 3, 4);
    const storage = new Storage(lent, { name: 'program' });
    const whole = new NDArray(storage, [4], [1], 0, 'f32');
    const backwards = new NDArray(storage, [4], [-1], 3, 'f32');
    expect(storage.owner?.name).toBe('program');
    storage.moveToHeap();
    lent.fill(0);
    expect(storage.owner).toBeUndefined();
    expect([...whole.contiguous()]).toEqual([1, 2, 3, 4]);
    expect([...backwards.contiguous()]).toEqual([4, 3, 2, 1]);
  });

  test('moving what is on the heap already does nothing', () => {
    const storage = new Storage(Float32Array.of(1));
    const { data } = storage;
    storage.moveToHeap();
    expect(storage.data).toBe(data);
  });
});

describe('JavaScript operators', () => {
  test('are refused with the cure', () => {
    // @ts-expect-error a tensor is no number
    const error = thrown(() => 0.2 * t);
    expect(error).toBeInstanceOf(TapeflowError);
    expect(error.message).toMatchInlineSnapshot(`
      "coercion: the tensor (y=2, x=3) was used as a JavaScript number.
        Write mul(0.2, t) or t.mul(0.2) for 0.2 * t, and t.item() for the number in a scalar."
    `);
    // @ts-expect-error a tensor is no number
    expect(() => t < 3).toThrow(TapeflowError);
    // @ts-expect-error a tensor is no number
    expect(() => t + 1).toThrow(TapeflowError);
    expect(`${scalar(1)}`).toBe('Scalar f32 1');
  });
});

describe('tensors are trees', () => {
  test('with one leaf; structure and key know the dimensions', () => {
    const { leaves, structure } = flatten({ u: t }, 'test');
    expect(leaves).toEqual([t.value]);
    expect((structure.unflatten(leaves) as { u: Tensor }).u.dims).toBe(t.dims);
    const keyOf = (u: Tensor<never>): string => flatten(u, 'test').structure.key;
    expect(keyOf(t)).toBe(keyOf(mul(t, 2)));
    const others = [tensor({ x: 2, y: 3 }, 0), tensor({ y: 2, z: 3 }, 0), tensor({ y: 2, x: 4 }, 0), tensor({ y: 2, vector: ['a', 'b', 'c'] }, 0), scalar(0)];
    for (const other of others) expect(keyOf(other)).not.toBe(keyOf(t));
    expect(keyOf(tensor({ v: ['a,b', 'c'] }, 0))).not.toBe(keyOf(tensor({ v: ['a', 'b,c'] }, 0)));
  });

  test('their leaves can be mapped', () => {
    const doubled = mapTree((leaf) => mulLeaf(leaf), { a: t, b: [scalar(3)] });
    expect([...doubled.a.data]).toEqual([2, 4, 6, 8, 10, 12]);
    expect(doubled.b[0]!.item()).toBe(6);
  });
});

const mulLeaf = (leaf: unknown): unknown => mul(new Tensor(leaf, []) as Scalar, 2).value;
