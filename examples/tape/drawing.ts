/** @file Tapes and programs as graphs. */

import { Variable, type Atom } from '@tapeflow/autodiff/extend';
import { formatNumber, graphPlot, type Graph, type GraphEdge, type GraphNode, type Plot } from '@tapeflow/vis';
import type { TapeOptions } from './options.ts';
import type { Marked, Recorded } from './recording.ts';

/** Pictures that are wider than this are hard to read on a page. */
const READABLE_WIDTH = 900;

/** Draws a graph to the right, or down where asked for or where that would be too wide. */
export function draw(graph: Graph, title: string, direction: TapeOptions['direction']): Plot {
  if (direction !== 'auto') return graphPlot(graph, { title, direction });
  const right = graphPlot(graph, { title, direction: 'right' });
  return right.width <= READABLE_WIDTH ? right : graphPlot(graph, { title, direction: 'down' });
}

/** Nodes and edges, collected. A constant is a node of its own at each place where it is used. */
class GraphBuilder implements Graph {
  readonly nodes: GraphNode[] = [];
  readonly edges: GraphEdge[] = [];

  join(from: string, to: string): void {
    this.edges.push({ from, to });
  }

  constant(label: string, to: string): void {
    const id = `constant ${this.nodes.length}`;
    this.nodes.push({ id, label, kind: 'constant' });
    this.join(id, to);
  }
}

/** The tape: what each operation gave, and the derivative of the result to it. */
export function tapeGraph({ tape, variables, lines }: Recorded): Graph {
  const graph = new GraphBuilder();
  for (const { name } of tape.arguments) graph.nodes.push({ id: name, label: name, kind: 'input', details: detailsOf(variables.get(name)!) });
  const known = new Set([...variables.keys(), ...lines.map((_, k) => `%${k}`)]);
  const lead = (name: string, to: string): void => (known.has(name) ? graph.join(name, to) : graph.constant(shortened(name), to));
  tape.lines.forEach(({ operation, inputs }, k) => {
    graph.nodes.push({ id: `%${k}`, label: operation, details: detailsOf(lines[k]!) });
    for (const input of inputs) lead(input, `%${k}`);
  });
  tape.results.forEach((name, k) => {
    graph.nodes.push({ id: `result ${k}`, label: 'result', kind: 'result' });
    lead(name, `result ${k}`);
  });
  return graph;
}

/** The program of the gradient. */
export function gradientGraph({ gradient, tape }: Recorded): Graph {
  const graph = new GraphBuilder();
  const ids = new Map<Atom, string>();
  const lead = (atom: Atom, to: string): void => (atom instanceof Variable ? graph.join(ids.get(atom)!, to) : graph.constant(formatNumber(atom.value as number), to));
  gradient.inputs.forEach((variable, k) => {
    const { name } = tape.arguments[k]!;
    ids.set(variable, name);
    // An argument that the gradient does not need would stand about alone.
    if (gradient.equations.some(({ inputs }) => inputs.includes(variable)) || gradient.outputs.includes(variable)) graph.nodes.push({ id: name, label: name, kind: 'input' });
  });
  gradient.equations.forEach(({ primitive, inputs, outputs }, k) => {
    graph.nodes.push({ id: `%${k}`, label: primitive.name });
    for (const variable of outputs) ids.set(variable, `%${k}`);
    for (const atom of inputs) lead(atom, `%${k}`);
  });
  gradient.outputs.forEach((atom, k) => {
    const id = `result ${k}`;
    graph.nodes.push({ id, label: `∂/∂${tape.arguments[k]!.name}`, kind: 'result' });
    lead(atom, id);
  });
  return graph;
}

function detailsOf({ value, derivative }: Marked): string[] {
  return [`value ${formatNumber(value)}`, `derivative ${formatNumber(derivative)}`];
}

/** A constant as the tape writes it, with the digits of everything else in the picture. */
function shortened(text: string): string {
  const value = Number(text);
  return Number.isNaN(value) ? text : formatNumber(value);
}
