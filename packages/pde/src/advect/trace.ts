/** @file Where fluid comes from: positions from which, or to which, samples travel in one step. */
import { add, mul, type Scalar, type Tensor } from '@tapeflow/tensor';
import type { CenteredField } from '../centered-field.ts';
import { FieldMismatchError } from '../errors.ts';
import { indexAlong, type Grid } from '../grid.ts';
import { inStorageOrder, positionsOf, startOf, type Layout } from '../layout.ts';
import { cellPositions, sampleComponent, type CellPositions } from '../sampling.ts';
import { componentsAt, layoutOf } from '../resample.ts';
import type { StaggeredField } from '../staggered-field.ts';

/** A vector field that carries others along. */
export type Velocity = CenteredField | StaggeredField;

/** Velocity at the samples of a layout, per axis, in cells of that layout's grid per unit of time. */
export function velocityAt(velocity: Velocity, grid: Grid, layout: Layout): CellPositions {
  const components = velocity.grid.key === grid.key ? componentsAt(velocity, layout) : sampledAt(velocity, grid, layout);
  return Object.fromEntries(grid.axes.map(({ name, width }) => [name, width === 1 ? components[name]! : components[name]!.div(width)]));
}

function sampledAt(velocity: Velocity, grid: Grid, layout: Layout): CellPositions {
  if (velocity.grid.rank !== grid.rank || velocity.grid.names.some((name) => !grid.names.includes(name))) {
    throw new FieldMismatchError('advect', `field on ${String(grid)}`, String(velocity), 'Give a velocity on a grid with the same axes.');
  }
  const dtype = velocity.component(grid.names[0]!).dtype === 'f64' ? 'f64' : 'f32';
  const positions = cellPositions(velocity.grid, positionsOf(layout, dtype));
  return Object.fromEntries(velocity.grid.names.map((name) => [name, inStorageOrder(sampleComponent(velocity.component(name), layoutOf(velocity, name), positions), layout)]));
}

/** Positions of the samples of a layout in cells, displaced by `factor` · dt · velocity. */
export function displaced(layout: Layout, velocity: CellPositions, dt: number | Scalar, factor: 1 | -1): CellPositions {
  return Object.fromEntries(
    layout.map((line) => {
      const { name } = line.axis;
      const v = velocity[name]!;
      const at = indexAlong(name, line.count, v.dtype === 'f64' ? 'f64' : 'f32').add(startOf(line));
      const forth = dt === 1 ? v : (mul(v, dt as number) as Tensor);
      // The velocity comes first: sums take the order of dimensions of their first operand, which is that of storage.
      return [name, add(factor === 1 ? forth : forth.neg(), at as Tensor)];
    }),
  );
}
