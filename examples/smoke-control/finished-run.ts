/** @file What a finished run hands over to be written out. */

import type { SmokeControlOptions } from './options.ts';

/** The figures of a run, as in `summary.json` and with `--json`. */
export type SmokeControlSummary = {
  /** Σ|result − target| / Σ target. */
  readonly relativeError: number;
  /** Intersection over union of the cells above half density. */
  readonly overlap: number;
  /** Loss at the start and after the last iteration. */
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
  /** Loss at the start and after each iteration, those before a resume included. */
  readonly losses: ArrayLike<number>;
  /** Whether Ctrl-C ended it before all iterations were done. */
  readonly stopped: boolean;
  readonly summary: SmokeControlSummary;
}
