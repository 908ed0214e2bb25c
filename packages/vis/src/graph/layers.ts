/** @file Layers of a graph without cycles: every edge leads from a layer to a later one, in single steps. */

/** An edge between nodes that are known by their numbers. */
export interface Edge {
  readonly from: number;
  readonly to: number;
}

/** One item of a layer: a node, or the place where an edge passes through. */
export interface Item {
  /** Number of the node; undefined for a place on an edge. */
  readonly node: number | undefined;
  readonly layer: number;
  /** Items of the layer before and of the layer after that it is joined to, one entry per edge. */
  readonly before: Item[];
  readonly after: Item[];
}

/** The graph in layers. */
export interface Layers {
  /** Items of each layer. */
  readonly layers: Item[][];
  /** The item of each node. */
  readonly nodes: readonly Item[];
  /** For each edge the items from its start to its end, both included. */
  readonly routes: readonly (readonly Item[])[];
}

/** Nodes in an order in which no edge leads backwards; nodes that a cycle leads through or to are missing. */
export function topologicalOrder(count: number, edges: readonly Edge[]): number[] {
  const waiting = new Array<number>(count).fill(0);
  const after = neighbours(count, edges);
  for (const { to } of edges) waiting[to]!++;
  const order = waiting.flatMap((number, node) => (number === 0 ? [node] : []));
  for (let at = 0; at < order.length; at++) {
    for (const to of after[order[at]!]!) if (--waiting[to]! === 0) order.push(to);
  }
  return order;
}

/** A cycle of the graph, node by node, or undefined when it has none. */
export function findCycle(count: number, edges: readonly Edge[]): number[] | undefined {
  const sorted = new Set(topologicalOrder(count, edges));
  if (sorted.size === count) return undefined;
  // Whoever is left has a predecessor that is left, so that going back must meet a node again.
  const left = edges.filter(({ from, to }) => !sorted.has(from) && !sorted.has(to));
  const path: number[] = [left[0]!.to];
  for (;;) {
    const { from } = left.find(({ to }) => to === path.at(-1))!;
    if (path.includes(from)) return path.slice(path.indexOf(from)).reverse();
    path.push(from);
  }
}

/**
 * Puts each node right after the last one that leads to it; a node that nothing leads to stands right before the first one it leads
 * to. Edges over several layers get an item in each layer between. The graph must have no cycles.
 */
export function layersOf(count: number, edges: readonly Edge[]): Layers {
  const layer = layerNumbers(count, edges);
  const nodes = layer.map((number, node): Item => ({ node, layer: number, before: [], after: [] }));
  const layers: Item[][] = Array.from({ length: Math.max(0, ...layer.map((number) => number + 1)) }, () => []);
  for (const node of nodes) layers[node.layer]!.push(node);
  const routes = edges.map(({ from, to }) => {
    const route = [nodes[from]!];
    for (let between = layer[from]! + 1; between < layer[to]!; between++) {
      const item: Item = { node: undefined, layer: between, before: [], after: [] };
      layers[between]!.push(item);
      route.push(item);
    }
    route.push(nodes[to]!);
    for (let k = 1; k < route.length; k++) {
      route[k - 1]!.after.push(route[k]!);
      route[k]!.before.push(route[k - 1]!);
    }
    return route;
  });
  return { layers, nodes, routes };
}

function layerNumbers(count: number, edges: readonly Edge[]): number[] {
  const layer = new Array<number>(count).fill(0);
  const after = neighbours(count, edges);
  const led = new Set(edges.map(({ to }) => to));
  for (const node of topologicalOrder(count, edges)) {
    for (const to of after[node]!) layer[to] = Math.max(layer[to]!, layer[node]! + 1);
  }
  return layer.map((number, node) => (led.has(node) || after[node]!.length === 0 ? number : Math.min(...after[node]!.map((to) => layer[to]!)) - 1));
}

function neighbours(count: number, edges: readonly Edge[]): number[][] {
  const after: number[][] = Array.from({ length: count }, () => []);
  for (const { from, to } of edges) after[from]!.push(to);
  return after;
}
