/** @file The report page of the smoke-control example. */

import { blueRed, duration, formatNumber, framePictures, heatMap, ink, linePlot, vectorPlot } from '@tapeflow/vis';
import type { Block, Fact, Plot, Raster, Report } from '@tapeflow/vis';
import type { FinishedRun, VectorCells } from './finished-run.ts';
import { smokeControlOptions } from './options.ts';

/** A square of cells as plots take them. */
export function rasterOf(values: ArrayLike<number>, n: number): Raster {
  return { width: n, height: n, values };
}

/** The report of a finished run. */
export function reportOn(run: FinishedRun): Report {
  const { summary, options, stopped } = run;
  const lead =
    `One force per face and time step, found by gradient descent through the whole simulation, carries a disc of smoke ` +
    `into the shape of a picture: ${percent(summary.relativeError)} of the smoke is out of place, and the shapes overlap by ${percent(summary.overlap)}.`;
  const early = ` Stopped early, after ${summary.iterations} of ${options.iterations} iterations.`;
  return {
    title: 'Smoke, steered into a shape',
    lead: stopped ? lead + early : lead,
    facts: facts(run),
    sections: [
      { title: 'The flow', text: 'The smoke from the start to the last step; beside it the target.', blocks: [film(run)] },
      { title: 'Result and target', blocks: comparison(run) },
      {
        title: 'Forces and velocity',
        text: 'Arrows are averages over blocks of cells, drawn over the smoke they act on. Pressure takes away whatever would compress the smoke.',
        blocks: arrows(run),
      },
      { title: 'The search', blocks: [plot(lossPlot(run))] },
      {
        title: 'How it was done',
        text: [
          'Each step moves the velocity along itself (semi-Lagrangian), adds the force, and projects the sum onto the flows without divergence in a closed box; ' +
            'then it carries the smoke (MacCormack). The loss is the squared density error, summed over four levels of averaging, plus a small weight on the force. ' +
            'Its gradient goes back through all steps, the pressure solves included, in which one adjoint solve stands for the derivative of the solver.',
        ],
        blocks: [table(run), { kind: 'code', text: command(run), caption: 'The same run again' }],
      },
    ],
  };
}

function facts({ summary }: FinishedRun): Fact[] {
  const short = (value: number): string => formatNumber(value, 3); // cards are narrow
  const each = summary.seconds / Math.max(1, summary.iterations);
  return [
    { label: 'Out of place', value: short(100 * summary.relativeError), unit: '%', note: 'Σ|result − target| / Σ target' },
    { label: 'Overlap', value: short(100 * summary.overlap), unit: '%', note: 'intersection over union at half density' },
    { label: 'Loss', value: short(summary.lossEnd), note: `from ${short(summary.lossStart)}` },
    { label: 'Force', value: short(summary.force), unit: 'cells/step²', note: 'root of the sum of squares' },
    { label: 'Mass change', value: short(100 * summary.massChange), unit: '%' },
    { label: 'Divergence', value: short(summary.maxDivergence), unit: '/step', note: 'largest after projection' },
    { label: 'Time', value: short(each), unit: 's', note: `per iteration; ${duration(summary.seconds)} in all` },
  ];
}

function film({ frames, target, options: { size: n } }: FinishedRun): Block {
  const pictures = framePictures(
    frames.map((frame) => [rasterOf(frame, n), rasterOf(target, n)]),
    { colormap: ink, range: [0, 1], scale: 1, gap: 2 },
  );
  const labels = frames.map((_, step) => (step === 0 ? 'start' : `step ${step}`));
  return { kind: 'frames', frames: pictures, labels, width: 640, delay: 120, description: 'The smoke step by step, and the target beside it.' };
}

function comparison({ frames, target, options: { size: n } }: FinishedRun): Block[] {
  const start = frames[0] ?? [];
  const result = frames.at(-1) ?? [];
  const difference = Array.from(target, (wanted, i) => (result[i] ?? NaN) - wanted);
  const density = (title: string, values: ArrayLike<number>): Block =>
    plot(heatMap(rasterOf(values, n), { title, label: 'density', colormap: ink, range: [0, 1] }));
  return [
    density('Start', start),
    density('Result', result),
    density('Target', target),
    plot(heatMap(rasterOf(difference, n), { title: 'Result less target', label: 'density', colormap: blueRed, range: [-1, 1] })),
  ];
}

/** Forces and velocities of the first, a middle and the last step. */
function arrows({ frames, forces, velocities, options: { size: n } }: FinishedRun): Block[] {
  const last = forces.length - 1;
  const steps = [...new Set([0, Math.floor(last / 2), last])];
  const field = (title: string, { x, y }: VectorCells, label: string, unit: string, smoke: ArrayLike<number>): Block =>
    plot(
      vectorPlot(
        { x: rasterOf(x, n), y: rasterOf(y, n) },
        { title, background: rasterOf(smoke, n), colormap: ink, range: [0, 1], label: 'density', arrows: { label, unit } },
      ),
    );
  return [
    ...steps.flatMap((k) => {
      const force = forces[k];
      return force === undefined ? [] : [field(`Force of step ${k + 1}`, force, 'force', 'cells/step²', frames[k] ?? [])];
    }),
    ...steps.flatMap((k) => {
      const velocity = velocities[k];
      return velocity === undefined ? [] : [field(`Velocity of step ${k + 1}`, velocity, 'velocity', 'cells/step', frames[k + 1] ?? [])];
    }),
  ];
}

function lossPlot({ losses }: FinishedRun): Plot {
  return linePlot([{ name: 'loss', y: losses }], { title: 'Loss', x: { label: 'iteration' }, y: { label: 'loss', scale: 'log' }, width: 720 });
}

function table({ options, summary }: FinishedRun): Block {
  const { size, steps, rate, seed, precision } = options;
  const rows: [string, number | string][] = [
    ['grid', `${size} × ${size} cells, closed box`],
    ['time steps', steps],
    ['iterations of Adam', summary.iterations],
    ['learning rate', rate],
    ['precision', `${precision} bits`],
    ['backend', summary.backend],
    ['seed', seed],
    ['resumed', summary.resumed ? 'yes' : 'no'],
  ];
  return { kind: 'table', columns: ['setting', 'value'], rows };
}

function command({ options }: FinishedRun): string {
  const { picture, size, steps, iterations, rate, seed, precision } = options;
  const settings = { size, steps, iterations, rate, seed, precision };
  const given = Object.entries(settings).map(([name, value]) => `--${name} ${value}`);
  // In single quotes nothing is special to a shell but the quote itself.
  if (picture !== smokeControlOptions.picture.default) given.unshift(`--picture '${picture.replaceAll("'", "'\\''")}'`);
  return `npm start -- smoke-control ${given.join(' ')}`;
}

function plot(drawn: Plot): Block {
  return { kind: 'plot', plot: drawn };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
