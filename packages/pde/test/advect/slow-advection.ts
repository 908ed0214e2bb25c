/** @file A slow second opinion on advection: one sample at a time, from the formulas in the docstrings. */
import { StaggeredField, type CenteredField } from '../../src/index.ts';
import { centerLayout, startOf, type Layout } from '../../src/layout.ts';
import { neighboursOf, reader, valueAt } from '../continuation.ts';
import { flat } from '../support.ts';

type Point = Readonly<Record<string, number>>;

/** Every sample of a layout in the order of storage, in cells. */
function pointsOf(layout: Layout): Point[] {
  return [...layout].reverse().reduce<Point[]>((points, line) => points.flatMap((point) => Array.from({ length: line.count }, (_, k) => ({ ...point, [line.axis.name]: startOf(line) + k }))), [{}]);
}

function partsOf(field: CenteredField | StaggeredField): { values: number[]; layout: Layout }[] {
  if (field instanceof StaggeredField) return field.grid.names.map((name) => ({ values: flat(field.component(name)), layout: field.layout(name) }));
  return [{ values: flat(field), layout: centerLayout(field.grid, field.boundary) }];
}

/** Semi-Lagrangian or, with a strength, MacCormack advection on the grid of the velocity, all samples one after another. */
export function slowAdvection(field: CenteredField | StaggeredField, velocity: StaggeredField, dt: number, strength?: number): number[] {
  const velocityAt = (point: Point): Point => Object.fromEntries(velocity.grid.axes.map(({ name, width }) => [name, valueAt(velocity.layout(name), point, reader(flat(velocity.component(name)), velocity.layout(name))) / width]));
  return partsOf(field).flatMap(({ values, layout }) => {
    const points = pointsOf(layout);
    const velocities = points.map(velocityAt);
    const moved = (k: number, time: number): Point => Object.fromEntries(layout.map(({ axis: { name } }) => [name, points[k]![name]! + time * velocities[k]![name]!]));
    const there = points.map((_, k) => valueAt(layout, moved(k, -dt), reader(values, layout)));
    if (strength === undefined) return there;
    return points.map((_, k) => {
      const back = valueAt(layout, moved(k, dt), reader(there, layout));
      const corrected = there[k]! + 0.5 * strength * (values[k]! - back);
      const around = neighboursOf(layout, moved(k, -dt), reader(values, layout)).map(({ value }) => value);
      return Math.min(Math.max(corrected, Math.min(...around)), Math.max(...around));
    });
  });
}
