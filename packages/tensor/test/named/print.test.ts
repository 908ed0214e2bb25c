/** @file How tensors look in the terminal. */
import { inspect } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { grad } from '@tapeflow/autodiff';
import { batch, full, range, scalar, sum, tensor, zeros, type Scalar, type Tensor } from '@tapeflow/tensor';

describe('a tensor shows dimensions, dtype and values', () => {
  test('scalars, vectors, matrices', () => {
    expect(String(scalar(2.5))).toBe('Scalar f32 2.5');
    expect(String(tensor({ x: 3 }, [1, -2, 0.5], { dtype: 'f64' }))).toBe('Tensor (x=3) f64 [1 -2 0.5]');
    expect(String(tensor({ vector: ['u', 'v'] }, [1, 2]))).toBe('Tensor (vector=u,v) f32 [1 2]');
    expect(String(tensor({ y: 2, x: 2 }, [1, 20, -300, 0.25]))).toMatchInlineSnapshot(`
      "Tensor (y=2, x=2) f32
           1   20
        -300 0.25"
    `);
  });

  test('blocks of higher rank name their outer position', () => {
    expect(String(tensor({ b: batch(2), vector: ['u', 'v'], y: 2, x: 2 }, Array.from({ length: 16 }, (_, k) => k)))).toMatchInlineSnapshot(`
      "Tensor (b=2, vector=u,v, y=2, x=2) f32
        b=0 vector=u
           0  1
           2  3
        b=0 vector=v
           4  5
           6  7
        b=1 vector=u
           8  9
          10 11
        b=1 vector=v
          12 13
          14 15"
    `);
  });

  test('booleans, integers, tiny, huge and missing numbers', () => {
    expect(String(tensor({ x: 2 }, [true, false]))).toBe('Tensor (x=2) bool [true false]');
    expect(String(tensor({ x: 2 }, new Int32Array([1, -2])))).toBe('Tensor (x=2) i32 [1 -2]');
    expect(String(tensor({ x: 6 }, [1e-9, 123456.7, NaN, Infinity, 1 / 3, -0], { dtype: 'f64' }))).toBe('Tensor (x=6) f64 [1.000e-9 1.235e+5 NaN Infinity 0.33333 0]');
  });

  test('nothing', () => {
    expect(String(zeros({ y: 2, x: 0 }))).toBe('Tensor (y=2, x=0) f32 (empty)');
  });

  test('long rows and columns are cut in the middle, and only what is shown is read', () => {
    expect(String(range({ x: 100 }))).toBe('Tensor (x=100) i32 [0 1 2 3 … 96 97 98 99]');
    expect(String(range({ y: 30 }).mul(100).add(range({ x: 9 })))).toMatchInlineSnapshot(`
      "Tensor (y=30, x=9) i32
           0    1    2    3 …    5    6    7    8
         100  101  102  103 …  105  106  107  108
         200  201  202  203 …  205  206  207  208
         300  301  302  303 …  305  306  307  308
         400  401  402  403 …  405  406  407  408
         500  501  502  503 …  505  506  507  508
          …
        2400 2401 2402 2403 … 2405 2406 2407 2408
        2500 2501 2502 2503 … 2505 2506 2507 2508
        2600 2601 2602 2603 … 2605 2606 2607 2608
        2700 2701 2702 2703 … 2705 2706 2707 2708
        2800 2801 2802 2803 … 2805 2806 2807 2808
        2900 2901 2902 2903 … 2905 2906 2907 2908"
    `);
    expect(String(full({ x: 1e9 }, 3))).toBe('Tensor (x=1000000000) f32 [3 3 3 3 … 3 3 3 3]');
  });

  test('a cut block says where it goes on', () => {
    expect(String(range({ c: 8 }).mul(10).add(range({ y: 3 })).add(zeros({ x: 1 }, { dtype: 'i32' })))).toMatchInlineSnapshot(`
      "Tensor (c=8, y=3, x=1) i32
        c=0
           0
           1
           2
        c=1
          10
          11
          12
          …
        c=6
          60
          61
          62
        c=7
          70
          71
          72"
    `);
  });
});

test('console.log shows the same, also inside lists and records', () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  console.log(scalar(1));
  log.mockRestore();
  expect(inspect(scalar(1))).toBe('Scalar f32 1');
  expect(inspect({ loss: scalar(1), u: [tensor({ x: 1 }, [2])] })).toBe('{ loss: Scalar f32 1, u: [ Tensor (x=1) f32 [2] ] }');
});

test('inside a derivative a tensor shows what is known of it', () => {
  let seen = '';
  grad((u: Tensor<'x'>): Scalar => {
    seen = String(u);
    return sum(u);
  })(tensor({ x: 2 }, [1, 2]));
  expect(seen).toBe('Tensor (x=2) f32 inside grad');
});
