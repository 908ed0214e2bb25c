/** @file burgers-inverse: finds the initial state of Burgers' equation from the state half a time later, by gradients through the solver. */

import { valueAndGrad } from '@tapeflow/autodiff';
import { gradientDescent } from '@tapeflow/optim';
import { jit, precision } from '@tapeflow/tensor';
import type { CenteredField } from '@tapeflow/pde';
import type { Context, Example, Summary } from '../cli/example.ts';
import { writeResults } from '../cli/results.ts';
import { lossesOf, search } from '../cli/search.ts';
import { burgersInverseOptions, type BurgersInverseOptions } from './options.ts';
import { draw, type FinishedRun } from './output.ts';
import { atRest, lossOf, makeProblem, simulate, trueStart, type Problem } from './simulation.ts';

/** The example, as the catalogue loads it. */
export const example: Example<typeof burgersInverseOptions> = {
  name: 'burgers-inverse',
  summary: "Finds the initial state of Burgers' equation from a later one, by gradients through the solver.",
  options: burgersInverseOptions,
  run,
};

async function run(options: BurgersInverseOptions, context: Context): Promise<Summary> {
  context.out.prepare();
  const bits = options.precision;
  const problem = precision(bits, () => makeProblem(options.cells));
  const gradient = jit(valueAndGrad((start: CenteredField) => lossOf(problem, start)));
  const began = performance.now();
  const found = await search(context, gradient, precision(bits, () => atRest(problem)), {
    label: 'initial state',
    method: gradientDescent({ rate: options.rate }),
    iterations: options.iterations,
    precision: bits,
  });
  const seconds = (performance.now() - began) / 1000;

  const finished = precision(bits, () => finish(options, problem, found.x, lossesOf(found), seconds));
  writeResults(context.out, draw(finished));
  const { summary } = finished;
  context.log(`loss ${summary.losses[0]!.toFixed(6)} → ${summary.losses.at(-1)!.toFixed(6)}, initial state off by ${summary.initialStateError.toFixed(4)} on average`);
  context.log(`report: ${context.out.file('report.html')}`);
  return summary;
}

/** Runs the simulation from the state that was found and from the true one, and compares. */
function finish(options: BurgersInverseOptions, problem: Problem, start: CenteredField, losses: readonly number[], seconds: number): FinishedRun {
  const statesFrom = (from: CenteredField): ArrayLike<number>[] => simulate(problem, from).map(({ values }) => values.data);
  const [found, truth] = [statesFrom(start), statesFrom(trueStart(problem))];
  const errors = found.map((state, k) => meanDifference(state, truth[k]!));
  return {
    options,
    found,
    truth,
    target: problem.target.data,
    summary: {
      losses,
      initialStateError: errors[0]!,
      spaceTimeError: errors.reduce((sum, error) => sum + error, 0) / errors.length,
      iterations: losses.length - 1,
      seconds,
    },
  };
}

function meanDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
}
