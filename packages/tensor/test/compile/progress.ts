/** @file How far a long run of random programs has come, and which operations they were made of. */

const IS_TOLD = process.env['TAPEFLOW_PROGRESS'] === '1';
/** Lines of a run. */
const LINES = 20;

/** Counts programs, and says so now and then in long runs. */
export class Progress {
  private readonly what: string;
  private readonly total: number;
  private readonly start = performance.now();
  private done = 0;

  constructor(what: string, total: number) {
    this.what = what;
    this.total = total;
  }

  step(): void {
    this.done++;
    const every = Math.max(1, Math.ceil(this.total / LINES));
    if (IS_TOLD && (this.done % every === 0 || this.done === this.total)) console.log(`${this.what}: ${this.done} of ${this.total}, ${((performance.now() - this.start) / 1000).toFixed(0)} s`);
  }

  /** Says how often each operation occurred. */
  tell(operations: ReadonlyMap<string, number>): void {
    if (!IS_TOLD) return;
    const counts = [...operations].sort(([, a], [, b]) => b - a).map(([name, count]) => `${name} ${count}`);
    console.log(`${this.what}: ${counts.join(', ')}`);
  }
}

/** Counts one more. */
export function tallied(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
