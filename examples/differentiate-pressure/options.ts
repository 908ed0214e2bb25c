/** @file The options of the differentiate-pressure example. */

import type { OptionSpecs, OptionValues } from '../cli/option-specs.ts';

/** What can be chosen on the command line. */
export const differentiatePressureOptions = {
  cells: { kind: 'integer', description: 'cells along the box of 80 by 64', default: 80, minimum: 10, maximum: 160, multipleOf: 10 },
  control: { kind: 'choice', description: 'where the velocity is free: the left half, or two discs in it', choices: ['left', 'discs'], default: 'left' },
  iterations: { kind: 'integer', description: 'iterations of gradient descent', default: 20, minimum: 1, maximum: 100_000 },
  rate: { kind: 'number', description: 'learning rate; up to 1 every step is downhill', default: 1, above: 0, maximum: 100 },
  seed: { kind: 'integer', description: 'seed of the random start', default: 0, minimum: 0, maximum: 2 ** 32 - 1 },
  precision: { kind: 'choice', description: 'bits per number', choices: [64, 32], default: 64 },
} as const satisfies OptionSpecs;

/** The checked values of the options. */
export type DifferentiatePressureOptions = OptionValues<typeof differentiatePressureOptions>;
