/** @file Boxes and arrows: the plot for tapes, programs and whatever else leads from one thing to the next without cycles. */

import { PlotError } from './errors.ts';
import { findCycle, layersOf, type Edge, type Item } from './graph/layers.ts';
import { orderLayers } from './graph/order.ts';
import { positionsIn } from './graph/positions.ts';
import { drawNotes, textAt, type Plot } from './plot.ts';
import { element, formatCoordinate, type SvgElement } from './svg.ts';
import { fitText, plural, textWidth, wrapText } from './text.ts';
import { SIZE } from './theme.ts';

/** One node of a graph. */
export interface GraphNode {
  /** Names the node in edges. */
  readonly id: string;
  /** What is written in it. */
  readonly label: string;
  /** Smaller lines below the label. */
  readonly details?: readonly string[];
  /** Decides shape and colour (default `operation`): inputs and results are round, operations are boxes, constants plain text. */
  readonly kind?: 'input' | 'operation' | 'constant' | 'result';
}

/** An arrow between two nodes. Two nodes may be joined by several. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
}

/** A graph without cycles. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** How a graph plot looks. */
export interface GraphPlotOptions {
  readonly title?: string;
  /** Where arrows lead (default `right`; `down` for graphs with long paths). */
  readonly direction?: 'right' | 'down';
}

