/** @file The options of the upwind-advection example. */

import type { OptionSpecs, OptionValues } from '../cli/option-specs.ts';

/** What can be chosen on the command line. */
export const upwindAdvectionOptions = {
  cells: { kind: 'integer', description: 'cells of the circle', default: 64, minimum: 8, maximum: 1024 },
  steps: { kind: 'integer', description: 'time steps', default: 32, minimum: 1, maximum: 1000 },
  iterations: { kind: 'integer', description: 'iterations of gradient descent', default: 300, minimum: 1, maximum: 100_000 },
  rate: { kind: 'number', description: 'learning rate', default: 0.3, above: 0, maximum: 100 },
  precision: { kind: 'choice', description: 'bits per number', choices: [64, 32], default: 64 },
} as const satisfies OptionSpecs;

/** The checked values of the options. */
export type UpwindAdvectionOptions = OptionValues<typeof upwindAdvectionOptions>;
