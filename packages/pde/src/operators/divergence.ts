/** @file divergence: how much flows out of each cell. */
import { add, sub, type Tensor } from '@tapeflow/tensor';
import { zeroGradient } from '../boundary/constant.ts';
import { divergenceBoundary } from '../boundary/derived.ts';
import { CenteredField } from '../centered-field.ts';
import { lineAlong, type Layout } from '../layout.ts';
import { layoutOf, samplesBetween } from '../resample.ts';
import { StaggeredField } from '../staggered-field.ts';

/** Differences along an axis between the two faces of each cell. */
export function cellDifferences(values: Tensor, faces: Layout, axis: string): Tensor {
  const line = lineAlong(faces, axis);
  const { name, cells, width } = line.axis;
  const all = samplesBetween(values, line, 0, cells + 1);
  const difference = sub(all.slice({ [name]: [1, cells + 1] }), all.slice({ [name]: [0, cells] }));
  return width === 1 ? difference : difference.div(width);
}

function centralDifferences(values: Tensor, centers: Layout, axis: string): Tensor {
  const line = lineAlong(centers, axis);
  const { name, cells, width } = line.axis;
  const around = samplesBetween(values, line, -1, cells + 1);
  return sub(around.slice({ [name]: [2, cells + 2] }), around.slice({ [name]: [0, cells] })).div(2 * width);
}

/**
 * Divergence of a vector field at the cell centres: of a staggered one what leaves through the faces of each cell, exactly; of a
 * centred one by central differences.
 *
 * Shapes    staggered (…, y, x) per component, or centred (…, vector, y, x) → (…, y, x)
 * Units     [u] / [x]
 * Error     O(h²)
 */
export function divergence(field: StaggeredField | CenteredField): CenteredField {
  const differences = field instanceof StaggeredField ? cellDifferences : centralDifferences;
  const terms = field.grid.names.map((name) => differences(field.component(name), layoutOf(field, name), name));
  return new CenteredField(field.grid, terms.reduce((a, b) => add(a, b)), divergenceBoundary(field.boundary, zeroGradient));
}
