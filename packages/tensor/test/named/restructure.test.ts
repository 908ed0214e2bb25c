/** @file Rename, expand, stack, concat, pad, roll, flip: values by index, names, items, order of storage, derivatives, refusals. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad } from '@tapeflow/autodiff';
import { batch, channel, concat, DimensionError, expand, flip, instance, padConstant, precision, rename, roll, scalar, sin, spatial, stack, sum, tensor, zeros, type Scalar, type Tensor } from '@tapeflow/tensor';
import { element, expectElements, random, thrown } from './support.ts';

const names = (t: Tensor<never>): string[] => t.dims.map(({ name }) => name);
const t = tensor({ y: 2, x: 3 }, [1, 2, 3, 4, 5, 6]);

describe('rename', () => {
  test('keeps values, size and type', () => {
    expectElements(rename(t, 'x', 'z'), { y: 2, z: 3 }, ({ y, z }) => element(t, { y: y!, x: z! }));
    expect(rename(t, 'x', 'x').dims).toEqual(t.dims);
  });

  test('may change the type, and then the order of storage', () => {
    const renamed = rename(t, 'x', 'component', channel);
    expect(renamed.dims.map(({ name, type }) => `${name}:${type}`)).toEqual(['component:channel', 'y:spatial']);
    expectElements(renamed, { component: 3, y: 2 }, ({ component, y }) => element(t, { y: y!, x: component! }));
  });

  test('two dimensions cannot have one name', () => {
    expect(thrown(() => rename(t, 'x', 'y' as never)).message).toMatchInlineSnapshot(`
      "rename: dimension 'y' already exists.
        input: (y=2, x=3)
        Choose another name, or rename the existing dimension."
    `);
    expect(() => rename(t as Tensor, 'z', 'a')).toThrow(DimensionError);
  });
});

describe('expand', () => {
  test('repeats along a new dimension, of any type, without memory', () => {
    const expanded = expand(t, 'batch', 4);
    expect(names(expanded)).toEqual(['batch', 'y', 'x']);
    expectElements(expanded, { batch: 4, y: 2, x: 3 }, ({ y, x }) => element(t, { y: y!, x: x! }));
    expect(expand(scalar(2), 'x', 1e9).at({ x: 123_456_789 }).item()).toBe(2);
    expect(names(expand(zeros({ batch: 2, x: 3 }), 'p', instance(2)))).toEqual(['batch', 'p', 'x']);
  });

  test('not along one that exists', () => {
    expect(thrown(() => expand(t, 'x' as never, 2))).toMatchObject({ name: 'DimensionError', operation: 'expand', dimension: 'x' });
  });
});

describe('stack', () => {
  test('a list gives positions, a record item names', () => {
    const list = stack([t, t.mul(10)], 'member');
    expectElements(list, { member: 2, y: 2, x: 3 }, ({ member, y, x }) => element(t, { y: y!, x: x! }) * (member === 0 ? 1 : 10));
    const record = stack({ u: t, v: t.mul(10) }, 'vector');
    expect(record.dims[0]).toEqual({ name: 'vector', size: 2, type: 'channel', items: ['u', 'v'] });
    expect([...record.at({ vector: 'v' }).data]).toEqual([10, 20, 30, 40, 50, 60]);
    expect(stack([t], 'k', batch).dims[0]!.type).toBe('batch');
  });

  test('parts are brought to common dimensions and dtypes', () => {
    const mixed = stack({ u: scalar(7), v: tensor({ x: 2 }, [1, 2], { dtype: 'f64' }) }, 'vector');
    expect(mixed.dtype).toBe('f64');
    expectElements(mixed, { vector: 2, x: 2 }, ({ vector, x }) => (vector === 0 ? 7 : 1 + x!));
  });

  test('nothing cannot be stacked, nor along a dimension that exists', () => {
    expect(() => stack([], 'member')).toThrow(DimensionError);
    expect(thrown(() => stack([t, t], 'x' as never))).toMatchObject({ operation: 'stack', dimension: 'x' });
    expect(thrown(() => stack([zeros({ x: 2 }), zeros({ x: 3 })], 'k'))).toMatchObject({ operation: 'stack', dimension: 'x' });
  });
});

describe('concat', () => {
  test('one after the other along a dimension that all have', () => {
    const joined = concat([t, tensor({ y: 1, x: 3 }, [7, 8, 9])], 'y');
    expectElements(joined, { y: 3, x: 3 }, ({ y, x }) => 1 + 3 * y! + x!);
  });

  test('parts in another order, with missing dimensions, of another dtype', () => {
    const joined = concat([tensor({ x: 2, y: 2 }, [1, 2, 3, 4]), tensor({ x: 1 }, [5], { dtype: 'f64' })], 'x');
    expect(joined.dtype).toBe('f64');
    expectElements(joined, { x: 3, y: 2 }, ({ x, y }) => (x === 2 ? 5 : 1 + 2 * x! + y!));
    const reversed = concat([tensor({ x: 1 }, [5]), tensor({ batch: 2, x: 1 }, [6, 7])], 'x');
    expectElements(reversed, { batch: 2, x: 2 }, ({ batch: b, x }) => (x === 0 ? 5 : 6 + b!));
  });

  test('item names are joined, and stay unique', () => {
    const joined = concat([tensor({ vector: ['x', 'y'] }, [1, 2]), tensor({ vector: ['z'] }, [3])], 'vector');
    expect(joined.at({ vector: 'z' }).item()).toBe(3);
    expect(concat([tensor({ vector: ['x'] }, [1]), tensor({ vector: channel(1) }, [2])], 'vector').dims[0]!.items).toBeUndefined();
    const error = thrown(() => concat([tensor({ vector: ['x'] }, [1]), tensor({ vector: ['x'] }, [2])], 'vector'));
    expect(error).toMatchObject({ name: 'DimensionError', operation: 'concat', dimension: 'vector' });
  });

  test('other dimensions must agree', () => {
    expect(thrown(() => concat([zeros({ y: 2, x: 3 }), zeros({ y: 2, x: 2 })], 'y'))).toMatchObject({ operation: 'concat', dimension: 'x' });
    expect(thrown(() => concat([t, zeros({ x: 3 }) as Tensor as typeof t], 'y'))).toMatchObject({ operation: 'concat', dimension: 'y' });
    expect(() => concat([], 'x')).toThrow(DimensionError);
  });
});

describe('padConstant', () => {
  test.each([0, -7])('with %s around', (value) => {
    expectElements(padConstant(t, { x: [1, 2] }, value), { y: 2, x: 6 }, ({ y, x }) => (x! >= 1 && x! <= 3 ? element(t, { y: y!, x: x! - 1 }) : value));
    expectElements(padConstant(t, { x: [0, 1], y: [1, 0] }, value), { y: 3, x: 4 }, ({ y, x }) => (y! >= 1 && x! <= 2 ? element(t, { y: y! - 1, x: x! }) : value));
  });

  test('infinite and integer surroundings', () => {
    expect([...padConstant(tensor({ x: 1 }, [1]), { x: [1, 1] }, Infinity).data]).toEqual([Infinity, 1, Infinity]);
    const n = padConstant(tensor({ x: 1 }, [1], { dtype: 'i32' }), { x: [1, 0] }, 5);
    expect([n.dtype, ...n.data]).toEqual(['i32', 5, 1]);
    expect([...padConstant(tensor({ x: 2 }, [NaN, 1]), { x: [1, 0] }, 3).data]).toEqual([3, NaN, 1]);
  });

  test('a scalar around gets the sum of the cotangents there', () => {
    const slope = grad((value: Scalar): Scalar => sum(padConstant(t, { x: [1, 1], y: [0, 1] }, value).pow(2)))(scalar(3));
    expect(slope.item()).toBe(2 * 3 * (3 * 5 - 6));
  });

  test('widths are whole and not negative', () => {
    expect(thrown(() => padConstant(t, { x: [-1, 0] }))).toMatchObject({ name: 'DimensionError', operation: 'padConstant', dimension: 'x' });
    expect(() => padConstant(t as Tensor, { z: [1, 1] })).toThrow(DimensionError);
  });
});

describe('roll and flip', () => {
  test.each([1, -1, 4, -5, 0])('roll by %s', (shift) => {
    expectElements(roll(t, 'x', shift), { y: 2, x: 3 }, ({ y, x }) => element(t, { y: y!, x: (((x! - shift) % 3) + 3) % 3 }));
  });

  test('flip turns values and item names around', () => {
    expectElements(flip(t, ['x', 'y']), { y: 2, x: 3 }, ({ y, x }) => element(t, { y: 1 - y!, x: 2 - x! }));
    const vector = flip(tensor({ vector: ['u', 'v'] }, [1, 2]), 'vector');
    expect(vector.at({ vector: 'v' }).item()).toBe(2);
    expect([...vector.data]).toEqual([2, 1]);
  });

  test('of nothing', () => {
    const empty = zeros({ x: 0 });
    expect([roll(empty, 'x', 3).size, flip(empty, 'x').size]).toEqual([0, 0]);
  });
});

test('derivatives to second order of all of them (seed 21)', () => precision(64, () => {
  const u = random({ y: 2, x: 3 }, 21);
  type U = Tensor<'y' | 'x'>;
  const functions: ((v: U) => Tensor<never>)[] = [
    (v) => sin(rename(v, 'x', 'vector', channel)),
    (v) => sin(expand(v, 'z', spatial(2))).mul(tensor({ z: 2 }, [1, 3])),
    (v) => stack({ a: sin(v), b: v.mul(v) }, 'vector'),
    (v) => concat([sin(v), v.mul(v)], 'x'),
    (v) => sin(padConstant(v, { x: [1, 1], y: [0, 1] }, 0.3)),
    (v) => sin(roll(v, 'x', 1)).mul(v),
    (v) => sin(flip(v, 'y')).mul(v),
  ];
  for (const f of functions) checkGradients(f, u, { order: 2 });
}));
