/** @file Integers and permutations from random words, every outcome exactly as likely as every other: words that would favour some are drawn anew. */
import { randomBits, threefry2x32, type RandomKey } from './threefry.ts';

/** Marks, in the second counter word, the blocks of words that are drawn anew; attempts are added to it. */
const REDRAW = 0x5245_5452; // 'RETR'

/** A number in [0, range) from word `index` of a key, or from further words that belong to that index alone. 1 ≤ range ≤ 2³². */
function below(range: number, first: number, key: RandomKey, index: number): number {
  // The highest words are refused, so that the others are a multiple of the range.
  const limit = 2 ** 32 - (2 ** 32 % range);
  let word = first;
  for (let attempt = 0; word >= limit; attempt++) {
    const [one, other] = threefry2x32(key, index, REDRAW + attempt);
    word = one < limit ? one : other;
  }
  return word % range;
}

/** `count` integers in [low, low + range), from one word each unless that is refused. */
export function integersBetween(key: RandomKey, count: number, low: number, range: number): Int32Array<ArrayBuffer> {
  const words = randomBits(key, count);
  return new Int32Array(count).map((_, k) => low + below(range, words[k]!, key, k));
}

/** A permutation of 0 … count − 1 [Durstenfeld1964]. */
export function permutationOf(key: RandomKey, count: number): Int32Array<ArrayBuffer> {
  const words = randomBits(key, count);
  const order = new Int32Array(count).map((_, k) => k);
  for (let k = count - 1; k > 0; k--) {
    const other = below(k + 1, words[k]!, key, k);
    const kept = order[k]!;
    order[k] = order[other]!;
    order[other] = kept;
  }
  return order;
}
