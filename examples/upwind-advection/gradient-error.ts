/** @file Three gradients of one loss: from the tape, by hand, and by differences. */

import { grad } from '@tapeflow/autodiff';
import { randomKey, randomUniform, type Tensor } from '@tapeflow/tensor';
import type { CenteredField } from '@tapeflow/pde';
import { gradientByDifferences, gradientByHand, type PlainProblem } from './by-hand.ts';
import { DT, lossOf, makeProblem } from './simulation.ts';

/** What was compared: gradients at a random velocity, and their relative differences ‖a − b‖ / ‖b‖ from the one by hand. */
export interface GradientComparison {
  readonly byHand: ArrayLike<number>;
  readonly fromTape: ArrayLike<number>;
  readonly tapeError: number;
  readonly differenceError: number;
}

/** Compares the gradients at a random velocity of both signs, up to half a cell per step. For double precision. */
export function compareGradients(cells: number, steps: number, seed: number): GradientComparison {
  const problem = makeProblem(cells, steps);
  const velocity = problem.marker.with(randomUniform({ x: cells }, randomKey(seed), { low: -1, high: 1 }) as Tensor);
  const plain: PlainProblem = { marker: problem.marker.values.data, target: problem.target.values.data, steps, dt: DT };
  const u = velocity.values.data;
  const byHand = gradientByHand(plain, u);
  const fromTape = grad((v: CenteredField) => lossOf(problem, v))(velocity).values.data;
  return { byHand, fromTape, tapeError: relativeDifference(fromTape, byHand), differenceError: relativeDifference(gradientByDifferences(plain, u), byHand) };
}

function relativeDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const norm = (values: readonly number[]): number => Math.hypot(...values);
  return norm(Array.from(a, (value, i) => value - b[i]!)) / norm(Array.from(b));
}
