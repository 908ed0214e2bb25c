/** @file pad: every continuation against its definition, wider than the tensor, per side and dimension; derivatives, programs, refusals. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad } from '@tapeflow/autodiff';
import { ArgumentError, DimensionError, jit, l2, pad, padConstant, precision, scalar, sum, tensor, zeros, type PadMode, type Scalar, type Tensor } from '@tapeflow/tensor';
import { element, expectElements, random, thrown } from './support.ts';

/** The value at any place, from the one next to it by the law of the continuation. */
const beyond: Record<PadMode, (inside: readonly number[], k: number) => number> = {
  edge: (xs, k) => xs[Math.min(Math.max(k, 0), xs.length - 1)]!,
  periodic: (xs, k) => (k < 0 ? beyond.periodic(xs, k + xs.length) : k >= xs.length ? beyond.periodic(xs, k - xs.length) : xs[k]!),
  // f(−k) = f(k) and f(n − 1 + k) = f(n − 1 − k)
  reflect: (xs, k) => (xs.length === 1 ? xs[0]! : k < 0 ? beyond.reflect(xs, -k) : k >= xs.length ? beyond.reflect(xs, 2 * (xs.length - 1) - k) : xs[k]!),
  // f(−½ − s) = ±f(−½ + s), and the same at n − ½
  symmetric: (xs, k) => (k < 0 ? beyond.symmetric(xs, -1 - k) : k >= xs.length ? beyond.symmetric(xs, 2 * xs.length - 1 - k) : xs[k]!),
  antisymmetric: (xs, k) => (k < 0 ? -beyond.antisymmetric(xs, -1 - k) : k >= xs.length ? -beyond.antisymmetric(xs, 2 * xs.length - 1 - k) : xs[k]!),
};
const MODES = Object.keys(beyond) as PadMode[];

describe.each(MODES)('%s', (mode) => {
  test.each([[1, 0], [2, 3], [7, 12], [0, 0]] as const)('%s before and %s after (seed 151)', (low, high) => precision(64, () => {
    for (const size of [1, 2, 5]) {
      const t = random({ y: 2, x: size }, 151);
      const seen = pad(t, { x: [low, high] }, mode);
      expectElements(seen, { y: 2, x: size + low + high }, ({ y, x }) => beyond[mode](Array.from({ length: size }, (_, k) => element(t, { y: y!, x: k })), x! - low));
    }
  }));

  test('derivatives to second order; programs agree (seed 152)', () => precision(64, () => {
    const t = random({ y: 2, x: 3 }, 152);
    const f = (u: Tensor<'y' | 'x'>): Tensor<'y' | 'x'> => pad(u.mul(u), { x: [4, 1], y: [0, 2] }, mode);
    checkGradients(f, t, { order: 2 });
    const slope = (u: Tensor<'y' | 'x'>): Tensor<'y' | 'x'> => grad((v: Tensor<'y' | 'x'>): Scalar => l2(f(v)))(u);
    expectElements(jit(f)(t), { y: 4, x: 8 }, (index) => element(f(t), index));
    expectElements(jit(slope)(t), { y: 2, x: 3 }, (index) => element(slope(t), index));
  }));
});

describe('values', () => {
  test('are padConstant', () => {
    const t = tensor({ y: 2, x: 2 }, [1, 2, 3, 4]);
    for (const value of [0, -7.5, scalar(3)]) expect(pad(t, { x: [1, 2], y: [0, 1] }, value).data).toEqual(padConstant(t, { x: [1, 2], y: [0, 1] }, value).data);
    expect(pad(t, { x: [1, 0] }).data).toEqual(padConstant(t, { x: [1, 0] }).data);
    expect([...pad(zeros({ x: 0 }), { x: [1, 1] }, 4).data]).toEqual([4, 4]);
  });

  test('a scalar beyond one end gets the sum of the cotangents there', () => {
    const t = tensor({ x: 2 }, [1, 2]);
    const slope = grad((value: Scalar): Scalar => sum(pad(t, { x: [2, 3] }, [value, 'edge']).pow(2)))(scalar(5));
    expect(slope.item()).toBe(2 * 2 * 5);
  });

  test('integers stay integers, unless a value is a fraction; booleans can be continued', () => {
    const n = tensor({ x: 2 }, [1, 2], { dtype: 'i32' });
    expect([pad(n, { x: [1, 0] }, 7).dtype, pad(n, { x: [1, 0] }, 'antisymmetric').dtype, pad(n, { x: [1, 0] }, 0.5).dtype]).toEqual(['i32', 'i32', 'f32']);
    const b = pad(tensor({ x: 2 }, [true, false]), { x: [1, 1] }, 'edge');
    expect([b.dtype, ...b.data]).toEqual(['bool', 1, 1, 0, 0]);
  });
});

