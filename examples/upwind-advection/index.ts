/** @file upwind-advection: finds the velocity that carries a marker to its target, with a gradient that can be checked by hand. */

import { valueAndGrad } from '@tapeflow/autodiff';
import { gradientDescent } from '@tapeflow/optim';
import { jit, precision } from '@tapeflow/tensor';
import { UnstableError, type CenteredField } from '@tapeflow/pde';
import { UserError } from '../cli/errors.ts';
import type { Context, Example, Summary } from '../cli/example.ts';
import { writeResults } from '../cli/results.ts';
import { lossesOf, search } from '../cli/search.ts';
import { compareGradients } from './gradient-error.ts';
import { upwindAdvectionOptions, type UpwindAdvectionOptions } from './options.ts';
import { draw } from './output.ts';
import { atRest, carried, lossOf, makeProblem, wantedVelocity } from './simulation.ts';

const SEED = 1;

/** The example, as the catalogue loads it. */
export const example: Example<typeof upwindAdvectionOptions> = {
  name: 'upwind-advection',
  summary: 'Finds the velocity that carries a marker to its target, and compares its gradient with one derived by hand.',
  options: upwindAdvectionOptions,
  run,
};

async function run(options: UpwindAdvectionOptions, context: Context): Promise<Summary> {
  context.out.prepare();
  const bits = options.precision;
  const gradients = precision(64, () => compareGradients(options.cells, options.steps, SEED));
  const problem = precision(bits, () => makeProblem(options.cells, options.steps));
  const gradient = jit(valueAndGrad((velocity: CenteredField) => lossOf(problem, velocity)));
  const began = performance.now();
  const found = await search(context, gradient, precision(bits, () => atRest(problem)), {
    label: 'velocity',
    method: gradientDescent({ rate: options.rate }),
    iterations: options.iterations,
    precision: bits,
  }).catch((cause: unknown) => {
    if (!(cause instanceof UnstableError)) throw cause;
    const seen = `drives the velocity to ${cause.seen.toPrecision(3)} cells per step, beyond the 1 that is stable`;
    throw new UserError({ subject: `--rate ${options.rate}`, seen, advice: 'lower it', cause });
  });
  const seconds = (performance.now() - began) / 1000;

  const losses = lossesOf(found);
  const end = precision(bits, () => carried(problem.marker, found.x, options.steps)).values.data;
  const wanted = precision(bits, () => wantedVelocity(problem.domain)).values.data;
  const summary = {
    gradientError: Math.max(gradients.tapeError, gradients.differenceError),
    tapeError: gradients.tapeError,
    differenceError: gradients.differenceError,
    lossStart: losses[0]!,
    lossEnd: losses.at(-1)!,
    iterations: losses.length - 1,
    seconds,
  };
  const [marker, target, velocity] = [problem.marker, problem.target, found.x].map(({ values }) => values.data);
  writeResults(context.out, draw({ options, marker: marker!, target: target!, end, velocity: velocity!, wanted, losses, gradients, summary }));
  context.log(`loss ${losses[0]!.toPrecision(3)} → ${losses.at(-1)!.toPrecision(3)}; gradients differ by ${summary.gradientError.toExponential(1)}`);
  context.log(`report: ${context.out.file('report.html')}`);
  return summary;
}
