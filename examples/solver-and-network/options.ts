/** @file The options of the solver-and-network example. */

import type { OptionSpecs, OptionValues } from '../cli/option-specs.ts';

/** What can be chosen on the command line. */
export const solverAndNetworkOptions = {
  cells: { kind: 'integer', description: 'cells of the coarse solver', default: 32, minimum: 8, maximum: 128, multipleOf: 4 },
  simulations: { kind: 'integer', description: 'simulations to learn from, and as many again to be tested on', default: 32, minimum: 1, maximum: 256 },
  iterations: { kind: 'integer', description: 'iterations of Adam; then half as many in each of the ways to go on', default: 1000, minimum: 2, maximum: 100_000 },
  unroll: { kind: 'integer', description: 'steps of solver and network that are trained as one', default: 8, minimum: 2, maximum: 48 },
  noise: { kind: 'number', description: 'standard deviation of the noise on inputs', default: 0.003, minimum: 0, maximum: 1 },
  rate: { kind: 'number', description: 'learning rate of Adam at the start', default: 0.005, above: 0, maximum: 1 },
  seed: { kind: 'integer', description: 'seed of data and weights', default: 0, minimum: 0, maximum: 2 ** 32 - 1 },
  precision: { kind: 'choice', description: 'bits per number', choices: [32, 64], default: 32 },
} as const satisfies OptionSpecs;

/** The checked values of the options. */
export type SolverAndNetworkOptions = OptionValues<typeof solverAndNetworkOptions>;
