/** @file Thinning keeps every column's first, lowest, highest and last point, and touches nothing it must not. */

import { expect, test } from 'vitest';

import { thin } from '../src/thin.ts';
import { seeded } from './random.ts';

const SEED = 5;

test(`columns keep their extremes and ends, in order (seed ${SEED})`, () => {
  const random = seeded(SEED);
  const points = Array.from({ length: 20000 }, (_, i) => ({ x: i / 50, y: random() * 300 }));
  const kept = thin(points);
  expect(kept.length).toBeLessThanOrEqual(4 * 400);
  expect(kept.every((point, i) => i === 0 || points.indexOf(kept[i - 1]!) < points.indexOf(point))).toBe(true);
  for (let column = 0; column < 400; column += 37) {
    const all = points.filter(({ x }) => Math.floor(x) === column);
    const some = kept.filter(({ x }) => Math.floor(x) === column);
    const ys = (list: typeof all): number[] => list.map(({ y }) => y);
    expect(Math.min(...ys(some))).toBe(Math.min(...ys(all)));
    expect(Math.max(...ys(some))).toBe(Math.max(...ys(all)));
    expect([some[0], some.at(-1)]).toEqual([all[0], all.at(-1)]);
  }
});

test('short lines and lines that turn back stay as they are', () => {
  const short = Array.from({ length: 100 }, (_, i) => ({ x: i / 100, y: i }));
  const circle = Array.from({ length: 2000 }, (_, i) => ({ x: 100 + 50 * Math.cos(i / 100), y: Math.sin(i / 100) }));
  expect(thin(short)).toBe(short);
  expect(thin(circle)).toBe(circle);
});
