/** @file Laws of the metrics, with shapes whose overlap is known by counting. */
import { describe, expect, test } from 'vitest';
import { massChange, overlap, relativeError } from '../../smoke-control/metrics.ts';

/** A square of density 1 with its lower left corner at (x, y), on 10×10 cells. */
function square(x: number, y: number, side: number): Float64Array {
  return Float64Array.from({ length: 100 }, (_, i) => {
    const inside = i % 10 >= x && i % 10 < x + side && Math.floor(i / 10) >= y && Math.floor(i / 10) < y + side;
    return inside ? 1 : 0;
  });
}

const a = square(1, 1, 4);

test('a density that is the target is without error and overlaps fully', () => {
  expect(relativeError(a, a)).toBe(0);
  expect(overlap(a, a)).toBe(1);
  expect(massChange(a, a)).toBe(0);
});

test('shapes that are apart: each is wrong as a whole', () => {
  const b = square(6, 6, 4);
  expect(relativeError(a, b)).toBe(2);
  expect(overlap(a, b)).toBe(0);
});

test('shifted by half: 8 of 16 cells agree, 24 are in either', () => {
  const b = square(3, 1, 4);
  expect(relativeError(b, a)).toBe(1);
  expect(overlap(b, a)).toBe(8 / 24);
  expect(overlap(a, b)).toBe(8 / 24);
});

describe('thinner smoke', () => {
  test('error and mass change are in proportion', () => {
    const thin = a.map((d) => 0.75 * d);
    expect(relativeError(thin, a)).toBe(0.25);
    expect(massChange(a, thin)).toBe(-0.25);
    expect(massChange(thin, a)).toBeCloseTo(1 / 3, 14);
  });

  test('exactly half density is outside', () => {
    expect(overlap(a.map((d) => d / 2), a)).toBe(0);
    expect(overlap(a.map((d) => 0.51 * d), a)).toBe(1);
  });
});

test('of two empty shapes nothing overlaps', () => {
  expect(overlap(new Float64Array(4), new Float64Array(4))).toBe(0);
});
