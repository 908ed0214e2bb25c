/** @file Positions along a layer: near the neighbours, in order, with room between. */

import type { Item } from './layers.ts';

/** Rounds of moving every layer once: at first towards the layer that was moved before it, which straightens long paths, then towards both. */
const ONE_SIDED = 4;
const ROUNDS = 24;

/**
 * Where the middle of each item stands, with the smallest edge at 0: close to the items it is joined to, without changing the order
 * or letting items touch. Long edges are kept straight before all else.
 *
 * @param sizes of items along their layer.
 * @param gap between two items of a layer.
 */
export function positionsIn(layers: readonly (readonly Item[])[], sizes: (item: Item) => number, gap: number): Map<Item, number> {
  const position = new Map<Item, number>();
  for (const layer of layers) {
    let edge = 0;
    for (const item of layer) {
      position.set(item, edge + sizes(item) / 2);
      edge += sizes(item) + gap;
    }
  }
  for (let round = 0; round < ROUNDS; round++) {
    const forwards = round % 2 === 0;
    const neighbours = ({ before, after }: Item): readonly Item[] => (round >= ONE_SIDED ? [...before, ...after] : forwards ? before : after);
    for (const layer of forwards ? layers : layers.toReversed()) {
      const apart = layer.map((item, k) => (k === 0 ? 0 : (sizes(layer[k - 1]!) + sizes(item)) / 2 + gap));
      const wanted = layer.map((item) => wish(item, neighbours(item), position));
      nearest(wanted, apart).forEach((value, k) => position.set(layer[k]!, value));
    }
  }
  const lowest = Math.min(...[...position].map(([item, middle]) => middle - sizes(item) / 2));
  for (const [item, middle] of position) position.set(item, middle - lowest);
  return position;
}

/** A value that is wished for, and how much. */
export interface Wish {
  readonly value: number;
  readonly weight: number;
}

function wish(item: Item, neighbours: readonly Item[], position: ReadonlyMap<Item, number>): Wish {
  let [sum, weight] = [0, 0];
  for (const other of neighbours) {
    const pull = pullBetween(item, other);
    sum += pull * position.get(other)!;
    weight += pull;
  }
  return weight === 0 ? { value: position.get(item)!, weight: 0.01 } : { value: sum / weight, weight };
}

/** Edges that pass through layers are kept straight. */
function pullBetween(a: Item, b: Item): number {
  const passing = (a.node === undefined ? 1 : 0) + (b.node === undefined ? 1 : 0);
  return passing === 2 ? 8 : passing === 1 ? 2 : 1;
}

/**
 * The values that minimise Σ weight·(value − wanted)² with value[k] − value[k−1] ≥ apart[k]: values that would be too close are moved
 * together, as a block with a common mean (isotonic regression by pooling of adjacent violators, which is exact).
 */
export function nearest(wanted: readonly Wish[], apart: readonly number[]): number[] {
  const blocks: { sum: number; weight: number; first: number }[] = [];
  const offsets: number[] = [];
  let offset = 0;
  wanted.forEach(({ value, weight }, k) => {
    offset += k === 0 ? 0 : apart[k]!;
    offsets.push(offset);
    let block = { sum: (value - offset) * weight, weight, first: k };
    for (let last = blocks.at(-1); last !== undefined && last.sum / last.weight > block.sum / block.weight; last = blocks.at(-1)) {
      block = { sum: last.sum + block.sum, weight: last.weight + block.weight, first: last.first };
      blocks.pop();
    }
    blocks.push(block);
  });
  return offsets.map((shift, k) => {
    const block = blocks.findLast(({ first }) => first <= k)!;
    return block.sum / block.weight + shift;
  });
}
