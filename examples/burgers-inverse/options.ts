/** @file The options of the burgers-inverse example. */

import type { OptionSpecs, OptionValues } from '../cli/option-specs.ts';

/** What can be chosen on the command line; the defaults are those of the published experiment. */
export const burgersInverseOptions = {
  cells: { kind: 'choice', description: 'cells of the domain', choices: [128, 64, 32, 16], default: 128 },
  iterations: { kind: 'integer', description: 'iterations of gradient descent', default: 50, minimum: 1, maximum: 100_000 },
  rate: { kind: 'number', description: 'learning rate', default: 5, above: 0, maximum: 1000 },
  precision: { kind: 'choice', description: 'bits per number', choices: [64, 32], default: 64 },
} as const satisfies OptionSpecs;

/** The checked values of the options. */
export type BurgersInverseOptions = OptionValues<typeof burgersInverseOptions>;
