/** @file Cubic interpolation: cubic Hermite pieces in loops, exact for quadratics, third-order accurate, differentiable in values and positions. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad } from '@tapeflow/autodiff';
import { batch, interpolateCubic, jit, pad, precision, scalar, sum, tensor, type Tensor } from '@tapeflow/tensor';
import { element, expectElements, random, thrown } from './support.ts';

const at64 = (name: string, body: () => void): void => test(name, () => precision(64, body));

/** The piece between two samples as a cubic Hermite polynomial with central slopes; at the ends the slope of the parabola. */
function hermite(values: readonly number[], at: number): number {
  const n = values.length;
  const k = Math.min(Math.max(Math.floor(at), 0), n - 2);
  const s = at - k;
  const slope = (j: number): number => {
    if (j === 0) return -1.5 * values[0]! + 2 * values[1]! - 0.5 * values[2]!;
    if (j === n - 1) return 1.5 * values[n - 1]! - 2 * values[n - 2]! + 0.5 * values[n - 3]!;
    return (values[j + 1]! - values[j - 1]!) / 2;
  };
  return (1 + 2 * s) * (1 - s) ** 2 * values[k]! + s * (1 - s) ** 2 * slope(k) + s ** 2 * (3 - 2 * s) * values[k + 1]! + s ** 2 * (s - 1) * slope(k + 1);
}

describe('values between samples', () => {
  at64('are Hermite pieces with central slopes, along each dimension (seed 401)', () => {
    const t = random({ c: 2, y: 5, x: 6 }, 401);
    const [ys, xs] = [[0.25, 3.9, 2.5, 4.4], [2.75, 0.1, 4.6, -0.3]];
    expectElements(interpolateCubic(t, { x: tensor({ p: 4 }, xs), y: tensor({ p: 4 }, ys) }), { p: 4, c: 2 }, ({ p, c }) =>
      hermite(Array.from({ length: 5 }, (_, y) => hermite(Array.from({ length: 6 }, (__, x) => element(t, { c: c!, y, x })), xs[p!]!)), ys[p!]!));
  });

  at64('of quadratic data are exact, also beyond the ends (seed 402)', () => {
    const f = (x: number, y: number): number => 2 - x + 0.5 * x * x + 3 * y - y * y + 0.25 * x * y * y;
    const t = tensor({ y: 4, x: 5 }, Array.from({ length: 20 }, (_, k) => f(k % 5, Math.floor(k / 5))));
    const x = random({ p: 9 }, 402).mul(4).add(2);
    const y = random({ p: 9 }, 403).mul(4).add(1.5);
    expectElements(interpolateCubic(t, { x, y }), { p: 9 }, (index) => f(element(x, index), element(y, index)), 11);
  });

  at64('at the samples are the samples, to the last bit (seed 404)', () => {
    const t = random({ x: 5 }, 404);
    expect([...interpolateCubic(t, { x: tensor({ p: 5 }, [0, 1, 2, 3, 4]) }).data]).toEqual([...t.data]);
  });

  test('two samples lie on a line, one counts everywhere', () => {
    expect([...interpolateCubic(tensor({ x: 2 }, [1, 3]), { x: tensor({ p: 3 }, [-1, 0.25, 2]) }).data]).toEqual([-1, 1.5, 5]);
    expect([...interpolateCubic(tensor({ x: 1, y: 2 }, [7, 8]), { x: tensor({ p: 3 }, [-1, 0.25, 5]), y: tensor({ p: 3 }, [0, 1, 0.5]) }).data]).toEqual([7, 8, 7.5]);
    expect([...interpolateCubic(tensor({ x: 3 }, [1, 2, 5], { dtype: 'i32' }), { x: tensor({ p: 1 }, [0.5]) }).data]).toEqual([1.25]);
  });

  at64('members of a batch have positions of their own', () => {
    const t = tensor({ b: batch(2), x: 3 }, [0, 1, 4, 0, 10, 40]);
    const at = tensor({ b: batch(2), p: 2 }, [0.5, 1.5, 1, 0.25]);
    expectElements(interpolateCubic(t, { x: at }), { b: 2, p: 2 }, ({ b, p }) => [[0.25, 2.25], [10, 0.625]][b!]![p!]!);
  });

  at64('go on as padding says: round a ring (seed 405)', () => {
    const t = random({ x: 6 }, 405);
    const around = (at: number): number => element(interpolateCubic(pad(t, { x: [3, 3] }, 'periodic'), { x: tensor({ p: 1 }, [at + 3]) }), { p: 0 });
    const ring = Array.from({ length: 24 }, (_, k) => element(t, { x: k % 6 }));
    for (const at of [-0.75, 0.25, 5.5, 6.25]) expect(around(at)).toBeCloseTo(hermite(ring, at + 12), 12);
  });
});

describe('accuracy', () => {
  const error = (n: number): number => {
    const t = tensor({ x: n + 1 }, Array.from({ length: n + 1 }, (_, k) => Math.sin((3 * k) / n)));
    const at = Array.from({ length: 200 }, (_, k) => (k + 0.5) / 200);
    const seen = interpolateCubic(t, { x: tensor({ p: 200 }, at.map((s) => s * n)) });
    return Math.max(...at.map((s, p) => Math.abs(element(seen, { p }) - Math.sin(3 * s))));
  };

  at64('the error falls as h³, next to the ends too', () => {
    const [coarse, middle, fine] = [10, 20, 40].map(error);
    expect(Math.log2(coarse! / middle!)).toBeGreaterThan(2.8);
    expect(Math.log2(middle! / fine!)).toBeGreaterThan(2.8);
  });

  at64('slopes are continuous at the samples (seed 406)', () => {
    const t = random({ x: 6 }, 406);
    const slope = grad((x: Tensor<'p'>) => sum(interpolateCubic(t, { x }), 'p'));
    const [below, above] = [slope(tensor({ p: 3 }, [1, 2, 3].map((k) => k - 1e-9))), slope(tensor({ p: 3 }, [1, 2, 3].map((k) => k + 1e-9)))];
    expectElements(above, { p: 3 }, (index) => element(below, index), 6);
    expectElements(above, { p: 3 }, ({ p }) => (element(t, { x: p! + 2 }) - element(t, { x: p! })) / 2, 6);
  });
});

describe('derivatives', () => {
  at64('in values and positions, between the samples, to second order, eager and in programs (seed 407)', () => {
    const at = { t: random({ y: 4, x: 5 }, 407), x: tensor({ p: 4 }, [0.3, 1.6, 3.4, 4.3]), y: tensor({ p: 4 }, [1.7, 0.2, 2.4, -0.4]) };
    const f = ({ t, x, y }: typeof at): Tensor<'p'> => interpolateCubic(t, { x, y });
    checkGradients(f, at, { order: 2, step: 1e-3 });
    expectElements(jit(f)(at), { p: 4 }, (index) => element(f(at), index), 14);
  });
});

test('refusals of cubic interpolation', () => {
  const t = tensor({ x: 2 }, [1, 2]) as Tensor;
  expect(thrown(() => interpolateCubic(t, { z: scalar(0) as Tensor<never> as Tensor }))).toMatchObject({ name: 'DimensionError', operation: 'interpolateCubic', dimension: 'z' });
  expect(thrown(() => interpolateCubic(tensor({ x: 0 }, []), { x: tensor({ p: 1 }, [0]) }))).toMatchObject({ name: 'DimensionError', operation: 'interpolateCubic', dimension: 'x' });
});
