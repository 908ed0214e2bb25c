/** @file describe: what it tells as data and as text, of tensors anywhere: on the heap, shared, in programs, traced. */
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { grad } from '@tapeflow/autodiff';
import { batch, describe as describeTensor, full, jit, scalar, sin, sum, tensor, toNdarray, zeros, type Scalar, type Tensor, type TensorDescription } from '@tapeflow/tensor';

const t = tensor({ batch: batch(2), vector: ['u', 'v'], x: 100 }, Array.from({ length: 400 }, (_, k) => k / 8));

test('dimensions with types and items, dtype, bytes, values', () => {
  const seen = describeTensor(t);
  expect(seen).toMatchObject({ dims: t.dims, dtype: 'f32', size: 400, bytes: 1600, storage: 'heap', viewOf: undefined, inside: undefined });
  expect(seen.values).toEqual({ min: 0, mean: 399 / 16, max: 399 / 8, nonFinite: 0 });
  expect(inspect(seen)).toMatchInlineSnapshot(`
    "Tensor f32, 400 values, 1600 bytes on the heap
      batch   batch      2
      vector  channel    2  u, v
      x       spatial  100
      min 0, mean 24.938, max 49.875"
  `);
  expect(String(seen)).toBe(inspect(seen));
});

test('values that are not finite are counted and left out', () => {
  const { values } = describeTensor(tensor({ x: 5 }, [1, NaN, 3, -Infinity, Infinity]));
  expect(values).toEqual({ min: 1, mean: 2, max: 3, nonFinite: 3 });
  expect(String(describeTensor(tensor({ x: 2 }, [NaN, 2])))).toContain('1 of 2 values NaN or infinite');
  const none = describeTensor(scalar(NaN));
  expect(none.values).toEqual({ min: NaN, mean: NaN, max: NaN, nonFinite: 1 });
  expect(String(none)).toMatchInlineSnapshot(`
    "Scalar f32, 4 bytes on the heap
      1 of 1 value NaN or infinite"
  `);
});

test('scalars, booleans, integers, nothing', () => {
  expect(String(describeTensor(scalar(2.5, { dtype: 'f64' })))).toBe('Scalar f64, 8 bytes on the heap\n  min 2.5, mean 2.5, max 2.5');
  expect(String(describeTensor(tensor({ x: 3 }, [true, false, true])))).toContain('true in 2 of 3');
  expect(String(describeTensor(tensor({ x: 2 }, [-3, 4], { dtype: 'i32' })))).toContain('min -3, mean 0.5, max 4');
  expect(String(describeTensor(zeros({ y: 2, x: 0 })))).toContain('empty');
});

test('where the memory is: views, shared arrays, programs', () => {
  expect(describeTensor(t.at({ batch: 0 }))).toMatchObject({ storage: 'heap', size: 200, viewOf: 400 });
  expect(describeTensor(full({ x: 1000 }, 1))).toMatchObject({ size: 1000, viewOf: 1 });
  const shared = tensor({ x: 2 }, [1, 2]);
  toNdarray(shared, { share: true });
  expect(describeTensor(shared).storage).toBe('shared');
  expect(String(describeTensor(shared))).toContain('which other code may write to');
  const run = jit((u: Tensor<'x'>) => sin(u));
  const result = run(t.at({ batch: 0, vector: 'u' }));
  expect(describeTensor(result).storage).toBe('program');
  run(t.at({ batch: 1, vector: 'u' }));
  expect(describeTensor(result).storage).toBe('heap');
});

test('inside a program and a derivative, where there are no values', () => {
  const seen: TensorDescription[] = [];
  const look = (u: Tensor<'x'>): Scalar => {
    seen.push(describeTensor(u));
    return sum(u.mul(u), 'x');
  };
  jit(look)(tensor({ x: 3 }, [1, 2, 3]));
  grad(look)(tensor({ x: 3 }, [1, 2, 3]));
  expect(seen.map(({ storage, inside, values, size }) => [storage, inside, values, size])).toEqual([['traced', 'jit', undefined, 3], ['traced', 'grad', undefined, 3]]);
  expect(String(seen[0])).toMatchInlineSnapshot(`
    "Tensor f32, 3 values, 12 bytes inside jit
      x  spatial  3
      no values yet"
  `);
});
