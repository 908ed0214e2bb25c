/** @file Normal numbers: the quantile against 50-digit references, moments and distribution of samples, reproducible bits. */
import { describe, expect, test } from 'vitest';
import { normal32, normal64, upperQuantile } from '../src/random/normal.ts';
import { keyFromSeed, randomBits } from '../src/random/threefry.ts';
import { normalDistribution } from './operations/oracles.ts';

/**
 * [p, z] with erfc(z/√2)/2 = p: Newton's iteration in Python with mpmath 1.3.0 at 50 digits on the exact double p, rounded once.
 */
const QUANTILES: readonly (readonly [p: number, z: number])[] = [
  [0.499999999, 2.5066283428845328e-9], [0.4, 0.2533471031357997], [0.25, 0.6744897501960817], [0.1, 1.2815515655446004],
  [0.075, 1.439531470938456], [0.07, 1.4757910281791706], [0.01, 2.326347874040841], [0.001, 3.0902323061678136],
  [1e-6, 4.753424308822899], [2e-6, 4.611382362302669], [1e-9, 5.9978070150076865],
  [1.1641532182693481e-10, 6.3379577545537895], [1e-12, 7.034483825301132], [5.551115123125783e-17, 8.292361075813595],
];

describe('quantile', () => {
  test('agrees with 50-digit references', () => {
    for (const [p, z] of QUANTILES) {
      const error = Math.abs(upperQuantile(p) / z - 1);
      expect(error, `upperQuantile(${p}): relative error ${error}`).toBeLessThan(8e-16); // 6e-16 and the rounding of the reference
    }
  });

  test('inverts the distribution, and falls strictly, across the borders of its three pieces', () => {
    let previous = Infinity;
    for (let p = 2 ** -54; p < 0.5; p *= 1.01) {
      const z = upperQuantile(p);
      // A relative error of z changes p by z² times as much.
      expect(Math.abs(normalDistribution(-z) / p - 1)).toBeLessThan(1e-15 * (z * z + 4));
      expect(z).toBeLessThan(previous);
      previous = z;
    }
    expect(upperQuantile(0.5)).toBe(0);
  });
});

describe('samples', () => {
  test('the first bit is the sign, the others the tail probability: extremes and symmetry', () => {
    const words = Uint32Array.of(0, 0x80000000, 0x7fffffff, 0xffffffff);
    const [largest, smallest, justAbove, justBelow] = normal32(words);
    expect([largest, justAbove]).toEqual([-smallest!, -justBelow!]);
    expect(largest).toBe(Math.fround(upperQuantile(2 ** -33)));
    expect(justAbove).toBeGreaterThan(0);
    const [largest64] = normal64(Uint32Array.of(0, 0));
    expect(largest64).toBe(upperQuantile(2 ** -54));
    expect(normal64(Uint32Array.of(0x80000000, 0))[0]).toBe(-largest64!);
    expect(normal64(new Uint32Array(5)).length).toBe(2);
  });

  test.each([1, 2, 'smoke'])('moments, tails, distance from the distribution, independence of neighbours (seed %s)', (seed) => {
    const count = 100_000;
    const samples = [normal32(randomBits(keyFromSeed(seed), count)), normal64(randomBits(keyFromSeed(`${seed} again`), 2 * count))];
    for (const sample of samples.map((array) => Float64Array.from(array))) {
      const mean = (f: (x: number, i: number) => number): number => sample.reduce((sum, x, i) => sum + f(x, i), 0) / count;
      // Four standard deviations of each estimate: Var x = 1, Var x² = 2, Var x³ = 15, Var x⁴ = 96, Var xx′ = 1
      const bound = (variance: number): number => 4 * Math.sqrt(variance / count);
      expect(Math.abs(mean((x) => x))).toBeLessThan(bound(1));
      expect(Math.abs(mean((x) => x * x) - 1)).toBeLessThan(bound(2));
      expect(Math.abs(mean((x) => x ** 3))).toBeLessThan(bound(15));
      expect(Math.abs(mean((x) => x ** 4) - 3)).toBeLessThan(bound(96));
      expect(Math.abs(mean((x, i) => x * sample[(i + 1) % count]!))).toBeLessThan(bound(1));
      const beyond = 2 * normalDistribution(-3);
      expect(Math.abs(mean((x) => (Math.abs(x) > 3 ? 1 : 0)) - beyond)).toBeLessThan(bound(beyond));
      // Kolmogorov–Smirnov: √n · D exceeds 2 with probability 7e-4
      const sorted = sample.slice().sort();
      let distance = 0;
      sorted.forEach((x, i) => {
        const expected = normalDistribution(x);
        distance = Math.max(distance, expected - i / count, (i + 1) / count - expected);
      });
      expect(Math.sqrt(count) * distance).toBeLessThan(2);
    }
  });

  test('every engine and release gives the same bits (seed 42)', () => {
    // A FNV-1a hash over the bytes; a transcription of generator and quantile into Python gives the same three. If it changes, saved experiments no longer repeat: that is a breaking change.
    const hash = (array: ArrayBufferView): string => {
      let h = 0x811c9dc5;
      for (const byte of new Uint8Array(array.buffer, array.byteOffset, array.byteLength)) h = Math.imul(h ^ byte, 0x01000193);
      return (h >>> 0).toString(16);
    };
    const bits = randomBits(keyFromSeed(42), 20_000);
    expect([hash(bits), hash(normal32(bits)), hash(normal64(bits))]).toEqual(['ba6c486', '87a3b623', '57ea0e0e']);
  });
});
