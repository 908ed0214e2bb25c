/** @file The picture and the report of the solver-and-network example. */

import { figure, formatNumber, linePlot, type Block, type Line, type Plot } from '@tapeflow/vis';
import type { Results } from '../cli/results.ts';
import { WEIGHTS } from './network.ts';
import type { SolverAndNetworkOptions } from './options.ts';
import { STEPS, type State } from './solver.ts';

/** The figures of a run, as in `summary.json` and with `--json`. Errors are root mean squares over cells and unseen simulations. */
export type SolverAndNetworkSummary = {
  /** Error of the coarse solver alone, averaged over all steps. */
  readonly solverError: number;
  /** The same, relative to the solver alone, with a network behind the solver that was trained step by step … */
  readonly oneStep: number;
  /** … with noise on its inputs … */
  readonly noise: number;
  /** … through several steps of solver and network at once; */
  readonly unrolled: number;
  /** and with a network before the solver, trained step by step through the solver. */
  readonly networkFirst: number;
  /** Relative error after the first step alone. */
  readonly oneStepAtOnce: number;
  readonly unrolledAtOnce: number;
  /** Iterations of all trainings together. */
  readonly iterations: number;
  readonly seconds: number;
};

/** Everything that is drawn. */
export interface FinishedRun {
  readonly options: SolverAndNetworkOptions;
  /** Error after each step, by what made it. */
  readonly errors: Readonly<Record<string, readonly number[]>>;
  /** States of the unseen simulations from the start on. */
  readonly truth: readonly State[];
  readonly solver: readonly State[];
  readonly unrolled: readonly State[];
  readonly summary: SolverAndNetworkSummary;
}

const NAMES: Readonly<Record<string, string>> = {
  solver: 'solver alone',
  oneStep: 'step by step',
  noise: 'with noise',
  unrolled: 'unrolled',
  networkFirst: 'network first',
};

/** Picture and report of a finished run. */
export function draw(run: FinishedRun): Results {
  const { options, summary } = run;
  const { cells, simulations, iterations, unroll, noise, rate, seed, precision } = options;
  const command = `npm start -- solver-and-network ${Object.entries({ cells, simulations, iterations, unroll, noise, rate, seed, precision }).map(([name, value]) => `--${name} ${value}`).join(' ')}`;
  const percent = (share: number): string => formatNumber(100 * share, 3);
  const plots = [errorPlot(run), profilePlot(run)];
  return {
    summary,
    plots: { figure: figure([plots]) },
    report: {
      title: 'A solver and a network, together',
      lead:
        `A network of ${WEIGHTS} weights corrects a solver on ${cells} cells towards one on ${8 * cells}. Over ${STEPS} steps of unseen simulations it leaves ${percent(summary.oneStep)} % of the error ` +
        `when it was trained step by step, ${percent(summary.noise)} % with noise on its inputs, ${percent(summary.unrolled)} % when it was trained through ${unroll} steps at once.`,
      facts: [
        { label: 'Step by step', value: percent(summary.oneStep), unit: '%', note: 'of the error of the solver alone' },
        { label: 'With noise', value: percent(summary.noise), unit: '%' },
        { label: 'Unrolled', value: percent(summary.unrolled), unit: '%', note: `through ${unroll} steps` },
        { label: 'Network first', value: percent(summary.networkFirst), unit: '%', note: 'step by step, through the solver' },
        { label: 'Time', value: formatNumber(summary.seconds, 3), unit: 's', note: `${summary.iterations} iterations` },
      ],
      sections: [
        { title: 'Long simulations', text: 'None of these were seen in training. Each goes on from its own results.', blocks: plots.map((plot): Block => ({ kind: 'plot', plot })) },
        {
          title: 'Four ways to put them together',
          text: [
            'Solver, then network: the solver makes the inputs of the network, which is trained on them step by step. No gradient passes through the solver, so its results could as well be computed before.',
            'With noise: the same, with random numbers added to each input, so that the network meets more than exact states.',
            `Unrolled: ${unroll} steps of solver and network in a row, with the error after each. The network sees what its own corrections lead to, and the gradient passes through all solver steps but the first.`,
            'Network, then solver: the network changes what the solver starts from, and learns through the solver what that does.',
          ],
          blocks: [{ kind: 'table', columns: ['trained', 'error after 1 step', `error over ${STEPS} steps`], rows: rowsOf(run) }],
        },
        {
          title: 'How it was done',
          text:
            "Burgers' equation on a circle, by explicit diffusion and semi-Lagrangian advection; the truth is the same solver with cells and steps an eighth as large. The network sees five cells and adds to the one in the middle. " +
            'Networks behind the solver have the first iterations in common and differ in the last third, which has as many iterations for each.',
          blocks: [{ kind: 'code', text: command, caption: 'The same run again' }],
        },
      ],
    },
  };
}

function rowsOf({ errors }: FinishedRun): (string | number)[][] {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return Object.entries(errors).map(([name, values]) => [NAMES[name]!, Number(values[0]!.toPrecision(3)), Number(mean(values).toPrecision(3))]);
}

function errorPlot({ errors }: FinishedRun): Plot {
  const lines = Object.entries(errors).map(([name, y]) => ({ name: NAMES[name]!, y, x: y.map((_, k) => k + 1), dashed: name === 'solver' }));
  return linePlot(lines, { title: 'Error of unseen simulations', x: { label: 'step' }, y: { label: 'root mean square error' } });
}

/** The unseen simulation in which the solver alone is furthest off, half way. */
function profilePlot({ truth, solver, unrolled }: FinishedRun): Plot {
  const at = STEPS / 2;
  const values = (states: readonly State[], member: number): ArrayLike<number> => states[at]!.at({ batch: member }).data;
  const distance = (member: number): number => Math.hypot(...Array.from(values(truth, member), (u, i) => u - values(solver, member)[i]!));
  const members = Array.from({ length: truth[0]!.sizes['batch']! }, (_, member) => member);
  const worst = members.reduce((a, b) => (distance(b) > distance(a) ? b : a));
  const profile = (name: string, states: readonly State[], dashed: boolean): Line => {
    const y = values(states, worst);
    return { name, y, x: Array.from(y, (_, i) => -1 + (2 * (i + 0.5)) / y.length), dashed };
  };
  const lines = [profile('unrolled', unrolled, false), profile('solver alone', solver, false), profile('truth', truth, true)];
  return linePlot(lines, { title: `Where the solver alone is furthest off, after ${at} steps`, x: { label: 'x', range: [-1, 1] }, y: { label: 'u' } });
}
