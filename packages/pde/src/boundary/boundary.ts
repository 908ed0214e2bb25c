/** @file What a boundary is: for each side of a grid, how a field continues past it. */
import type { TREE, TreeNode } from '@tapeflow/autodiff';
import type { BoxSide, Tensor } from '@tapeflow/tensor';
import { printedAs } from '../printed.ts';
import type { Edge } from './edge.ts';

/** Which end of an axis. */
export type End = 'lower' | 'upper';

/** Where the samples of a component lie along an axis: in the middle of the cells, or on the faces between them. */
export type Position = 'center' | 'face';

/** How a field, or each component of one, continues past every side. */
export interface Boundary extends TreeNode<Boundary> {
  /** The rule on one side, for a component of a vector or (without a name) for a scalar. */
  side(axis: string, end: End, component?: string): Side;
  toString(): string;
}

/** Across a side, or along it. */
export type Direction = 'normal' | 'tangential';

const Printed: new () => object = printedAs((side: Side) => side.toString());

/**
 * A rule for one side; alone it is a boundary that has this rule on every side.
 *
 * To add a boundary, extend this class: `ghosts` says what lies beyond, the rest says what follows from it.
 */
export abstract class Side extends Printed implements Boundary {
  /** Name of the rule, for messages. */
  abstract readonly name: string;
  /** Whether a component normal to this side keeps its values on the side itself as unknowns. */
  abstract readonly storesFace: boolean;
  /** Samples beyond the edge, in the order of storage. */
  abstract ghosts(edge: Edge, count: number): Tensor;
  /** How far interpolation goes past the outermost stored sample, in cells (at most 1); further out the field is constant. */
  abstract reach(position: Position): number;
  /** Rule for the derivative of a field with this rule, along the normal of the side or along the side itself. */
  abstract derivative(direction: Direction): Side;
  /** The same rule with values of 0: that of differences between fields with this rule, and of their Laplacian. */
  abstract homogeneous(): Side;
  /** Rule for the pressure where the velocity normal to the side has this rule. */
  abstract pressure(): Side;
  abstract '~tapeflow.tree'(): ReturnType<TreeNode<Side>[typeof TREE]>;

  /** A rule whose first ghost is the value that interpolation ends with: the one at `reach`. */
  limit(): Side {
    return this;
  }

  /** The field outside mirrors the inside, with this sign; 0: it does not. */
  get mirror(): -1 | 0 | 1 {
    return 0;
  }

  /** Whether the first sample beyond the edge is the number 0 whatever the field is: it costs nothing then. */
  isZero(_position: Position): boolean {
    return false;
  }

  /** What differences between fields with this rule meet at the side, if solvers know it by a name (see `boxOperator`). */
  boxSide(_position: Position): BoxSide | undefined {
    return undefined;
  }

  side(): Side {
    return this;
  }

  override toString(): string {
    return this.name;
  }
}
