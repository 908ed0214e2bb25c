/** @file The picture and the report of the differentiate-pressure example. */

import { toCenters, type StaggeredField } from '@tapeflow/pde';
import { figure, formatNumber, greys, linePlot, rasterFromTensor, reversed, vectorPlot, type Block, type Plot, type Raster } from '@tapeflow/vis';
import type { Results } from '../cli/results.ts';
import type { LeastSquares } from './least-squares.ts';
import type { DifferentiatePressureOptions } from './options.ts';
import { BOX, type Problem } from './simulation.ts';

/** The figures of a run, as in `summary.json` and with `--json`. */
export type DifferentiatePressureSummary = {
  /** ½ Σ of squared differences from the wanted flow, at the start and after each iteration. */
  readonly losses: readonly number[];
  /** The last of the losses. */
  readonly floor: number;
  /** The smallest loss there is, found in another way. */
  readonly leastSquares: number;
  /** The floor relative to it, less 1. */
  readonly aboveOptimum: number;
  /** Largest |∇·u| of the flow in any cell. */
  readonly maxDivergence: number;
  readonly iterations: number;
  /** Seconds of the search. */
  readonly seconds: number;
};

/** Everything that is drawn. */
export interface FinishedRun {
  readonly options: DifferentiatePressureOptions;
  readonly problem: Problem;
  /** The free velocity that was found, 0 outside its region, and the flow that comes of it. */
  readonly velocity: StaggeredField;
  readonly flow: StaggeredField;
  readonly optimum: LeastSquares;
  readonly summary: DifferentiatePressureSummary;
}

/** Picture and report of a finished run. */
export function draw(run: FinishedRun): Results {
  const { options, problem, velocity, flow, optimum, summary } = run;
  const { cells, control, iterations, rate, seed, precision } = options;
  const settings = { cells, control, iterations, rate, seed, precision };
  const command = `npm start -- differentiate-pressure ${Object.entries(settings).map(([name, value]) => `--${name} ${value}`).join(' ')}`;
  const maps = {
    wanted: arrows('Wanted flow, on the right', problem.wanted.mul(problem.seen)),
    velocity: arrows('Velocity that was found, on the left', velocity),
    flow: arrows('Flow that comes of it', flow),
    missing: arrows('What is missing', flow.sub(problem.wanted).mul(problem.seen).neg()),
  };
  const percent = (share: number): string => `${formatNumber(100 * share, 3)} %`;
  return {
    summary,
    plots: { figure: figure([[maps.velocity, maps.flow], [maps.wanted, lossPlot(run)]]) },
    report: {
      title: 'A flow on the right, steered from the left',
      lead:
        `Gradient descent through the pressure solve finds a velocity in the ${control === 'left' ? 'left half' : 'two discs on the left'} whose incompressible part comes as near to the wanted flow on the right as ` +
        `${summary.iterations} iterations can bring it: ${percent(summary.aboveOptimum)} above the smallest loss there is.`,
      facts: [
        { label: 'Loss', value: formatNumber(summary.floor, 5), note: `from ${formatNumber(summary.losses[0]!, 5)}` },
        { label: 'Least possible', value: formatNumber(optimum.loss, 5), note: `${optimum.steps} steps of conjugate gradients on the normal equations` },
        { label: 'Divergence', value: formatNumber(summary.maxDivergence, 3), note: 'largest in any cell' },
        { label: 'Time', value: formatNumber(summary.seconds, 3), unit: 's', note: `${summary.iterations} iterations` },
      ],
      sections: [
        {
          title: 'What was found',
          text: 'The velocity is free in the region of control and 0 outside of it. The pressure spreads it over the whole box; the flow is compared for x ≥ 40.',
          blocks: [maps.velocity, maps.flow].map(plotBlock),
        },
        {
          title: 'What was wanted',
          text: 'The wanted stream turns about itself, and no pressure can bring that from elsewhere: a flow outside the region of control is the gradient of a potential. This is why a loss remains.',
          blocks: [maps.wanted, maps.missing].map(plotBlock),
        },
        { title: 'The search', blocks: [plotBlock(lossPlot(run))] },
        {
          title: 'How it was done',
          text:
            'The flow is P(M v): the free velocity v, masked, less the gradient of the pressure that takes its divergence away in a closed box. The loss is half the sum of squared differences on the right. ' +
            'Its gradient needs one more pressure solve, which is the derivative of the first. Since P is a projection, steps of gradient descent up to a rate of 1 never go uphill.',
          blocks: [{ kind: 'code', text: command, caption: 'The same run again' }],
        },
      ],
    },
  };
}

const plotBlock = (plot: Plot): Block => ({ kind: 'plot', plot });

/** Arrows at the cell centres over the speed. */
function arrows(title: string, velocity: StaggeredField): Plot {
  const { values } = toCenters(velocity);
  const [x, y] = [rasterFromTensor(values.at({ vector: 'x' })), rasterFromTensor(values.at({ vector: 'y' }))];
  const speed: Raster = { ...x, values: Array.from(x.values, (u, i) => Math.hypot(u, y.values[i]!)) };
  const axes = { x: { label: 'x', range: [0, BOX.x] }, y: { label: 'y', range: [0, BOX.y] } } as const;
  return vectorPlot({ x, y }, { title, background: speed, colormap: reversed(greys), label: 'speed', arrows: { label: 'velocity' }, size: 400, ...axes });
}

function lossPlot({ summary: { losses, leastSquares } }: FinishedRun): Plot {
  const bound = { name: 'least possible', x: [0, losses.length - 1], y: [leastSquares, leastSquares], dashed: true };
  return linePlot([{ name: 'gradient descent', y: losses }, bound], { title: 'Loss', x: { label: 'iteration' }, y: { label: 'loss' } });
}
