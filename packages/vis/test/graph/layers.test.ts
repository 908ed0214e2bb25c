/** @file Layers: every edge goes forwards, one layer at a time; cycles are found. */
import { describe, expect, test } from 'vitest';

import { findCycle, layersOf, topologicalOrder } from '../../src/graph/layers.ts';
import { randomGraph } from './random-graph.ts';

const SEEDS = [1, 2, 3, 4, 5, 6];

describe.each(SEEDS)('a random graph (seed %i)', (seed) => {
  const count = 10 + 5 * seed;
  const edges = randomGraph(seed, count);
  const { layers, nodes, routes } = layersOf(count, edges);

  test('is sorted so that no edge leads backwards', () => {
    const order = topologicalOrder(count, edges);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, k) => k));
    for (const { from, to } of edges) expect(order.indexOf(from)).toBeLessThan(order.indexOf(to));
  });

  test('has routes from start to end that visit each layer between once', () => {
    routes.forEach((route, k) => {
      expect([route[0], route.at(-1)]).toEqual([nodes[edges[k]!.from], nodes[edges[k]!.to]]);
      route.forEach((item, step) => {
        expect(item.layer).toBe(route[0]!.layer + step);
        expect(layers[item.layer]).toContain(item);
        if (step > 0) expect(item.before.filter((other) => other === route[step - 1]).length).toBeGreaterThan(0);
        if (step > 0 && step < route.length - 1) expect(item.node).toBeUndefined();
      });
    });
    const [before, after] = [layers.flat().flatMap((item) => item.before), layers.flat().flatMap((item) => item.after)];
    expect(before.length).toBe(routes.reduce((sum, route) => sum + route.length - 1, 0));
    expect(after.length).toBe(before.length);
  });

  test('has no layer that could be earlier, or later for a node that nothing leads to', () => {
    nodes.forEach((item, node) => {
      const sources = edges.filter(({ to }) => to === node).map(({ from }) => nodes[from]!.layer);
      const readers = edges.filter(({ from }) => from === node).map(({ to }) => nodes[to]!.layer);
      if (sources.length === 0 && readers.length > 0) expect(item.layer).toBe(Math.min(...readers) - 1);
      else expect(item.layer).toBeGreaterThan(Math.max(-1, ...sources));
    });
  });
});

test('a path has one node per layer', () => {
  const { layers } = layersOf(4, [{ from: 2, to: 0 }, { from: 0, to: 3 }, { from: 3, to: 1 }]);
  expect(layers.map((layer) => layer.map(({ node }) => node))).toEqual([[2], [0], [3], [1]]);
});

describe('cycles', () => {
  test('are found where they are, and nowhere else', () => {
    for (const seed of SEEDS) expect(findCycle(20, randomGraph(seed, 20)), `seed ${seed}`).toBeUndefined();
    // 0 → 1 → 2 → 3 → 1 and on to 4: the cycle is 1, 2, 3.
    const edges = [[0, 1], [1, 2], [2, 3], [3, 1], [3, 4]].map(([from, to]) => ({ from: from!, to: to! }));
    const cycle = findCycle(5, edges)!;
    expect([...cycle].sort()).toEqual([1, 2, 3]);
    cycle.forEach((node, k) => expect(edges).toContainEqual({ from: node, to: cycle[(k + 1) % cycle.length] }));
  });
  test('of one node count', () => {
    expect(findCycle(2, [{ from: 0, to: 1 }, { from: 1, to: 1 }])).toEqual([1]);
  });
});

test('a graph of nothing has no layers', () => {
  expect(layersOf(0, []).layers).toEqual([]);
});
