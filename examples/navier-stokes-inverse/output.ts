/** @file The picture and the report of the navier-stokes-inverse example. */

import type { Tensor } from '@tapeflow/tensor';
import { toCenters, type StaggeredField } from '@tapeflow/pde';
import { extentOf, figure, formatNumber, heatMap, ink, linePlot, rasterFromTensor, vectorPlot, type Block, type Plot, type Raster } from '@tapeflow/vis';
import type { Results } from '../cli/results.ts';
import type { NavierStokesInverseOptions } from './options.ts';
import { INFLOWS, MEMBER, memberOf } from './simulation.ts';

/** The figures of a run, as in `summary.json` and with `--json`. */
export type NavierStokesInverseSummary = {
  /** ½ Σ of squared differences from the smoke of the reference, at the start and after each iteration. */
  readonly losses: readonly number[];
  /** The last of the losses relative to the first. */
  readonly share: number;
  /** Largest relative error of the gradient against differences, along random directions. */
  readonly gradientError: number;
  /** Largest entry of the gradient that belongs to the reference; 0, since nothing is to be changed there. */
  readonly referenceMemberGradient: number;
  readonly iterations: number;
  /** Seconds of the search. */
  readonly seconds: number;
};

/** Everything that is drawn. */
export interface FinishedRun {
  readonly options: NavierStokesInverseOptions;
  /** Smoke at the end, (member, y, x): from rest, and with the velocities that were found. */
  readonly atRest: Tensor;
  readonly found: Tensor;
  /** The initial velocities that were found. */
  readonly velocity: StaggeredField;
  readonly summary: NavierStokesInverseSummary;
}

const REFERENCE = INFLOWS.length - 1;

/** Picture and report of a finished run. */
export function draw(run: FinishedRun): Results {
  const { options, summary } = run;
  const others = INFLOWS.slice(0, REFERENCE).map((_, k) => k);
  const reference = smoke(run, run.atRest, REFERENCE, `Reference, inflow at ${placeOf(REFERENCE)}`);
  const { cells, steps, iterations, rate, precision } = options;
  const command = `npm start -- navier-stokes-inverse ${Object.entries({ cells, steps, iterations, rate, precision }).map(([name, value]) => `--${name} ${value}`).join(' ')}`;
  return {
    summary,
    plots: {
      figure: figure([
        [reference, smoke(run, run.atRest, 0, `Inflow at ${placeOf(0)}, from rest`), smoke(run, run.found, 0, 'With the velocity that was found')],
        [initialVelocity(run, 0), lossPlot(run, 660)],
      ]),
    },
    report: {
      title: 'Smoke from elsewhere, brought to the same place',
      lead:
        `Three inflows of smoke stand beside that of a reference. Gradient descent through ${steps} steps of a fluid solver finds initial velocities with which their smoke ends nearer to that of the reference: ` +
        `the loss falls to ${formatNumber(100 * summary.share, 3)} % in ${summary.iterations} iterations.`,
      facts: [
        { label: 'Loss', value: formatNumber(summary.losses.at(-1)!, 4), note: `from ${formatNumber(summary.losses[0]!, 4)}` },
        { label: 'Gradient error', value: formatNumber(summary.gradientError, 2), note: 'relative, against differences' },
        { label: 'Gradient of the reference', value: formatNumber(summary.referenceMemberGradient, 2), note: 'largest entry' },
        { label: 'Time', value: formatNumber(summary.seconds / Math.max(1, summary.iterations), 3), unit: 's', note: 'per iteration' },
      ],
      sections: [
        { title: 'Reference', text: 'What the others shall look like at the end.', blocks: [plotBlock(reference)] },
        ...others.map((k) => ({
          title: `Inflow at ${placeOf(k)}`,
          blocks: [smoke(run, run.atRest, k, 'From rest'), smoke(run, run.found, k, 'With the velocity that was found'), initialVelocity(run, k)].map(plotBlock),
        })),
        { title: 'The search', blocks: [plotBlock(lossPlot(run, 720))] },
        {
          title: 'How it was done',
          text:
            'In a closed box smoke is carried by MacCormack advection and fed by its inflow; the velocity is carried by itself (semi-Lagrangian), lifted by the smoke, and projected onto the flows without divergence. ' +
            'The four simulations are one, with a dimension more. The loss is half the squared difference of the smoke at the end from that of the reference, whose own gradient is exactly 0.',
          blocks: [{ kind: 'code', text: command, caption: 'The same run again' }],
        },
      ],
    },
  };
}

const plotBlock = (plot: Plot): Block => ({ kind: 'plot', plot });

const placeOf = (k: number): string => `(${INFLOWS[k]!.x}, ${INFLOWS[k]!.y})`;

const axes = { x: { label: 'x', range: [0, 32] }, y: { label: 'y', range: [0, 40] } } as const;

function smoke({ atRest, found }: FinishedRun, values: Tensor, k: number, title: string): Plot {
  const { high } = extentOf(atRest.data, found.data);
  return heatMap(rasterFromTensor(values.at({ [MEMBER]: k })), { title, label: 'density', colormap: ink, range: [0, high], size: 256, ...axes });
}

function initialVelocity({ velocity }: FinishedRun, k: number): Plot {
  const { values } = toCenters(memberOf(velocity, k));
  const part = (name: string): Raster => rasterFromTensor(values.at({ vector: name }));
  return vectorPlot({ x: part('x'), y: part('y') }, { title: 'Its initial velocity', arrows: { label: 'velocity' }, size: 256, ...axes });
}

function lossPlot({ summary: { losses } }: FinishedRun, width: number): Plot {
  return linePlot([{ name: 'loss', y: losses }], { title: 'Loss', x: { label: 'iteration' }, y: { label: 'loss' }, width });
}
