/** @file What goes into the memory of programs and comes out: numbers, memory that is shared later, windows onto one result. */
import { describe, expect, test } from 'vitest';
import type { NDArray } from '../../../src/array/ndarray.ts';
import { jit, mul, sin, tensor, toNdarray, type Scalar, type Tensor } from '../../../src/index.ts';
import { expectSame, numbersOf } from '../support.ts';

type Field = Tensor<'x'>;
const storageOf = (t: Tensor<never>): unknown => (t.value as NDArray).storage;
const field = (size: number): Field => tensor({ x: size }, Array.from({ length: size }, (_, k) => k + 0.5));

describe('inputs', () => {
  test('memory that is shared after it was filled in is read again', () => {
    const double = jit((u: Field) => mul(u, 2));
    const u = field(4);
    expect(numbersOf(double(u))).toEqual([1, 3, 5, 7]);
    const { data } = toNdarray(u, { share: true });
    data[0] = 9;
    expect(numbersOf(double(u))).toEqual([18, 3, 5, 7]);
  });
  test('a number after the first call enters as an array of rank 0 does, and comes back rounded like one', () => {
    const both = jit((u: Field, dt: number | Scalar) => ({ scaled: mul(u, dt), dt: dt as Scalar }));
    const u = field(3);
    for (const dt of [0.1, 0.1, 1 / 3, -0, 1e40]) {
      const seen = both(u, dt);
      expectSame(seen.scaled, mul(u, dt), 0, `${dt}`);
      expect(Object.is(seen.dt.item(), Math.fround(dt)), `${dt}`).toBe(true);
    }
    expect(both.report()).toMatchObject({ calls: 5, traces: 1 });
  });
  test('a number and an array of rank 0 take turns in one place', () => {
    const scaled = jit((u: Field, dt: number | Scalar) => mul(u, dt));
    const [u, two] = [field(2), tensor({}, 2) as Scalar];
    for (const dt of [two, 3, two, two, 5, 3]) expectSame(scaled(u, dt), mul(u, dt), 0);
  });
});

describe.each([['small', 8], ['large', 512]] as const)('%s results', (_name, size) => {
  test('windows onto one piece of memory have one storage in each run, another one in the next', () => {
    const parts = jit((u: Field) => {
      const y = sin(u);
      return [y, y.slice({ x: [0, 2] }), y.slice({ x: [2, 4] })] as const;
    });
    const [a, b] = [field(size), mul(field(size), 2) as Field];
    const first = parts(a);
    const second = parts(b);
    expect(new Set(first.map(storageOf)).size).toBe(1);
    expect(first.map(storageOf).some((storage) => second.map(storageOf).includes(storage))).toBe(false);
    expectSame(first, [sin(a), sin(a).slice({ x: [0, 2] }), sin(a).slice({ x: [2, 4] })], 1e-6);
    expectSame(second[1], sin(b).slice({ x: [0, 2] }), 1e-6);
  });
  test('a result that is an argument of the next call, many times', () => {
    const step = jit((u: Field) => mul(u, 0.5));
    let u = field(size);
    const seen: Field[] = [];
    for (let k = 0; k < 6; k++) seen.push((u = step(u) as Field));
    seen.forEach((each, k) => expectSame(each, mul(field(size), 0.5 ** (k + 1)), 0));
  });
});
