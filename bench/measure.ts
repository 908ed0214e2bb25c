/** @file Timing for the benchmarks: rounds after a warm-up, minimum and median of each, printed as a table or as JSON. */
import { cpus } from 'node:os';

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

/** A benchmark: what `npm run bench -- NAME` runs. */
export interface Bench {
  readonly about: string;
  run(): Timing[];
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
  times.sort((a, b) => a - b);
  return { name, count, unit, rounds, minimum: times[0]!, median: times[Math.floor(rounds / 2)]!, ...(target === undefined ? {} : { target }) };
}

/** The rows as text. */
export function tableOf(timings: readonly Timing[]): string {
  const cells = timings.map(({ name, count, unit, minimum, median, target }) => [
    `${count} × ${unit}`,
    minimum.toFixed(1),
    median.toFixed(1),
    target === undefined ? '' : `≤ ${target}${minimum <= target ? '' : ' missed'}`,
    name,
  ]);
  const rows = [['work', 'ns min', 'ns median', 'target', 'what'], ...cells];
  const widths = rows[0]!.map((_, k) => Math.max(...rows.map((row) => row[k]!.length)));
  return rows.map((row) => row.map((cell, k) => (k === 1 || k === 2 ? cell.padStart(widths[k]!) : cell.padEnd(widths[k]!))).join('  ').trimEnd()).join('\n');
}

/** The rows with what is needed to compare them with others, ready for `JSON.stringify`. */
export function resultOf(suite: string, timings: readonly Timing[]): object {
  return { suite, node: process.version, cpu: cpus()[0]?.model ?? 'unknown', platform: `${process.platform} ${process.arch}`, timings };
}
