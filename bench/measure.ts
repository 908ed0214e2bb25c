/** @file Timing: rounds after a warm-up, minimum and median of each. */
import { columns, median, verdict, type Outcome } from './table.ts';

/** One row of a result. */
export interface Timing {
  readonly name: string;
  /** What one round does, in units of `unit`. */
  readonly count: number;
  /** What is counted, such as an operation or a step. */
  readonly unit: string;
  readonly rounds: number;
  /** Nanoseconds per unit in the fastest round and in the middle one. */
  readonly minimum: number;
  readonly median: number;
  /** Largest minimum that is promised on an idle machine. */
  readonly target?: number;
}

/** How one row is measured. */
export interface Measurement {
  readonly count: number;
  readonly unit: string;
  readonly rounds: number;
  readonly target?: number;
}

/** Long enough for the engine to compile what runs often. */
const WARM_UP_MILLISECONDS = 300;

/** Times `body`, which does `count` units of work, in rounds after a warm-up. */
export function measure(name: string, { count, unit, rounds, target }: Measurement, body: () => unknown): Timing {
  const begin = performance.now();
  do body();
  while (performance.now() - begin < WARM_UP_MILLISECONDS);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = process.hrtime.bigint();
    body();
    times.push(Number(process.hrtime.bigint() - start) / count);
  }
  return { name, count, unit, rounds, minimum: Math.min(...times), median: median(times), ...(target === undefined ? {} : { target }) };
}

/** The rows with their table. */
export function timed(rows: readonly Timing[]): Outcome {
  const cells = rows.map(({ name, count, unit, minimum, median: middle, target }) => [`${count} × ${unit}`, minimum.toFixed(1), middle.toFixed(1), verdict(minimum, target), name]);
  return { rows, text: columns([['work', 'ns min', 'ns median', 'target', 'what'], ...cells], [false, true, true, false, false]) };
}
