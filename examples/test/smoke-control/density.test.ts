/** @file Laws of blur and disc: mass is conserved, the Gaussian is one, the disc is round and has the mass asked for. */
import { describe, expect, test } from 'vitest';
import { blur, disc, largestDiscMass, massOf } from '../../smoke-control/density.ts';
import { randomNumbers } from '../random.ts';

const SEED = 7;

function randomDensity(n: number): Float64Array {
  const random = randomNumbers(SEED);
  return Float64Array.from({ length: n * n }, random);
}

describe('blur', () => {
  test.each([1, 2, 3, 5, 16, 64])('conserves mass on %i² cells, up to the walls', (n) => {
    const density = randomDensity(n);
    expect(massOf(blur(density, n)) / massOf(density)).toBeCloseTo(1, 12);
  });

  test('leaves a constant as it is', () => {
    for (const value of blur(new Float64Array(81).fill(0.3), 9)) expect(value).toBeCloseTo(0.3, 14);
  });

  test('spreads a point by a variance of one cell in x and in y', () => {
    const n = 17;
    const point = new Float64Array(n * n);
    point[8 * n + 8] = 1;
    const spread = blur(point, n);
    let [xx, yy, xy] = [0, 0, 0];
    spread.forEach((weight, i) => {
      const [x, y] = [(i % n) - 8, Math.floor(i / n) - 8];
      xx += weight * x * x;
      yy += weight * y * y;
      xy += weight * x * y;
    });
    expect(Math.abs(xx - 1)).toBeLessThan(0.03); // the tails beyond three cells are cut off
    expect(Math.abs(yy - 1)).toBeLessThan(0.03);
    expect(xy).toBeCloseTo(0, 14);
  });

  test('is its own mirror image in both directions', () => {
    const n = 12;
    const density = randomDensity(n);
    const flip = (d: Float64Array): Float64Array => d.map((_, i) => d[i - (i % n) + (n - 1 - (i % n))]!);
    const turn = (d: Float64Array): Float64Array => Float64Array.from(d, (_, i) => d[(i % n) * n + Math.floor(i / n)]!);
    const [flipped, turned] = [flip(blur(density, n)), turn(blur(density, n))];
    blur(flip(density), n).forEach((value, i) => expect(value).toBeCloseTo(flipped[i]!, 14));
    blur(turn(density), n).forEach((value, i) => expect(value).toBeCloseTo(turned[i]!, 14));
  });
});

describe('disc', () => {
  test.each([
    [16, 0.01],
    [16, 20],
    [64, 400],
    [64, 3000],
    [65, 1234.5],
    [256, 20_000],
  ])('on %i² cells has mass %f', (n, mass) => {
    expect(Math.abs(massOf(disc(n, mass)) / mass - 1)).toBeLessThan(1e-12);
  });

  test('is as large as a disc of that area, full inside and empty outside', () => {
    const [n, radius] = [64, 15];
    const density = disc(n, Math.PI * radius ** 2);
    density.forEach((value, i) => {
      const distance = Math.hypot((i % n) + 0.5 - 32, Math.floor(i / n) + 0.5 - 32);
      if (distance < radius - 5) expect(value).toBeCloseTo(1, 12);
      else if (distance > radius + 5) expect(value).toBeCloseTo(0, 12);
      else if (distance < radius - 1) expect(value).toBeGreaterThan(0.7);
      else if (distance > radius + 1) expect(value).toBeLessThan(0.3);
    });
  });

  test('is centred', () => {
    const n = 32;
    const density = disc(n, 200);
    density.forEach((value, i) => {
      expect(value).toBeCloseTo(density[n * n - 1 - i]!, 14);
      expect(value).toBeCloseTo(density[(i % n) * n + Math.floor(i / n)]!, 14);
    });
  });

  test('is refused when it does not fit, or is none', () => {
    const largest = largestDiscMass(64);
    expect(largest).toBeGreaterThan(Math.PI * 31 ** 2);
    expect(largest).toBeLessThan(Math.PI * 32 ** 2);
    expect(massOf(disc(64, largest))).toBeCloseTo(largest, 8);
    for (const mass of [largest * 1.001, 0, -1, NaN]) expect(() => disc(64, mass)).toThrow(RangeError);
  });
});
