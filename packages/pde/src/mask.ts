/** @file Masks: which cells a shape covers. */
import { clip, convert, div, full, sub, type Tensor } from '@tapeflow/tensor';
import type { Geometry } from './geometry.ts';
import type { Grid } from './grid.ts';

/** 1 in cells whose centre lies in the shape, else 0. */
export function hardMask(shape: Geometry, grid: Grid): Tensor {
  return onCells(convert(shape.contains(grid.centers()), 'float'), grid);
}

/** How a soft mask is placed. */
export interface SoftMaskOptions {
  /** Value on the surface: 0.5 covers half, 1 makes the mask full on the surface and fade outside. */
  readonly balance?: number;
}

/** 1 deep inside the shape, 0 far outside, linear in the distance in between, over the size of a cell. Differentiable in the shape. */
export function softMask(shape: Geometry, grid: Grid, { balance = 0.5 }: SoftMaskOptions = {}): Tensor {
  const radius = Math.hypot(...grid.axes.map(({ width }) => width / 2));
  return onCells(clip(sub(balance, div(shape.distance(grid.centers()), radius)), 0, 1) as Tensor, grid);
}

/** Dimensions in the order of storage, repeated along axes on which the shape does not depend. */
function onCells(values: Tensor, grid: Grid): Tensor {
  return full(grid.shape, 0, { dtype: values.dtype }).add(values);
}
