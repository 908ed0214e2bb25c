/** @file @tapeflow/pde: grids, fields, boundaries and differential operators. */
export { grid, Grid, type Axis } from './grid.ts';
export { centered, staggered } from './field.ts';
