/** @file Edge: the outermost samples of a component along one axis, from which boundaries make the samples beyond. */
import { concat, flip, full, type DimOf, type Scalar, type Tensor } from '@tapeflow/tensor';
import { BoundaryError } from '../errors.ts';
import type { End, Position } from './boundary.ts';

/** One end of a component along an axis. All results are in the order of storage. */
export class Edge {
  readonly values: Tensor;
  readonly axis: string;
  readonly end: End;
  readonly position: Position;

  constructor(values: Tensor, axis: string, end: End, position: Position) {
    this.values = values;
    this.axis = axis;
    this.end = end;
    this.position = position;
  }

  private get samples(): number {
    return this.values.sizes[this.axis] ?? 0;
  }

  private part(from: number, to: number): Tensor {
    if (from < 0 || to > this.samples) {
      throw new BoundaryError('pad', this.axis, String(to - from), `the ${this.end} end of '${this.axis}' needs more samples than the ${this.samples} that are stored.`, 'Pad by less, or use more cells.');
    }
    return this.values.slice({ [this.axis]: [from, to] });
  }

  /** The `count` samples next to the edge, after leaving out `skip`, as in a mirror: the nearest one nearest. */
  mirrored(count: number, skip: number = 0): Tensor {
    const near = this.end === 'lower' ? this.part(skip, skip + count) : this.part(this.samples - skip - count, this.samples - skip);
    return count === 1 ? near : flip(near, this.axis);
  }

  /** The outermost sample, `count` times. */
  repeated(count: number): Tensor {
    const outermost = this.end === 'lower' ? this.part(0, 1) : this.part(this.samples - 1, this.samples);
    return count === 1 ? outermost : concat(Array.from({ length: count }, () => outermost), this.axis);
  }

  /** The `count` samples that come next when the axis is a circle: those at the other end. */
  wrapped(count: number): Tensor {
    return this.end === 'lower' ? this.part(this.samples - count, this.samples) : this.part(0, count);
  }

  /** One value everywhere, `count` samples long. */
  filled(count: number, value: number | Scalar): Tensor {
    const { dims, dtype } = this.values;
    const shape = Object.fromEntries(dims.map(({ name, size, type, items }): [string, DimOf] => [name, { type, extent: name === this.axis ? count : (items ?? size) }]));
    return typeof value === 'number' ? full(shape, value, { dtype }) : full(shape, 0, { dtype }).add(value);
  }

  /** Samples one after another from the edge outwards. */
  outwards(nearer: Tensor, farther: Tensor): Tensor {
    return concat(this.end === 'lower' ? [farther, nearer] : [nearer, farther], this.axis);
  }
}
