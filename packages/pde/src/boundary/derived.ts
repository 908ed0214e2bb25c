/** @file Boundaries that follow from others: of derivatives, of differences, of the pressure. */
import type { TREE, TreeNode } from '@tapeflow/autodiff';
import { printedAs } from '../printed.ts';
import type { Boundary, End, Side } from './boundary.ts';

const Printed: new () => object = printedAs((boundary: Boundary) => boundary.toString());

class DerivedBoundary extends Printed implements Boundary {
  readonly name: string;
  readonly source: Boundary;
  private readonly rule: (source: Boundary, axis: string, end: End, component?: string) => Side;

  constructor(name: string, source: Boundary, rule: (source: Boundary, axis: string, end: End, component?: string) => Side) {
    super();
    this.name = name;
    this.source = source;
    this.rule = rule;
  }

  side(axis: string, end: End, component?: string): Side {
    return this.rule(this.source, axis, end, component);
  }

  '~tapeflow.tree'(): ReturnType<TreeNode<Boundary>[typeof TREE]> {
    return { children: [this.source], rebuild: ([source]) => new DerivedBoundary(this.name, source as Boundary, this.rule), key: this.name };
  }

  override toString(): string {
    return `${this.name}(${String(this.source)})`;
  }
}

/** Boundary of the gradient of a scalar field: each component across a side is a normal derivative, the others are tangential. */
export function gradientBoundary(scalar: Boundary): Boundary {
  return new DerivedBoundary('gradient', scalar, (source, axis, end, component) => source.side(axis, end).derivative(component === axis ? 'normal' : 'tangential'));
}

/** Boundary of differences between fields with this boundary, and of their Laplacian: the same rules with values of 0. */
export function homogeneous(boundary: Boundary): Boundary {
  // The Laplacian of a Laplacian of … would otherwise carry a chain of boundaries along.
  if (boundary instanceof DerivedBoundary && boundary.name === 'homogeneous') return boundary;
  return new DerivedBoundary('homogeneous', boundary, (source, axis, end, component) => source.side(axis, end, component).homogeneous());
}

/** Boundary of the pressure that makes a velocity with this boundary free of divergence. */
export function pressureBoundary(velocity: Boundary): Boundary {
  return new DerivedBoundary('pressure', velocity, (source, axis, end) => source.side(axis, end, axis).pressure());
}

/** Boundary of the divergence of a vector: periodic where the vector is, else continued as it is at the edge. */
export function divergenceBoundary(vector: Boundary, edge: Side): Boundary {
  return new DerivedBoundary('divergence', vector, (source, axis, end) => {
    const side = source.side(axis, end, axis);
    return side.mirror === 0 && side.name !== 'periodic' ? edge : side.derivative('normal');
  });
}
