/** @file Groups: results that are computed in one pass over one index space, and the kernel that does it. */
import type { Equation, Variable } from '@tapeflow/autodiff/extend';
import { partsOf, type Kernel, type Output, type Range, type ReduceOperator, type Root } from '../kernels/kernel.ts';
import { mergeAxes } from '../kernels/merge-axes.ts';
import { NodeTable, type Access } from '../kernels/node.ts';
import { accessOf, NodeMaker } from './expressions.ts';
import { identityMap, type IndexMap } from './index-map.ts';
import type { Numerics } from './numerics.ts';
import { sourceOf, type MemberAxis, type Reading, type Sight } from './reading.ts';
import type { RunStep } from './step.ts';
import { sameMoving, samePlace, type Region, type View } from './view.ts';

/** What a member of a group does with its value. */
export type Purpose =
  | { readonly kind: 'store' }
  | { readonly kind: 'reduce'; readonly operator: ReduceOperator; readonly axes: readonly number[] }
  | { readonly kind: 'scatterAdd'; readonly index: Reading; readonly length: number; readonly member: readonly MemberAxis[] };

/** One result of a group. */
export interface Member {
  readonly purpose: Purpose;
  readonly value: Reading;
  readonly target: View;
  /** The variable that the target then holds, if any. */
  readonly variable: Variable | undefined;
  /** What the member knows of other values; those of its own group are computed, not loaded. */
  readonly sight: Sight;
  /** What is computed for it: the equation that it is the result of, if it is one, last. */
  readonly equations: readonly Equation[];
}

/** How a region is read or written: at one affine position per index, or anywhere. */
export type Use = Access | 'anywhere';

/** More loops than this are not worth one pass. */
const MOST_PARTS = 64;
/** More operands are more than a processor keeps apart. */
const MOST_BUFFERS = 40;

/** Results over one index space. */
export class Group {
  readonly shape: readonly number[];
  readonly members: Member[] = [];
  readonly reads: Map<Region, Use[]> = new Map();
  readonly writes: Map<Region, Use> = new Map();
  /** Variables whose values the group stores, to be computed rather than loaded by its other members. */
  readonly stored: Set<Variable> = new Set();
  /** Regions into which the group scatters and does nothing else. */
  readonly scattered: Set<Region> = new Set();
  private readonly cuts: Set<number>[];

  constructor(shape: readonly number[]) {
    this.shape = shape;
    this.cuts = shape.map(() => new Set());
  }

  /** Whether cutting at these places too leaves a reasonable number of loops. */
  accepts(cuts: readonly (readonly number[])[], regions: ReadonlySet<Region>): boolean {
    const parts = this.cuts.reduce((total, own, axis) => total * (1 + new Set([...own, ...cuts[axis]!]).size), 1);
    if (parts > MOST_PARTS && this.members.length > 0) return false;
    return new Set([...this.reads.keys(), ...this.writes.keys(), ...regions]).size <= MOST_BUFFERS;
  }

  /** How many of the regions that a member reads are read or filled here anyway, at the same index. */
  shared(reads: ReadonlyMap<Region, readonly Use[]>): number {
    let count = 0;
    for (const [region, uses] of reads) {
      const write = this.writes.get(region);
      const here = [...(this.reads.get(region) ?? []), ...(write === undefined ? [] : [write])];
      if (uses.some((use) => moves(use) && here.some((other) => sameUse(use, other)))) count++;
    }
    return count;
  }

  add(member: Member, reads: ReadonlyMap<Region, readonly Use[]>, cuts: readonly (readonly number[])[]): void {
    this.members.push(member);
    for (const [region, uses] of reads) {
      const known = this.reads.get(region);
      if (known === undefined) this.reads.set(region, [...uses]);
      else known.push(...uses);
    }
    const { target, purpose, variable } = member;
    if (purpose.kind === 'scatterAdd') this.scattered.add(target.region.root);
    this.writes.set(target.region.root, purpose.kind === 'store' ? accessOf(target, identityMap(this.shape.length), this.shape.length) : 'anywhere');
    if (variable !== undefined && purpose.kind === 'store') this.stored.add(variable);
    cuts.forEach((own, axis) => own.forEach((at) => this.cuts[axis]!.add(at)));
  }

