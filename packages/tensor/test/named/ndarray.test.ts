/** @file Exchange with the ndarray package: layouts of every kind are copied, memory is shared only on request. */
import ndarray from 'ndarray';
import { describe, expect, test } from 'vitest';
import { grad } from '@tapeflow/autodiff';
import { channel, DimensionError, DTypeError, fromNdarray, IndexError, precision, sum, tensor, toNdarray, type Tensor } from '@tapeflow/tensor';
import { expectElements, indices, thrown } from './support.ts';

const filled = (shape: readonly number[], data: Float64Array | Float32Array | Int32Array): ndarray.NdArray<typeof data> => {
  for (let k = 0; k < data.length; k++) data[k] = k + 1;
  return ndarray(data, [...shape]);
};

describe('an ndarray is copied by its layout', () => {
  const whole = filled([3, 4], new Float64Array(12));
  const layouts: Record<string, ndarray.NdArray> = {
    whole,
    'in steps': whole.step(2, 3),
    'from the end to the start': whole.step(-1, -1),
    'a corner': whole.lo(1, 2),
    'a block': whole.lo(1, 1).hi(2, 2),
    'a block from the end': whole.lo(1, 0).hi(2, 4).step(-1, 2),
  };
  test.each(Object.keys(layouts))('%s', (name) => {
    const array = layouts[name]!;
    const [height, width] = array.shape as [number, number];
    expectElements(fromNdarray(array, ['y', 'x']), { y: height, x: width }, ({ y, x }) => array.get(y!, x!));
  });

  test('a transposed array, an axis picked out, rank 0, nothing', () => {
    expectElements(fromNdarray(whole.transpose(1, 0), ['x', 'y']), { x: 4, y: 3 }, ({ x, y }) => whole.get(y!, x!));
    expectElements(fromNdarray(whole.pick(1, null as never), ['x']), { x: 4 }, ({ x }) => whole.get(1, x!));
    expect(fromNdarray(ndarray(new Float64Array([7]), []), []).item()).toBe(7);
    expect(fromNdarray(ndarray(new Float64Array(0), [0, 3]), ['y', 'x']).sizes).toEqual({ y: 0, x: 3 });
  });

  test('channels last become channels first in storage', () => {
    const picture = ndarray(new Uint8Array([1, 2, 3, 101, 102, 103]), [1, 2, 3]);
    const t = fromNdarray(picture, { y: 1, x: 2, color: channel(['red', 'green', 'blue']) });
    expect(t.dims.map(({ name }) => name)).toEqual(['color', 'y', 'x']);
    expect(t.dtype).toBe('i32');
    expect([...t.at({ color: 'green' }).data]).toEqual([2, 102]);
  });

  test('real data get the precision of the context, integers stay integers', () => {
    const dtypeOf = (data: Float64Array | Float32Array | Int32Array | number[]): string => fromNdarray(ndarray(data, [data.length]), ['x']).dtype;
    expect(dtypeOf(new Float64Array(2))).toBe('f32');
    expect(precision(64, () => dtypeOf(new Float32Array(2)))).toBe('f64');
    expect(dtypeOf(new Int32Array(2))).toBe('i32');
    expect(dtypeOf([1, 2])).toBe('f32');
    expect(fromNdarray(ndarray(new Float64Array([0, 2]), [2]), ['x'], { dtype: 'bool' }).data).toEqual(new Uint8Array([0, 1]));
  });

  test('numbers behind a function', () => {
    const squares = { length: 4, get: (k: number) => k * k, set: (_k: number, value: number) => value };
    expectElements(fromNdarray(ndarray(squares, [2, 2]).step(-1, 1), ['y', 'x']), { y: 2, x: 2 }, ({ y, x }) => (2 * (1 - y!) + x!) ** 2);
  });

  test('the copy does not follow the array', () => {
    const array = filled([2], new Float32Array(2));
    const t = fromNdarray(array, ['x']);
    array.set(0, 99);
    expect([...t.data]).toEqual([1, 2]);
  });
});

