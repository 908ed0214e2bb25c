/** @file smoke-control: finds the forces that carry a disc of smoke into the shape of a picture, through a differentiable fluid solver. */

import type { StepReport } from '@tapeflow/optim';
import { precision } from '@tapeflow/tensor';
import { largestDivergence, type StaggeredField } from '@tapeflow/pde';
import { readPicture } from '@tapeflow/vis/node';
import type { Context, Example, Summary } from '../cli/example.ts';
import { disc, massOf } from './density.ts';
import type { FinishedRun } from './finished-run.ts';
import { massChange, overlap, relativeError } from './metrics.ts';
import { smokeControlOptions, type SmokeControlOptions } from './options.ts';
import { writeOutput } from './output.ts';
import { targetFrom } from './picture.ts';
import { arraysOf, search, searchFrom, type SearchState } from './search.ts';
import { atCenters, forceAt, forceOf, makeProblem, simulate, type Problem } from './simulation.ts';
import { fingerprint, loadState, saveState } from './state.ts';

/** Seconds between two savings of the state: what a power cut may cost. */
const SAVE_EVERY = 20;

/** The example, as the catalogue loads it. */
export const example: Example<typeof smokeControlOptions> = {
  name: 'smoke-control',
  summary: 'Finds the forces that carry a disc of smoke into the shape of a picture, through a differentiable fluid solver.',
  options: smokeControlOptions,
  run,
};

async function run(options: SmokeControlOptions, context: Context): Promise<Summary> {
  const { size, steps, iterations, seed, picture } = options;
  const bits = options.precision === 64 ? 64 : 32;
  const target = targetFrom(readPicture(picture), size, picture);
  const start = disc(size, massOf(target));
  const agreement = { size, steps, precision: bits, seed, picture: fingerprint(target) };
  const stored = options.resume ? loadState(context.out, agreement, iterations) : undefined;
  context.out.prepare();

  const problem = precision(bits, () => makeProblem(size, start, target));
  const before = stored === undefined ? undefined : searchFrom(problem, steps, stored.iteration, stored.arrays);
  const losses = Array.from(stored?.arrays['losses'] ?? []);
  const clock = stopwatch(stored?.numbers['seconds'] ?? 0);
  const save = (now: SearchState): void => {
    const arrays = { ...arraysOf(now), losses: Float64Array.from(losses) };
    saveState(context.out, { agreement, iteration: now.state.steps, numbers: { seconds: clock() }, arrays });
  };

  const bar = context.progress('forces', iterations, before?.state.steps ?? 0);
  let savedAt = clock();
  const onStep = ({ step, value, x, state }: StepReport<StaggeredField>): void => {
    losses[step] = value;
    bar.update(step, { loss: value });
    if (clock() - savedAt < SAVE_EVERY) return;
    save({ forces: x, state });
    savedAt = clock();
  };
  const found = await search(problem, { steps, iterations, rate: options.rate, precision: bits, backend: backendOf(options), signal: context.signal, onStep }, before);
  bar.finish();
  if (found.reason === 'nonFinite') context.log(found.describe());
  losses[before?.state.steps ?? 0] = found.history[0]!.value;
  save({ forces: found.x, state: found.state });

  const seconds = clock();
  const finished = precision(bits, () => finish({ options, problem, start, target, losses, forces: found.x, seconds, stopped: found.reason !== 'maxSteps' }));
  const files = writeOutput(context.out, finished);
  const { relativeError: error, overlap: agreed } = finished.summary;
  context.log(`${(100 * error).toFixed(1)} % of the smoke is out of place, the shapes overlap by ${(100 * agreed).toFixed(1)} %, after ${seconds.toFixed(1)} s on the backend ${backendOf(options)}; ${files.length} files in ${context.out.path}`);
  context.log(`report: ${context.out.file('report.html')}`);
  return finished.summary;
}

interface Outcome {
  readonly options: SmokeControlOptions;
  readonly problem: Problem;
  readonly start: Float64Array;
  readonly target: Float64Array;
  readonly losses: readonly number[];
  readonly forces: StaggeredField;
  readonly seconds: number;
  readonly stopped: boolean;
}

/** Runs the simulation once more with the forces that were found, and measures it. */
function finish({ options, problem, start, target, losses, forces, seconds, stopped }: Outcome): FinishedRun {
  const states = simulate(problem, forces);
  const frames = states.map(({ smoke }) => smoke.values.data);
  const moving = states.slice(1).map(({ velocity }) => velocity);
  const result = frames.at(-1)!;
  return {
    options,
    target,
    frames,
    forces: moving.map((_, k) => atCenters(forceAt(forces, k))),
    velocities: moving.map(atCenters),
    losses,
    stopped,
    summary: {
      relativeError: relativeError(result, target),
      overlap: overlap(result, target),
      lossStart: losses[0]!,
      lossEnd: losses.at(-1)!,
      force: forceOf(forces),
      massChange: massChange(start, result),
      maxDivergence: Math.max(...moving.map(largestDivergence)),
      iterations: losses.length - 1,
      seconds,
      backend: backendOf(options),
      resumed: options.resume,
    },
  };
}

const backendOf = (options: SmokeControlOptions): 'js' | 'wasm' => (options['no-jit'] ? 'js' : 'wasm');

/** Seconds, counted on from an earlier run. */
function stopwatch(before: number): () => number {
  const started = performance.now();
  return () => before + (performance.now() - started) / 1000;
}