  /** A region has become part of another one's memory. */
  rename(from: Region, to: Region): void {
    const write = this.writes.get(from);
    if (write !== undefined) this.writes.set(to, write);
    this.writes.delete(from);
    if (this.scattered.delete(from)) this.scattered.add(to);
    const uses = this.reads.get(from);
    if (uses !== undefined) this.reads.set(to, [...(this.reads.get(to) ?? []), ...uses]);
    this.reads.delete(from);
  }

  /** The step that runs the group; undefined if there is nothing to do. */
  step(name: string, numerics: Numerics): RunStep | undefined {
    const members = this.members.filter((member) => !isSelfCopy(member, this.shape.length));
    if (members.length === 0) return undefined;
    const views: View[] = [];
    const bufferOf = (view: View): number => {
      const at = views.findIndex((other) => other.region === view.region && sameMoving(other, view));
      return at >= 0 ? at : views.push({ ...view, offset: 0 }) - 1;
    };
    const rank = this.shape.length;
    const outputs = members.map((member) => outputOf(member, bufferOf(member.target), rank));
    const cuts = this.shape.map((size, axis) => [0, ...[...this.cuts[axis]!].sort((a, b) => a - b), size]);
    const table = new NodeTable();
    const maker = new NodeMaker(table, rank, bufferOf, numerics);
    // All nodes are made now: values that later get memory are not seen by what came before.
    const roots = partsOf(cuts).map((part) => rootsOf(members, part, table, maker));
    const kernel: Kernel = { name, shape: this.shape, buffers: views.map(({ dtype }) => dtype), outputs, cuts, roots };
    return { kind: 'run', kernel: mergeAxes(kernel), views, written: outputs.map(({ buffer }) => buffer), equations: members.map(({ equations }) => equations) };
  }

}

function rootsOf(members: readonly Member[], part: readonly Range[], table: NodeTable, maker: NodeMaker): Root[] {
  // Reductions over nothing have a result, but no element has a value.
  if (part.some(({ from, to }) => from === to)) return members.map(({ target }) => ({ value: table.literal(0, target.dtype), index: table.literal(0, 'i32') }));
  maker.enter(part);
  return members.map(({ value, purpose, sight, target }) => {
    const node = maker.seen(value, sight);
    if (purpose.kind !== 'scatterAdd') return { value: node };
    return { value: node, index: maker.seen(purpose.index, sight), base: maker.base(target, purpose.member) };
  });
}

/** Whether a member stores what lies there already, as the new value of a carry that is the old one. */
function isSelfCopy({ purpose, value, target, sight }: Member, rank: number): boolean {
  if (purpose.kind !== 'store') return false;
  const source = sourceOf(value, sight);
  // Without their offsets, which both accesses have.
  if (source.kind !== 'memory' || !samePlace({ ...source.view, offset: 0 }, { ...target, offset: 0 })) return false;
  return sameUse(accessOf(source.view, source.map, rank), accessOf(target, identityMap(rank), rank));
}

function outputOf({ purpose, target }: Member, buffer: number, rank: number): Output {
  switch (purpose.kind) {
    case 'store':
      return { kind: 'store', buffer, access: accessOf(target, identityMap(rank), rank) };
    case 'reduce': {
      const { operator, axes } = purpose;
      const kept = identityMap(rank).filter((_, axis) => !axes.includes(axis));
      return { kind: 'reduce', buffer, operator, axes, access: accessOf(target, kept as IndexMap, rank) };
    }
    case 'scatterAdd':
      return { kind: 'scatterAdd', buffer, length: purpose.length };
  }
}

/** Whether a use touches more than one element. */
function moves(use: Use): boolean {
  return use !== 'anywhere' && use.coefficients.some((coefficient) => coefficient !== 0);
}

/** Whether two uses of a region touch the same element at every index. */
export function sameUse(a: Use, b: Use): boolean {
  if (a === 'anywhere' || b === 'anywhere') return false;
  return a.offset === b.offset && a.coefficients.every((coefficient, axis) => coefficient === b.coefficients[axis]);
}
