/** @file The order of items within layers, so that few edges cross: each item is drawn to the middle of its neighbours [Sugiyama1981]. */

import type { Item } from './layers.ts';

/** Rounds forwards and backwards. More of them rarely help. */
const ROUNDS = 12;

/** Sorts every layer in place. The same graph always gets the same order. */
export function orderLayers(layers: Item[][]): void {
  let best = copyOf(layers);
  let fewest = crossings(layers);
  for (let round = 0; round < ROUNDS && fewest > 0; round++) {
    const forwards = round % 2 === 0;
    sweep(layers, forwards);
    exchange(layers);
    const count = crossings(layers);
    if (count >= fewest) continue;
    fewest = count;
    best = copyOf(layers);
  }
  best.forEach((layer, k) => layers[k]!.splice(0, layer.length, ...layer));
}

/** How many pairs of edges cross. */
export function crossings(layers: readonly (readonly Item[])[]): number {
  const place = placesIn(layers);
  let total = 0;
  for (const layer of layers) {
    for (let i = 0; i < layer.length; i++) {
      for (let j = i + 1; j < layer.length; j++) total += crossingsOf(layer[i]!.after, layer[j]!.after, place);
    }
  }
  return total;
}

/** Sorts each layer by the means of the neighbours in the layer that was sorted before it. */
function sweep(layers: Item[][], forwards: boolean): void {
  const place = placesIn(layers);
  for (const layer of forwards ? layers : layers.toReversed()) {
    const wanted = new Map(layer.map((item) => [item, mean((forwards ? item.before : item.after).map((other) => place.get(other)!)) ?? place.get(item)!]));
    layer.sort((a, b) => wanted.get(a)! - wanted.get(b)!);
    layer.forEach((item, k) => place.set(item, k));
  }
}

/** Exchanges neighbours as long as that takes crossings away. */
function exchange(layers: Item[][]): void {
  const place = placesIn(layers);
  let improved = true;
  while (improved) {
    improved = false;
    for (const layer of layers) {
      for (let k = 1; k < layer.length; k++) {
        const [a, b] = [layer[k - 1]!, layer[k]!];
        const asIs = crossingsOf(a.before, b.before, place) + crossingsOf(a.after, b.after, place);
        const exchanged = crossingsOf(b.before, a.before, place) + crossingsOf(b.after, a.after, place);
        if (exchanged >= asIs) continue;
        [layer[k - 1], layer[k]] = [b, a];
        place.set(b, k - 1).set(a, k);
        improved = true;
      }
    }
  }
}

/** Crossings between the edges of an item to `first` and those of the next item to `second`. */
function crossingsOf(first: readonly Item[], second: readonly Item[], place: ReadonlyMap<Item, number>): number {
  let total = 0;
  for (const a of first) for (const b of second) if (place.get(a)! > place.get(b)!) total++;
  return total;
}

function placesIn(layers: readonly (readonly Item[])[]): Map<Item, number> {
  return new Map(layers.flatMap((layer) => layer.map((item, k): [Item, number] => [item, k])));
}

function mean(numbers: readonly number[]): number | undefined {
  return numbers.length === 0 ? undefined : numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

const copyOf = (layers: readonly (readonly Item[])[]): Item[][] => layers.map((layer) => [...layer]);
