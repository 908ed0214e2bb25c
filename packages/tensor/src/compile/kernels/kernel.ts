/** @file What a kernel is: loops over an index space, and what each round of them stores, sums up or scatters. */
import type { DType } from '../../array/dtype.ts';
import { nodesBelow, type Access, type Node } from './node.ts';

/** From `from` up to but without `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Kinds of reductions. */
export type ReduceOperator = 'sum' | 'prod' | 'min' | 'max' | 'any' | 'all';

/** What becomes of a value. */
export type Output =
  /** Written at an affine position. */
  | { readonly kind: 'store'; readonly buffer: number; readonly access: Access }
  /** Combined over the axes whose coefficient is 0. */
  | { readonly kind: 'reduce'; readonly buffer: number; readonly access: Access; readonly operator: ReduceOperator; readonly axes: readonly number[] }
  /** Added at a computed position to what is there. */
  | { readonly kind: 'scatterAdd'; readonly buffer: number; readonly length: number };

/** The values of one output in one part of the index space. */
export interface Root {
  readonly value: Node;
  /** Of a scatter: where, in which of several arrays. */
  readonly index?: Node;
  readonly base?: Node | undefined;
}

/** Loops over an index space. What they compute may differ between parts of it, as at the edges of a stencil. */
export interface Kernel {
  /** For stack traces and profiles. */
  readonly name: string;
  /** Sizes of the index space, the last innermost. */
  readonly shape: readonly number[];
  /** Dtypes of the buffers that the kernel reads or writes; their addresses are its parameters, in this order. */
  readonly buffers: readonly DType[];
  readonly outputs: readonly Output[];
  /** Per axis, where parts begin: 0 first, the size last. */
  readonly cuts: readonly (readonly number[])[];
  /** What is computed in each part, in the order of `partsOf`: one root per output. */
  readonly roots: readonly (readonly Root[])[];
}

/** The pieces of an axis. */
function piecesOf(cuts: readonly number[]): Range[] {
  return cuts.slice(1).map((to, k) => ({ from: cuts[k]!, to }));
}

/** Every part of the index space, in the order of the loops, which numbers them. */
export function partsOf(cuts: Kernel['cuts']): Range[][] {
  return cuts.reduce<Range[][]>((parts, own) => parts.flatMap((part) => piecesOf(own).map((piece) => [...part, piece])), [[]]);
}

/** A piece of an axis, and the number of what it cuts out of a part. */
export interface Branch {
  readonly piece: Range;
  readonly part: number;
}

/**
 * What the pieces of one more axis make of a part of the axes before it, where 0 is the whole index space. Behind the last axis the numbers
 * are those of `partsOf`.
 */
export function branchesOf(cuts: readonly number[], part: number): Branch[] {
  const pieces = piecesOf(cuts);
  return pieces.map((piece, k) => ({ piece, part: part * pieces.length + k }));
}

/** All that is computed in a part. */
export function nodesOf(roots: readonly Root[]): Node[] {
  const nodes: Node[] = [];
  for (const { value, index, base } of roots) {
    nodes.push(value);
    if (index !== undefined) nodes.push(index);
    if (base !== undefined) nodes.push(base);
  }
  return nodes;
}

/** Everything that a kernel computes in some part, each node once. */
export function allNodes(kernel: Kernel): Node[] {
  return nodesBelow(kernel.roots.flatMap(nodesOf));
}
