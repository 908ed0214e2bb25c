/** @file The picture and the report of the burgers-inverse example. */

import { blueRed, figure, formatNumber, heatMap, linePlot, type Plot, type Raster } from '@tapeflow/vis';
import type { Results } from '../cli/results.ts';
import type { BurgersInverseOptions } from './options.ts';
import { publishedLosses } from './reference.ts';
import { KNOWN_STEP } from './simulation.ts';

/** The figures of a run, as in `summary.json` and with `--json`. */
export type BurgersInverseSummary = {
  /** Mean squared error at t = 0.5 at the start and after each iteration. */
  readonly losses: readonly number[];
  /** Mean |u − u*| of the initial state, with u* = −sin πx. */
  readonly initialStateError: number;
  /** The same over the initial state and all 32 steps, against the simulation from u*. */
  readonly spaceTimeError: number;
  readonly iterations: number;
  /** Seconds of the search. */
  readonly seconds: number;
};

/** Everything that is drawn. States are lists of u at the cell centres. */
export interface FinishedRun {
  readonly options: BurgersInverseOptions;
  /** The state after each step, from the initial state that was found; from the true one. */
  readonly found: readonly ArrayLike<number>[];
  readonly truth: readonly ArrayLike<number>[];
  /** The known state at t = 0.5. */
  readonly target: ArrayLike<number>;
  readonly summary: BurgersInverseSummary;
}

/** Picture and report of a finished run. */
export function draw(run: FinishedRun): Results {
  const { options, summary } = run;
  const whole = figure([
    [initialState(run), knownState(run)],
    [lossPlot(run), spaceTime('Found, over space and time', run.found)],
  ]);
  const { losses } = summary;
  const command = `npm start -- burgers-inverse --cells ${options.cells} --iterations ${options.iterations} --rate ${options.rate} --precision ${options.precision}`;
  return {
    summary,
    plots: { figure: whole },
    report: {
      title: "Burgers' equation, back to its initial state",
      lead:
        `Gradient descent through ${KNOWN_STEP} time steps, from a state of rest, finds an initial state that leads to the known one: ` +
        `in ${summary.iterations} iterations the mean squared error falls from ${formatNumber(losses[0]!, 3)} to ${formatNumber(losses.at(-1)!, 3)}.`,
      facts: [
        { label: 'Loss', value: formatNumber(losses.at(-1)!, 3), note: `from ${formatNumber(losses[0]!, 3)}` },
        { label: 'Initial state', value: formatNumber(summary.initialStateError, 3), note: 'mean |u − u*|' },
        { label: 'Space and time', value: formatNumber(summary.spaceTimeError, 3), note: 'mean |u − u*| over all steps' },
        { label: 'Time', value: formatNumber(summary.seconds, 3), unit: 's', note: `${summary.iterations} iterations` },
      ],
      sections: [
        { title: 'What was found', blocks: [initialState(run), knownState(run)].map((plot) => ({ kind: 'plot', plot })) },
        {
          title: 'Over space and time',
          text: 'The known state is that at t = 0.5; nothing was known about the times before and after it.',
          blocks: [spaceTime('Found', run.found), spaceTime('From −sin πx', run.truth), spaceTime('Difference', run.found.map((state, k) => Array.from(state, (u, i) => u - run.truth[k]![i]!)))].map((plot) => ({ kind: 'plot', plot })),
        },
        { title: 'The search', blocks: [{ kind: 'plot', plot: lossPlot(run) }] },
        {
          title: 'How it was done',
          text:
            "Burgers' equation ∂u/∂t = −u ∂u/∂x + ν ∂²u/∂x² on the circle −1 ≤ x < 1, in 32 steps of 1/32: explicit diffusion, then semi-Lagrangian advection of u by itself. " +
            'The unknowns are the values of the initial state. The loss is the mean squared difference from the known state at t = 0.5.',
          blocks: [{ kind: 'code', text: command, caption: 'The same run again' }],
        },
      ],
    },
  };
}

/** Cell centres on [−1, 1]. */
const centres = (count: number): number[] => Array.from({ length: count }, (_, i) => -1 + (2 * (i + 0.5)) / count);

function profiles(title: string, lines: readonly (readonly [name: string, y: ArrayLike<number>, dashed: boolean])[]): Plot {
  return linePlot(lines.map(([name, y, dashed]) => ({ name, y, dashed, x: centres(y.length) })), { title, x: { label: 'x', range: [-1, 1] }, y: { label: 'u' } });
}

function initialState({ found, truth }: FinishedRun): Plot {
  return profiles('Initial state', [['found', found[0]!, false], ['−sin πx', truth[0]!, true]]);
}

function knownState({ found, target }: FinishedRun): Plot {
  return profiles('State at t = 0.5', [['from the state found', found[KNOWN_STEP]!, false], ['known', target, true]]);
}

function lossPlot({ options, summary: { losses } }: FinishedRun): Plot {
  // The published losses belong to the published settings.
  const comparable = options.cells === 128 && options.rate === 5;
  const shown = publishedLosses.filter(({ iteration }) => iteration < losses.length);
  const published = { name: 'published', x: shown.map(({ iteration }) => iteration), y: shown.map(({ loss }) => loss), dashed: true };
  return linePlot([{ name: 'here', y: losses }, ...(comparable ? [published] : [])], { title: 'Loss', x: { label: 'iteration' }, y: { label: 'mean squared error at t = 0.5', scale: 'log' } });
}

function spaceTime(title: string, states: readonly ArrayLike<number>[]): Plot {
  const width = states[0]!.length;
  const raster: Raster = { width, height: states.length, values: states.flatMap((state) => Array.from(state)) };
  // A state belongs to one instant, so its row of cells reaches half a step to both sides.
  const half = 0.5 / (states.length - 1);
  return heatMap(raster, { title, label: 'u', colormap: blueRed, x: { label: 'x', range: [-1, 1] }, y: { label: 't', range: [-half, 1 + half] }, size: 384 });
}
