/** @file Values of a field anywhere: linear between its samples, continued past its edges by its boundary. */
import { add, clip, greater, interpolateStencil, less, maximum, minimum, mod, mul, select, stencilAt, sub, type Stencil, type Tensor } from '@tapeflow/tensor';
import type { Side } from './boundary/boundary.ts';
import { CenteredField } from './centered-field.ts';
import { GridError } from './errors.ts';
import type { Points } from './geometry.ts';
import type { Grid } from './grid.ts';
import { isPeriodic, startOf, type Layout, type Line } from './layout.ts';
import { padSamples } from './pad.ts';
import type { StaggeredField } from './staggered-field.ts';
import { stackComponents } from './vector.ts';

/** Positions in units of cells, 0 at the lower side of the grid, one tensor per axis. */
export type CellPositions = Readonly<Record<string, Tensor>>;

/**
 * The samples around positions, as the boundary continues them. Past an edge the field is interpolated as far as the boundary
 * says (a wall: up to the value on it, which is the last sample there) and constant from there on; periodic axes are wound up,
 * mirrors reflect once, all that is on their other side.
 */
export function stencilOf(values: Tensor, layout: Layout, positions: CellPositions): Stencil {
  const limited = layout.map((line): Line => ({ ...line, lower: line.lower.limit(), upper: line.upper.limit() }));
  const padded = padSamples(values, limited, layout.map((line) => (isPeriodic(line) ? [0, 1] : [limitsAt(line.lower, line), limitsAt(line.upper, line)])));
  let sign: Tensor | undefined;
  const coordinates = layout.map((line): [string, Tensor] => {
    const found = coordinateOn(line, positions[line.axis.name]!);
    if (found.sign !== undefined) sign = sign === undefined ? found.sign : sign.mul(found.sign);
    return [line.axis.name, found.coordinate];
  });
  const stencil = stencilAt(padded, Object.fromEntries(coordinates));
  return sign === undefined ? stencil : { ...stencil, values: stencil.values.map((value) => value.mul(sign!)) };
}

const limitsAt = (side: Side, { position }: Line): number => (side.reach(position) > 0 ? 1 : 0);

/** Position among the padded samples of a line, and −1 where an antisymmetric side turned the value around. */
function coordinateOn(line: Line, cells: Tensor): { coordinate: Tensor; sign?: Tensor } {
  const { count, lower, upper, axis, position } = line;
  let q: Tensor = sub(cells, startOf(line));
  if (isPeriodic(line)) return { coordinate: mod(q, count) };
  const signs: Tensor[] = [];
  const unfolded = q;
  const fold = (side: Side, edge: number, isBeyond: (x: Tensor, y: number) => Tensor): void => {
    if (side.mirror === 0) return;
    const beyond = isBeyond(unfolded, edge);
    if (side.mirror < 0) signs.push(select(beyond, -1, 1));
    q = select(beyond, sub(2 * edge, q), q);
  };
  fold(lower, -startOf(line), less);
  fold(upper, axis.cells - startOf(line), greater);
  const [below, above] = [lower.reach(position), upper.reach(position)];
  const last = count - 1;
  q = clip(q, -below, last + above);
  // The limit is stored one sample further out, but may be nearer than that.
  if (below > 0 && below < 1) q = add(q, mul(1 / below - 1, minimum(q, 0)));
  if (above > 0 && above < 1) q = add(q, mul(1 / above - 1, maximum(sub(q, last), 0)));
  const coordinate = below > 0 ? q.add(1) : q;
  return signs.length === 0 ? { coordinate } : { coordinate, sign: signs.reduce((a, b) => a.mul(b)) };
}

/** Physical coordinates in units of cells. Throws `GridError` where an axis is missing. */
export function cellPositions(grid: Grid, points: Points): CellPositions {
  return Object.fromEntries(
    grid.axes.map(({ name, lower, width }) => {
      const x = points[name];
      if (x === undefined) throw new GridError('sample', name, Object.keys(points), `the points have coordinates along ${Object.keys(points).join(', ')}, but none along '${name}'.`, 'Give one coordinate per axis of the grid.');
      const offset = lower === 0 ? (x as Tensor) : (x as Tensor).sub(lower);
      return [name, width === 1 ? offset : offset.div(width)];
    }),
  );
}

/** Values of one component at positions in units of cells. */
export function sampleComponent(values: Tensor, layout: Layout, positions: CellPositions): Tensor {
  return interpolateStencil(stencilOf(values, layout, positions));
}

/**
 * Values of a field at points, given by their coordinates along each axis, in the units of the grid. Vectors give vectors.
 * Differentiable in the field and in the points. Outside the grid it goes on as its boundary says: at the value on a wall, or at
 * the last sample where it has no gradient; around on a circle; as the mirror image, once.
 *
 * Shapes    field (…, y, x), points { x: (p), y: (p) } → (…, p)
 * Error     O(h²) inside
 */
export function sample(field: CenteredField | StaggeredField, points: Points): Tensor {
  const positions = cellPositions(field.grid, points);
  if (field instanceof CenteredField) return field.combineSamples((values, layout) => sampleComponent(values, layout, positions));
  return stackComponents(Object.fromEntries(field.grid.names.map((name) => [name, sampleComponent(field.component(name), field.layout(name), positions)])));
}

