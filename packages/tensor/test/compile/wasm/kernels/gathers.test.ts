/** @file Positions that kernels compute: small whole numbers become i32 as all others do, and fields that are read at one position share it. */
import { expect, test } from 'vitest';
import { convert, floor, gather, jit, scatter, tensor, type Tensor } from '../../../../src/index.ts';
import { IndexError } from '../../../../src/errors.ts';

type Line = Tensor<'x'>;
const numbers = (t: Tensor<never>): number[] => [...t.view((data: ArrayLike<number>) => Array.from(data))];
const RARE = [NaN, Infinity, -Infinity, -0, 0.75, -1, -1e-30, 7.999, 8, 1e9, -1e9, 3.4e38, 2 ** 24 + 2, -(2 ** 24), 2 ** 31, 255.5, 256, -256.5];
const line = (values: readonly number[], dtype: 'f32' | 'f64' | 'i32' = 'f32'): Line => tensor({ x: values.length }, values, { dtype }) as Line;

test.each([8, 256, 2 ** 22])('whole numbers modulo %i are those of operations one by one, of rare numbers too', (n) => {
  const wrapped = (x: Line): Line => {
    const whole = floor(x);
    return convert(whole.sub(floor(whole.mul(1 / n)).mul(n)), 'i32') as Line;
  };
  for (let shift = 0; shift < 4; shift++) {
    // Every number in every lane, and in what is left over of a row.
    const x = line([...Array.from({ length: shift }, (_, k) => k * n), ...RARE, ...RARE.map((value) => value + 0.5 * n)]);
    expect(numbers(jit(wrapped)(x))).toEqual(numbers(wrapped(x)));
  }
});

test('products of integers with powers of two, and with other numbers, are those of operations one by one', () => {
  const x = line([0, 1, -1, 2, 3, 1 << 20, -(1 << 20), 2 ** 31 - 1, -(2 ** 31), 12345], 'i32');
  for (const factor of [1, 2, 4, 1024, 2 ** 30, 3, -4, 0]) {
    const f = (own: Line): Line => own.mul(factor).add(1) as Line;
    expect(numbers(jit(f)(x)), `${factor}`).toEqual(numbers(f(x)));
  }
});

test('fields of one length, of other lengths and of other widths at the same positions', () => {
  const count = 23;
  const at = line(Array.from({ length: count }, (_, k) => (k * 5) % 7), 'i32');
  const field = (length: number, dtype: 'f32' | 'i32'): Line => line(Array.from({ length }, (_, k) => k * k - 3 * k), dtype);
  const all = (positions: Line, a: Line, b: Line, c: Line): Line => gather(a, { x: positions }).add(gather(b, { x: positions }).mul(2)).add(convert(gather(c, { x: positions }), 'f32')) as Line;
  const inputs = [at, field(7, 'f32'), field(7, 'f32'), field(9, 'i32')] as const;
  expect(numbers(jit(all)(...inputs))).toEqual(numbers(all(...inputs)));
});

test('a position that one field has and a shorter one has not is an error', () => {
  const at = line([0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2], 'i32');
  const sum = jit((positions: Line, a: Line, b: Line) => gather(a, { x: positions }).add(gather(b, { x: positions })));
  const field = (length: number): Line => line(Array.from({ length }, (_, k) => k));
  expect(numbers(sum(at, field(9), field(9)))).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 0, 2, 4]);
  expect(() => sum(at, field(9), field(8))).toThrow(IndexError);
  expect(() => sum(at, field(8), field(9))).toThrow(IndexError);
});

test('what is read and added to at the same positions', () => {
  const at = line([3, 1, 4, 1, 5, 2, 6, 5, 3, 5, 0, 0, 2], 'i32');
  const f = (positions: Line, a: Line): Line => scatter(a, { x: positions }, gather(a, { x: positions }).mul(3), { mode: 'add' }) as Line;
  const a = line(Array.from({ length: 8 }, (_, k) => 1 + k / 4));
  expect(numbers(jit(f)(at, a))).toEqual(numbers(f(at, a)));
});
