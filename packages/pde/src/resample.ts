/** @file Between centres and faces: averages of the samples next to each other, second order in the cell width. */
import { mul, add, type Tensor } from '@tapeflow/tensor';
import type { Boundary } from './boundary/boundary.ts';
import { CenteredField } from './centered-field.ts';
import { centerLayout, faceLayout, type Layout, type Line } from './layout.ts';
import { padLine } from './pad.ts';
import { StaggeredField } from './staggered-field.ts';
import { componentNames, stackComponents } from './vector.ts';

/** Samples with indices `from` … `to` (without `to`) along a line, counted from the lower side; those that are not stored come from the boundary. */
export function samplesBetween(values: Tensor, line: Line, from: number, to: number): Tensor {
  const low = Math.max(line.first - from, 0);
  const high = Math.max(to - (line.first + line.count), 0);
  const padded = low + high === 0 ? values : padLine(values, line, low, high);
  const start = from - (line.first - low);
  const size = line.count + low + high;
  return start === 0 && to - from === size ? padded : padded.slice({ [line.axis.name]: [start, start + to - from] });
}

/** Samples of a component at the positions of another layout of the same grid. */
export function resample(values: Tensor, from: Layout, to: Layout): Tensor {
  return from.reduce((samples, line, k) => resampleLine(samples, line, to[k]!), values);
}

function resampleLine(values: Tensor, from: Line, to: Line): Tensor {
  const { first, count } = to;
  if (from.position === to.position) return samplesBetween(values, from, first, first + count);
  // Face i lies between the centres i − 1 and i; centre i between the faces i and i + 1.
  const start = to.position === 'face' ? first - 1 : first;
  const around = samplesBetween(values, from, start, start + count + 1);
  const { name } = from.axis;
  return mul(0.5, add(around.slice({ [name]: [0, count] }), around.slice({ [name]: [1, count + 1] })));
}

/** Components at the positions of a layout, from a vector field of the same grid. */
export function componentsAt(vector: CenteredField | StaggeredField, layout: Layout): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(vector.grid.names.map((name) => [name, resample(vector.component(name), layoutOf(vector, name), layout)]));
}

/** Where the samples of a component are. */
export function layoutOf(vector: CenteredField | StaggeredField, name: string): Layout {
  if (vector instanceof StaggeredField) return vector.layout(name);
  return centerLayout(vector.grid, vector.boundary, componentNames(vector.values) === undefined ? undefined : name);
}

/**
 * A staggered field at the cell centres, as a vector.
 *
 * Error     O(h²)
 */
export function toCenters(field: StaggeredField): CenteredField {
  const layout = centerLayout(field.grid, field.boundary, field.grid.names[0]);
  return new CenteredField(field.grid, stackComponents(componentsAt(field, layout)), field.boundary);
}

/**
 * A centred field on the faces: a vector component by component, a scalar on the faces of every axis. The boundary of the
 * result, by default the field's own, decides which faces are stored.
 *
 * Error     O(h²)
 */
export function toFaces(field: CenteredField, boundary: Boundary = field.boundary): StaggeredField {
  const { grid } = field;
  const isVector = componentNames(field.values) !== undefined;
  const faces = grid.names.map((name): [string, Tensor] => {
    const from = centerLayout(grid, field.boundary, isVector ? name : undefined);
    return [name, resample(isVector ? field.component(name) : field.values, from, faceLayout(grid, boundary, name))];
  });
  return new StaggeredField(grid, Object.fromEntries(faces), boundary);
}
