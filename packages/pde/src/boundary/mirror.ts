/** @file symmetric, antisymmetric: the outside mirrors the inside in the side of the grid. */
import type { TREE, TreeNode } from '@tapeflow/autodiff';
import type { BoxSide, Tensor } from '@tapeflow/tensor';
import { Side, type Direction, type Position } from './boundary.ts';
import { constant } from './constant.ts';
import type { Edge } from './edge.ts';

/** 0 at the first sample beyond. */
const zero: Side = constant(0, { at: 'ghost' }).side('', 'lower');

class SymmetricSide extends Side {
  readonly name = 'symmetric';
  readonly storesFace = true;

  ghosts(edge: Edge, count: number): Tensor {
    return edge.mirrored(count, edge.position === 'face' ? 1 : 0);
  }

  reach(): number {
    return 0;
  }

  derivative(direction: Direction): Side {
    return direction === 'normal' ? antisymmetric : this;
  }

  homogeneous(): Side {
    return this;
  }

  pressure(): Side {
    return zero;
  }

  override boxSide(position: Position): BoxSide | undefined {
    return position === 'center' ? 'neumann' : undefined;
  }

  override get mirror(): 1 {
    return 1;
  }

  '~tapeflow.tree'(): ReturnType<TreeNode<Side>[typeof TREE]> {
    return { children: [], rebuild: () => this, key: this.name };
  }
}

class AntisymmetricSide extends Side {
  readonly name = 'antisymmetric';
  readonly storesFace = false;

  ghosts(edge: Edge, count: number): Tensor {
    if (edge.position === 'center') return edge.mirrored(count).neg();
    if (count === 1) return edge.filled(1, 0);
    return edge.outwards(edge.filled(1, 0), edge.mirrored(count - 1).neg());
  }

  reach(position: Position): number {
    return position === 'center' ? 0.5 : 1;
  }

  override limit(): Side {
    return zero;
  }

  derivative(direction: Direction): Side {
    return direction === 'normal' ? symmetric : this;
  }

  homogeneous(): Side {
    return this;
  }

  pressure(): Side {
    return symmetric;
  }

  override boxSide(position: Position): BoxSide {
    return position === 'center' ? 'dirichlet' : 'ghost';
  }

  override get mirror(): -1 {
    return -1;
  }

  override isZero(position: Position): boolean {
    return position === 'face';
  }

  '~tapeflow.tree'(): ReturnType<TreeNode<Side>[typeof TREE]> {
    return { children: [], rebuild: () => this, key: this.name };
  }
}

/** The field outside is the mirror image of the field inside (once: beyond the far end of the image it is constant). */
export const symmetric: Side = new SymmetricSide();

/** The field outside is the negative of the mirror image, so it is 0 on the side. */
export const antisymmetric: Side = new AntisymmetricSide();
