/** @file Random graphs without cycles. */
import type { Edge } from '../../src/graph/layers.ts';
import { seeded, whole } from '../random.ts';

/** Edges between `count` nodes, each from a lower to a higher number; the numbers are then shuffled, so that they tell nothing. */
export function randomGraph(seed: number, count: number, density = 1.5): Edge[] {
  const random = seeded(seed);
  const names = Array.from({ length: count }, (_, k) => k);
  for (let k = count - 1; k > 0; k--) {
    const other = whole(random, k + 1);
    [names[k], names[other]] = [names[other]!, names[k]!];
  }
  return Array.from({ length: Math.round(density * count) }, () => {
    const to = 1 + whole(random, count - 1);
    return { from: names[whole(random, to)]!, to: names[to]! };
  });
}
