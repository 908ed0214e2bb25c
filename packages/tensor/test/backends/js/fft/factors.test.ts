/** @file Factors of lengths: against their definition, for all lengths up to a thousand. */
import { expect, test } from 'vitest';
import { factorsOf, smoothLength } from '../../../../src/backends/js/fft/factors.ts';

const lengths = Array.from({ length: 1000 }, (_, k) => k + 1);
const isPrime = (n: number): boolean => n > 1 && lengths.slice(1, n - 1).every((divisor) => n % divisor !== 0);

test('factors are 4 and primes whose product is the length, with one 2 at most', () => {
  const factors = lengths.map(factorsOf);
  expect(factors.map((own) => own.reduce((product, factor) => product * factor, 1))).toEqual(lengths);
  expect(factors.flat().filter((factor) => factor !== 4 && !isPrime(factor))).toEqual([]);
  expect(factors.filter((own) => own.filter((factor) => factor === 2).length > 1)).toEqual([]);
});

test('smooth lengths are the next products of 2, 3 and 5', () => {
  const smooth = new Set<number>();
  for (let a = 1; a <= 2000; a *= 2) for (let b = a; b <= 2000; b *= 3) for (let c = b; c <= 2000; c *= 5) smooth.add(c);
  const ordered = [...smooth].sort((x, y) => x - y);
  expect(lengths.map(smoothLength)).toEqual(lengths.map((least) => ordered.find((length) => length >= least)));
});
