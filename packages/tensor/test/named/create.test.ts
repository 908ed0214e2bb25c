/** @file Making tensors: values, order of storage, copies, dtypes, and refusals. */
import { describe, expect, test } from 'vitest';
import { asScalar, convert, DataError, DimensionError, full, linspace, ones, precision, range, scalar, tensor, zeros, zerosLike } from '@tapeflow/tensor';
import { expectElements, thrown } from './support.ts';

describe('tensor', () => {
  test('takes values in the order of the record, the last dimension fastest', () => {
    expectElements(tensor({ y: 2, x: 3 }, [1, 2, 3, 4, 5, 6]), { y: 2, x: 3 }, ({ y, x }) => 1 + 3 * y! + x!);
  });

  test('takes nested lists', () => {
    expectElements(tensor({ y: 2, x: 3 }, [[1, 2, 3], [4, 5, 6]]), { y: 2, x: 3 }, ({ y, x }) => 1 + 3 * y! + x!);
    expectElements(tensor({ z: 2, y: 1, x: 2 }, [[[1, 2]], [[3, 4]]]), { z: 2, y: 1, x: 2 }, ({ z, x }) => 1 + 2 * z! + x!);
  });

  test('moves dimensions into the order of storage', () => {
    const points = tensor({ y: 2, x: 2, vector: ['u', 'v'] }, [[[1, 10], [2, 20]], [[3, 30], [4, 40]]]);
    expect([...points.data]).toEqual([1, 2, 3, 4, 10, 20, 30, 40]);
    expectElements(points, { vector: 2, y: 2, x: 2 }, ({ vector, y, x }) => (1 + 2 * y! + x!) * (vector === 0 ? 1 : 10));
  });

  test('takes one value for all, rank 0, and nothing', () => {
    expect([...tensor({ x: 3 }, 7).data]).toEqual([7, 7, 7]);
    expect(tensor({}, [5]).item()).toBe(5);
    expect(tensor({ x: 0 }, []).data).toEqual(new Float32Array(0));
    expect(tensor({ y: 2, x: 0 }, [[], []]).sizes).toEqual({ y: 2, x: 0 });
  });

  test('copies what it is given', () => {
    const values = new Float32Array([1, 2]);
    const t = tensor({ x: 2 }, values);
    values[0] = 99;
    expect([...t.data]).toEqual([1, 2]);
  });

  test('real values get the precision of the context, booleans and integers keep what they are', () => {
    const dtypeOf = (data: Parameters<typeof tensor>[1]): string => tensor({ x: 2 }, data).dtype;
    expect(dtypeOf([1, 2])).toBe('f32');
    expect(dtypeOf(new Float64Array(2))).toBe('f32');
    expect(precision(64, () => dtypeOf(new Float32Array(2)))).toBe('f64');
    expect(precision(64, () => dtypeOf([1, 2]))).toBe('f64');
    expect(dtypeOf([true, false])).toBe('bool');
    expect(dtypeOf(new Int32Array(2))).toBe('i32');
    expect(dtypeOf(new Uint8Array(2))).toBe('i32');
    expect(dtypeOf(new Uint16Array(2))).toBe('i32');
    expect(tensor({ x: 2 }, true).dtype).toBe('bool');
  });

  test('a dtype may be asked for; integers are cut off and limited, booleans are 0 or 1', () => {
    expect(tensor({ x: 2 }, [0.1, 0.2], { dtype: 'f64' }).data).toEqual(new Float64Array([0.1, 0.2]));
    expect(tensor({ x: 4 }, [-1.9, 1.9, 3e9, NaN], { dtype: 'i32' }).data).toEqual(new Int32Array([-1, 1, 2 ** 31 - 1, 0]));
    expect(tensor({ x: 3 }, [0, 0.5, -2], { dtype: 'bool' }).data).toEqual(new Uint8Array([0, 1, 1]));
    expect(tensor({ x: 2 }, [[true, false]].flat()).data).toEqual(new Uint8Array([1, 0]));
    expect(scalar(3.7, { dtype: 'i32' }).item()).toBe(3);
  });

  test('refuses another number of values', () => {
    const error = thrown(() => tensor({ y: 2, x: 3 }, [1, 2, 3, 4]));
    expect(error).toBeInstanceOf(DataError);
    expect(error).toMatchObject({ operation: 'tensor', expected: 6, seen: 4 });
    expect(error.message).toMatchInlineSnapshot(`
      "tensor: 4 values were given for (y=2, x=3), which has 6.
        Give exactly one value per element, the last dimension fastest."
    `);
  });

  test('refuses lists that are nested in another way', () => {
    const error = thrown(() => tensor({ y: 2, x: 3 }, [[1, 2], [3, 4], [5, 6]]));
    expect(error).toBeInstanceOf(DimensionError);
    expect(error).toMatchObject({ operation: 'tensor', dimension: 'y' });
    expect(error.message).toMatchInlineSnapshot(`
      "tensor: a list along 'y' has 3 entries instead of 2.
        input: (y=2, x=3)
        Nest the lists in the order of the record, 'x' innermost, or give one flat list."
    `);
    expect(thrown(() => tensor({ y: 2, x: 2 }, [[1, 2], [3]]))).toMatchObject({ dimension: 'x' });
    expect(thrown(() => tensor({ y: 2, x: 2 }, [[1, 2], 3])).message).toContain("a single value where a list along 'x' is needed");
    expect(thrown(() => tensor({ x: 2 }, [[1], [2]])).message).toContain('nested deeper than there are dimensions (1)');
  });
});

