/** @file Boundaries made of others: a different one per side, per component of a vector, or per direction relative to the side. */
import type { TREE, TreeNode } from '@tapeflow/autodiff';
import { BoundaryError, ComponentError } from '../errors.ts';
import { printedAs } from '../printed.ts';
import type { Boundary, End, Side } from './boundary.ts';

/** What holds at both ends of an axis, or at its lower and upper end. */
export type AxisBoundary = Boundary | readonly [lower: Boundary, upper: Boundary];

const Printed: new () => object = printedAs((boundary: Boundary) => boundary.toString());

class SidesBoundary extends Printed implements Boundary {
  readonly axes: Readonly<Record<string, readonly [Boundary, Boundary]>>;

  constructor(axes: Readonly<Record<string, readonly [Boundary, Boundary]>>) {
    super();
    this.axes = axes;
  }

  side(axis: string, end: End, component?: string): Side {
    const ends = this.axes[axis];
    if (ends === undefined) {
      throw new BoundaryError('sides', axis, Object.keys(this.axes).join(', '), `nothing is said of the sides of '${axis}', only of ${Object.keys(this.axes).join(', ')}.`, 'Give a boundary for every axis of the grid.');
    }
    return ends[end === 'lower' ? 0 : 1].side(axis, end, component);
  }

  '~tapeflow.tree'(): ReturnType<TreeNode<Boundary>[typeof TREE]> {
    // One boundary for both ends is one child: what is learned of it holds at both.
    const parts = Object.entries(this.axes).map(([name, [lower, upper]]) => ({ name, ends: lower === upper ? [lower] : [lower, upper] }));
    return {
      children: parts.flatMap(({ ends }) => ends),
      rebuild: (children) => {
        const given = children.slice() as Boundary[];
        return new SidesBoundary(
          Object.fromEntries(
            parts.map(({ name, ends }): [string, readonly [Boundary, Boundary]] => {
              const lower = given.shift()!;
              return [name, [lower, ends.length === 1 ? lower : given.shift()!]];
            }),
          ),
        );
      },
      key: `sides:${parts.map(({ name, ends }) => `${name}${ends.length}`).join(',')}`,
    };
  }

  override toString(): string {
    return `sides(${Object.entries(this.axes).map(([axis, [lower, upper]]) => `${axis}: ${lower === upper ? String(lower) : `[${String(lower)}, ${String(upper)}]`}`).join(', ')})`;
  }
}

/** A boundary per axis, or per end of an axis: `sides({ x: periodic, y: [wall, open] })`. */
export function sides(axes: Readonly<Record<string, AxisBoundary>>): Boundary {
  return new SidesBoundary(
    Object.fromEntries(
      Object.entries(axes).map(([axis, given]): [string, readonly [Boundary, Boundary]] => [axis, Array.isArray(given) ? [given[0] as Boundary, given[1] as Boundary] : [given as Boundary, given as Boundary]]),
    ),
  );
}

class ComponentsBoundary extends Printed implements Boundary {
  readonly parts: Readonly<Record<string, Boundary>>;

  constructor(parts: Readonly<Record<string, Boundary>>) {
    super();
    this.parts = parts;
  }

  side(axis: string, end: End, component?: string): Side {
    const part = component === undefined ? undefined : this.parts[component];
    if (part === undefined) {
      throw new ComponentError('components', Object.keys(this.parts), component === undefined ? [] : [component], 'Give a boundary for every component of the vector; a scalar field takes one that has no components.');
    }
    return part.side(axis, end, component);
  }

  '~tapeflow.tree'(): ReturnType<TreeNode<Boundary>[typeof TREE]> {
    const names = Object.keys(this.parts);
    return {
      children: names.map((name) => this.parts[name]!),
      rebuild: (children) => new ComponentsBoundary(Object.fromEntries(names.map((name, k) => [name, children[k] as Boundary]))),
      key: `components:${names.join(',')}`,
    };
  }

  override toString(): string {
    return `components(${Object.entries(this.parts).map(([name, part]) => `${name}: ${String(part)}`).join(', ')})`;
  }
}

/** A boundary per component of a vector: `components({ x: constant(1), y: constant(0) })`. */
export function components(parts: Readonly<Record<string, Boundary>>): Boundary {
  return new ComponentsBoundary(parts);
}

class NormalTangentialBoundary extends Printed implements Boundary {
  readonly normal: Boundary;
  readonly tangential: Boundary;

  constructor(normal: Boundary, tangential: Boundary) {
    super();
    this.normal = normal;
    this.tangential = tangential;
  }

  side(axis: string, end: End, component?: string): Side {
    if (component === undefined) {
      throw new ComponentError('normalTangential', ['the axes of the grid'], [], 'Use it for vectors; a scalar field has no normal component.');
    }
    return (component === axis ? this.normal : this.tangential).side(axis, end, component);
  }

  '~tapeflow.tree'(): ReturnType<TreeNode<Boundary>[typeof TREE]> {
    return {
      children: [this.normal, this.tangential],
      rebuild: ([normal, tangential]) => new NormalTangentialBoundary(normal as Boundary, tangential as Boundary),
      key: 'normalTangential',
    };
  }

  override toString(): string {
    return `normalTangential(${String(this.normal)}, ${String(this.tangential)})`;
  }
}

/** One boundary for the component of a vector across each side, another for those along it. */
export function normalTangential(normal: Boundary, tangential: Boundary): Boundary {
  return new NormalTangentialBoundary(normal, tangential);
}
