/** @file Positions: nothing touches, nothing changes places, and what is wished for is met as nearly as that allows. */
import { describe, expect, test } from 'vitest';

import { layersOf } from '../../src/graph/layers.ts';
import { orderLayers } from '../../src/graph/order.ts';
import { nearest, positionsIn } from '../../src/graph/positions.ts';
import { seeded } from '../random.ts';
import { randomGraph } from './random-graph.ts';

describe.each([1, 2, 3, 4, 5])('values nearest to random wishes (seed %i)', (seed) => {
  const random = seeded(seed);
  const wanted = Array.from({ length: 12 }, () => ({ value: 100 * random(), weight: 0.1 + random() }));
  const apart = Array.from({ length: 12 }, () => 10 * random());
  const values = nearest(wanted, apart);
  const cost = (candidate: readonly number[]): number => candidate.reduce((sum, value, k) => sum + wanted[k]!.weight * (value - wanted[k]!.value) ** 2, 0);
  const allowed = (candidate: readonly number[]): boolean => candidate.every((value, k) => k === 0 || value - candidate[k - 1]! >= apart[k]! - 1e-9);

  test('are far enough apart', () => expect(allowed(values)).toBe(true));
  test('cannot be bettered by a small move, and the problem is convex', () => {
    for (let attempt = 0; attempt < 2000; attempt++) {
      // Moves of a run of neighbours, the directions in which a better solution would lie, and of all by themselves.
      const [from, to, by] = [Math.floor(12 * random()), Math.floor(12 * random()), random() - 0.5];
      const moved = values.map((value, k) => (attempt % 2 === 0 ? (k >= from && k <= to ? value + by : value) : value + (random() - 0.5) / 10));
      if (allowed(moved)) expect(cost(moved)).toBeGreaterThanOrEqual(cost(values) - 1e-9);
    }
  });
});

test('wishes that leave enough room are granted', () => {
  expect(nearest([0, 5, 20].map((value) => ({ value, weight: 1 })), [0, 5, 5])).toEqual([0, 5, 20]);
});
test('equal wishes are shared out around their middle', () => {
  expect(nearest([10, 10, 10].map((value) => ({ value, weight: 1 })), [0, 4, 4])).toEqual([6, 10, 14]);
});

test.each([1, 2, 3])('items of a layer keep their order and their distance, and the first begins at 0 (seed %i)', (seed) => {
  const random = seeded(seed);
  const { layers } = layersOf(30, randomGraph(seed, 30));
  orderLayers(layers);
  const sizes = new Map(layers.flat().map((item) => [item, item.node === undefined ? 0 : 10 + 40 * random()]));
  const sizeOf = (item: (typeof layers)[number][number]): number => sizes.get(item)!;
  const position = positionsIn(layers, sizeOf, 7);
  for (const layer of layers) {
    layer.slice(1).forEach((item, k) => {
      const above = layer[k]!;
      expect(position.get(item)! - position.get(above)! - (sizeOf(item) + sizeOf(above)) / 2).toBeGreaterThanOrEqual(7 - 1e-9);
    });
  }
  expect(Math.min(...layers.flat().map((item) => position.get(item)! - sizeOf(item) / 2))).toBeCloseTo(0, 9);
});

test('a path is straight, however long', () => {
  const { layers } = layersOf(40, Array.from({ length: 39 }, (_, k) => ({ from: k, to: k + 1 })));
  for (const middle of positionsIn(layers, ({ node }) => 10 + 3 * node!, 5).values()) expect(middle).toBeCloseTo((10 + 3 * 39) / 2, 9);
});
