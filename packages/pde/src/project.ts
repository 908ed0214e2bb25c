/** @file project: takes the divergence out of a velocity, by the pressure that does it. */
import { solveLinear, type LinearSolution, type SolveOptions, type Tensor } from '@tapeflow/tensor';
import type { Boundary, End, Side } from './boundary/boundary.ts';
import { pressureBoundary } from './boundary/derived.ts';
import { CenteredField } from './centered-field.ts';
import type { Grid } from './grid.ts';
import { centerLayout, type Layout } from './layout.ts';
import { cellDifferences, divergence } from './operators/divergence.ts';
import { faceDifferences } from './operators/gradient.ts';
import type { StaggeredField } from './staggered-field.ts';

/** How the pressure is solved for. See `solveLinear`; the system is symmetric, so conjugate gradients are the default. */
export type ProjectOptions = Omit<SolveOptions, 'symmetric' | 'nullSpace'>;

/** A velocity without divergence, and how it was found. */
export interface Projection {
  readonly velocity: StaggeredField;
  /** p with ∇²p = ∇·u: physical pressure times dt / ρ. Its mean is 0 where it has no reference (closed and periodic boxes). */
  readonly pressure: CenteredField;
  /** Residuals, steps and advice of the solve. */
  readonly solution: LinearSolution<Tensor>;
}

/**
 * The part of a velocity without divergence: u − ∇p with ∇²p = ∇·u.
 *
 * What the pressure does at a side follows from the velocity there: no gradient across a wall or inflow, 0 half a cell outside an
 * open side, periodic where the velocity is. In boxes without an open side constants are projected out of the pressure.
 *
 * Units     pressure [u]·[x]
 * Error     |∇·u| ≤ tolerance of the solve; exact for the discrete divergence
 * Throws    `NotConverged` unless `onFailure: 'return'`; `InconsistentSystem` where a closed box has a net inflow
 * Source    [Chorin1968]
 */
export function project(velocity: StaggeredField, options: ProjectOptions = {}): Projection {
  const { grid, boundary } = velocity;
  const pressure = pressureBoundary(boundary);
  const centers = centerLayout(grid, pressure);
  const faces = Object.fromEntries(grid.names.map((name) => [name, velocity.layout(name)]));
  // What flows through walls does not depend on the pressure: for differences these faces count as 0.
  const still = Object.fromEntries(grid.names.map((name) => [name, withoutValues(faces[name]!)]));
  const slopes = (p: Tensor, name: string): Tensor => faceDifferences(p, centers, faces[name]!, name);
  const negativeLaplacian = (p: Tensor): Tensor =>
    grid.names.map((name) => cellDifferences(slopes(p, name), still[name]!, name)).reduce((a, b) => a.add(b)).neg();

  const solution = solveLinear(negativeLaplacian, divergence(velocity).values.neg(), { ...options, symmetric: true, nullSpace: nullSpaceOf(grid, boundary) });
  const p = solution.value;
  const corrected = velocity.mapSamples((u, _layout, name) => u.sub(slopes(p, name)));
  return { velocity: corrected, pressure: new CenteredField(grid, p, pressure), solution };
}

function withoutValues(layout: Layout): Layout {
  return layout.map((line) => ({ ...line, lower: line.lower.homogeneous(), upper: line.upper.homogeneous() }));
}

/** Constants have no gradient where no side is open. With flow through the walls, what flows in must be what flows out, which the solve finds out. */
function nullSpaceOf(grid: Grid, boundary: Boundary): 'none' | 'constant' | 'auto' {
  const ends: readonly End[] = ['lower', 'upper'];
  const normal = grid.names.flatMap((axis) => ends.map((end): Side => boundary.side(axis, end, axis)));
  const isOpen = normal.some((side) => side.storesFace && side.name !== 'periodic');
  if (isOpen) return 'none';
  return normal.every((side) => side.name === 'periodic' || side.isZero('face')) ? 'constant' : 'auto';
}

/** The largest |∇·u| in any cell: what is left after a projection. */
export function largestDivergence(velocity: StaggeredField): number {
  return divergence(velocity).values.view((data) => {
    let largest = 0;
    for (const value of data) largest = Math.max(largest, Math.abs(value));
    return largest;
  });
}

