/** @file The order of layers: crossings are counted rightly and never become more; what can be drawn without any is. */
import { describe, expect, test } from 'vitest';

import { layersOf, type Edge, type Layers } from '../../src/graph/layers.ts';
import { crossings, orderLayers } from '../../src/graph/order.ts';
import { seeded, whole } from '../random.ts';
import { randomGraph } from './random-graph.ts';

/** Pairs of edge pieces between the same layers whose ends are in opposite orders. */
function pairsCrossing({ layers, routes }: Layers): number {
  const pieces = routes.flatMap((route) => route.slice(1).map((end, k) => ({ start: route[k]!, end })));
  const place = (item: (typeof pieces)[number]['start']): number => layers[item.layer]!.indexOf(item);
  let total = 0;
  pieces.forEach((a, i) =>
    pieces.slice(i + 1).forEach((b) => {
      if (a.start.layer === b.start.layer && (place(a.start) - place(b.start)) * (place(a.end) - place(b.end)) < 0) total++;
    }),
  );
  return total;
}

describe.each([1, 2, 3, 4, 5])('a random graph (seed %i)', (seed) => {
  const count = 12 + 3 * seed;
  const edges = randomGraph(seed, count);

  test('has as many crossings as a count of all pairs finds', () => {
    const graph = layersOf(count, edges);
    expect(crossings(graph.layers)).toBe(pairsCrossing(graph));
  });

  test('keeps its items and gets no more crossings', () => {
    const graph = layersOf(count, edges);
    const before = { crossings: crossings(graph.layers), items: graph.layers.map((layer) => new Set(layer)) };
    orderLayers(graph.layers);
    expect(pairsCrossing(graph)).toBeLessThanOrEqual(before.crossings);
    expect(graph.layers.map((layer) => new Set(layer))).toEqual(before.items);
  });
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])('a tree is drawn without crossings (seed %i)', (seed) => {
  const random = seeded(seed);
  const count = 40;
  // Towards the root, as in a tape whose values are used once. Numbers are given out so that the given order is a bad one.
  const names = Array.from({ length: count }, (_, k) => (k * 17) % count);
  const edges: Edge[] = Array.from({ length: count - 1 }, (_, k) => ({ from: names[k + 1]!, to: names[whole(random, k + 1)]! }));
  const { layers } = layersOf(count, edges);
  orderLayers(layers);
  expect(crossings(layers)).toBe(0);
});

test('the same graph gets the same order', () => {
  const order = (): (number | undefined)[][] => {
    const { layers } = layersOf(30, randomGraph(9, 30));
    orderLayers(layers);
    return layers.map((layer) => layer.map(({ node }) => node));
  };
  expect(order()).toEqual(order());
});
