/** @file The picture and the report of the upwind-advection example. */

import { figure, formatNumber, linePlot, type Block, type Plot } from '@tapeflow/vis';
import type { Results } from '../cli/results.ts';
import type { GradientComparison } from './gradient-error.ts';
import type { UpwindAdvectionOptions } from './options.ts';

/** The figures of a run, as in `summary.json` and with `--json`. */
export type UpwindAdvectionSummary = {
  /** The larger of the two that follow. */
  readonly gradientError: number;
  /** Relative difference of the gradient from the tape from the one derived by hand. */
  readonly tapeError: number;
  /** Relative difference of central differences from the gradient derived by hand. */
  readonly differenceError: number;
  /** Sum of squared differences from the target, at the start and at the end. */
  readonly lossStart: number;
  readonly lossEnd: number;
  readonly iterations: number;
  /** Seconds of the search. */
  readonly seconds: number;
};

/** Everything that is drawn: one number per cell. */
export interface FinishedRun {
  readonly options: UpwindAdvectionOptions;
  readonly marker: ArrayLike<number>;
  readonly target: ArrayLike<number>;
  /** Where the velocity that was found carries the marker. */
  readonly end: ArrayLike<number>;
  readonly velocity: ArrayLike<number>;
  /** The velocity that the target was made with. */
  readonly wanted: ArrayLike<number>;
  readonly losses: readonly number[];
  readonly gradients: GradientComparison;
  readonly summary: UpwindAdvectionSummary;
}

/** Picture and report of a finished run. */
export function draw(run: FinishedRun): Results {
  const { options, summary } = run;
  const { cells, steps, iterations, rate, precision } = options;
  const command = `npm start -- upwind-advection ${Object.entries({ cells, steps, iterations, rate, precision }).map(([name, value]) => `--${name} ${value}`).join(' ')}`;
  const plots = [markers(run), velocities(run), lossPlot(run), gradientPlot(run)];
  return {
    summary,
    plots: { figure: figure([plots.slice(0, 2), plots.slice(2)]) },
    report: {
      title: 'The velocity that carries a marker to its target',
      lead:
        `Gradient descent through ${steps} steps of upwind advection finds one velocity per cell: in ${summary.iterations} iterations the loss falls from ` +
        `${formatNumber(summary.lossStart, 3)} to ${formatNumber(summary.lossEnd, 3)}.`,
      facts: [
        { label: 'Loss', value: formatNumber(summary.lossEnd, 3), note: `from ${formatNumber(summary.lossStart, 3)}` },
        { label: 'Tape', value: formatNumber(summary.tapeError, 2), note: 'relative difference from the gradient by hand' },
        { label: 'Differences', value: formatNumber(summary.differenceError, 2), note: 'relative difference from the gradient by hand' },
        { label: 'Time', value: formatNumber(summary.seconds, 3), unit: 's', note: `${summary.iterations} iterations` },
      ],
      sections: [
        {
          title: 'What was found',
          text: 'Where there is no marker, and where it has no slope, the velocity changes nothing and keeps the value it began with.',
          blocks: plots.slice(0, 2).map(plotBlock),
        },
        { title: 'The search', blocks: plots.slice(2, 3).map(plotBlock) },
        { title: 'The gradient', text: 'At a random velocity of both signs, where it is anything but smooth.', blocks: plots.slice(3).map(plotBlock) },
        {
          title: 'How it was done',
          text:
            'Each step is d ← d − dt [max(u, 0)(dᵢ − dᵢ₋₁) + min(u, 0)(dᵢ₊₁ − dᵢ)]. The velocity is the same in all steps, so its gradient is a sum over them. ' +
            'It was also derived by hand and written down in plain loops, and taken by differences, one cell at a time.',
          blocks: [{ kind: 'code', text: command, caption: 'The same run again' }],
        },
      ],
    },
  };
}

const plotBlock = (plot: Plot): Block => ({ kind: 'plot', plot });

const centres = (values: ArrayLike<number>): number[] => Array.from(values, (_, i) => i + 0.5);

function markers({ marker, target, end }: FinishedRun): Plot {
  const x = centres(marker);
  const lines = [
    { name: 'start', x, y: marker },
    { name: 'end', x, y: end },
    { name: 'target', x, y: target, dashed: true },
  ];
  return linePlot(lines, { title: 'Marker', x: { label: 'x', range: [0, marker.length] }, y: { label: 'd' } });
}

function velocities({ velocity, wanted }: FinishedRun): Plot {
  const x = centres(velocity);
  const lines = [
    { name: 'found', x, y: velocity },
    { name: 'that made the target', x, y: wanted, dashed: true },
  ];
  return linePlot(lines, { title: 'Velocity', x: { label: 'x', range: [0, velocity.length] }, y: { label: 'u' } });
}

function gradientPlot({ gradients: { byHand, fromTape } }: FinishedRun): Plot {
  const x = centres(byHand);
  const lines = [
    { name: 'from the tape', x, y: fromTape },
    { name: 'by hand', x, y: byHand, dashed: true },
  ];
  return linePlot(lines, { title: 'Gradient at a random velocity', x: { label: 'x', range: [0, byHand.length] }, y: { label: '∂L/∂u' } });
}

function lossPlot({ losses }: FinishedRun): Plot {
  return linePlot([{ name: 'loss', y: losses }], { title: 'Loss', x: { label: 'iteration' }, y: { label: 'loss', scale: 'log' } });
}
