/** @file CenteredField: values in the middle of the cells. */
import type { TREE, TreeNode } from '@tapeflow/autodiff';
import { add, div, mul, sub, type Scalar, type Tensor } from '@tapeflow/tensor';
import type { Boundary } from './boundary/boundary.ts';
import { ComponentError, FieldMismatchError, FieldShapeError } from './errors.ts';
import type { Grid } from './grid.ts';
import { centerLayout, type Layout } from './layout.ts';
import { indented, printedAs } from './printed.ts';
import { componentNames, componentsOf, stackComponents } from './vector.ts';

/** What a centred field can be combined with: numbers, scalars, tensors without other spatial dimensions, fields of the same grid. */
export type CenteredOperand = number | Scalar | Tensor<never> | CenteredField;

type Operation = (a: Tensor, b: number | Tensor) => Tensor;

const Printed: new () => object = printedAs((field: CenteredField) => `${String(field)}\n${indented(String(field.values))}`);

/**
 * A scalar or (with a dimension `vector`) vector quantity in the middle of the cells of a grid. Immutable.
 *
 * Arithmetic works on the values; the result has the boundary of the left operand.
 */
export class CenteredField extends Printed implements TreeNode<CenteredField> {
  readonly grid: Grid;
  /** (batch…, vector?, z, y, x) */
  readonly values: Tensor;
  readonly boundary: Boundary;

  /** Use `centered`, which checks. */
  constructor(grid: Grid, values: Tensor, boundary: Boundary) {
    super();
    this.grid = grid;
    this.values = values;
    this.boundary = boundary;
  }

  add(other: CenteredOperand): CenteredField {
    return this.combine('add', other, add as Operation);
  }

  sub(other: CenteredOperand): CenteredField {
    return this.combine('sub', other, sub as Operation);
  }

  mul(other: CenteredOperand): CenteredField {
    return this.combine('mul', other, mul as Operation);
  }

  div(other: CenteredOperand): CenteredField {
    return this.combine('div', other, div as Operation);
  }

  neg(): CenteredField {
    return this.with(this.values.neg());
  }

  /** One component of a vector; along a line a scalar is a vector of one. Throws `ComponentError` where there is none. */
  component(name: string): Tensor {
    if (this.grid.rank === 1 && this.grid.names[0] === name && componentNames(this.values) === undefined) return this.values;
    const parts = componentsOf(this.values);
    const found = parts[name];
    if (found !== undefined) return found;
    throw new ComponentError('component', this.grid.names, Object.keys(parts), `There is no component '${name}': give a vector field with one component per axis.`);
  }

  /** The same grid and boundary with other values. Throws `FieldShapeError` when their sizes are not those of the grid. */
  with(values: Tensor<never>): CenteredField {
    for (const { name, cells } of this.grid.axes) {
      const size = values.dims.find((dim) => dim.name === name)?.size;
      if (size !== cells) throw new FieldShapeError('with', name, cells, size, 'The field');
    }
    return new CenteredField(this.grid, values as Tensor, this.boundary);
  }

  /** The same values with another boundary. */
  withBoundary(boundary: Boundary): CenteredField {
    return new CenteredField(this.grid, this.values, boundary);
  }

  /** Applies a function to the samples of the field or, one by one, of the components of a vector. */
  combineSamples(f: (values: Tensor, layout: Layout, component?: string) => Tensor<never>): Tensor {
    const parts = Object.entries(componentsOf(this.values));
    if (parts.length === 0) return f(this.values, centerLayout(this.grid, this.boundary)) as Tensor;
    return stackComponents(Object.fromEntries(parts.map(([name, values]) => [name, f(values, centerLayout(this.grid, this.boundary, name), name) as Tensor])));
  }

  /** The same, for functions whose results are samples of the same kind. */
  mapSamples(f: (values: Tensor, layout: Layout, component?: string) => Tensor<never>): CenteredField {
    return this.with(this.combineSamples(f));
  }

  private combine(operation: string, other: CenteredOperand, apply: Operation): CenteredField {
    if (!(other instanceof CenteredField)) return this.with(apply(this.values, other as number | Tensor));
    if (other.grid.key !== this.grid.key) throw new FieldMismatchError(operation, String(this), String(other), 'Resample one of them to the grid of the other.');
    return this.with(apply(this.values, other.values));
  }

  '~tapeflow.tree'(): ReturnType<TreeNode<CenteredField>[typeof TREE]> {
    return {
      children: [this.values, this.boundary],
      rebuild: ([values, boundary]) => new CenteredField(this.grid, values as Tensor, boundary as Boundary),
      key: `CenteredField ${this.grid.key}`,
    };
  }

  override toString(): string {
    return `centred field on ${String(this.grid)}, boundary ${String(this.boundary)}`;
  }
}

