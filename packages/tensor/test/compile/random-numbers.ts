/** @file Random numbers that need no test runner, so that they can be drawn in browsers. */

/** Park–Miller numbers in (low, high). */
export function randomNumbers(seed: number, count: number, low = -1, high = 1): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return low + ((high - low) * state) / 2147483647;
  });
}
