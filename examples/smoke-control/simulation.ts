/** @file The simulation: smoke in a closed box, carried by a velocity that forces push. One cell and one step are the units. */

import { expand, instance, l2, mul, scan, tensor, zerosLike, type Scalar, type Tensor } from '@tapeflow/tensor';
import { advect, centered, grid, project, staggered, toCenters, wall, zeroGradient, type CenteredField, type StaggeredField } from '@tapeflow/pde';
import { massOf } from './density.ts';
import type { VectorCells } from './finished-run.ts';
import { AVERAGING_LEVELS } from './options.ts';

/** Weight of the force in the loss: small, so that smoke goes the cheap way where several lead to the target. */
const FORCE_WEIGHT = 1e-3;

/** Relative residual of the pressure solve: what is left of a divergence of 1 is 1e-4 per step, far below one grey level. */
export const PRESSURE_TOLERANCE = 1e-4;

/** Smoke and how it moves. */
export interface Plume {
  readonly smoke: CenteredField;
  /** Free of divergence. */
  readonly velocity: StaggeredField;
}

/** What is to be reached from where. */
export interface Problem {
  readonly start: Plume;
  readonly target: Tensor<'x' | 'y'>;
  /** Of the target and, since the flow is incompressible, of the smoke. */
  readonly mass: number;
  /** Relative residual at which the pressure solves stop. */
  readonly pressureTolerance: number;
}

/**
 * The problem for a starting density and a target.
 *
 * Shapes  start, target n×n, [y][x] with row 0 at the bottom
 */
export function makeProblem(n: number, start: ArrayLike<number>, target: ArrayLike<number>): Problem {
  const box = grid({ x: n, y: n });
  const density = (values: ArrayLike<number>): Tensor<'x' | 'y'> => tensor({ y: n, x: n }, values);
  return {
    start: { smoke: centered(box, density(start), { boundary: zeroGradient }), velocity: staggered(box, 0, { boundary: wall }) },
    target: density(target),
    mass: massOf(target),
    pressureTolerance: PRESSURE_TOLERANCE,
  };
}

/** Dimension of the forces along which the time steps lie. */
export const STEP = 'step';

/** No force, on every face and in every step: where the search begins. Its components are (step, y, x). */
export function noForces({ start: { velocity } }: Problem, steps: number): StaggeredField {
  return velocity.mapSamples((values) => expand(zerosLike(values), STEP, instance(steps)));
}

/** The forces of one step. */
export function forceAt(forces: StaggeredField, k: number): StaggeredField {
  return forces.mapSamples((values) => values.at({ [STEP]: k }));
}

const stepsOf = (forces: StaggeredField): number => Object.values(forces.components)[0]!.sizes[STEP]!;

/** One step: ∂u/∂t = −(u·∇)u + f − ∇p with ∇·u = 0, then ∂s/∂t = −(u·∇)s. */
export function step({ smoke, velocity }: Plume, force: StaggeredField, pressureTolerance: number): Plume {
  const moved = advect.semiLagrangian(velocity, velocity, 1); // −(u·∇)u
  const pushed = moved.add(force); // f
  const next = project(pushed, { relative: pressureTolerance }).velocity; // −∇p so that ∇·u = 0
  return { smoke: advect.macCormack(smoke, next, 1), velocity: next };
}

/** The start and what follows after each force. */
export function simulate({ start, pressureTolerance }: Problem, forces: StaggeredField): Plume[] {
  const states = [start];
  for (let k = 0; k < stepsOf(forces); k++) states.push(step(states[k]!, forceAt(forces, k), pressureTolerance));
  return states;
}

/**
 * How far from the target the smoke ends: the squared error summed over averaging levels, so that smoke far from where it should be
 * is drawn there, plus a little for the force, per mass.
 */
export function lossOf(problem: Problem, forces: StaggeredField): Scalar {
  const { start, pressureTolerance } = problem;
  const [{ smoke }] = scan((plume: Plume, force: StaggeredField) => [step(plume, force, pressureTolerance), undefined], start, forces, { along: STEP });
  const error = smoke.values.sub(problem.target);
  return mul(multiscale(error).add(squares(forces).mul(FORCE_WEIGHT)) as Scalar, 1 / problem.mass) as Scalar;
}

/** Σ over levels of 4ˡ Σ e², where each level averages cells 2×2: a shift that a level cannot see weighs fourfold in the next. */
function multiscale(error: Tensor): Scalar {
  let level = error;
  let total = squared(level);
  for (let k = 1; k < AVERAGING_LEVELS; k++) {
    level = halved(halved(level, 'x'), 'y');
    total = total.add(mul(squared(level), 4 ** k) as Scalar);
  }
  return total;
}

const squared = (t: Tensor): Scalar => mul(l2(t as Tensor<never>), 2);

function halved(t: Tensor, name: string): Tensor {
  const size = t.sizes[name]!;
  const every = (from: number): Tensor => t.slice({ [name]: { from, to: size, step: 2 } });
  return every(0).add(every(1)).mul(0.5);
}

function squares(forces: StaggeredField): Scalar {
  return Object.values(forces.components).map(squared).reduce((a, b) => a.add(b));
}

/** Root of the sum of squares over all faces and steps [cells per step²]. */
export function forceOf(forces: StaggeredField): number {
  return Math.sqrt(squares(forces).item());
}

/** A vector at the cell centres, to be drawn. */
export function atCenters(field: StaggeredField): VectorCells {
  const { values } = toCenters(field);
  const part = (name: string): ArrayLike<number> => values.at({ vector: name } as Record<string, string>).data;
  return { x: part('x'), y: part('y') };
}