describe('per dimension and per end', () => {
  const t = tensor({ y: 2, x: 3 }, [1, 2, 3, 4, 5, 6]);
  test('corners get what the later dimension makes of the earlier one', () => {
    expect([...pad(t, { y: [1, 0], x: [1, 1] }, { y: -1, x: ['periodic', 'symmetric'] }).data]).toEqual([-1, -1, -1, -1, -1, 3, 1, 2, 3, 3, 6, 4, 5, 6, 6]);
    expect([...pad(t, { x: [1, 1], y: [1, 0] }, { y: -1, x: ['periodic', 'symmetric'] }).data]).toEqual([-1, -1, -1, -1, -1, 3, 1, 2, 3, 3, 6, 4, 5, 6, 6]);
    expect([...pad(t, { x: [1, 0], y: [1, 0] }, { x: 9, y: 'edge' }).data]).toEqual([9, 1, 2, 3, 9, 1, 2, 3, 9, 4, 5, 6]);
    expect([...pad(t, { y: [1, 0], x: [1, 0] }, { x: 9, y: 0 }).data]).toEqual([9, 0, 0, 0, 9, 1, 2, 3, 9, 4, 5, 6]);
  });

  test('a dimension that is not mentioned gets zeros; item names of a padded dimension disappear', () => {
    expect([...pad(t, { x: [1, 0], y: [1, 0] }, { x: 'edge' }).data]).toEqual([0, 0, 0, 0, 1, 1, 2, 3, 4, 4, 5, 6]);
    const v = tensor({ vector: ['u', 'v'], x: 1 }, [1, 2]);
    expect(pad(v, { x: [1, 1] }, 'edge').dims[0]!.items).toEqual(['u', 'v']);
    expect(pad(v, { vector: [1, 0] }, 'edge').dims[0]!.items).toBeUndefined();
    expect(pad(v, { vector: [0, 0] }, 'edge').dims[0]!.items).toEqual(['u', 'v']);
  });
});

describe('refusals', () => {
  const t = zeros({ x: 3 });
  test('widths, dimensions and modes that do not exist', () => {
    expect(thrown(() => pad(t, { x: [-1, 0] }, 'edge'))).toMatchObject({ name: 'DimensionError', operation: 'pad', dimension: 'x' });
    expect(thrown(() => pad(t, { x: [0.5, 0] }))).toMatchObject({ name: 'DimensionError', operation: 'pad' });
    expect(thrown(() => pad(t as Tensor, { X: [1, 1] }, 'edge'))).toMatchObject({ name: 'DimensionError', operation: 'pad', dimension: 'X', advice: "Did you mean 'x'?" });
    expect(thrown(() => pad(t, { x: [1, 1] }, 'symetric' as 'symmetric')).message).toMatchInlineSnapshot(`
      "pad: 'beyond' is 'symetric'.
        Did you mean 'symmetric'?"
    `);
    expect(() => pad(t, { x: [1, 1] }, ['edge', 'wrap' as 'edge'])).toThrow(ArgumentError);
  });

  test('nothing cannot be continued; booleans have no sign; a value is a scalar', () => {
    expect(thrown(() => pad(zeros({ x: 0 }), { x: [1, 0] }, 'periodic'))).toMatchObject({ name: 'DimensionError', operation: 'pad', dimension: 'x' });
    expect(pad(zeros({ x: 0 }), { x: [0, 0] }, 'periodic').size).toBe(0);
    expect(thrown(() => pad(tensor({ x: 1 }, [true]), { x: [1, 0] }, 'antisymmetric'))).toMatchObject({ name: 'DTypeError', operation: 'pad', dtypes: ['bool'] });
    expect(() => pad(t, { x: [1, 0] }, t as unknown as Scalar)).toThrow(DimensionError);
  });
});
