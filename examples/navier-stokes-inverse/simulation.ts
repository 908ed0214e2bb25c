/** @file Smoke that rises from four inflows, each in a box of its own, and the loss of the velocities with which they begin. */

import { stopGradient } from '@tapeflow/autodiff';
import { batch, expand, l2, scan, stack, sum, zerosLike, type Scalar, type Tensor } from '@tapeflow/tensor';
import { advect, buoyancy, centered, constant, grid, hardMask, project, sphere, staggered, zeroGradient, type Boundary, type CenteredField, type StaggeredField } from '@tapeflow/pde';

/** The dimension along which the simulations lie side by side. */
export const MEMBER = 'member';

/** Where smoke flows in, in a box of 32 by 40. The last simulation is the reference. */
export const INFLOWS: readonly { readonly x: number; readonly y: number }[] = [
  { x: 12, y: 4 },
  { x: 13, y: 6 },
  { x: 14, y: 5 },
  { x: 16, y: 5 },
];
/** Radius of an inflow, and the density it adds in every step. */
const RADIUS = 3;
const STRENGTH = 1 / 3;
/** Acceleration per unit of density. */
const LIFT = 1;

/** The fluid is at rest half a cell outside the box, as in the published experiment; what passes the walls is 0 exactly. */
const still: Boundary = constant(0, { at: 'ghost' });

/** Smoke and how it moves: every tensor has the dimension `member`. */
export interface Plume {
  readonly smoke: CenteredField;
  readonly velocity: StaggeredField;
}

/** What all simulations share, and what they begin with but for the velocity. */
export interface Problem {
  /** Density that each inflow adds in a step. */
  readonly inflow: CenteredField;
  readonly steps: number;
  /** Relative residual at which pressure solves stop. */
  readonly tolerance: number;
}

/** The problem on a box of so many cells along x, a cell being 1 wide; lengths grow with it. */
export function makeProblem(cells: number, steps: number, tolerance: number): Problem {
  const scale = cells / 32;
  const domain = grid({ x: cells, y: (5 * cells) / 4 });
  const discs = INFLOWS.map(({ x, y }) => hardMask(sphere({ x: x * scale, y: y * scale }, RADIUS * scale), domain));
  return { inflow: centered(domain, stack(discs, MEMBER, batch).mul(STRENGTH), { boundary: zeroGradient }), steps, tolerance };
}

/** No velocity, in every simulation: where the search begins. */
export function atRest({ inflow }: Problem): StaggeredField {
  return staggered(inflow.grid, 0, { boundary: still }).mapSamples((u) => expand(u, MEMBER, batch(INFLOWS.length)));
}

/** One step: ∂s/∂t = −(u·∇)s + inflow, then ∂u/∂t = −(u·∇)u + buoyancy − ∇p with ∇·u = 0. */
export function step({ smoke, velocity }: Plume, { inflow, tolerance }: Problem): Plume {
  const fed = advect.macCormack(smoke, velocity, 1).add(inflow);
  const moved = advect.semiLagrangian(velocity, velocity, 1); // −(u·∇)u
  const lifted = moved.add(buoyancy(fed, velocity, { y: LIFT })); // buoyancy
  return { smoke: fed, velocity: project(lifted, { relative: tolerance }).velocity }; // −∇p so that ∇·u = 0
}

/** The end of all simulations that begin with these velocities, without smoke. */
export function simulate(problem: Problem, velocity: StaggeredField): Plume {
  const start: Plume = { smoke: problem.inflow.with(zerosLike(problem.inflow.values)), velocity };
  const [end] = scan((plume: Plume) => [step(plume, problem), undefined], start, problem.steps);
  return end;
}

/** Half the squared difference of the smoke from that of the reference, which counts as given, over all cells and simulations. */
export function lossOf(problem: Problem, velocity: StaggeredField): Scalar {
  const smoke = simulate(problem, velocity).smoke.values as Tensor<typeof MEMBER | 'x' | 'y'>;
  const wanted = stopGradient(smoke.at({ [MEMBER]: -1 }));
  return sum(l2(smoke.sub(wanted), ['y', 'x']), MEMBER);
}

/** One simulation of a velocity. */
export function memberOf(velocity: StaggeredField, k: number): StaggeredField {
  return velocity.mapSamples((u) => u.at({ [MEMBER]: k }));
}

/** Largest absolute value on any face. */
export function largestOf(velocity: StaggeredField): number {
  return Math.max(...Object.values(velocity.components).map((u) => Array.from(u.data).reduce((most, value) => Math.max(most, Math.abs(value)), 0)));
}
