/** @file Decisions: parts with one value are not told apart, and the text takes the branch of the part that an index is in. */
import vm from 'node:vm';
import { expect, test } from 'vitest';
import { decide, printDecision } from '../../../src/compile/gpu/decisions.ts';
import { partsOf } from '../../../src/compile/kernels/kernel.ts';
import { NodeTable, type Node } from '../../../src/compile/kernels/node.ts';

const table = new NodeTable();
const nodes = Array.from({ length: 12 }, (_, k) => table.literal(k, 'f32'));
const run = (text: string): ((i0: number, i1: number) => number) => vm.runInThisContext(`(function (i0, i1) { let value = -1; ${text} return value; })`) as (i0: number, i1: number) => number;
const leaf = (node: Node): string => `value = ${node.kind === 'literal' ? node.value : ''};`;

test('each part has its value, and parts without one leave what was there', () => {
  const cuts = [[0, 2, 5], [0, 1, 4, 6]];
  const valueOf = (from0: number, from1: number): number | undefined => (from0 === 2 && from1 === 1 ? undefined : from0 + 2 * from1);
  const f = run(printDecision(decide(cuts, (part) => {
    const [a, b] = partsOf(cuts)[part]!;
    const value = valueOf(a!.from, b!.from);
    return value === undefined ? undefined : nodes[value];
  }), leaf));
  for (let i = 0; i < 5; i++) for (let j = 0; j < 6; j++) expect([i, j, f(i, j)]).toEqual([i, j, valueOf(i < 2 ? 0 : 2, j < 1 ? 0 : j < 4 ? 1 : 4) ?? -1]);
});
test('parts of one value need no decision', () => {
  expect(decide([[0, 2, 5], [0, 1, 4]], () => nodes[3])).toEqual({ kind: 'value', node: nodes[3] });
  const rows = decide([[0, 2, 5], [0, 1, 4]], (part) => nodes[part < 2 ? 0 : 2]);
  expect(rows).toEqual({ kind: 'choice', axis: 0, branches: [{ to: 2, decision: { kind: 'value', node: nodes[0] } }, { to: 5, decision: { kind: 'value', node: nodes[2] } }] });
});
