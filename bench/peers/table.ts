/** @file The markdown table of all sides, with ratios and what is promised of them. */
import { fastest, ratiosPerThreads, ratioToFastest, type Best, type Line } from './choose.ts';
import { JAVASCRIPT_TARGET, TARGETS } from './targets.ts';

/** A side with its best lines. */
export interface SideResults {
  readonly name: string;
  readonly best: Best;
}

const PYTHON: readonly string[] = ['numpy', 'torch'];
const JAVASCRIPT: readonly string[] = ['tfjs', 'jax-js'];

const digits = (x: number): string => (x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x >= 1 ? x.toFixed(2) : x.toPrecision(2));

const short = (x: number): string => String(Math.round(1000 * x) / 1000);

const verdict = (seen: number, target: number | undefined): string => (target === undefined ? '' : seen <= target ? ` (≤ ${short(target)})` : ` (misses ${short(target)})`);

/** A ratio, with its target where there is one. */
const ratio = (seen: number | undefined, target: number | undefined): string => (seen === undefined ? '-' : digits(seen) + verdict(seen, target));

const many = (threads: number): string => (threads === 1 ? '' : ` ×${threads}`);

/** Median, minimum, and the number of threads where it is not one. */
function cell(line: Line | undefined, limit?: number): string {
  if (line === undefined) return '-';
  return `${digits(line.median_ms)} (${digits(line.min_ms)})${many(line.threads)}${verdict(line.median_ms, limit)}`;
}

/** One row per task that the first side, which is this library, has performed. */
export function tableOf(sides: readonly SideResults[]): string {
  const own = sides[0]!.best;
  const bestOf = (name: string): Best | undefined => sides.find((side) => side.name === name)?.best;
  const head = ['workload', ...sides.map(({ name }) => `${name}, ms`), 'to NumPy/PyTorch', 'to C', 'to JavaScript libraries'];
  const rows = Object.keys(TARGETS).filter((task) => own.has(task)).map((task) => {
    const { python, torch, c, javascript = JAVASCRIPT_TARGET, milliseconds, against = task } = TARGETS[task]!;
    const to = (names: readonly string[]): number | undefined => ratioToFastest(own, names.map(bestOf), task, against);
    const cells = sides.map(({ best }, k) => (k === 0 ? cell(fastest(best, task), milliseconds) : cell(fastest(best, against))));
    const toTorch = torch === undefined ? '' : `; ${ratio(to(['torch']), torch)} to PyTorch`;
    // What is promised of the ratio to C is promised of one thread.
    const toC = [...ratiosPerThreads(own, bestOf('c'), task, against)].map(([threads, seen]) => (threads === 1 ? ratio(seen, c) : `${digits(seen)}${many(threads)}`));
    return [task, ...cells, ratio(to(PYTHON), python) + toTorch, toC.length === 0 ? '-' : toC.join('; '), ratio(to(JAVASCRIPT), javascript)];
  });
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
