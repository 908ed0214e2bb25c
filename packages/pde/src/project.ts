/** @file project: takes the divergence out of a velocity, by the pressure that does it. */
import { batch, boxOperator, rename, solveLinear, type LinearSolution, type SolveOptions, type Tensor } from '@tapeflow/tensor';
import { pressureBoundary } from './boundary/derived.ts';
import { boxAxes } from './box.ts';
import { CenteredField } from './centered-field.ts';
import { hasOpenSide, requireBalance } from './flow.ts';
import { centerLayout, withoutValues } from './layout.ts';
import { cellDifferences, divergence } from './operators/divergence.ts';
import { faceDifferences } from './operators/gradient.ts';
import type { StaggeredField } from './staggered-field.ts';

/** How the pressure is solved for. See `solveLinear`; by default fast transforms do it, unless a boundary is none that they know. */
export type ProjectOptions = Omit<SolveOptions, 'symmetric' | 'nullSpace'>;

/** A velocity without divergence, and how it was found. */
export interface Projection {
  readonly velocity: StaggeredField;
  /** p with ∇²p = ∇·u: physical pressure times dt / ρ. Its mean is 0 where it has no reference (closed and periodic boxes). */
  readonly pressure: CenteredField;
  /** Which method solved for the pressure and why, residuals, steps and advice. */
  readonly solution: LinearSolution<Tensor>;
}

/**
 * The part of a velocity without divergence: u − ∇p with ∇²p = ∇·u.
 *
 * What the pressure does at a side follows from the velocity there: no gradient across a wall or inflow, 0 half a cell outside an
 * open side, periodic where the velocity is. In boxes without an open side the mean of the pressure is 0. Entries along batch and
 * other dimensions are independent systems.
 *
 * Units     pressure [u]·[x]
 * Error     |∇·u| ≤ tolerance of the solve; exact for the discrete divergence
 * Throws    `NotConverged` unless `onFailure: 'return'`; `NetInflowError` where a box without open side has a net inflow
 * Source    [Chorin1968]
 */
export function project(velocity: StaggeredField, options: ProjectOptions = {}): Projection {
  const { grid, boundary } = velocity;
  const pressure = pressureBoundary(boundary);
  const centers = centerLayout(grid, pressure);
  const faces = Object.fromEntries(grid.names.map((name) => [name, velocity.layout(name)]));
  const slopes = (p: Tensor, name: string): Tensor => faceDifferences(p, centers, faces[name]!, name);
  // What flows through walls does not depend on the pressure: for differences these faces count as 0.
  const still = Object.fromEntries(grid.names.map((name) => [name, withoutValues(faces[name]!)]));
  const byDifferences = (p: Tensor): Tensor =>
    grid.names.map((name) => cellDifferences(slopes(p, name), still[name]!, name)).reduce((a, b) => a.add(b)).neg();
  const axes = boxAxes(centers);
  const negativeLaplacian = axes === undefined ? byDifferences : boxOperator(axes);

  // Constants have no gradient where no side is open; the mean of the divergence is then rounding, once the flow is balanced.
  const nullSpace = hasOpenSide(velocity) ? 'none' : 'constant';
  if (nullSpace === 'constant') requireBalance(velocity);
  const rightHandSide = divergence(velocity).values.neg();
  // Each entry along other dimensions is a system of its own, with its own tolerance and its own constants.
  const others = rightHandSide.dims.filter(({ name, type }) => type !== 'batch' && !grid.names.includes(name));
  const solution = solveLinear(negativeLaplacian, others.reduce((b, { name }) => rename(b, name, name, batch), rightHandSide), { name: 'pressure', ...options, symmetric: true, nullSpace });
  const p = others.reduce((value, { name, type }) => rename(value, name, name, () => ({ type })), solution.value);
  const corrected = velocity.mapSamples((u, _layout, name) => u.sub(slopes(p, name)));
  return { velocity: corrected, pressure: new CenteredField(grid, p, pressure), solution };
}

/** The largest |∇·u| in any cell: what is left after a projection. */
export function largestDivergence(velocity: StaggeredField): number {
  return divergence(velocity).values.view((data) => {
    let largest = 0;
    for (const value of data) largest = Math.max(largest, Math.abs(value));
    return largest;
  });
}

