/** @file laplacian: the sum of second derivatives. */
import { add, sub, type Tensor } from '@tapeflow/tensor';
import { homogeneous } from '../boundary/derived.ts';
import type { CenteredField } from '../centered-field.ts';
import type { Layout } from '../layout.ts';
import { samplesBetween } from '../resample.ts';
import { StaggeredField } from '../staggered-field.ts';

/** Σ (uᵢ₊₁ − 2uᵢ + uᵢ₋₁) / h² over the axes, of the samples of one component. */
export function laplacianOf(values: Tensor, layout: Layout): Tensor {
  const terms = layout.map((line) => {
    const { axis: { name, width }, first, count } = line;
    const around = samplesBetween(values, line, first - 1, first + count + 1);
    const neighbours = add(around.slice({ [name]: [0, count] }), around.slice({ [name]: [2, count + 2] }));
    const second = sub(neighbours, values.mul(2));
    return width === 1 ? second : second.div(width ** 2);
  });
  return terms.reduce((a, b) => add(a, b));
}

/**
 * The Laplacian ∇²u of a field, component by component, at its own samples: (uᵢ₊₁ − 2uᵢ + uᵢ₋₁) / h² along each axis.
 *
 * Shapes    as the field
 * Units     [u] / [x]²
 * Error     O(h²) inside; O(1) in the cells next to a constant boundary, which leaves solutions of Poisson problems O(h²)
 */
export function laplacian<F extends CenteredField | StaggeredField>(field: F): F {
  const boundary = homogeneous(field.boundary);
  if (field instanceof StaggeredField) {
    return new StaggeredField(field.grid, field.mapSamples((values, layout) => laplacianOf(values, layout)).components, boundary) as F;
  }
  return (field as CenteredField).mapSamples((values, layout) => laplacianOf(values, layout)).withBoundary(boundary) as F;
}
