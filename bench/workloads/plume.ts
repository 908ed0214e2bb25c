/**
 * @file The smoke plume of PhiFlow's examples: smoke on 200 × 200 cells, a velocity on 64 × 64, MacCormack and semi-Lagrangian advection,
 * buoyancy, an exact or iterative pressure; one step from a state in which the plume has risen.
 */
import { mean, mul, type Tensor } from '@tapeflow/tensor';
import { advect, box, centered, grid, largestDivergence, positionsOf, project, sample, softMask, sphere, staggered, wall, zeroGradient, type CenteredField, type ProjectOptions, type StaggeredField } from '@tapeflow/pde';
import { rounded, workload, type Group, type Workload } from './workload.ts';

interface Plume {
  readonly smoke: CenteredField;
  readonly velocity: StaggeredField;
}

const RISING = 20;

/** The plume, with the pressure by default and by conjugate gradients, in both cases to 1e-3. */
export const plume: Group = (jit) => {
  const bounds = box({ x: [0, 100], y: [0, 100] });
  const fine = grid({ x: 200, y: 200 }, bounds);
  const coarse = grid({ x: 64, y: 64 }, bounds);
  const inflow = softMask(sphere({ x: 50, y: 9.5 }, 5), fine).mul(0.2);
  const start: Plume = { smoke: centered(fine, 0, { boundary: zeroGradient }), velocity: staggered(coarse, 0, { boundary: wall }) };
  const step = ({ smoke, velocity }: Plume, dt: number, options: ProjectOptions): Plume => {
    const carried = advect.macCormack(smoke, velocity, dt);
    const smoke1 = carried.mapSamples((values) => values.add(inflow)) as CenteredField;
    const moved = advect.semiLagrangian(velocity, velocity, dt);
    const lifted = moved.mapSamples((values, layout, name) => (name === 'y' ? values.add(mul(dt, sample(smoke1, positionsOf(layout)).mul(0.1)) as Tensor) : values));
    return { smoke: smoke1, velocity: project(lifted, options).velocity };
  };
  return ([['auto', {}], ['CG', { method: 'cg' }]] as const).map(([name, method]): Workload => {
    const formula = (before: Plume): Plume => step(before, 1, { relative: 1e-3, ...method });
    const [one, rise] = [jit(formula), jit(formula, { results: 'kept' })];
    let risen = start;
    for (let k = 0; k < RISING; k++) risen = rise(risen);
    return workload({
      task: 'plume step',
      params: name,
      inputs: () => risen,
      run: one,
      check: ({ smoke, velocity }) => ({ mass: rounded(mean(smoke.values).item()), divergence: Number(largestDivergence(velocity).toPrecision(1)) }),
    });
  });
};
