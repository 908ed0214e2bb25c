/** @file SolveLog: every solve that is performed while a function runs, in order, also inside compiled programs and in backward passes. */
import { apply, type Primitive, type Value } from '@tapeflow/autodiff/extend';
import type { NDArray } from '../array/ndarray.ts';
import { declareHostCall, type HostCallParams } from '../control/host-call.ts';
import { Described } from '../described.ts';
import type { SolveMethod } from './choose.ts';
import type { SolveStatus } from './errors.ts';
import type { RootMethod, RootStatus } from './root-report.ts';
import { worstOf } from './worst.ts';

/** One solve. Of several systems (a batch) status and residual are those of the worst, steps the most of any. */
export interface SolveRecord {
  readonly operation: 'solveLinear' | 'root' | 'fixedPoint';
  /** The option `name` of the solve; its operation where that is missing. */
  readonly name: string;
  readonly method: SolveMethod | RootMethod;
  /** Why this method; empty where nothing was chosen. */
  readonly reason: string;
  /** Whether a derivative asked for it: the solve with the transposed operator, or with the Jacobian of a root. */
  readonly adjoint: boolean;
  readonly systems: number;
  readonly status: SolveStatus | RootStatus;
  readonly steps: number;
  /** Relative to the right-hand side for linear systems. NaN where it was not measured. */
  readonly residual: number;
  /** What the residual had to reach. */
  readonly tolerance: number;
  readonly seconds: number;
}

/** What is known of a solve before it runs. */
export interface SolveSite extends Pick<SolveRecord, 'operation' | 'name' | 'method' | 'reason' | 'adjoint'> {
  /** Outcomes by their codes. */
  readonly statuses: readonly (SolveStatus | RootStatus)[];
}

/** What a solve reports, one number per system. */
export interface SolveOutcome {
  readonly steps: Value;
  readonly residual: Value;
  readonly status: Value;
  readonly tolerance: Value;
}

const logs: SolveLog[] = [];
/** When the solves began that have not ended. */
const begun: number[] = [];

/** Whether solves are recorded now. Programs that are recorded meanwhile report theirs, others do not. */
export function isLogging(): boolean {
  return logs.length > 0;
}

const beginSolve: Primitive = declareHostCall('beginSolve');
const endSolve: Primitive = declareHostCall('endSolve');

/** Says to the logs of the moment that a solve begins. */
export function reportBegin(): void {
  apply(beginSolve, [], { call: () => void begun.push(performance.now()) } satisfies HostCallParams);
}

/** Says how it ended. */
export function reportEnd(site: SolveSite, { steps, residual, status, tolerance }: SolveOutcome): void {
  const { statuses, ...known } = site;
  const call = (values: readonly Value[]): void => {
    const seconds = (performance.now() - (begun.pop() ?? NaN)) / 1000;
    const [counts, residuals, codes, tolerances] = (values as NDArray[]).map((value) => value.contiguous());
    const worst = worstOf(codes!, residuals!);
    const entry: SolveRecord = {
      ...known,
      systems: codes!.length,
      status: statuses[codes![worst]!]!,
      steps: Math.max(0, ...counts!),
      residual: residuals![worst]!,
      tolerance: tolerances![Math.min(worst, tolerances!.length - 1)]!,
      seconds,
    };
    for (const log of logs) log.add(entry);
  };
  apply(endSolve, [steps, residual, status, tolerance], { call } satisfies HostCallParams);
}

/**
 * Records solves: `log.record(() => step(state))` runs the function, and `log.records` then has every `solveLinear`, `root` and `fixedPoint` that
 * was performed, those of derivatives and those inside compiled programs included, in order. Solves that fail are recorded before they throw.
 * What a derivative solves again, where it has kept no results of a loop, is not recorded again.
 *
 * Compiled functions have a program of their own for calls inside `record`, which reports; the others do not pay for it. Logs may nest.
 *
 * ```ts
 * import { SolveLog, solveLinear, tensor } from '@tapeflow/tensor';
 *
 * const log = new SolveLog();
 * log.record(() => solveLinear((x) => x.mul(2), tensor({ x: 3 }, [1, 2, 3]), { name: 'halves' }));
 * console.log(String(log));
 * ```
 */
export class SolveLog extends Described {
  private readonly entries: SolveRecord[] = [];

  /** All solves so far, the first one first. */
  get records(): readonly SolveRecord[] {
    return this.entries;
  }

  /** Steps of all solves. */
  get steps(): number {
    return this.entries.reduce((total, { steps }) => total + steps, 0);
  }

  /** Seconds of all solves; those inside other solves count for both. */
  get seconds(): number {
    return this.entries.reduce((total, { seconds }) => total + seconds, 0);
  }

  /** Runs a synchronous function while its solves are recorded. */
  record<R>(body: () => R): R {
    const before = begun.length;
    logs.push(this);
    try {
      return body();
    } finally {
      logs.splice(logs.lastIndexOf(this), 1);
      // What an error has ended never reports.
      begun.length = before;
    }
  }

  /** Adds an entry, for what does its own solves. */
  add(entry: SolveRecord): void {
    this.entries.push(entry);
  }

  override toString(): string {
    const lines = this.entries.map(({ name, method, adjoint, systems, status, steps, residual, seconds }) => {
      const which = `${adjoint ? ', adjoint' : ''}${systems > 1 ? `, ${systems} systems` : ''}`;
      return `  ${name} (${method}${which}): ${status} after ${steps} ${steps === 1 ? 'step' : 'steps'}, residual ${residual.toExponential(2)}, ${(1000 * seconds).toFixed(1)} ms`;
    });
    return [`SolveLog of ${this.entries.length} solves, ${this.steps} steps`, ...lines].join('\n');
  }
}