describe('a tensor is handed out as an ndarray', () => {
  const t = tensor({ y: 2, x: 3 }, [1, 2, 3, 4, 5, 6]);
  const back = (source: Tensor<never>): ndarray.NdArray => {
    const { data, shape, stride, offset } = toNdarray(source);
    return ndarray(data, shape, stride, offset);
  };

  test('there and back again', () => {
    for (const source of [t, t.slice({ x: { step: -1 } }), t.slice({ y: [1, 2] })]) {
      const array = back(source);
      expect([...fromNdarray(array, ['y', 'x']).data]).toEqual([...source.data]);
      for (const { y, x } of indices(source.sizes)) expect(array.get(y!, x!)).toBe(source.at({ y: y!, x: x! }).item());
    }
  });

  test('the copy may be written to', () => {
    const array = back(t);
    array.set(0, 0, 99);
    expect(t.at({ y: 0, x: 0 }).item()).toBe(1);
  });

  test('inside a derivative there are no values', () => {
    expect(() => grad((u: Tensor<'y' | 'x'>) => (toNdarray(u, { share: true }), sum(u)))(t)).toThrow('the value of a traced quantity was asked for');
  });
});

describe('memory is shared on request only, and says so', () => {
  test('from an ndarray', () => {
    const array = filled([2, 2], new Float64Array(4));
    const t = fromNdarray(array.step(1, -1), ['y', 'x'], { share: true });
    expect([...t.data]).toEqual([2, 1, 4, 3]);
    array.set(0, 1, 99);
    expect([...t.data]).toEqual([99, 1, 4, 3]);
    expect(String(t)).toMatch(/^Tensor \(y=2, x=2\) f64 shared/);
    expect([...t.mul(1).data]).toEqual([99, 1, 4, 3]);
  });

  test('a result is no longer shared', () => {
    const array = filled([2], new Float64Array(2));
    const sum = fromNdarray(array, ['x'], { share: true }).add(1);
    array.set(0, 99);
    expect([...sum.data]).toEqual([2, 3]);
    expect(String(sum)).not.toContain('shared');
  });

  test('to an ndarray', () => {
    const t = tensor({ y: 2, x: 2 }, [1, 2, 3, 4]);
    const column = t.at({ x: 1 });
    const { data, shape, stride, offset } = toNdarray(column, { share: true });
    expect({ shape, stride, offset }).toEqual({ shape: [2], stride: [2], offset: 1 });
    data[offset + stride[0]!] = 99;
    expect([...column.data]).toEqual([2, 99]);
    expect(String(t)).toContain('shared');
  });

  test('the data a tensor gives are never shared', () => {
    const t = fromNdarray(filled([2], new Float64Array(2)), ['x'], { share: true });
    t.data[0] = 99;
    expect([...t.data]).toEqual([1, 2]);
  });

  test('bytes, lists and other dtypes cannot be shared', () => {
    const refused = (data: ArrayLike<number>, dtype?: 'f32'): unknown =>
      thrown(() => fromNdarray({ data, shape: [1], stride: [1], offset: 0 }, ['x'], { share: true, ...(dtype && { dtype }) }));
    expect(refused(new Uint8Array(1))).toMatchObject({ name: 'DTypeError', dtypes: ['Uint8Array'] });
    expect(refused([1])).toMatchObject({ name: 'DTypeError', dtypes: ['Array'] });
    expect(refused(new Float64Array(1), 'f32')).toMatchObject({ name: 'DTypeError', dtypes: ['f64', 'f32'] });
    expect(refused([1])).toBeInstanceOf(DTypeError);
  });
});

describe('what does not fit is refused', () => {
  const array = { data: new Float32Array(6), shape: [2, 3], stride: [3, 1], offset: 0 };
  test('names', () => {
    const error = thrown(() => fromNdarray(array, ['x']));
    expect(error).toBeInstanceOf(DimensionError);
    expect(error.message).toMatchInlineSnapshot(`
      "fromNdarray: 1 names were given for 2 axes.
        Name every axis of the array, whose shape is [2, 3], once and in order."
    `);
    expect(thrown(() => fromNdarray(array, ['x', 'x']))).toMatchObject({ name: 'DimensionError', dimension: 'x' });
  });

  test('sizes', () => {
    expect(thrown(() => fromNdarray(array, { y: 2, x: 4 })).message).toMatchInlineSnapshot(`
      "fromNdarray: axis 1 has length 3, not 4.
        input: (y=2, x=4)
        Name every axis of the array, whose shape is [2, 3], once and in order."
    `);
  });

  test('a layout that reaches outside the data', () => {
    expect(thrown(() => fromNdarray({ ...array, offset: 1 }, ['y', 'x']))).toMatchObject({ name: 'IndexError', index: 6, length: 6 });
    expect(() => fromNdarray({ ...array, stride: [-3, 1] }, ['y', 'x'])).toThrow(IndexError);
    expect(() => fromNdarray({ ...array, data: new Float32Array(5) }, ['y', 'x'])).toThrow(IndexError);
  });
});
