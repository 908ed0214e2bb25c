/** @file Multilinear interpolation: exact for linear data, continued outside, second-order accurate, differentiable in values and positions. */
import { describe, expect, test } from 'vitest';
import { checkGradients } from '@tapeflow/autodiff';
import { batch, DimensionError, interpolate, interpolateStencil, precision, scalar, stencilAt, tensor, type Tensor } from '@tapeflow/tensor';
import { element, expectElements, random, thrown } from './support.ts';

describe('values between samples', () => {
  test('of data that are linear in each direction are exact, also beyond the ends (seed 61)', () => precision(64, () => {
    const f = (x: number, y: number): number => 2 - x + 3 * y + 0.5 * x * y;
    const t = tensor({ y: 4, x: 5 }, Array.from({ length: 20 }, (_, k) => f(k % 5, Math.floor(k / 5))));
    const x = random({ p: 9 }, 61).mul(4).add(2);
    const y = random({ p: 9 }, 62).mul(4).add(1.5);
    expectElements(interpolate(t, { x, y }), { p: 9 }, (index) => f(element(x, index), element(y, index)), 11);
  }));

  test('by the weights of the neighbours (seed 63)', () => precision(64, () => {
    const t = random({ c: 2, y: 3, x: 4 }, 63);
    const [ys, xs] = [[0.25, 1.5], [2.75, 0]];
    const at = { y: tensor({ p: 2 }, ys), x: tensor({ p: 2 }, xs) };
    expectElements(interpolate(t, at), { p: 2, c: 2 }, ({ p, c }) => {
      let total = 0;
      for (let y = 0; y < 3; y++) for (let x = 0; x < 4; x++) total += Math.max(0, 1 - Math.abs(y - ys[p!]!)) * Math.max(0, 1 - Math.abs(x - xs[p!]!)) * element(t, { c: c!, y, x });
      return total;
    });
  }));

  test('at the samples themselves, the last one included (seed 64)', () => precision(64, () => {
    const t = random({ x: 4 }, 64);
    expect([...interpolate(t, { x: tensor({ p: 4 }, [0, 1, 2, 3]) }).data]).toEqual([...t.data]);
  }));

  test('one sample counts everywhere', () => {
    expect([...interpolate(tensor({ x: 1 }, [7]), { x: tensor({ p: 3 }, [-1, 0, 5]) }).data]).toEqual([7, 7, 7]);
  });

  test('members of a batch have their own positions', () => precision(64, () => {
    const t = tensor({ b: batch(2), x: 3 }, [0, 1, 2, 0, 10, 20]);
    const at = tensor({ b: batch(2), p: 2 }, [0.5, 1.5, 1, 0.25]);
    expectElements(interpolate(t, { x: at }), { b: 2, p: 2 }, ({ b, p }) => [[0.5, 1.5], [10, 2.5]][b!]![p!]!);
  }));

  test('the error falls as h²', () => precision(64, () => {
    const error = (n: number): number => {
      const t = tensor({ x: n + 1 }, Array.from({ length: n + 1 }, (_, k) => Math.sin((3 * k) / n)));
      const at = Array.from({ length: 50 }, (_, k) => (k + 0.5) / 50);
      const seen = interpolate(t, { x: tensor({ p: 50 }, at.map((s) => s * n)) });
      return Math.max(...at.map((s, p) => Math.abs(element(seen, { p }) - Math.sin(3 * s))));
    };
    const [coarse, middle, fine] = [20, 40, 80].map(error);
    expect(Math.log2(coarse! / middle!)).toBeGreaterThan(1.7);
    expect(Math.log2(middle! / fine!)).toBeGreaterThan(1.7);
  }));
});

describe('derivatives', () => {
  test('in values and positions, between the samples, to second order (seed 65)', () => precision(64, () => {
    const at = { t: random({ y: 3, x: 4 }, 65), x: tensor({ p: 3 }, [0.3, 1.6, 2.4]), y: tensor({ p: 3 }, [1.7, 0.2, 1.4]) };
    checkGradients(({ t, x, y }: typeof at) => interpolate(t, { x, y }), at, { order: 2, step: 1e-3 });
  }));
});

describe('the stencil', () => {
  test('has the samples around, the first dimension slowest, and the fractions', () => precision(64, () => {
    const t = tensor({ y: 2, x: 3 }, [1, 2, 3, 4, 5, 6]);
    const stencil = stencilAt(t, { y: tensor({ p: 1 }, [0.25]), x: tensor({ p: 1 }, [1.5]) });
    expect(stencil.values.map((value) => value.data[0])).toEqual([2, 3, 5, 6]);
    expect(stencil.fractions.map((fraction) => fraction.data[0])).toEqual([0.25, 0.5]);
    expect([...interpolateStencil(stencil).data]).toEqual([0.75 * 2.5 + 0.25 * 5.5]);
  }));
});

test('a dimension that is not there is refused', () => {
  expect(thrown(() => interpolate(tensor({ x: 2 }, [1, 2]) as Tensor, { z: scalar(0) as Tensor<never> as Tensor }))).toMatchObject({ name: 'DimensionError', operation: 'interpolate', dimension: 'z' });
  expect(() => interpolate(tensor({ x: 2 }, 0) as Tensor, { z: tensor({ p: 1 }, [0]) as Tensor })).toThrow(DimensionError);
});
