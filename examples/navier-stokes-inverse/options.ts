/** @file The options of the navier-stokes-inverse example. */

import type { OptionSpecs, OptionValues } from '../cli/option-specs.ts';

/** What can be chosen on the command line; the defaults are those of the published experiment. */
export const navierStokesInverseOptions = {
  cells: { kind: 'integer', description: 'cells along the box, whose height is 5/4 of that', default: 32, minimum: 8, maximum: 128, multipleOf: 4 },
  steps: { kind: 'integer', description: 'time steps of the simulation', default: 20, minimum: 1, maximum: 200 },
  iterations: { kind: 'integer', description: 'iterations of gradient descent', default: 80, minimum: 1, maximum: 100_000 },
  rate: { kind: 'number', description: 'learning rate', default: 1e-3, above: 0, maximum: 1 },
  precision: { kind: 'choice', description: 'bits per number', choices: [32, 64], default: 32 },
} as const satisfies OptionSpecs;

/** The checked values of the options. */
export type NavierStokesInverseOptions = OptionValues<typeof navierStokesInverseOptions>;
