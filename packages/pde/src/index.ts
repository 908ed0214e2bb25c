/** @file @tapeflow/pde: grids, fields, boundaries, and the operators of partial differential equations. */

// Space
export { grid, type Axis, type Grid, type Positions } from './grid.ts';
export { box, complement, intersection, sphere, union, type Box, type Geometry, type Points, type Ranges } from './geometry.ts';

// Fields
export { centered, staggered, zerosLikeField, type CenteredValues, type Field, type FieldOptions, type Quantities, type Quantity, type StaggeredValues } from './field.ts';
export { CenteredField, type CenteredOperand } from './centered-field.ts';
export { StaggeredField, type StaggeredOperand } from './staggered-field.ts';
export { positionsOf, shapeOf, type Layout, type Line } from './layout.ts';
export { hardMask, softMask, type SoftMaskOptions } from './mask.ts';
export { pad } from './pad.ts';
export { toCenters, toFaces } from './resample.ts';
export { sample } from './sampling.ts';

// Boundaries
export { components, normalTangential, sides, type AxisBoundary } from './boundary/components.ts';
export { constant, zeroGradient, type ConstantOptions } from './boundary/constant.ts';
export { antisymmetric, symmetric } from './boundary/mirror.ts';
export { freeSlip, open, wall } from './boundary/named.ts';
export { periodic } from './boundary/periodic.ts';
export { Side, type Boundary, type Direction, type End, type Position } from './boundary/boundary.ts';
export type { Edge } from './boundary/edge.ts';

// Differential operators
export { faceGradient, gradient } from './operators/gradient.ts';
export { divergence } from './operators/divergence.ts';
export { laplacian } from './operators/laplacian.ts';

// Fluids
export * as advect from './advect/index.ts';
export type { MacCormackOptions, Velocity } from './advect/index.ts';
export * as diffuse from './diffuse/index.ts';
export type { ExplicitDiffusionOptions, ImplicitDiffusionOptions } from './diffuse/index.ts';
export { buoyancy } from './buoyancy.ts';
export { largestDivergence, project, type Projection, type ProjectOptions } from './project.ts';

// Errors
export { BoundaryError, ComponentError, FieldMismatchError, FieldShapeError, GridError, NetInflowError, UnstableError } from './errors.ts';
