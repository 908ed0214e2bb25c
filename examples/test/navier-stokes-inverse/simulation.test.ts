/** @file Four plumes at once: each as if alone, the reference without gradient, incompressible flow, mirror symmetry, the published start. */
import { grad } from '@tapeflow/autodiff';
import { jit, precision, type Tensor } from '@tapeflow/tensor';
import { largestDivergence, type StaggeredField } from '@tapeflow/pde';
import { expect, test } from 'vitest';
import { atRest, INFLOWS, largestOf, lossOf, makeProblem, MEMBER, memberOf, simulate, step, type Plume } from '../../navier-stokes-inverse/simulation.ts';

const double = <R>(body: () => R) => (): R => precision(64, body);
const member = (t: Tensor, k: number): Float64Array => t.at({ [MEMBER]: k } as Record<string, number>).data as Float64Array;

test('at the published size the loss of the start is the published one, 298.29, to a thousandth', double(() => {
  // The same up to what a pressure solve to a relative residual of 1e-3 leaves open.
  const problem = makeProblem(32, 20, 1e-3);
  const loss = jit((velocity: StaggeredField) => lossOf(problem, velocity))(atRest(problem)).item();
  expect(Math.abs(loss / 298.29 - 1)).toBeLessThan(1e-3);
}));

test('the gradient of the reference is exactly 0, the others have one', double(() => {
  const problem = makeProblem(12, 6, 1e-3);
  const gradient = jit(grad((velocity: StaggeredField) => lossOf(problem, velocity)))(atRest(problem));
  INFLOWS.forEach((_, k) => {
    if (k === INFLOWS.length - 1) expect(largestOf(memberOf(gradient, k))).toBe(0);
    else expect(largestOf(memberOf(gradient, k))).toBeGreaterThan(1e-4);
  });
}));

test('the flow stays free of divergence, and the smoke is what flowed in, but for what advection loses', double(() => {
  const problem = makeProblem(16, 6, 1e-10);
  const next = jit((now: Plume) => step(now, problem));
  let plume: Plume = { smoke: problem.inflow.mul(0), velocity: atRest(problem) };
  for (let k = 1; k <= 6; k++) {
    plume = next(plume);
    expect(largestDivergence(plume.velocity)).toBeLessThan(1e-9);
    INFLOWS.forEach((_, j) => {
      const mass = member(plume.smoke.values, j).reduce((sum, value) => sum + value, 0);
      const fed = k * member(problem.inflow.values, j).reduce((sum, value) => sum + value, 0);
      expect(Math.abs(mass / fed - 1)).toBeLessThan(0.15);
    });
  }
  const whole = jit((velocity: StaggeredField) => simulate(problem, velocity).smoke.values);
  whole(atRest(problem)).data.forEach((value, i) => expect(value).toBeCloseTo(plume.smoke.values.data[i]!, 12));
}));

test('the reference stands in the middle, and its plume stays its own mirror image', double(() => {
  const cells = 16;
  const problem = makeProblem(cells, 6, 1e-12);
  const smoke = jit((velocity: StaggeredField) => simulate(problem, velocity).smoke.values)(atRest(problem));
  const values = member(smoke, INFLOWS.length - 1);
  values.forEach((value, i) => expect(value).toBeCloseTo(values[Math.floor(i / cells) * cells + (cells - 1 - (i % cells))]!, 9));
  expect(Math.max(...values)).toBeGreaterThan(0.3);
}));
