/** @file StaggeredField: the components of a vector on the faces of the cells. */
import type { TREE, TreeNode } from '@tapeflow/autodiff';
import { add, div, mul, sub, type Scalar, type Tensor } from '@tapeflow/tensor';
import type { Boundary } from './boundary/boundary.ts';
import { ComponentError, FieldMismatchError } from './errors.ts';
import type { Grid } from './grid.ts';
import { faceLayout, sameSamples, type Layout } from './layout.ts';
import { indented, printedAs } from './printed.ts';

/** What a staggered field can be combined with: numbers, scalars, fields with the same stored faces. */
export type StaggeredOperand = number | Scalar | StaggeredField;

type Operation = (a: Tensor, b: number | Tensor) => Tensor;

const Printed: new () => object = printedAs((field: StaggeredField) => [String(field), ...field.grid.names.map((name) => indented(`${name}: ${String(field.component(name))}`))].join('\n'));

/**
 * A vector whose component along each axis lives on the faces across that axis. Only faces that are unknown are stored: see
 * `lineOf`. Immutable.
 *
 * Arithmetic works on the stored values; the result has the boundary of the left operand.
 */
export class StaggeredField extends Printed implements TreeNode<StaggeredField> {
  readonly grid: Grid;
  /** One tensor per axis, (batch…, z, y, x) each; sizes along the own axis depend on the boundary. */
  readonly components: Readonly<Record<string, Tensor>>;
  readonly boundary: Boundary;

  /** Use `staggered`, which checks. */
  constructor(grid: Grid, components: Readonly<Record<string, Tensor>>, boundary: Boundary) {
    super();
    this.grid = grid;
    this.components = components;
    this.boundary = boundary;
  }

  add(other: StaggeredOperand): StaggeredField {
    return this.combine('add', other, add as Operation);
  }

  sub(other: StaggeredOperand): StaggeredField {
    return this.combine('sub', other, sub as Operation);
  }

  mul(other: StaggeredOperand): StaggeredField {
    return this.combine('mul', other, mul as Operation);
  }

  div(other: StaggeredOperand): StaggeredField {
    return this.combine('div', other, div as Operation);
  }

  neg(): StaggeredField {
    return this.mapSamples((values) => values.neg());
  }

  /** The component along an axis. Throws `ComponentError` where there is none. */
  component(name: string): Tensor {
    const found = this.components[name];
    if (found === undefined) throw new ComponentError('component', this.grid.names, [name], 'Use the name of an axis of the grid.');
    return found;
  }

  /** The same values with another boundary that stores the same faces. */
  withBoundary(boundary: Boundary): StaggeredField {
    const changed = new StaggeredField(this.grid, this.components, boundary);
    requireSameFaces('withBoundary', this, changed);
    return changed;
  }

  /** Where the samples of a component are. */
  layout(component: string): Layout {
    return faceLayout(this.grid, this.boundary, component);
  }

  /** Applies a function to each component. */
  mapSamples(f: (values: Tensor, layout: Layout, component: string) => Tensor<never>): StaggeredField {
    const next = Object.fromEntries(this.grid.names.map((name) => [name, f(this.component(name), this.layout(name), name) as Tensor]));
    return new StaggeredField(this.grid, next, this.boundary);
  }

  private combine(operation: string, other: StaggeredOperand, apply: Operation): StaggeredField {
    if (!(other instanceof StaggeredField)) return this.mapSamples((values) => apply(values, other as number | Tensor));
    requireSameFaces(operation, this, other);
    return this.mapSamples((values, _layout, name) => apply(values, other.component(name)));
  }

  '~tapeflow.tree'(): ReturnType<TreeNode<StaggeredField>[typeof TREE]> {
    return {
      children: [this.components, this.boundary],
      rebuild: ([components, boundary]) => new StaggeredField(this.grid, components as Readonly<Record<string, Tensor>>, boundary as Boundary),
      key: `StaggeredField ${this.grid.key}`,
    };
  }

  override toString(): string {
    return `staggered field on ${String(this.grid)}, boundary ${String(this.boundary)}`;
  }
}

/** Refuses fields whose stored faces differ. */
export function requireSameFaces(operation: string, a: StaggeredField, b: StaggeredField): void {
  if (a.grid.key !== b.grid.key) throw new FieldMismatchError(operation, String(a), String(b), 'Resample one of them to the grid of the other.');
  if (!a.grid.names.every((name) => sameSamples(a.layout(name), b.layout(name)))) {
    throw new FieldMismatchError(operation, String(a), String(b), 'Their boundaries store different faces: give both the same kind of boundary, or resample with toFaces.');
  }
}
