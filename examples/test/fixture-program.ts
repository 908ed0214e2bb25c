/**
 * @file A program for the tests: the real command line with small examples of its own, as quick as reading a picture.
 * `shape` takes the way of smoke-control through options, picture, state and output, with a blend in the simulation's place.
 */

import { readPicture } from '@tapeflow/vis/node';
import { nextTurn, type CatalogueEntry, type Context, type Example, type Summary } from '../cli/example.ts';
import type { OptionValues } from '../cli/option-specs.ts';
import { runProgram } from '../cli/run.ts';
import { disc, massOf } from '../smoke-control/density.ts';
import { massChange, overlap, relativeError } from '../smoke-control/metrics.ts';
import { smokeControlOptions } from '../smoke-control/options.ts';
import { writeOutput } from '../smoke-control/output.ts';
import { targetFrom } from '../smoke-control/picture.ts';
import { fingerprint, loadState, saveState } from '../smoke-control/state.ts';

const options = {
  ...smokeControlOptions,
  pause: { kind: 'integer', description: 'time between iterations', unit: 'ms', default: 0, minimum: 0, maximum: 1000 },
  hang: { kind: 'flag', description: 'pay no attention to the first Ctrl-C' },
} as const;

const shape: Example<typeof options> = {
  name: 'shape',
  summary: 'Blends a disc into the shape of a picture.',
  options,
  run: blendIntoShape,
};

async function blendIntoShape(given: OptionValues<typeof options>, context: Context): Promise<Summary> {
  const { size, steps, iterations, rate, seed, precision, picture } = given;
  const target = targetFrom(readPicture(picture), size, picture);
  const start = disc(size, massOf(target));
  const agreement = { size, steps, precision, seed, picture: fingerprint(target) };
  const before = given.resume ? loadState(context.out, agreement, iterations) : undefined;
  context.out.prepare();

  // The blend goes towards the target by a share of what is left, as an optimization would.
  const losses = [...(before?.arrays['losses'] ?? [])];
  let blend = before?.arrays['blend']?.[0] ?? 0;
  let result = start;
  const bar = context.progress('blend', iterations, losses.length);
  while (losses.length < iterations && (given.hang || !context.signal.aborted)) {
    blend += rate * (1 - blend);
    result = start.map((value, i) => value + blend * (target[i]! - value));
    losses.push(relativeError(result, target));
    bar.update(losses.length, { loss: losses.at(-1)! });
    await nextTurn();
    if (given.pause > 0) await new Promise((resolve) => setTimeout(resolve, given.pause));
  }
  bar.finish();

  const summary = {
    relativeError: relativeError(result, target),
    overlap: overlap(result, target),
    lossStart: losses[0]!,
    lossEnd: losses.at(-1)!,
    force: 0,
    massChange: massChange(start, result),
    maxDivergence: 0,
    iterations: losses.length,
    seconds: 0,
    backend: 'none',
    resumed: given.resume,
  };
  const still = { x: new Float64Array(size * size), y: new Float64Array(size * size) };
  saveState(context.out, {
    agreement,
    iteration: losses.length,
    numbers: {},
    arrays: { losses: Float64Array.from(losses), blend: Float64Array.of(blend) },
  });
  const stopped = losses.length < iterations;
  writeOutput(context.out, { options: given, target, frames: [start, result], forces: [still], velocities: [still], losses, stopped, summary });
  context.log(`report: ${context.out.file('report.html')}`);
  return summary;
}

const faulty: Example<Record<string, never>> = {
  name: 'faulty',
  summary: 'Has a defect.',
  options: {},
  run: () => Promise.reject(new TypeError('a defect\nin two lines')),
};

const refused: Example<Record<string, never>> = {
  name: 'refused',
  summary: 'Adds what cannot be added.',
  options: {},
  async run() {
    // Only here, since every test starts this program anew.
    const { add, ones } = await import('@tapeflow/tensor');
    return { sum: add(ones({ y: 32, x: 64 }), ones({ y: 31, x: 64 })).size };
  },
};

const listing: Example<Record<string, never>> = {
  name: 'listing',
  summary: 'Returns lists of numbers.',
  options: {},
  run: () => Promise.resolve({ losses: [1, 0.25, 1 / 3, NaN], floor: 1e-300, none: [], label: 'x' }),
};

const catalogue: readonly CatalogueEntry[] = [
  { ...shape, load: () => Promise.resolve({ example: shape }) },
  { ...faulty, load: () => Promise.resolve({ example: faulty }) },
  { ...refused, load: () => Promise.resolve({ example: refused }) },
  { ...listing, load: () => Promise.resolve({ example: listing }) },
];

process.exitCode = await runProgram({ catalogue, mainJob: 'shape' }, process.argv.slice(2));
