/** @file Seeded random numbers for tests; the seed is in the name of every test that uses them. */

/** A generator of numbers in [0, 1) that depends on nothing but its seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number in 0 … below − 1. */
export function whole(random: () => number, below: number): number {
  return Math.floor(random() * below);
}
