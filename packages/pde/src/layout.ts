/** @file Where the samples of a component lie along each axis, and which of them are stored. */
import { full, spatial, type DimOf, type FloatDType, type Tensor } from '@tapeflow/tensor';
import type { Boundary, Position, Side } from './boundary/boundary.ts';
import { periodic } from './boundary/periodic.ts';
import { BoundaryError } from './errors.ts';
import type { Points } from './geometry.ts';
import { samplePositions, type Axis, type Grid } from './grid.ts';

/** Samples of a component along one axis. */
export interface Line {
  readonly axis: Axis;
  readonly position: Position;
  /** Index of the first stored sample among all centres or faces (0: the lower side of the grid). */
  readonly first: number;
  /** Number of stored samples. */
  readonly count: number;
  readonly lower: Side;
  readonly upper: Side;
}

/** One line per axis, in the order of the grid's axes. */
export type Layout = readonly Line[];

export const isPeriodic = (line: Line): boolean => line.lower === periodic;

/** Distance of the first stored sample from the lower side, in cells. */
export const startOf = ({ position, first }: Line): number => (position === 'center' ? 0.5 : first);

/** Samples along an axis. Faces on sides where the boundary knows the value are not stored; a periodic axis stores the lower one. */
export function lineOf(axis: Axis, position: Position, boundary: Boundary, component?: string): Line {
  const lower = boundary.side(axis.name, 'lower', component);
  const upper = boundary.side(axis.name, 'upper', component);
  if ((lower === periodic) !== (upper === periodic)) {
    throw new BoundaryError('boundary', axis.name, `${String(lower)}, ${String(upper)}`, `only one end of '${axis.name}' is periodic.`, 'Make both ends periodic, or none.');
  }
  if (position === 'center') return { axis, position, first: 0, count: axis.cells, lower, upper };
  const first = lower.storesFace ? 0 : 1;
  const last = upper.storesFace && upper !== periodic ? axis.cells : axis.cells - 1;
  return { axis, position, first, count: last - first + 1, lower, upper };
}

/** All samples in cell centres. */
export function centerLayout(grid: Grid, boundary: Boundary, component?: string): Layout {
  return grid.axes.map((axis) => lineOf(axis, 'center', boundary, component));
}

/** Samples of a velocity component: on the faces across its own axis, in the middle of the cells along the others. */
export function faceLayout(grid: Grid, boundary: Boundary, component: string): Layout {
  return grid.axes.map((axis) => lineOf(axis, axis.name === component ? 'face' : 'center', boundary, component));
}

/** Whether two layouts store the same samples (their boundaries may differ). */
export function sameSamples(a: Layout, b: Layout): boolean {
  return a.length === b.length && a.every((line, k) => line.position === b[k]!.position && line.first === b[k]!.first && line.count === b[k]!.count);
}

/** The same samples with values of 0 where the boundary holds some: for differences between fields. */
export function withoutValues(layout: Layout): Layout {
  return layout.map((line) => ({ ...line, lower: line.lower.homogeneous(), upper: line.upper.homogeneous() }));
}

export function lineAlong(layout: Layout, axis: string): Line {
  return layout.find((line) => line.axis.name === axis)!;
}

/** Coordinates of the samples of a layout. */
export function positionsOf(layout: Layout, dtype?: FloatDType): Points {
  return Object.fromEntries(layout.map((line) => [line.axis.name, samplePositions(line.axis, line.count, startOf(line), dtype)]));
}

/** A tensor with its spatial dimensions in the order of storage, repeated along those it lacks. */
export function inStorageOrder(values: Tensor, layout: Layout): Tensor {
  const wanted = [...layout].reverse().map(({ axis }) => axis.name);
  const innermost = values.dims.slice(values.dims.length - wanted.length).map(({ name }) => name);
  if (wanted.every((name, k) => innermost[k] === name)) return values;
  // Sums take the order of dimensions of their first operand, and repeat what is constant along one.
  return full(shapeOf(layout), 0, { dtype: values.dtype }).add(values);
}

/** Sizes of the samples of a layout, in the order of storage. */
export function shapeOf(layout: Layout): Readonly<Record<string, DimOf>> {
  return Object.fromEntries([...layout].reverse().map(({ axis, count }) => [axis.name, spatial(count)]));
}
