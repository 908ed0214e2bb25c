/** @file The random generator: published vectors, laws of keys, statistics of bits and uniforms. Seeds are in the test names. */
import { describe, expect, test } from 'vitest';
import {
  SeedError, childKey, fillRandomBits, keyFromSeed, randomBits, splitKey, threefry2x32, uniform32, uniform64, type RandomKey,
} from '../src/random/threefry.ts';

const hex = (words: readonly number[]): string => words.map((word) => word.toString(16).padStart(8, '0')).join(' ');

/** Σ (seen − expected)²/expected over equally likely bins, in standard deviations from its mean: N(0, 1) for many bins. */
function chiSquareDeviation(counts: Uint32Array, total: number): number {
  const expected = total / counts.length;
  let chiSquare = 0;
  for (const count of counts) chiSquare += (count - expected) ** 2 / expected;
  const freedom = counts.length - 1;
  return (chiSquare - freedom) / Math.sqrt(2 * freedom);
}

describe('Threefry-2x32, 20 rounds', () => {
  // Known answers published with Random123 [Salmon2011]: counter, key, result.
  test.each<[RandomKey, RandomKey, string]>([
    [[0, 0], [0, 0], '6b200159 99ba4efe'],
    [[0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], '1cb996fc bb002be7'],
    [[0x243f6a88, 0x85a308d3], [0x13198a2e, 0x03707344], 'c4923a9c 483df7a0'],
  ])('counter %j, key %j', (counter, key, expected) => {
    expect(hex(threefry2x32(key, counter[0], counter[1]))).toBe(expected);
  });

  test('inputs are words modulo 2³²', () => {
    expect(threefry2x32([-1, 2 ** 32 + 5], -3, 2 ** 32)).toEqual(threefry2x32([0xffffffff, 5], 2 ** 32 - 3, 0));
  });

  test('one flipped input bit flips half of the output bits (key and counter, each bit)', () => {
    const popcount = (x: number): number => (x >>> 0).toString(2).replaceAll('0', '').length;
    for (let bit = 0; bit < 128; bit++) {
      let flipped = 0;
      for (let trial = 0; trial < 200; trial++) {
        const words = [trial * 7919, trial ^ 0x5a5a, trial * 104729, trial] as [number, number, number, number];
        const before = threefry2x32([words[0], words[1]], words[2], words[3]);
        words[bit >> 5]! ^= 1 << (bit & 31);
        const after = threefry2x32([words[0], words[1]], words[2], words[3]);
        flipped += popcount(before[0] ^ after[0]) + popcount(before[1] ^ after[1]);
      }
      // 12 800 fair coins: standard deviation 57; five of them
      expect(Math.abs(flipped - 6400), `input bit ${bit}: ${flipped} of 12800 flipped`).toBeLessThan(283);
    }
  });
});

describe('bits of a key', () => {
  const key = keyFromSeed(2026);

  test('the same key gives the same bits; shorter requests are prefixes, odd ones too', () => {
    const all = randomBits(key, 1001);
    for (const count of [0, 1, 2, 3, 500, 1000, 1001]) expect(randomBits(key, count)).toEqual(all.slice(0, count));
  });

  test('blocks are encrypted counters, and filling may start at any block', () => {
    const all = randomBits(key, 40);
    for (let j = 0; j < 20; j++) expect([all[2 * j], all[2 * j + 1]]).toEqual(threefry2x32(key, j, 0));
    const part = new Uint32Array(7);
    fillRandomBits(key, part, 5);
    expect(part).toEqual(all.slice(10, 17));
  });

  test('no block repeats within a key, and two keys share none', () => {
    const blocks = (k: RandomKey): string[] => {
      const bits = randomBits(k, 40_000);
      return Array.from({ length: 20_000 }, (_, j) => `${bits[2 * j]} ${bits[2 * j + 1]}`);
    };
    expect(new Set([...blocks(key), ...blocks(childKey(key, 0))]).size).toBe(40_000);
  });
});

