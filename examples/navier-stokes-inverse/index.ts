/** @file navier-stokes-inverse: finds the initial velocities with which smoke from other inflows ends where that of a reference does. */

import { valueAndGrad } from '@tapeflow/autodiff';
import { gradientDescent } from '@tapeflow/optim';
import { jit, precision } from '@tapeflow/tensor';
import type { StaggeredField } from '@tapeflow/pde';
import type { Context, Example, Summary } from '../cli/example.ts';
import { writeResults } from '../cli/results.ts';
import { lossesOf, search } from '../cli/search.ts';
import { gradientError } from './gradient-error.ts';
import { navierStokesInverseOptions, type NavierStokesInverseOptions } from './options.ts';
import { draw } from './output.ts';
import { atRest, INFLOWS, largestOf, lossOf, makeProblem, memberOf, simulate } from './simulation.ts';

/** Relative residual of the pressure solves, as published; and where the gradient is compared with differences. */
const TOLERANCE = 1e-3;
const TIGHT_TOLERANCE = 1e-12;
const SEED = 1;

/** The example, as the catalogue loads it. */
export const example: Example<typeof navierStokesInverseOptions> = {
  name: 'navier-stokes-inverse',
  summary: 'Finds the initial velocities that bring smoke from other inflows to where that of a reference ends.',
  options: navierStokesInverseOptions,
  run,
};

async function run(options: NavierStokesInverseOptions, context: Context): Promise<Summary> {
  context.out.prepare();
  const bits = options.precision;
  const problem = precision(bits, () => makeProblem(options.cells, options.steps, TOLERANCE));
  const start = precision(bits, () => atRest(problem));
  const gradient = jit(valueAndGrad((velocity: StaggeredField) => lossOf(problem, velocity)));
  const began = performance.now();
  const found = await search(context, gradient, start, {
    label: 'velocities',
    method: gradientDescent({ rate: options.rate }),
    iterations: options.iterations,
    precision: bits,
  });
  const seconds = (performance.now() - began) / 1000;

  const losses = lossesOf(found);
  const last = precision(bits, () => gradient(found.x)).gradient;
  const smokeAtEnd = jit((velocity: StaggeredField) => simulate(problem, velocity).smoke.values);
  const smoke = precision(bits, () => [start, found.x].map((velocity) => smokeAtEnd(velocity)));
  const summary = {
    losses,
    share: losses.at(-1)! / losses[0]!,
    gradientError: precision(64, () => gradientError(makeProblem(options.cells, options.steps, TIGHT_TOLERANCE), SEED)),
    referenceMemberGradient: largestOf(memberOf(last, INFLOWS.length - 1)),
    iterations: losses.length - 1,
    seconds,
  };
  writeResults(context.out, draw({ options, atRest: smoke[0]!, found: smoke[1]!, velocity: found.x, summary }));
  context.log(`loss ${losses[0]!.toFixed(2)} → ${losses.at(-1)!.toFixed(2)} (${(100 * summary.share).toFixed(1)} %)`);
  context.log(`report: ${context.out.file('report.html')}`);
  return summary;
}
