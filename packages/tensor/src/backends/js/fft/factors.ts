/** @file Lengths of Fourier transforms as products: the passes of a length, and lengths whose passes are short. */

/** 4, 2, 3, 5 and other primes whose product is n. */
export function factorsOf(n: number): number[] {
  const factors: number[] = [];
  for (const factor of [4, 2, 3, 5]) for (; n % factor === 0; n /= factor) factors.push(factor);
  for (let prime = 7; n > 1; prime += 2) for (; n % prime === 0; n /= prime) factors.push(prime);
  return factors;
}

/** The smallest product of 2, 3 and 5 that is not less. */
export function smoothLength(least: number): number {
  for (let n = least; ; n++) {
    let rest = n;
    for (const prime of [2, 3, 5]) while (rest % prime === 0) rest /= prime;
    if (rest === 1) return n;
  }
}
