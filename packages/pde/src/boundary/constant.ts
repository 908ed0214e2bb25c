/** @file constant: a field that has a given value on its edge. */
import type { TREE, TreeNode } from '@tapeflow/autodiff';
import { mul, sub, type BoxSide, type Scalar, type Tensor } from '@tapeflow/tensor';
import { BoundaryError } from '../errors.ts';
import { Side, type Boundary, type Direction, type Position } from './boundary.ts';
import { components } from './components.ts';
import type { Edge } from './edge.ts';

/** Where the value holds. */
export interface ConstantOptions {
  /**
   * `face` (default): on the edge of the grid, so that samples half a cell inside have ghosts 2·value − inner. `ghost`: at the
   * sample beyond the edge, half a cell outside, as PhiFlow does. Components normal to the side are exact on it either way.
   */
  readonly at?: 'face' | 'ghost';
}

class ConstantSide extends Side {
  readonly name = 'constant';
  readonly storesFace = false;
  readonly value: number | Scalar;
  readonly at: 'face' | 'ghost';

  constructor(value: number | Scalar, at: 'face' | 'ghost') {
    super();
    this.value = value;
    this.at = at;
  }

  ghosts(edge: Edge, count: number): Tensor {
    if (this.at === 'ghost' || (edge.position === 'face' && count === 1)) return edge.filled(count, this.value);
    if (edge.position === 'center') return this.reflected(edge.mirrored(count));
    return edge.outwards(edge.filled(1, this.value), this.reflected(edge.mirrored(count - 1)));
  }

  /** 2·value − inner: the line from the inner sample through the value on the edge, as far again. */
  private reflected(inner: Tensor): Tensor {
    if (this.value === 0) return inner.neg();
    return sub(mul(2, this.value as Scalar), inner) as Tensor;
  }

  reach(position: Position): number {
    return position === 'center' && this.at === 'face' ? 0.5 : 1;
  }

  override limit(): Side {
    return this.at === 'ghost' ? this : new ConstantSide(this.value, 'ghost');
  }

  /** Along the side nothing changes; across it the derivative is an unknown of its own. */
  derivative(direction: Direction): Side {
    return direction === 'normal' ? zeroGradient : this.homogeneous();
  }

  homogeneous(): Side {
    return this.value === 0 ? this : new ConstantSide(0, this.at);
  }

  pressure(): Side {
    return zeroGradient;
  }

  override boxSide(position: Position): BoxSide {
    return this.at === 'ghost' || position === 'face' ? 'ghost' : 'dirichlet';
  }

  override isZero(position: Position): boolean {
    return this.value === 0 && (this.at === 'ghost' || position === 'face');
  }

  '~tapeflow.tree'(): ReturnType<TreeNode<Side>[typeof TREE]> {
    if (typeof this.value === 'number') return { children: [], rebuild: () => this, key: `constant:${this.value}:${this.at}` };
    return { children: [this.value], rebuild: ([value]) => new ConstantSide(value as Scalar, this.at), key: `constant:${this.at}` };
  }

  override toString(): string {
    return `constant(${typeof this.value === 'number' ? this.value : 'scalar'}${this.at === 'face' ? '' : ' at the ghost'})`;
  }
}

class ZeroGradientSide extends Side {
  readonly name = 'zeroGradient';
  readonly storesFace = true;

  ghosts(edge: Edge, count: number): Tensor {
    return edge.repeated(count);
  }

  reach(): number {
    return 0;
  }

  derivative(direction: Direction): Side {
    return direction === 'normal' ? new ConstantSide(0, 'face') : this;
  }

  homogeneous(): Side {
    return this;
  }

  override boxSide(): BoxSide {
    return 'neumann';
  }

  /** Fluid passes freely, so the pressure outside is 0. PhiFlow sets it half a cell outside. */
  pressure(): Side {
    return new ConstantSide(0, 'ghost');
  }

  '~tapeflow.tree'(): ReturnType<TreeNode<Side>[typeof TREE]> {
    return { children: [], rebuild: () => this, key: this.name };
  }
}

/**
 * The field has this value on its edge, by default at the faces there: a wall that is warm, or moves, or stands still. The value
 * may be a scalar, to be differentiated; a record gives each component of a vector its own.
 *
 * Throws `BoundaryError` for numbers that are not finite.
 */
export function constant(value: number | Scalar | Readonly<Record<string, number | Scalar>>, options: ConstantOptions = {}): Boundary {
  const { at = 'face' } = options;
  const side = (own: number | Scalar): Side => {
    if (typeof own === 'number' && !Number.isFinite(own)) throw new BoundaryError('constant', '', String(own), `the value on the edge is ${own}.`, 'Give a finite number, or a scalar.');
    return new ConstantSide(own, at);
  };
  if (typeof value === 'number' || 'dims' in value) return side(value as number | Scalar);
  return components(Object.fromEntries(Object.entries(value as Readonly<Record<string, number | Scalar>>).map(([name, own]) => [name, side(own)])));
}

/** The field continues with the value at its edge: nothing changes across the side. */
export const zeroGradient: Side = new ZeroGradientSide();