/** A node with its size and, in the end, its middle. */
interface Box {
  readonly node: GraphNode;
  readonly label: string;
  readonly details: readonly string[];
  readonly width: number;
  readonly height: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A position: along the arrows, and across them. */
interface Place {
  readonly along: number;
  readonly across: number;
}

/**
 * Draws a graph in layers: every arrow leads in the same direction, with few crossings and no node in its way.
 *
 * Throws    PlotError when an edge names a node that is not there, two nodes have one id, or the edges form a cycle
 */
export function graphPlot(graph: Graph, options: GraphPlotOptions = {}): Plot {
  const { title, direction = 'right' } = options;
  const edges = checked(graph);
  const boxes = graph.nodes.map(measure);
  const down = direction === 'down';
  const { layers, nodes, routes } = layersOf(boxes.length, edges);
  orderLayers(layers);
  const thicknessOf = ({ node }: Item): number => (node === undefined ? 0 : down ? boxes[node]!.height : boxes[node]!.width);
  const sizeOf = ({ node }: Item): number => (node === undefined ? 0 : down ? boxes[node]!.width : boxes[node]!.height);
  const across = positionsIn(layers, sizeOf, GAP);

  const starts: number[] = [];
  const thickness = layers.map((layer) => Math.max(...layer.map(thicknessOf)));
  let length = 0;
  for (const size of thickness) {
    starts.push(length);
    length += size + BETWEEN;
  }
  length = Math.max(0, length - BETWEEN);
  const breadth = Math.max(0, ...[...across].map(([item, middle]) => middle + sizeOf(item) / 2));

  const titleLines = title === undefined ? [] : wrapText(title, Math.max(200, (down ? breadth : length) + 2 * MARGIN - 24), SIZE.title);
  const top = MARGIN + 20 * titleLines.length;
  const point = ({ along, across: middle }: Place): Point => (down ? { x: MARGIN + middle, y: top + along } : { x: MARGIN + along, y: top + middle });
  const middleOf = (item: Item): Place => ({ along: starts[item.layer]! + thickness[item.layer]! / 2, across: across.get(item)! });

  const arrows = routes.map((route, k) => {
    const [first, last] = [route[0]!, route.at(-1)!];
    const places: Place[] = [{ along: middleOf(first).along + thicknessOf(first) / 2, across: across.get(first)! }];
    for (const item of route.slice(1, -1)) {
      const from = { along: starts[item.layer]!, across: across.get(item)! };
      places.push(from, { ...from, along: from.along + thickness[item.layer]! });
    }
    places.push({ along: middleOf(last).along - thicknessOf(last) / 2, across: across.get(last)! + portOffset(k, routes, across, sizeOf(last)) });
    return element('path', { class: 'tf-axis', 'stroke-width': 1.2, d: arrow(places.map(point), down) });
  });
  const width = Math.max(MIN_WIDTH, (down ? breadth : length) + 2 * MARGIN);
  const height = top + (down ? length : breadth) + MARGIN;
  const notes = boxes.length === 0 ? ['There is nothing to draw.'] : [];
  const footer = drawNotes(notes, 12, height, width - 24);
  return {
    width,
    height: height + (notes.length > 0 ? footer.height + 8 : 0),
    description: title ?? `graph of ${plural(boxes.length, 'node')} and ${plural(edges.length, 'edge')}`,
    notes,
    body: [
      ...titleLines.map((line, i) => textAt(12, 22 + 20 * i, line, { size: SIZE.title, weight: 600 })),
      ...arrows,
      ...boxes.flatMap((box, k) => drawBox(box, point(middleOf(nodes[k]!)))),
      ...footer.body,
    ],
  };
}

const MARGIN = 16;
const MIN_WIDTH = 120;
/** Pixels between nodes of a layer, and between layers. */
const GAP = 14;
const BETWEEN = 40;
const LONGEST_LABEL = 180;
const LEADING = 15;

function measure(node: GraphNode): Box {
  const { kind = 'operation', details: given = [] } = node;
  const label = fitText(node.label, LONGEST_LABEL, SIZE.label);
  const details = given.map((line) => fitText(line, LONGEST_LABEL, SIZE.tick));
  const text = Math.max(textWidth(label, SIZE.label) * 1.05, ...details.map((line) => textWidth(line, SIZE.tick)));
  const padding = kind === 'constant' ? 8 : 20;
  return { node, label, details, width: Math.max(kind === 'constant' ? 12 : 36, text + padding), height: 11 + LEADING * (1 + details.length) };
}

function drawBox({ node: { kind = 'operation' }, label, details, width, height }: Box, { x, y }: Point): SvgElement[] {
  const [left, top] = [x - width / 2, y - height / 2];
  const tone = kind === 'constant' ? 'soft' : 'ink';
  const text = [
    textAt(x, top + 17, label, { anchor: 'middle', weight: kind === 'constant' ? 400 : 600, tone }),
    ...details.map((line, k) => textAt(x, top + 17 + LEADING * (k + 1), line, { anchor: 'middle', size: SIZE.tick, tone: 'soft' })),
  ];
  if (kind === 'constant') return text;
  const shape = { x: left, y: top, width, height, rx: kind === 'operation' ? 4 : Math.min(height / 2, 18) };
  const outline = { input: 'tf-line-2', operation: 'tf-line-0', result: 'tf-line-1' }[kind];
  return [element('rect', { class: 'tf-back', ...shape }), element('rect', { class: outline, 'stroke-width': 1.5, ...shape }), ...text];
}

/** Arrows into one node end side by side, in the order in which they arrive. */
function portOffset(route: number, routes: readonly (readonly Item[])[], across: ReadonlyMap<Item, number>, size: number): number {
  const end = routes[route]!.at(-1)!;
  const arriving = routes.flatMap((each, k) => (each.at(-1) === end ? [{ k, from: across.get(each.at(-2)!)! }] : [])).sort((a, b) => a.from - b.from);
  const step = Math.min(10, (size - 10) / arriving.length);
  return (arriving.findIndex(({ k }) => k === route) - (arriving.length - 1) / 2) * step;
}

/** Bends between layers and straight lines within them, with two strokes at the end. */
function arrow(points: readonly Point[], down: boolean): string {
  const at = ({ x, y }: Point): string => `${formatCoordinate(x)} ${formatCoordinate(y)}`;
  const [first, ...rest] = points as readonly [Point, ...Point[]];
  const parts = [`M${at(first)}`];
  let from = first;
  rest.forEach((to, k) => {
    if (k % 2 === 1) parts.push(`L${at(to)}`);
    else {
      const [middleX, middleY] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
      parts.push(down ? `C${at({ x: from.x, y: middleY })} ${at({ x: to.x, y: middleY })} ${at(to)}` : `C${at({ x: middleX, y: from.y })} ${at({ x: middleX, y: to.y })} ${at(to)}`);
    }
    from = to;
  });
  parts.push(down ? `m-3.5 -6l3.5 6l3.5 -6` : `m-6 -3.5l6 3.5l-6 3.5`);
  return parts.join('');
}

/** The edges by number. */
function checked({ nodes, edges }: Graph): Edge[] {
  const numbers = new Map(nodes.map(({ id }, k) => [id, k]));
  if (numbers.size < nodes.length) {
    const twice = nodes.find(({ id }, k) => numbers.get(id) !== k)!;
    throw new PlotError('graphPlot', 'two nodes have the same id', JSON.stringify(twice.id), 'Give every node an id of its own.');
  }
  const numberOf = (id: string, edge: GraphEdge): number => {
    const number = numbers.get(id);
    if (number !== undefined) return number;
    throw new PlotError('graphPlot', 'an edge names a node that is not there', `${JSON.stringify(edge.from)} → ${JSON.stringify(edge.to)}`, 'Add the node, or leave out the edge.');
  };
  const numbered = edges.map((edge) => ({ from: numberOf(edge.from, edge), to: numberOf(edge.to, edge) }));
  const cycle = findCycle(nodes.length, numbered);
  if (cycle === undefined) return numbered;
  const names = [...cycle, cycle[0]!].map((number) => nodes[number]!.id);
  throw new PlotError('graphPlot', 'the edges form a cycle', names.join(' → '), 'Only graphs without cycles can be drawn in layers.');
}
