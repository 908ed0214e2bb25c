/** @file Burgers' equation along a circle, ∂u/∂t = −u ∂u/∂x + ν ∂²u/∂x², and the loss of an initial state. */

import { mean, scan, sin, square, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { advect, box, centered, diffuse, grid, periodic, type CenteredField, type Grid } from '@tapeflow/pde';
import { referenceState } from './reference.ts';

/** Time steps of the simulation, from t = 0 to 1. */
export const STEPS = 32;
/** The step, t = 0.5, at which the state is known. */
export const KNOWN_STEP = STEPS / 2;

const DT = 1 / STEPS;

/** A state to be explained by an initial one. */
export interface Problem {
  readonly domain: Grid;
  readonly viscosity: number;
  /** u at t = 0.5. */
  readonly target: Tensor<'x'>;
}

/** The problem on a number of cells that divides 128. */
export function makeProblem(cells: number): Problem {
  return {
    domain: grid({ x: cells }, box({ x: [-1, 1] })),
    viscosity: 0.01 / (Math.PI * cells),
    target: tensor({ x: cells }, referenceState(cells)),
  };
}

/** One step: ∂u/∂t = ν ∂²u/∂x², then ∂u/∂t = −u ∂u/∂x. */
export function step(u: CenteredField, { viscosity }: Problem): CenteredField {
  const diffused = diffuse.explicit(u, viscosity, DT); // ν ∂²u/∂x²
  return advect.semiLagrangian(diffused, diffused, DT); // −u ∂u/∂x
}

/** The initial state and what follows after each step. */
export function simulate(problem: Problem, start: CenteredField): CenteredField[] {
  const states = [start];
  for (let k = 0; k < STEPS; k++) states.push(step(states[k]!, problem));
  return states;
}

/** Mean squared error at t = 0.5. */
export function lossOf(problem: Problem, start: CenteredField): Scalar {
  const [known] = scan((u: CenteredField) => [step(u, problem), undefined], start, KNOWN_STEP);
  return mean(square(known.values.sub(problem.target)) as Tensor<'x'>, 'x');
}

/** The state of rest, from which the search begins. */
export function atRest({ domain }: Problem): CenteredField {
  return centered(domain, 0, { boundary: periodic });
}

/** −sin πx: the initial state from which the known one is said to come. */
export function trueStart({ domain }: Problem): CenteredField {
  return centered(domain, ({ x }) => sin((x as Tensor<'x'>).mul(Math.PI)).neg(), { boundary: periodic });
}
