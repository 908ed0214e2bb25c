/** @file differentiate-pressure: finds the velocity on the left that, made incompressible, gives a wanted flow on the right. */

import { valueAndGrad } from '@tapeflow/autodiff';
import { gradientDescent } from '@tapeflow/optim';
import { jit, precision } from '@tapeflow/tensor';
import { largestDivergence, type StaggeredField } from '@tapeflow/pde';
import type { Context, Example, Summary } from '../cli/example.ts';
import { writeResults } from '../cli/results.ts';
import { lossesOf, search } from '../cli/search.ts';
import { leastSquares, type Faces } from './least-squares.ts';
import { differentiatePressureOptions, type DifferentiatePressureOptions } from './options.ts';
import { draw } from './output.ts';
import { flowFrom, lossOf, makeProblem, randomStart } from './simulation.ts';

/** Relative residual of the pressure solves: far below what the losses are compared to. */
const TOLERANCE = { 32: 1e-5, 64: 1e-8 };

/** The example, as the catalogue loads it. */
export const example: Example<typeof differentiatePressureOptions> = {
  name: 'differentiate-pressure',
  summary: 'Finds the velocity on the left that, made incompressible by its pressure, gives a wanted flow on the right.',
  options: differentiatePressureOptions,
  run,
};

async function run(options: DifferentiatePressureOptions, context: Context): Promise<Summary> {
  context.out.prepare();
  const bits = options.precision;
  const tolerance = TOLERANCE[bits];
  const problem = precision(bits, () => makeProblem(options.cells, options.control));
  const gradient = jit(valueAndGrad((velocity: StaggeredField) => lossOf(problem, velocity, tolerance)));
  const began = performance.now();
  const found = await search(context, gradient, precision(bits, () => randomStart(problem, options.seed)), {
    label: 'velocity',
    method: gradientDescent({ rate: options.rate }),
    iterations: options.iterations,
    precision: bits,
  });
  const seconds = (performance.now() - began) / 1000;

  const optimum = leastSquares({ free: facesOf(problem.free), seen: facesOf(problem.seen), wanted: facesOf(problem.wanted) });
  const losses = lossesOf(found);
  const { velocity, flow } = precision(bits, () => ({ velocity: found.x.mul(problem.free), flow: flowFrom(problem, found.x, tolerance) }));
  const summary = {
    losses,
    floor: losses.at(-1)!,
    leastSquares: optimum.loss,
    aboveOptimum: losses.at(-1)! / optimum.loss - 1,
    maxDivergence: largestDivergence(flow),
    iterations: losses.length - 1,
    seconds,
  };
  writeResults(context.out, draw({ options, problem, velocity, flow, optimum, summary }));
  context.log(`loss ${losses[0]!.toFixed(1)} → ${summary.floor.toFixed(1)}; the least possible is ${optimum.loss.toFixed(1)}`);
  context.log(`report: ${context.out.file('report.html')}`);
  return summary;
}

/** A staggered field in a closed box as plain numbers. */
function facesOf({ grid, components }: StaggeredField): Faces {
  const [nx, ny] = grid.axes.map(({ cells }) => cells);
  return { nx: nx!, ny: ny!, values: Float64Array.from([components['x']!, components['y']!].flatMap((u) => Array.from(u.data))) };
}
