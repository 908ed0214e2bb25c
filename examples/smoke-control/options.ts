/** @file The options of the smoke-control example. */

import { fileURLToPath } from 'node:url';
import type { OptionSpecs, OptionValues } from '../cli/option-specs.ts';

/** Averaging levels of the loss: cells are merged 2×2 between levels, so the grid must halve that often less one. */
export const AVERAGING_LEVELS = 4;

/** What can be chosen on the command line. */
export const smokeControlOptions = {
  picture: {
    kind: 'file',
    description: 'PNG whose dark parts become the target',
    default: fileURLToPath(new URL('./pictures/heart.png', import.meta.url)),
    defaultName: 'a heart',
  },
  size: {
    kind: 'integer',
    description: 'cells along each side of the box',
    default: 64,
    minimum: 16,
    maximum: 512,
    multipleOf: 2 ** (AVERAGING_LEVELS - 1),
  },
  steps: { kind: 'integer', description: 'time steps of the simulation', default: 16, minimum: 1, maximum: 256 },
  iterations: { kind: 'integer', description: 'iterations of Adam, those before a resume included', default: 120, minimum: 1, maximum: 100_000 },
  rate: { kind: 'number', description: 'learning rate of Adam', unit: 'cells per step²', default: 0.1, above: 0, maximum: 10 },
  seed: { kind: 'integer', description: 'seed of the random numbers', default: 0, minimum: 0, maximum: 2 ** 32 - 1 },
  precision: { kind: 'choice', description: 'bits per number', choices: [32, 64], default: 32 },
  'no-jit': { kind: 'flag', description: 'compute operation by operation instead of by compiled programs' },
  resume: { kind: 'flag', description: 'continue from the state file in the output folder' },
} as const satisfies OptionSpecs;

/** The checked values of the options. */
export type SmokeControlOptions = OptionValues<typeof smokeControlOptions>;
