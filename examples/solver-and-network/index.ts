/** @file solver-and-network: a network learns to correct a coarse solver, put before it or behind it, with noise, and over several steps at once. */

import { foldKey, precision, randomKey, type Key } from '@tapeflow/tensor';
import { nextTurn, type Context, type Example, type Summary } from '../cli/example.ts';
import { writeResults } from '../cli/results.ts';
import { randomNetwork, type Network } from './network.ts';
import { solverAndNetworkOptions, type SolverAndNetworkOptions } from './options.ts';
import { draw } from './output.ts';
import { coarseStep, references } from './solver.ts';
import { hybridStep, simulate, train, type Order, type Simulation, type Training } from './training.ts';

/** The example, as the catalogue loads it. */
export const example: Example<typeof solverAndNetworkOptions> = {
  name: 'solver-and-network',
  summary: 'Lets a small network correct a coarse solver, put before or behind it, trained with noise or through several steps.',
  options: solverAndNetworkOptions,
  run,
};

async function run(options: SolverAndNetworkOptions, context: Context): Promise<Summary> {
  context.out.prepare();
  const inPrecision = <T>(f: () => T): T => precision(options.precision, f);
  const { cells, simulations, iterations, unroll, noise, rate, seed } = options;
  const key = (purpose: number): Key => foldKey(randomKey(seed), purpose);
  const began = performance.now();
  const [learned, unseen] = inPrecision(() => [references(cells, simulations, key(0)), references(cells, simulations, key(1))]);

  const half = Math.ceil(iterations / 2);
  const bar = context.progress('training', 2 * iterations + 4 * half);
  let done = 0;
  const trained = async (start: Network, training: Training, purpose: number): Promise<Network> => {
    const steps = train(start, learned!, training, key(purpose));
    let network = start;
    while (!context.signal.aborted) {
      const next = inPrecision(() => steps.next());
      if (next.done === true) break;
      network = next.value.network;
      bar.update(++done, { loss: next.value.losses.at(-1)! });
      await nextTurn();
    }
    return network;
  };

  const first = inPrecision(() => randomNetwork(key(2)));
  const plain: Training = { order: 'solver then network', unroll: 1, noise: 0, iterations, rate };
  const swapped: Training = { ...plain, order: 'network then solver' };
  const further = { iterations: half, rate: 0.4 * rate };
  const behind = await trained(first, plain, 3);
  const before = await trained(first, swapped, 3);
  const networks: Readonly<Record<string, readonly [Order, Network]>> = {
    oneStep: [plain.order, await trained(behind, { ...plain, ...further }, 4)],
    noise: [plain.order, await trained(behind, { ...plain, ...further, noise }, 4)],
    unrolled: [plain.order, await trained(behind, { ...plain, ...further, unroll }, 4)],
    networkFirst: [swapped.order, await trained(before, { ...swapped, ...further }, 4)],
  };
  bar.finish();

  const judged: Readonly<Record<string, Simulation>> = inPrecision(() => ({
    solver: simulate(coarseStep, unseen!),
    ...Object.fromEntries(Object.entries(networks).map(([name, [order, network]]) => [name, simulate((u) => hybridStep(order, network, u), unseen!)])),
  }));
  const errors = Object.fromEntries(Object.entries(judged).map(([name, simulation]) => [name, simulation.errors]));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const share = (name: string): number => mean(errors[name]!) / mean(errors['solver']!);
  const summary = {
    solverError: mean(errors['solver']!),
    oneStep: share('oneStep'),
    noise: share('noise'),
    unrolled: share('unrolled'),
    networkFirst: share('networkFirst'),
    oneStepAtOnce: errors['oneStep']![0]! / errors['solver']![0]!,
    unrolledAtOnce: errors['unrolled']![0]! / errors['solver']![0]!,
    iterations: done,
    seconds: (performance.now() - began) / 1000,
  };
  writeResults(context.out, draw({ options, errors, truth: unseen!, solver: judged['solver']!.states, unrolled: judged['unrolled']!.states, summary }));
  context.log(`error over ${errors['solver']!.length} steps, of that of the solver alone: one step ${percent(summary.oneStep)}, noise ${percent(summary.noise)}, unrolled ${percent(summary.unrolled)}, network first ${percent(summary.networkFirst)}`);
  context.log(`report: ${context.out.file('report.html')}`);
  return summary;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
