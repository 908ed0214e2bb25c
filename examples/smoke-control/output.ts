/** @file The files a finished run leaves: figures, pictures, an animation and the report. */

import { animation, encodePng, htmlReport, ink, pictureOf } from '@tapeflow/vis';
import type { OutputFolder } from '../cli/output-folder.ts';
import { rasterOf, reportOn } from './output-report.ts';
import type { SmokeControlOptions } from './options.ts';

/** The figures of a run, as in `summary.json` and with `--json`. */
export type SmokeControlSummary = {
  /** Σ|result − target| / Σ target. */
  readonly relativeError: number;
  /** Intersection over union of the cells above half density. */
  readonly overlap: number;
  /** Loss of the first and of the last iteration. */
  readonly lossStart: number;
  readonly lossEnd: number;
  /** Root of the sum of squares over all faces and steps [cells per step²]. */
  readonly force: number;
  /** Mass of the result relative to that of the start, less one. */
  readonly massChange: number;
  /** Largest |∇·u| after projection in any cell and step [1/step]. */
  readonly maxDivergence: number;
  /** Iterations done in all, those before a resume included. */
  readonly iterations: number;
  /** Seconds spent in all, those before a resume included. */
  readonly seconds: number;
  readonly backend: string;
  readonly resumed: boolean;
};

/** A vector field sampled at cell centres. Shapes: x, y n×n, row 0 at the bottom. */
export interface VectorCells {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

/** Everything the output is made from. Densities are n×n, [y][x] with row 0 at the bottom. */
export interface FinishedRun {
  readonly options: SmokeControlOptions;
  readonly target: ArrayLike<number>;
  /** Density at the start and after each step; the last is the result. */
  readonly frames: readonly ArrayLike<number>[];
  /** Force of each step [cells per step²]. */
  readonly forces: readonly VectorCells[];
  /** Velocity of each step, after projection [cells per step]. */
  readonly velocities: readonly VectorCells[];
  /** Loss of each iteration from the first, those before a resume included. */
  readonly losses: ArrayLike<number>;
  /** Whether Ctrl-C ended it before all iterations were done. */
  readonly stopped: boolean;
  readonly summary: SmokeControlSummary;
}

/**
 * Writes the results, each file whole or not at all, `summary.json` last. Everything is drawn before the first file is written,
 * so that a run that cannot be drawn leaves earlier results as they are.
 *
 * @returns the names of the files.
 * @throws OutputError if a file cannot be written.
 */
export function writeOutput(out: OutputFolder, run: FinishedRun): string[] {
  const files = outputFiles(run);
  for (const [name, content] of Object.entries(files)) out.write(name, content);
  return Object.keys(files);
}

/** The files by name, in the order in which they are written. */
export function outputFiles(run: FinishedRun): Record<string, string | Uint8Array> {
  const { options, target, frames, losses, summary } = run;
  const n = options.size;
  const result = frames.at(-1) ?? [];
  return {
    'loss.csv': lossTable(losses),
    'target.png': densityPng(target, n),
    'result.png': densityPng(result, n),
    'animation.gif': animation(frames.map((frame) => [rasterOf(frame, n), rasterOf(target, n)]), { colormap: ink, range: [0, 1] }),
    'report.html': htmlReport(reportOn(run)),
    'summary.json': `${JSON.stringify(summary, null, 2)}\n`,
  };
}

function lossTable(losses: ArrayLike<number>): string {
  return ['iteration,loss', ...Array.from(losses, (loss, iteration) => `${iteration},${loss}`)].join('\n') + '\n';
}

/** Smoke as ink on paper, as in the pictures that are read: density 1 is black. About 256 pixels wide, whole pixels per cell. */
function densityPng(density: ArrayLike<number>, n: number): Uint8Array {
  return encodePng(pictureOf(rasterOf(density, n), { colormap: ink, range: [0, 1], scale: Math.max(1, Math.round(256 / n)) }));
}
