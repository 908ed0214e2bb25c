/** @file Graphs: every node and arrow is drawn, arrows lead one way and through no node, and texts stay texts. */
import { describe, expect, test } from 'vitest';

import { PlotError } from '../src/errors.ts';
import { graphPlot, type Graph, type GraphPlotOptions } from '../src/graph-plot.ts';
import { toSvg } from '../src/plot.ts';
import { randomGraph } from './graph/random-graph.ts';
import { elementsOf, HOSTILE, parseXml, textOf, type XmlElement } from './xml.ts';

interface Drawn {
  readonly boxes: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }[];
  readonly arrows: { readonly x: number; readonly y: number }[][];
  readonly texts: string[];
  readonly elements: XmlElement[];
}

/** What the SVG shows: outlines of nodes in the order of the graph, and arrows as the points they pass. */
function read(graph: Graph, options: GraphPlotOptions = {}): Drawn {
  const elements = elementsOf(parseXml(toSvg(graphPlot(graph, options))));
  const boxes = elements
    .filter(({ name, attributes }) => name === 'rect' && attributes['class']!.startsWith('tf-line-'))
    .map(({ attributes: at }) => ({ x: Number(at['x']), y: Number(at['y']), width: Number(at['width']), height: Number(at['height']) }));
  const arrows = elements.filter(({ name, attributes }) => name === 'path' && attributes['class'] === 'tf-axis').map(({ attributes }) => curve(attributes['d']!));
  return { boxes, arrows, texts: elements.filter(({ name }) => name === 'text').map(textOf), elements };
}

/** Points along a path of M, L and C; the arrow head (m …) is left out. */
function curve(d: string): { x: number; y: number }[] {
  const points: { x: number; y: number }[] = [];
  for (const [, command, rest] of d.split('m')[0]!.matchAll(/([MLC])([^MLC]*)/g)) {
    const numbers = rest!.trim().split(/\s+/).map(Number);
    const end = { x: numbers.at(-2)!, y: numbers.at(-1)! };
    const from = points.at(-1) ?? end;
    const [a, b] = command === 'C' ? [{ x: numbers[0]!, y: numbers[1]! }, { x: numbers[2]!, y: numbers[3]! }] : [from, end];
    for (let k = 1; k <= 20; k++) {
      const t = k / 20;
      const mix = (axis: 'x' | 'y'): number => (1 - t) ** 3 * from[axis] + 3 * t * (1 - t) ** 2 * a[axis] + 3 * t * t * (1 - t) * b[axis] + t ** 3 * end[axis];
      points.push(command === 'M' ? end : { x: mix('x'), y: mix('y') });
    }
  }
  return points;
}

const graphOf = (seed: number, count: number): Graph => ({
  nodes: Array.from({ length: count }, (_, k) => ({ id: String(k), label: `node ${k}`, details: k % 3 === 0 ? ['value 0.25'] : [] })),
  edges: randomGraph(seed, count).map(({ from, to }) => ({ from: String(from), to: String(to) })),
});

