/** @file The gradient by hand against differences, the tape and, at rest, both sides of the kink. */
import { grad } from '@tapeflow/autodiff';
import { precision, tensor, type Tensor } from '@tapeflow/tensor';
import type { CenteredField } from '@tapeflow/pde';
import { describe, expect, test } from 'vitest';
import { gradientByDifferences, gradientByHand, lossByHand, statesByHand, type PlainProblem } from '../../upwind-advection/by-hand.ts';
import { compareGradients } from '../../upwind-advection/gradient-error.ts';
import { atRest, DT, lossOf, makeProblem, wantedVelocity } from '../../upwind-advection/simulation.ts';
import { randomNumbers } from '../random.ts';

const double = <R>(body: () => R) => (): R => precision(64, body);
const problemOf = (cells: number, steps: number): { problem: ReturnType<typeof makeProblem>; plain: PlainProblem } => {
  const problem = makeProblem(cells, steps);
  return { problem, plain: { marker: problem.marker.values.data, target: problem.target.values.data, steps, dt: DT } };
};

test('tape, hand and differences agree at random velocities, for one step and for many', double(() => {
  for (const [cells, steps, seed] of [[8, 1, 1], [16, 5, 2], [32, 20, 3]] as const) {
    const { tapeError, differenceError } = compareGradients(cells, steps, seed);
    expect(tapeError).toBeLessThan(1e-13);
    expect(differenceError).toBeLessThan(1e-6);
  }
}));

test('loss and states by hand are those of the library', double(() => {
  const { problem, plain } = problemOf(24, 10);
  const random = randomNumbers(8);
  const u = Float64Array.from({ length: 24 }, () => 2 * random() - 1);
  const velocity = problem.marker.with(tensor({ x: 24 }, u) as Tensor);
  expect(lossByHand(plain, u)).toBeCloseTo(lossOf(problem, velocity).item(), 13);
  expect(statesByHand(plain, u)).toHaveLength(11);
  expect(lossByHand(plain, wantedVelocity(problem.domain).values.data)).toBeLessThan(1e-28);
}));

describe('at rest', () => {
  test('the gradient is the mean of both sides, as central differences are', double(() => {
    const { problem, plain } = problemOf(20, 6);
    const byHand = gradientByHand(plain, new Float64Array(20));
    const fromTape = grad((v: CenteredField) => lossOf(problem, v))(atRest(problem)).values.data;
    // Across a kink central differences are right to first order only: two steps, extrapolated, are needed.
    const [coarse, fine] = [1e-4, 1e-5].map((step) => gradientByDifferences(plain, new Float64Array(20), step));
    byHand.forEach((value, i) => {
      expect(fromTape[i]).toBeCloseTo(value, 13);
      expect((10 * fine![i]! - coarse![i]!) / 9).toBeCloseTo(value, 8);
    });
  }));

  test('there is none where the marker is flat, on the tape and by hand', double(() => {
    const { problem } = problemOf(16, 4);
    const bump = Float64Array.from({ length: 16 }, (_, i) => (i > 5 && i < 9 ? 1 : 0));
    const marked = { ...problem, marker: problem.marker.with(tensor({ x: 16 }, bump) as Tensor) };
    const u = new Float64Array(16).fill(0.25);
    const fromTape = grad((v: CenteredField) => lossOf(marked, v))(problem.marker.with(tensor({ x: 16 }, u) as Tensor)).values.data;
    const byHand = gradientByHand({ marker: bump, target: problem.target.values.data, steps: 4, dt: DT }, u);
    // In four steps to the right the marker reaches cell 12; cells 0 to 5 and 13 to 15 stay flat.
    [0, 1, 2, 3, 4, 5, 13, 14, 15].forEach((i) => expect([Math.abs(fromTape[i]!), Math.abs(byHand[i]!)]).toEqual([0, 0]));
    [6, 9].forEach((i) => expect(fromTape[i]).not.toBe(0));
  }));
});
