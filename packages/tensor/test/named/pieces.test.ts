/** @file Elements at known positions: whatever the list, as one by one; few pieces become slices, many a gather. */
import { describe, expect, test } from 'vitest';
import { abstractOf, traceProgram } from '@tapeflow/autodiff/extend';
import { NDArray } from '../../src/array/ndarray.ts';
import { pick } from '../../src/named/pieces.ts';
import { generator } from '../operations/checks.ts';
import { build, fromArray, read } from '../operations/nested.ts';

const x = NDArray.of(Float64Array.from({ length: 3 * 7 * 2 }, (_, k) => k), [3, 7, 2], 'f64');
const names = (positions: readonly number[]): string[] => traceProgram('test', ([own]) => [pick(own, 1, positions)], [abstractOf(x)]).program.equations.map(({ primitive }) => primitive.name);

describe('values', () => {
  const random = generator(121, 'pieces');
  const lists = [[], [4], [2, 2, 2], [0, 1, 2, 3, 4, 5, 6], [6, 5, 4], [6, 4, 2, 0], [1, 2, 3, 3, 3, 0, 5], ...Array.from({ length: 12 }, (_, k) => Array.from({ length: 2 * (k + 1) }, () => Math.floor(7 * random())))];
  test.each(lists.map((list) => [list.join(), list] as const))('[%s] (seed 121)', (_title, positions) => {
    const seen = pick(x, 1, positions) as NDArray;
    expect(seen.shape).toEqual([3, positions.length, 2]);
    expect(fromArray(seen)).toEqual(build(seen.shape, ([i, j, k]) => read(fromArray(x), [i!, positions[j!]!, k!])));
  });
});

test('neighbours in a row are one slice, and everything is the array itself', () => {
  expect(pick(x, 1, [0, 1, 2, 3, 4, 5, 6])).toBe(x);
  expect(names([2, 3, 4])).toEqual(['slice']);
  expect(names([5, 3, 1])).toEqual(['slice', 'reverse']);
  expect(names([0, 1, 2, 6, 5, 4])).toEqual(['slice', 'slice', 'reverse', 'concat']);
  expect(names([0, 3, 1, 6, 2, 5, 0, 3, 2, 6, 1, 0, 4, 2, 5, 0, 1, 6, 3, 1])).toContain('gather');
});
