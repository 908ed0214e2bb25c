/** @file gradient: first derivatives of a scalar, at the centres or on the faces. */
import { sub, type Tensor } from '@tapeflow/tensor';
import { gradientBoundary } from '../boundary/derived.ts';
import { CenteredField } from '../centered-field.ts';
import { ComponentError } from '../errors.ts';
import { centerLayout, faceLayout, lineAlong, type Layout } from '../layout.ts';
import { samplesBetween } from '../resample.ts';
import { StaggeredField } from '../staggered-field.ts';
import { componentNames, stackComponents } from '../vector.ts';

/** Differences across the faces `faces` stores along an axis, of samples at the centres. */
export function faceDifferences(values: Tensor, centers: Layout, faces: Layout, axis: string): Tensor {
  const { first, count, axis: { name, width } } = lineAlong(faces, axis);
  const around = samplesBetween(values, lineAlong(centers, axis), first - 1, first + count);
  const difference = sub(around.slice({ [name]: [1, count + 1] }), around.slice({ [name]: [0, count] }));
  return width === 1 ? difference : difference.div(width);
}

function requireScalar(operation: string, field: CenteredField): void {
  const names = componentNames(field.values);
  if (names !== undefined) throw new ComponentError(operation, [], names, 'Give a scalar field: one component of the vector.');
}

/**
 * Gradient of a scalar field at the cell centres, by central differences: the derivative along an axis at cell i is
 * (uᵢ₊₁ − uᵢ₋₁) / 2h.
 *
 * Shapes    (…, y, x) → (…, vector, y, x)
 * Units     [u] / [x]
 * Error     O(h²); O(h) in the cells beside a constant boundary where the field is curved
 */
export function gradient(field: CenteredField): CenteredField {
  requireScalar('gradient', field);
  const { grid, values } = field;
  const layout = centerLayout(grid, field.boundary);
  const parts = layout.map((line): [string, Tensor] => {
    const { name, cells, width } = line.axis;
    const around = samplesBetween(values, line, -1, cells + 1);
    return [name, sub(around.slice({ [name]: [2, cells + 2] }), around.slice({ [name]: [0, cells] })).div(2 * width)];
  });
  return new CenteredField(grid, stackComponents(Object.fromEntries(parts)), gradientBoundary(field.boundary));
}

/**
 * Gradient of a scalar field on the faces: (uᵢ − uᵢ₋₁) / h on face i. Only the divergence of this one is the compact Laplacian.
 *
 * Error     O(h²); O(h) on the sides of a constant boundary where the field is curved
 */
export function faceGradient(field: CenteredField): StaggeredField {
  requireScalar('faceGradient', field);
  const { grid, values } = field;
  const boundary = gradientBoundary(field.boundary);
  const centers = centerLayout(grid, field.boundary);
  const parts = grid.names.map((name): [string, Tensor] => [name, faceDifferences(values, centers, faceLayout(grid, boundary, name), name)]);
  return new StaggeredField(grid, Object.fromEntries(parts), boundary);
}