describe('keys', () => {
  test('split keys differ from each other, from their parent, and from those of another parent', () => {
    const parents = [keyFromSeed(1), keyFromSeed(2)];
    const keys = parents.flatMap((parent) => [parent, ...splitKey(parent, 20_000)]);
    expect(new Set(keys.map(hex)).size).toBe(40_002);
  });

  test('splitKey is childKey by number, and does not depend on how many are asked for', () => {
    const parent = keyFromSeed('parent');
    expect(splitKey(parent, 5)).toEqual([0, 1, 2, 3, 4].map((index) => childKey(parent, index)));
    expect(splitKey(parent, 3)).toEqual(splitKey(parent, 5).slice(0, 3));
    expect(splitKey(parent, 0)).toEqual([]);
  });

  test('children are not among the blocks drawn from their parent', () => {
    const parent = keyFromSeed(3);
    const bits = randomBits(parent, 20_000);
    const drawn = new Set(Array.from({ length: 10_000 }, (_, j) => hex([bits[2 * j]!, bits[2 * j + 1]!])));
    expect(splitKey(parent, 10_000).filter((child) => drawn.has(hex(child)))).toEqual([]);
  });

  test('seeds: different numbers and texts give different keys, the same seed the same key', () => {
    const numbers = [0, 1, 2, -1, 0.5, 1e300, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1, Number.MIN_VALUE];
    const texts = ['', '0', '1', 'a', 'b', 'ab', 'ba', 'a\0', 'a\0\0', '12345678', '123456789', 'ä', 'smoke '.repeat(100)];
    const seeds = [...numbers, ...texts];
    expect(new Set(seeds.map((seed) => hex(keyFromSeed(seed)))).size).toBe(seeds.length);
    for (const seed of seeds) expect(keyFromSeed(seed)).toEqual(keyFromSeed(seed));
    expect(keyFromSeed(-0)).toEqual(keyFromSeed(0));
    const words = seeds.flatMap((seed) => keyFromSeed(seed));
    expect(words.every((word) => Number.isInteger(word) && word >= 0 && word < 2 ** 32)).toBe(true);
  });

  test('a seed that is not finite is refused', () => {
    for (const seed of [NaN, Infinity, -Infinity]) expect(() => keyFromSeed(seed)).toThrow(SeedError);
    expect(() => keyFromSeed(NaN)).toThrow(/keyFromSeed: the seed is NaN\.\n {2}Pass a finite number or a string\./);
  });
});

describe('uniforms', () => {
  test('range and grid: 0 can occur, 1 cannot, values are multiples of the last place', () => {
    expect([...uniform32(Uint32Array.of(0, 0xff, 0x100, 0xffffffff))]).toEqual([0, 0, 2 ** -24, 1 - 2 ** -24]);
    expect([...uniform64(Uint32Array.of(0, 0, 0, 64, 32, 0, 0xffffffff, 0xffffffff))]).toEqual([0, 2 ** -53, 2 ** -27, 1 - 2 ** -53]);
    expect(uniform64(new Uint32Array(5)).length).toBe(2);
  });

  test.each([1, 20, 'text'])('mean, variance, equal bins, independence of neighbours (seed %s)', (seed) => {
    const count = 200_000;
    const key = keyFromSeed(seed);
    for (const sample of [uniform32(randomBits(key, count)), uniform64(randomBits(childKey(key, 7), 2 * count))]) {
      let sum = 0;
      let squares = 0;
      let products = 0;
      const bins = new Uint32Array(1000);
      const pairs = new Uint32Array(32 * 32);
      for (let i = 0; i < count; i++) {
        const x = sample[i]! - 0.5;
        sum += x;
        squares += x * x;
        if (i > 0) products += x * (sample[i - 1]! - 0.5);
        bins[Math.floor(sample[i]! * 1000)]!++;
        if (i % 2 === 1) pairs[Math.floor(sample[i]! * 32) * 32 + Math.floor(sample[i - 1]! * 32)]!++;
      }
      // Four standard deviations of each estimate: Var x = 1/12, Var x² = 1/180, Var xx′ = 1/144
      expect(Math.abs(sum / count)).toBeLessThan(4 * Math.sqrt(1 / 12 / count));
      expect(Math.abs(squares / count - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / count));
      expect(Math.abs(products / count)).toBeLessThan(4 * Math.sqrt(1 / 144 / count));
      expect(Math.abs(chiSquareDeviation(bins, count))).toBeLessThan(4);
      expect(Math.abs(chiSquareDeviation(pairs, count / 2))).toBeLessThan(4);
    }
  });

  test('each of the 32 bits is fair, along one key (seed 5) and across 50 000 split keys', () => {
    const count = 50_000;
    const along = randomBits(keyFromSeed(5), count);
    const across = Uint32Array.from(splitKey(keyFromSeed(5), count), (child) => randomBits(child, 1)[0]!);
    for (const words of [along, across]) {
      for (let bit = 0; bit < 32; bit++) {
        let ones = 0;
        for (const word of words) ones += (word >>> bit) & 1;
        expect(Math.abs(ones - count / 2), `bit ${bit}: ${ones} ones of ${count}`).toBeLessThan(4 * Math.sqrt(count / 4));
      }
    }
  });
});
