/** @file Laws of the suggestion of words. */
import { describe, expect, test } from 'vitest';
import { editDistance, nearest } from '../../cli/suggest.ts';
import { randomNumbers } from '../random.ts';

const SEED = 20;

/** Words of up to five letters over a small alphabet, so that they often share letters. */
function words(count: number): string[] {
  const random = randomNumbers(SEED);
  return Array.from({ length: count }, () => Array.from({ length: Math.floor(random() * 6) }, () => 'abc'[Math.floor(random() * 3)]).join(''));
}

describe('editDistance', () => {
  test('is symmetric, zero only for equal words, and at most the longer length', () => {
    for (const a of words(40)) {
      for (const b of words(40)) {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }
    }
  });

  test.each([
    ['one letter more', 'sizee', 'size'],
    ['one letter less', 'sze', 'size'],
    ['another letter', 'sise', 'size'],
    ['two neighbours swapped', 'szie', 'size'],
  ])('%s is one step', (_, typed, meant) => expect(editDistance(typed, meant)).toBe(1));
});

describe('nearest', () => {
  const known = ['picture', 'size', 'steps', 'iterations', 'out'];

  test.each([
    ['pciture', 'picture'],
    ['iteration', 'iterations'],
    ['SIZE', 'size'],
    ['step', 'steps'],
  ])('%s → %s', (typed, meant) => expect(nearest(typed, known)).toBe(meant));

  test('leaves another word alone', () => {
    expect(nearest('viscosity', known)).toBeUndefined();
    expect(nearest('32', known)).toBeUndefined();
  });
});
