/** @file The simulation: mass and incompressibility, the loss, and its gradient against differences. */
import { checkGradients, grad } from '@tapeflow/autodiff';
import { precision, tensor, type Scalar } from '@tapeflow/tensor';
import { largestDivergence, type StaggeredField } from '@tapeflow/pde';
import { describe, expect, test } from 'vitest';
import { disc, massOf } from '../../smoke-control/density.ts';
import { forceAt, forceOf, lossOf, makeProblem, noForces, simulate, type Problem } from '../../smoke-control/simulation.ts';
import { randomNumbers } from '../random.ts';

const N = 16;
const STEPS = 3;

function problemOf(): Problem {
  const start = disc(N, 40);
  const target = Float64Array.from({ length: N * N }, (_, i) => (Math.abs((i % N) - 5) < 3 && Math.abs(Math.floor(i / N) - 9) < 4 ? 1 : 0));
  return makeProblem(N, start, target);
}

function randomForces(problem: Problem, size: number, seed: number): StaggeredField {
  const random = randomNumbers(seed);
  return noForces(problem, STEPS).mapSamples((values) =>
    tensor(Object.fromEntries(values.dims.map(({ name, type, size: extent }) => [name, { type, extent }])), Float64Array.from({ length: values.size }, () => size * (2 * random() - 1)), { dtype: values.dtype }),
  );
}

test.each([32, 64] as const)('%i bit: the velocity stays free of divergence, the smoke within its range and nearly its mass', (bits) => {
  precision(bits, () => {
    const problem = problemOf();
    const states = simulate(problem, randomForces(problem, 0.3, 7));
    expect(states).toHaveLength(STEPS + 1);
    for (const { smoke, velocity } of states.slice(1)) {
      expect(largestDivergence(velocity)).toBeLessThan(1e-3); // 1e-4 of the divergence that the force brought in
      const densities = smoke.values.data;
      expect(Math.min(...densities)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...densities)).toBeLessThanOrEqual(Math.max(...problem.start.smoke.values.data));
      expect(massOf(densities)).toBeCloseTo(40, -0.7);
    }
  });
});

test('without force nothing moves, and the loss is that of the start', () => {
  precision(64, () => {
    const problem = problemOf();
    const still = noForces(problem, STEPS);
    const end = simulate(problem, still).at(-1)!;
    const before = problem.start.smoke.values.data;
    end.smoke.values.data.forEach((density, i) => expect(density).toBeCloseTo(before[i]!, 15));
    // The loss by hand: squares of sums over blocks. A block of b × b cells whose errors sum to E has the mean E / b², and its level the weight b².
    const error = end.smoke.values.sub(problem.target).data;
    let expected = 0;
    for (const b of [1, 2, 4, 8]) {
      const sums = new Float64Array((N / b) ** 2);
      error.forEach((e, i) => (sums[Math.floor(Math.floor(i / N) / b) * (N / b) + Math.floor((i % N) / b)]! += e));
      expected += sums.reduce((total, sum) => total + b ** 2 * (sum / b ** 2) ** 2, 0);
    }
    expect(lossOf(problem, still).item()).toBeCloseTo(expected / problem.mass, 12);
  });
});

test('the force counts with the weight of a thousandth', () => {
  precision(64, () => {
    const problem = { ...problemOf() };
    const forces = randomForces(problem, 1e-9, 3); // too small to move anything
    const scaled = forces.mul(1e3);
    const difference = lossOf(problem, scaled).item() - lossOf(problem, forces).item();
    expect(Math.abs(difference)).toBeLessThan(1e-5);
    expect(forceOf(scaled)).toBeCloseTo(1e3 * forceOf(forces), 15);
  });
});

describe('the gradient through the whole simulation', () => {
  test('agrees with differences', () => {
    precision(64, () => {
      const problem = { ...problemOf(), pressureTolerance: 1e-12 };
      // The limiter and the corners of the interpolation are kinks; a small step stays between them.
      const report = checkGradients((forces: StaggeredField): Scalar => lossOf(problem, forces), randomForces(problem, 0.2, 11), { step: 1e-5, adjointTolerance: 1e-10 });
      expect(report[0]!.taylorRates.length).toBeGreaterThanOrEqual(1);
    });
  });

  test('reaches the force of every step', () => {
    const problem = problemOf();
    const gradient = grad((forces: StaggeredField): Scalar => lossOf(problem, forces))(noForces(problem, STEPS));
    for (let k = 0; k < STEPS; k++) expect(forceOf(forceAt(gradient, k))).toBeGreaterThan(1e-3);
  });
});