describe('constants', () => {
  test('zeros, ones, full, like another tensor', () => {
    expect([...zeros({ x: 2 }).data, ...ones({ x: 2 }).data, ...full({ x: 2 }, -3).data]).toEqual([0, 0, 1, 1, -3, -3]);
    const like = zerosLike(tensor({ vector: ['u', 'v'] }, [1, 2], { dtype: 'f64' }));
    expect([like.dtype, [...like.data], like.dims[0]!.items]).toEqual(['f64', [0, 0], ['u', 'v']]);
    expect(ones({ x: 1 }, { dtype: 'i32' }).dtype).toBe('i32');
  });

  test('a dimension of size 10⁹ costs nothing until it is read', () => {
    expect(full({ x: 1e9 }, 2).at({ x: -1 }).item()).toBe(2);
  });

  test('scalars', () => {
    expect(scalar(2).dims).toEqual([]);
    expect(asScalar(2).item()).toBe(2);
    const s = scalar(3);
    expect(asScalar(s)).toBe(s);
  });
});

describe('sequences', () => {
  test('range counts in integers', () => {
    expect([range({ x: 4 }).dtype, [...range({ x: 4 }).data]]).toEqual(['i32', [0, 1, 2, 3]]);
    expect(range({ x: 2 }, { dtype: 'f64' }).data).toEqual(new Float64Array([0, 1]));
  });

  test('linspace has both ends', () => precision(64, () => {
    const t = linspace({ x: 5 }, -1, 1);
    expectElements(t, { x: 5 }, ({ x }) => -1 + x! / 2);
    expect([...linspace({ x: 1 }, 3, 9).data]).toEqual([3]);
    expect(linspace({ x: 0 }, 3, 9).size).toBe(0);
    for (const count of [2, 3, 7, 50, 99]) {
      const { data } = linspace({ x: count }, 0.1, 0.7);
      expect([data[0], data[count - 1]]).toEqual([0.1, 0.7]);
    }
  }));

  test('one dimension, no more and no less', () => {
    expect(() => range({ x: 2, y: 2 })).toThrow(DimensionError);
    expect(() => linspace({}, 0, 1)).toThrow(DimensionError);
  });
});

describe('convert', () => {
  test('to a dtype, or to the precision of the context', () => {
    const t = tensor({ x: 2 }, [1.7, -1.7]);
    expect([...convert(t, 'i32').data]).toEqual([1, -1]);
    expect(convert(t, 'float').dtype).toBe('f32');
    expect(precision(64, () => convert(t, 'float').dtype)).toBe('f64');
    expect(convert(t, 'f32').value).toBe(t.value);
  });
});
