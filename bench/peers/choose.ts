/** @file What counts of many runs: each side's best process per task and number of threads, and the ratios between sides. */

/** What a process says of one way of performing a task. */
export interface Line {
  readonly task: string;
  readonly params: string;
  readonly threads: number;
  readonly median_ms: number;
  readonly min_ms: number;
  readonly check?: unknown;
  readonly error?: string;
}

/** The best line of a side by task, then by threads. */
export type Best = ReadonlyMap<string, ReadonlyMap<number, Line>>;

/**
 * Of every task and number of threads the line with the smallest median, whichever process and way it comes from: the phases in which
 * the machine is slow, and the slower ways, drop out. Its minimum belongs to the same process.
 */
export function bestOf(lines: readonly Line[]): Best {
  const best = new Map<string, Map<number, Line>>();
  for (const line of lines) {
    if (line.error !== undefined) continue;
    const known = best.get(line.task) ?? new Map<number, Line>();
    best.set(line.task, known);
    const least = known.get(line.threads);
    if (least === undefined || line.median_ms < least.median_ms) known.set(line.threads, line);
  }
  return best;
}

/** The line of the number of threads that is best for a task. */
export function fastest(side: Best | undefined, task: string): Line | undefined {
  return [...(side?.get(task)?.values() ?? [])].reduce<Line | undefined>((least, line) => (least !== undefined && least.median_ms <= line.median_ms ? least : line), undefined);
}

/** Medians of one side over those of the fastest of others, each with the threads that are best for it; undefined where one has none. */
export function ratioToFastest(own: Best, others: readonly (Best | undefined)[], task: string, against: string): number | undefined {
  const line = fastest(own, task);
  const medians = others.map((side) => fastest(side, against)?.median_ms).filter((value) => value !== undefined);
  return line === undefined || medians.length === 0 ? undefined : line.median_ms / Math.min(...medians);
}

/** Medians of one side over those of another one that has as many threads, for each number of threads that both have. */
export function ratiosPerThreads(own: Best, other: Best | undefined, task: string, against: string): ReadonlyMap<number, number> {
  const ratios = new Map<number, number>();
  for (const [threads, { median_ms }] of [...(own.get(task) ?? [])].sort(([a], [b]) => a - b)) {
    const base = other?.get(against)?.get(threads);
    if (base !== undefined) ratios.set(threads, median_ms / base.median_ms);
  }
  return ratios;
}
