/** @file scatter by name: what gather takes, scatter puts; modes, batches, positions outside, derivatives, refusals. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad, vmap } from '@tapeflow/autodiff';
import { gather, IndexError, instance, jit, l2, precision, scalar, scatter, sum, tensor, zeros, type Scalar, type ScatterMode, type Tensor } from '@tapeflow/tensor';
import { wrap, type NDArray } from '@tapeflow/tensor/extend';
import { element, expectElements, random, thrown } from './support.ts';

const ints = <const S extends Readonly<Record<string, number>>>(sizes: S, values: readonly number[]): Tensor<Extract<keyof S, string>> => tensor(sizes, values, { dtype: 'i32' });
const choose: Record<ScatterMode, (own: number, updates: readonly number[]) => number> = {
  add: (own, updates) => updates.reduce((a, b) => a + b, own),
  set: (_own, updates) => updates[updates.length - 1]!,
  min: (own, updates) => Math.min(own, ...updates),
  max: (own, updates) => Math.max(own, ...updates),
  mean: (_own, updates) => updates.reduce((a, b) => a + b, 0) / updates.length,
};
const MODES = Object.keys(choose) as ScatterMode[];

describe.each(MODES)('%s', (mode) => {
  const combined = (own: number, updates: readonly number[]): number => (updates.length === 0 ? own : choose[mode](own, updates));

  test('along one dimension, the others as they are (seeds 101, 102)', () => precision(64, () => {
    const target = random({ y: 2, x: 5 }, 101);
    const at = [4, 0, 0, 2, 4, 4];
    const updates = random({ p: 6, y: 2 }, 102);
    const seen = scatter(target, { x: ints({ p: 6 }, at) }, updates, { mode });
    expect(seen.dims).toEqual(target.dims);
    expectElements(seen, { y: 2, x: 5 }, ({ y, x }) => combined(element(target, { y: y!, x: x! }), at.flatMap((k, p) => (k === x ? [element(updates, { p, y: y! })] : []))));
  }));

  test('particles to a grid: along two dimensions, point by point; the updates are vectors (seeds 103, 104)', () => precision(64, () => {
    const grid = random({ vector: 2, y: 3, x: 4 }, 103);
    const [ys, xs] = [[2, 0, 1, 2, 2], [3, 3, 1, 3, 0]];
    const particles = (values: readonly number[]): Tensor<'p'> => tensor({ p: instance(5) }, values, { dtype: 'i32' });
    const noise = random({ q: 10 }, 104).data;
    const updates = tensor({ p: instance(5), vector: 2 }, noise);
    expectElements(scatter(grid, { y: particles(ys), x: particles(xs) }, updates, { mode }), { vector: 2, y: 3, x: 4 }, ({ vector, y, x }) =>
      combined(element(grid, { vector: vector!, y: y!, x: x! }), ys.flatMap((own, p) => (own === y && xs[p] === x ? [element(updates, { p, vector: vector! })] : []))));
  }));

  test('a batch is matched by name; what updates lack is constant (seed 105)', () => precision(64, () => {
    const target = random({ batch: 2, x: 3 }, 105);
    const at = tensor({ batch: 2, p: 2 }, [2, 2, 0, 1], { dtype: 'i32' });
    const updates = tensor({ p: 2 }, [0.25, -0.5]);
    expectElements(scatter(target, { x: at }, updates, { mode }), { batch: 2, x: 3 }, ({ batch: b, x }) =>
      combined(element(target, { batch: b!, x: x! }), [0, 1].flatMap((p) => (element(at, { batch: b!, p }) === x ? [element(updates, { p })] : []))));
  }));

  test('derivatives of target and updates; in programs and batches the same (seeds 106, 107)', () => precision(64, () => {
    const [target, updates] = [random({ y: 2, x: 4 }, 106), random({ p: 7 }, 107)];
    const at = { x: ints({ p: 7 }, [0, 3, 3, 1, 0, 3, 1]) };
    type Pair = [Tensor<'y' | 'x'>, Tensor<'p'>];
    checkGradients(([u, v]: Pair) => scatter(u.mul(u), at, v.mul(v), { mode }), [target, updates], { order: 2 });
    const slope = (pair: Pair): Pair => grad(([u, v]: Pair): Scalar => l2(scatter(u.mul(2), at, v, { mode })))(pair);
    const [direct, compiled] = [slope([target, updates]), jit(slope)([target, updates])];
    direct.forEach((each, k) => expectElements(compiled[k]!, each.sizes as Record<string, number>, (index) => element(each, index)));
    const members = wrap({ value: target.value, dims: target.dims.slice(1) }) as Tensor<'x'>;
    const together = vmap((u: Tensor<'x'>) => scatter(u, at, updates, { mode }))(members);
    expect([...(together.value as NDArray).contiguous()]).toEqual([...scatter(target, at, updates, { mode }).data]);
  }));

  test('positions outside are discarded or clamped', () => precision(64, () => {
    const target = tensor({ x: 3 }, [1, 2, 3]);
    const at = { x: ints({ p: 3 }, [-1, 1, 7]) };
    const updates = tensor({ p: 3 }, [10, 20, 0.5]);
    expect([...scatter(target, at, updates, { mode, outside: 'discard' }).data]).toEqual([1, combined(2, [20]), 3]);
    expect([...scatter(target, at, updates, { mode, outside: 'clamp' }).data]).toEqual([combined(1, [10]), combined(2, [20]), combined(3, [0.5])]);
    const both = { y: ints({ p: 2 }, [0, 9]), x: ints({ p: 2 }, [1, 0]) };
    const plane = zeros({ y: 1, x: 2 });
    expect([...scatter(plane, both, 4, { mode, outside: 'discard' }).data]).toEqual([0, combined(0, [4])]);
  }));

  test('no updates, and none outside', () => {
    const target = tensor({ x: 2 }, [1, 2]);
    expect([...scatter(target, { x: ints({ p: 0 }, []) }, tensor({ p: 0 }, []), { mode }).data]).toEqual([1, 2]);
    expect(scatter(zeros({ x: 0 }), { x: ints({ p: 0 }, []) }, 1, { mode }).size).toBe(0);
  });
});

describe('sums', () => {
  test('scatter of a constant counts, and is the transpose of gather (seeds 108, 109)', () => precision(64, () => {
    const at = { x: ints({ p: 6 }, [1, 1, 4, 0, 1, 4]) };
    expect([...scatter(zeros({ x: 5 }), at, 1).data]).toEqual([1, 3, 0, 0, 2]);
    const [u, v] = [random({ x: 5 }, 108), random({ p: 6 }, 109)];
    expect(sum(scatter(zeros({ x: 5 }), at, v).mul(u)).item()).toBeCloseTo(sum(gather(u, at).mul(v)).item(), 14);
  }));

  test('one position, given as a scalar', () => {
    expect([...scatter(tensor({ x: 2 }, [1, 2]), { x: scalar(1, { dtype: 'i32' }) }, 5).data]).toEqual([1, 7]);
  });
});

test('dtypes: the widest of target and updates; means are real; sums count booleans', () => {
  const n = ints({ x: 2 }, [1, 2]);
  const at = { x: ints({ p: 1 }, [0]) };
  expect(scatter(n, at, 2).dtype).toBe('i32');
  expect(scatter(n, at, 0.5).dtype).toBe('f32');
  expect(scatter(n, at, tensor({ p: 1 }, [1], { dtype: 'f64' }), { mode: 'max' }).dtype).toBe('f64');
  expect([...scatter(n, at, ints({ p: 1 }, [4]), { mode: 'mean' }).data]).toEqual([4, 2]);
  const b = tensor({ x: 2 }, [true, false]);
  expect([scatter(b, at, tensor({ p: 1 }, [false]), { mode: 'set' }).dtype, scatter(b, at, tensor({ p: 1 }, [true])).dtype]).toEqual(['bool', 'i32']);
});

describe('refusals', () => {
  const t = zeros({ y: 2, x: 3 });
  test('positions outside', () => {
    const error = thrown(() => scatter(t, { x: ints({ p: 2 }, [0, 3]) }, 1));
    expect(error).toMatchObject({ name: 'IndexError', operation: 'scatter', index: 3, length: 3 });
    expect(error.message).toMatchInlineSnapshot(`
      "scatter: index 3 is outside dimension 'x' of length 3.
        Use indices from 0 to 2; negative indices count from the end in at() and slice() only."
    `);
    expect(() => jit((k: Tensor<'p'>) => scatter(t, { x: k }, 1))(ints({ p: 1 }, [-1]))).toThrow(IndexError);
  });

  test('positions that are real, dimensions that do not fit, modes that do not exist', () => {
    expect(thrown(() => scatter(t, { x: tensor({ p: 1 }, [0]) }, 1))).toMatchObject({ name: 'DTypeError', operation: 'scatter', dtypes: ['f32'] });
    expect(thrown(() => scatter(t as Tensor, { z: ints({ p: 1 }, [0]) }, 1))).toMatchObject({ name: 'DimensionError', operation: 'scatter', dimension: 'z' });
    expect(thrown(() => scatter(t, { x: ints({ p: 2 }, [0, 1]) }, zeros({ p: 3 })))).toMatchObject({ name: 'DimensionError', dimension: 'p' });
    expect(thrown(() => scatter(t, { x: ints({ p: 2 }, [0, 1]) }, zeros({ q: 2 })))).toMatchObject({ name: 'DimensionError', operation: 'scatter', dimension: 'q' });
    expect(thrown(() => scatter(t, { x: ints({ p: 1 }, [0]) }, 1, { mode: 'maxx' as 'max' }))).toMatchObject({ name: 'ArgumentError', argument: 'mode', seen: 'maxx', advice: "Did you mean 'max'?" });
    expect(thrown(() => scatter(t, { x: ints({ p: 1 }, [0]) }, 1, { outside: 'ignore' as 'clamp' })).message).toMatchInlineSnapshot(`
      "scatter: 'outside' is 'ignore'.
        Use one of refuse, discard, clamp."
    `);
  });
});
