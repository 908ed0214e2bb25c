/** @file What a benchmark gives, and how rows are printed. */
import { cpus } from 'node:os';

/** The result of a benchmark: rows for programs, and the same as text. */
export interface Outcome {
  readonly rows: readonly object[];
  readonly text: string;
}

/** A benchmark: what `npm run bench -- NAME` runs. */
export interface Bench {
  readonly about: string;
  run(): Outcome | Promise<Outcome>;
}

/** Columns side by side, the first row as heading. `right` says which are aligned to the right. */
export function columns(rows: readonly (readonly string[])[], right: readonly boolean[]): string {
  const widths = right.map((_, k) => Math.max(...rows.map((row) => row[k]!.length)));
  return rows.map((row) => row.map((cell, k) => (right[k] === true ? cell.padStart(widths[k]!) : cell.padEnd(widths[k]!))).join('  ').trimEnd()).join('\n');
}

/** What is promised, and whether it was missed; nothing where nothing is. */
export const verdict = (seen: number, target: number | undefined): string => (target === undefined ? '' : `≤ ${target}${seen <= target ? '' : ' missed'}`);

/** The middle one of some numbers. */
export const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;

/** An outcome with what is needed to compare it with others, ready for `JSON.stringify`. */
export function described(bench: string, { rows }: Outcome): object {
  return { bench, node: process.version, cpu: cpus()[0]?.model ?? 'unknown', platform: `${process.platform} ${process.arch}`, rows };
}
