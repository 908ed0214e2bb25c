/** @file Nodes of readings: shared by members and parts where nothing differs below them, and only there. */
import { expect, test } from 'vitest';
import type { Variable } from '@tapeflow/autodiff/extend';
import { nodesBelow, NodeTable, type IndexNode, type Node } from '../../../src/compile/kernels/node.ts';
import { NodeMaker } from '../../../src/compile/lower/expressions.ts';
import { identityMap } from '../../../src/compile/lower/index-map.ts';
import { Readings, type Sight } from '../../../src/compile/lower/reading.ts';
import { Region, wholeView, type View } from '../../../src/compile/lower/view.ts';
import { add, cos, sin } from '../../../src/primitives/elementwise.ts';
import { iota } from '../../../src/primitives/structure.ts';
import { record } from '../programs.ts';

/** cos(sin x + (0, 1, …)), where sin x gets memory at sequence 3. */
const { inputs, equations, outputs } = record((x) => [cos(add(sin(x), iota([8], 0, 'f64')))], 1, [8]);
const x = inputs[0]!;
const sine = equations.find(({ primitive }) => primitive.name === 'sin')!.outputs[0]!;
const views = new Map<Variable, View>([x, sine].map((variable) => [variable, wholeView(new Region('f64', 8), [8])]));
const readings = new Readings();
const isHeld = (variable: Variable): never => {
  throw new Error(`nothing is gathered from ${variable.id}`);
};

function sightAt(sequence: number): Sight {
  const visibleFrom = (variable: Variable): number => (variable === x ? -Infinity : variable === sine ? 3 : Infinity);
  return {
    sequence,
    visibleFrom,
    placeOf: (variable) => (visibleFrom(variable) <= sequence ? views.get(variable) : undefined),
    definitionOf: (variable) => equations.find((equation) => equation.outputs.includes(variable))!,
    readings,
    constantView: () => views.get(x)!,
    memoryOf: (atom) => isHeld(atom as Variable),
  };
}

const buffers = [...views.values()];
const makerOf = (table: NodeTable): NodeMaker => new NodeMaker(table, 1, (view) => buffers.indexOf(view), 'stepwise');
const root = readings.of(outputs[0]!, identityMap(1));
const operators = (node: Node): string[] => nodesBelow([node]).flatMap((own) => (own.kind === 'operation' ? [own.operator] : []));
const loads = (node: Node): number[] => nodesBelow([node]).flatMap((own) => (own.kind === 'load' ? [own.buffer] : []));

test('a member reads from memory what had got memory before it, in whatever order members come', () => {
  const maker = makerOf(new NodeTable());
  maker.enter([{ from: 0, to: 8 }]);
  for (const sequence of [2, 3, 0, 7, 2]) {
    const node = maker.seen(root, sightAt(sequence));
    expect([sequence, loads(node)]).toEqual([sequence, [sequence >= 3 ? 1 : 0]]);
    expect(operators(node).includes('sin')).toBe(sequence < 3);
  }
});

test('in another part the index has other bounds, and what does not depend on it is the same node', () => {
  const maker = makerOf(new NodeTable());
  const bounds = [[0, 3], [3, 8], [0, 3]].map(([from, to]) => {
    maker.enter([{ from: from!, to: to! }]);
    const nodes = nodesBelow([maker.seen(root, sightAt(0))]);
    const index = nodes.find((node): node is IndexNode => node.kind === 'index')!;
    return { interval: index.interval, sine: nodes.find((node) => node.kind === 'operation' && node.operator === 'sin') };
  });
  expect(bounds.map(({ interval }) => interval)).toEqual([{ low: 0, high: 2 }, { low: 3, high: 7 }, { low: 0, high: 2 }]);
  expect(new Set(bounds.map((part) => part.sine)).size).toBe(1);
});
