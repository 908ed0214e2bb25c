/** @file periodic: beyond one end of an axis lies the other end. */
import type { TREE, TreeNode } from '@tapeflow/autodiff';
import type { BoxSide, Tensor } from '@tapeflow/tensor';
import { Side } from './boundary.ts';
import type { Edge } from './edge.ts';

class PeriodicSide extends Side {
  readonly name = 'periodic';
  // Both ends of the axis are one face; it is kept at the lower one, see `lineOf`.
  readonly storesFace = true;

  ghosts(edge: Edge, count: number): Tensor {
    return edge.wrapped(count);
  }

  reach(): number {
    return 1;
  }

  derivative(): Side {
    return this;
  }

  homogeneous(): Side {
    return this;
  }

  override boxSide(): BoxSide {
    return 'periodic';
  }

  pressure(): Side {
    return this;
  }

  '~tapeflow.tree'(): ReturnType<TreeNode<Side>[typeof TREE]> {
    return { children: [], rebuild: () => this, key: this.name };
  }
}

/** The axis is a circle. Both of its ends must be periodic. */
export const periodic: Side = new PeriodicSide();
