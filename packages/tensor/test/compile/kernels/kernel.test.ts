/** @file Parts of an index space: that they cover it in the order of the loops, and that loops over the axes find their numbers. */
import { expect, test } from 'vitest';
import { branchesOf, partsOf, type Range } from '../../../src/compile/kernels/kernel.ts';

const CUTS = [[0, 2, 5], [0, 4], [0, 1, 4, 6]];

test('parts hold every index once, in the order of the loops', () => {
  const parts = partsOf(CUTS);
  const partAt = (index: readonly number[]): number[] => parts.flatMap((part, k) => (part.every(({ from, to }, axis) => index[axis]! >= from && index[axis]! < to) ? [k] : []));
  const seen: number[][] = [];
  for (let i = 0; i < 5; i++) for (let j = 0; j < 4; j++) for (let k = 0; k < 6; k++) seen.push(partAt([i, j, k]));
  expect(seen.every((own) => own.length === 1)).toBe(true);
  expect([...new Set(seen.flat())]).toEqual([0, 1, 2, 3, 4, 5]);
});

test('axis by axis, branches lead to the same parts under the same numbers', () => {
  const reached: [number, Range[]][] = [];
  const loop = (axis: number, outer: number, ranges: Range[]): void => {
    if (axis === CUTS.length) reached.push([outer, ranges]);
    else for (const { piece, part } of branchesOf(CUTS[axis]!, outer)) loop(axis + 1, part, [...ranges, piece]);
  };
  loop(0, 0, []);
  expect(reached).toEqual([...partsOf(CUTS).entries()]);
});

test('an index space without axes, or without indices, has one part', () => {
  expect(partsOf([])).toEqual([[]]);
  expect(partsOf([[0, 0], [0, 3]])).toEqual([[{ from: 0, to: 0 }, { from: 0, to: 3 }]]);
});
