/** @file Burgers' equation on a coarse grid, and on one eight times as fine that counts as the truth. */

import { batch, foldKey, jit, mul, randomNormal, randomUniform, sin, zeros, type Key, type Tensor } from '@tapeflow/tensor';
import { advect, box, centered, diffuse, grid, periodic, type Grid } from '@tapeflow/pde';

/** Velocities of many simulations. */
export type State = Tensor<'batch' | 'x'>;

/** Steps of a simulation, and how long one is. */
export const STEPS = 48;
const DT = 1 / 32;
const VISCOSITY = 0.01;

/** Fine cells per coarse one, and fine steps per coarse one. */
const REFINEMENT = 8;
/** Waves that the initial states are made of. */
const WAVES = 3;

const circle = (cells: number): Grid => grid({ x: cells }, box({ x: [-1, 1] }));

/** One step of ∂u/∂t = −u ∂u/∂x + ν ∂²u/∂x²: explicit diffusion, then semi-Lagrangian advection. */
function step(u: State, domain: Grid, dt: number): State {
  const { width } = domain.axes[0]!;
  const substeps = Math.ceil((2 * VISCOSITY * dt) / width ** 2); // the fewest that are stable
  const diffused = diffuse.explicit(centered(domain, u, { boundary: periodic }), VISCOSITY, dt, { substeps }); // ν ∂²u/∂x²
  return advect.semiLagrangian(diffused, diffused, dt).values as Tensor<never> as State; // −u ∂u/∂x
}

/** One step of the coarse solver. */
export function coarseStep(u: State): State {
  return step(u, circle(u.sizes['x']!), DT);
}

/** The truth on the coarse grid: random initial states, and what follows after each step, by the fine solver. */
export function references(cells: number, simulations: number, key: Key): State[] {
  const domain = circle(cells * REFINEMENT);
  const advance = jit((u: State): State => {
    let next = u;
    for (let k = 0; k < REFINEMENT; k++) next = step(next, domain, DT / REFINEMENT);
    return next;
  });
  const states = [randomStates(domain, simulations, key)];
  for (let k = 0; k < STEPS; k++) states.push(advance(states[k]!));
  return states.map(averaged);
}

/** Sums of a few waves of random size and phase. */
function randomStates(domain: Grid, simulations: number, key: Key): State {
  const x = domain.centers()['x'] as Tensor<'x'>;
  let u: State = zeros({ batch: batch(simulations), x: domain.size });
  for (let wave = 1; wave <= WAVES; wave++) {
    const size = randomNormal({ batch: batch(simulations) }, foldKey(key, 2 * wave), { deviation: 0.6 / wave });
    const phase = randomUniform({ batch: batch(simulations) }, foldKey(key, 2 * wave + 1), { high: 2 * Math.PI });
    u = u.add(mul(size, sin(x.mul(wave * Math.PI).add(phase))));
  }
  return u;
}

/** Means over the fine cells of each coarse one. */
function averaged(u: State): State {
  const to = u.sizes['x']!;
  const parts = Array.from({ length: REFINEMENT }, (_, from): State => u.slice({ x: { from, to, step: REFINEMENT } }));
  return parts.reduce((a, b) => a.add(b)).mul(1 / REFINEMENT);
}