describe.each([['right', 1], ['right', 2], ['down', 3], ['down', 4]] as const)('a random graph drawn %s (seed %i)', (direction, seed) => {
  const graph = graphOf(seed, 25);
  const { boxes, arrows, texts } = read(graph, { direction });
  const along = direction === 'right' ? 'x' : 'y';
  const thickness = direction === 'right' ? 'width' : 'height';

  test('shows every node and every edge', () => {
    expect(boxes).toHaveLength(25);
    expect(arrows).toHaveLength(graph.edges.length);
    for (const { label } of graph.nodes) expect(texts).toContain(label);
  });

  test('has arrows from node to node that never turn back', () => {
    graph.edges.forEach(({ from, to }, k) => {
      const [first, last] = [boxes[Number(from)]!, boxes[Number(to)]!];
      const arrow = arrows[k]!;
      expect(arrow[0]![along]).toBeCloseTo(first[along] + first[thickness], 1);
      expect(arrow.at(-1)![along]).toBeCloseTo(last[along], 1);
      arrow.slice(1).forEach((point, i) => expect(point[along]).toBeGreaterThanOrEqual(arrow[i]![along] - 0.02));
      const other = direction === 'right' ? 'y' : 'x';
      const size = direction === 'right' ? 'height' : 'width';
      expect(arrow.at(-1)![other]).toBeGreaterThan(last[other]);
      expect(arrow.at(-1)![other]).toBeLessThan(last[other] + last[size]);
    });
  });

  test('has nodes that do not touch, with no arrow through them', () => {
    boxes.forEach((a, i) =>
      boxes.slice(i + 1).forEach((b) => {
        const separate = a.x + a.width < b.x || b.x + b.width < a.x || a.y + a.height < b.y || b.y + b.height < a.y;
        expect(separate).toBe(true);
      }),
    );
    for (const points of arrows) {
      for (const { x, y } of points) {
        const hit = boxes.find((box) => x > box.x + 1 && x < box.x + box.width - 1 && y > box.y + 1 && y < box.y + box.height - 1);
        expect(hit).toBeUndefined();
      }
    }
  });

  test('is inside its picture', () => {
    const { width, height } = graphPlot(graph, { direction });
    for (const box of boxes) expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height).toBe(true);
    for (const { x, y } of arrows.flat()) expect(x >= 0 && y >= 0 && x <= width && y <= height).toBe(true);
  });
});

test('two arrows between the same nodes end at different places', () => {
  const { arrows } = read({ nodes: [{ id: 'x', label: 'x' }, { id: 'y', label: 'x · x' }], edges: [{ from: 'x', to: 'y' }, { from: 'x', to: 'y' }] });
  expect(Math.abs(arrows[0]!.at(-1)!.y - arrows[1]!.at(-1)!.y)).toBeGreaterThan(4);
});

test('kinds are told apart by shape as well as by colour', () => {
  const kinds = ['input', 'operation', 'result'] as const;
  const nodes = [...kinds.map((kind) => ({ id: kind, label: kind, kind })), { id: 'constant', label: '2', kind: 'constant' as const }];
  const { boxes, elements, texts } = read({ nodes, edges: [] });
  expect(boxes).toHaveLength(3);
  expect(texts).toContain('2');
  const rounded = elements.filter(({ name, attributes }) => name === 'rect' && attributes['class']!.startsWith('tf-line-')).map(({ attributes }) => Number(attributes['rx']));
  expect(rounded[0]).toBeGreaterThan(2 * rounded[1]!);
  expect(rounded[2]).toBe(rounded[0]);
});

test.each(HOSTILE)('a label stays a label: %s', (text) => {
  const { texts, elements } = read({ nodes: [{ id: text, label: text, details: [text] }], edges: [] }, { title: text });
  expect(texts.some((seen) => seen === text || seen.endsWith('…') || text.startsWith(seen))).toBe(true);
  expect(elements.some(({ name }) => !['svg', 'title', 'style', 'rect', 'text', 'path'].includes(name))).toBe(false);
});

test('nothing is drawn of nothing, and said so', () => {
  expect(graphPlot({ nodes: [], edges: [] }).notes).toEqual(['There is nothing to draw.']);
});

describe('refused', () => {
  const nodes = ['a', 'b', 'c'].map((id) => ({ id, label: id }));
  test('an edge to nowhere', () => {
    expect(() => graphPlot({ nodes, edges: [{ from: 'a', to: 'z' }] })).toThrow(expect.objectContaining({ name: 'PlotError', seen: '"a" → "z"' }));
  });
  test('two nodes of one name', () => {
    expect(() => graphPlot({ nodes: [...nodes, nodes[1]!], edges: [] })).toThrow(expect.objectContaining({ seen: '"b"' }));
  });
  test('a cycle, named node by node', () => {
    const edges = [{ from: 'a', to: 'b' }, { from: 'b', to: 'c' }, { from: 'c', to: 'b' }];
    expect(() => graphPlot({ nodes, edges })).toThrow(PlotError);
    expect(() => graphPlot({ nodes, edges })).toThrow(/b → c → b|c → b → c/);
  });
});
