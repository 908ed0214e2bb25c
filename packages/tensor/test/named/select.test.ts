/** @file select: by element and by name, dtypes, derivatives, refusals. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad } from '@tapeflow/autodiff';
import { DTypeError, greater, less, log, precision, scalar, select, sin, sum, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { element, expectElements, random, thrown } from './support.ts';

describe('select', () => {
  test('chooses element by element, in the dimensions of all three (seeds 31, 32)', () => precision(64, () => {
    const u = random({ x: 4 }, 31);
    const v = random({ y: 3 }, 32);
    expectElements(select(less(u, 0.1), u, v), { x: 4, y: 3 }, ({ x, y }) => (element(u, { x: x! }) < 0.1 ? element(u, { x: x! }) : element(v, { y: y! })));
  }));

  test('between numbers, scalars, and by one condition for all', () => {
    const c = tensor({ x: 3 }, [true, false, true]);
    expect([...select(c, 1, 0).data]).toEqual([1, 0, 1]);
    expect([...select(c, scalar(5), -1).data]).toEqual([5, -1, 5]);
    expect([...select(greater(scalar(2), 1), tensor({ x: 2 }, [1, 2]), 0).data]).toEqual([1, 2]);
    expect(select(less(scalar(2), 1), 7, scalar(8)).item()).toBe(8);
  });

  test('dtypes: the widest of the branches; numbers are weak', () => {
    const c = tensor({ x: 2 }, [true, false]);
    const n = tensor({ x: 2 }, [1, 2], { dtype: 'i32' });
    expect(select(c, n, 0).dtype).toBe('i32');
    expect(select(c, n, 0.5).dtype).toBe('f32');
    expect(select(c, n, tensor({ x: 2 }, [1, 2], { dtype: 'f64' })).dtype).toBe('f64');
    expect(precision(64, () => select(c, 1, 0).dtype)).toBe('f64');
  });

  test('a condition of numbers is refused', () => {
    const error = thrown(() => select(tensor({ x: 2 }, [1, 0]), 1, 0));
    expect(error).toBeInstanceOf(DTypeError);
    expect(error.message).toMatchInlineSnapshot(`
      "select: the condition is not boolean. (f32)
        Compare first: less(x, y), greater(x, 0)."
    `);
  });
});

describe('derivatives', () => {
  test('go to the branch that is taken, to second order (seed 33)', () => precision(64, () => {
    checkGradients((u: Tensor<'x'>) => select(less(u, 0.35), sin(u), u.mul(u)), random({ x: 5 }, 33), { order: 2 });
  }));

  test('a guarded argument keeps the branch that is not taken finite', () => precision(64, () => {
    const safeLog = (x: Tensor<'x'>): Scalar => {
      const positive = greater(x, 0);
      return sum(select(positive, log(select(positive, x, 1)), 0));
    };
    expect([...grad(safeLog)(tensor({ x: 3 }, [2, 0, -1])).data]).toEqual([0.5, 0, 0]);
  }));

  test('of a number there is none', () => {
    const slope = grad((x: Scalar): Scalar => sum(select(tensor({ x: 3 }, [true, false, true]), x, 4)))(scalar(1));
    expect(slope.item()).toBe(2);
  });
});
