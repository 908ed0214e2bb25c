/** @file Which value holds in which part of an index space, as a tree of decisions; parts that have the same value are told apart no longer. */
import { branchesOf } from '../kernels/kernel.ts';
import type { Node } from '../kernels/node.ts';

/** A value, nothing, or a choice along an axis: the first branch whose end is above the index. */
export type Decision = { readonly kind: 'value'; readonly node: Node } | { readonly kind: 'nothing' } | { readonly kind: 'choice'; readonly axis: number; readonly branches: readonly Branch[] };

interface Branch {
  readonly to: number;
  readonly decision: Decision;
}

/** The decisions that lead to the value of each part. */
export function decide(cuts: readonly (readonly number[])[], valueOf: (part: number) => Node | undefined): Decision {
  const along = (axis: number, outer: number): Decision => {
    if (axis === cuts.length) {
      const node = valueOf(outer);
      return node === undefined ? { kind: 'nothing' } : { kind: 'value', node };
    }
    const branches: Branch[] = [];
    for (const { piece, part } of branchesOf(cuts[axis]!, outer)) {
      const decision = along(axis + 1, part);
      const last = branches[branches.length - 1];
      if (last !== undefined && isSame(last.decision, decision)) branches.pop();
      branches.push({ to: piece.to, decision });
    }
    return branches.length === 1 ? branches[0]!.decision : { kind: 'choice', axis, branches };
  };
  return along(0, 0);
}

function isSame(a: Decision, b: Decision): boolean {
  if (a.kind === 'value') return b.kind === 'value' && a.node === b.node;
  if (a.kind === 'nothing') return b.kind === 'nothing';
  return b.kind === 'choice' && a.axis === b.axis && a.branches.length === b.branches.length && a.branches.every(({ to, decision }, k) => to === b.branches[k]!.to && isSame(decision, b.branches[k]!.decision));
}

/** The decisions as statements; `leaf` prints what is done with a value. */
export function printDecision(decision: Decision, leaf: (node: Node) => string): string {
  switch (decision.kind) {
    case 'nothing':
      return '';
    case 'value':
      return leaf(decision.node);
    case 'choice': {
      const { axis, branches } = decision;
      const last = branches.length - 1;
      return branches.map(({ to, decision: inner }, k) => `${k === last ? '' : `if (i${axis} < ${to}) `}{ ${printDecision(inner, leaf)} }`).join(' else ');
    }
  }
}
