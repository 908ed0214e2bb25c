/** @file What a linear solve returns: the solution, and how it went. */
import { TracedValueError } from '@tapeflow/autodiff';
import { Box, type Value } from '@tapeflow/autodiff/extend';
import type { NDArray } from '../array/ndarray.ts';
import { Described } from '../described.ts';
import { countElements, type Dim } from '../named/dims.ts';
import { Tensor } from '../named/tensor.ts';
import type { Choice, SolveMethod } from './choose.ts';
import { adviceFor, NotConverged, STATUS, type SolveStatus } from './errors.ts';
import { worstOf } from './worst.ts';

/** Reported arrays, one number per system except the history. */
export interface SolveFacts {
  readonly steps: Value;
  readonly residual: Value;
  readonly status: Value;
  readonly history: Value;
  /** Norm of what was removed from the right-hand side, relative to its norm. */
  readonly removed: Value;
  /** 1 where constants were in the null space. */
  readonly singular: Value;
}

const entries = (history: ArrayLike<number>, steps: number): number[] => Array.from(history).slice(1, Math.min(steps + 1, history.length));

/** The error of a failed solve from its plain facts. */
export function notConverged(method: string, tolerance: number, facts: { steps: NDArray; residual: NDArray; status: NDArray; history: NDArray }, solution: readonly NDArray[]): NotConverged {
  const status = facts.status.contiguous();
  const residual = facts.residual.contiguous();
  const steps = facts.steps.contiguous();
  const worst = worstOf(status, residual);
  return new NotConverged(method, STATUS[status[worst]!]!, {
    steps: steps[worst]!,
    residual: residual[worst]!,
    tolerance,
    history: entries(facts.history.contiguous(), Math.max(...steps)),
    value: solution,
    batchEntry: status.length > 1 ? worst : -1,
  });
}

/**
 * Solution and report. Of several systems (a batch) the report names the worst; `perSystem` has all.
 * Inside a program that is being recorded only `value` exists; reading the rest throws `TracedValueError`.
 */
export class LinearSolution<T> extends Described {
  readonly value: T;
  readonly method: SolveMethod;
  /** Why this method. */
  readonly reason: string;
  /** Batch dimensions of the systems, in the order of `perSystem`. */
  readonly batch: readonly Dim[];
  private readonly facts: SolveFacts;

  constructor(value: T, facts: SolveFacts, { method, reason }: Choice, batch: readonly Dim[]) {
    super();
    this.value = value;
    this.facts = facts;
    this.method = method;
    this.reason = reason;
    this.batch = batch;
  }

  private read(fact: keyof SolveFacts): ArrayLike<number> {
    const value = this.facts[fact];
    if (value instanceof Box) throw new TracedValueError(`solution.${fact}`, 'The solve is inside a program that is being recorded: only its value exists now. A solve that fails still throws NotConverged when the program runs.');
    return (value as NDArray).contiguous();
  }

  private get worst(): number {
    return worstOf(this.read('status'), this.read('residual'));
  }

  /** Outcome, steps and relative residual of each system. */
  get perSystem(): readonly { readonly status: SolveStatus; readonly steps: number; readonly residual: number }[] {
    const [status, steps, residual] = [this.read('status'), this.read('steps'), this.read('residual')];
    return Array.from(status, (code, k) => ({ status: STATUS[code]!, steps: steps[k]!, residual: residual[k]! }));
  }

  get status(): SolveStatus {
    return STATUS[this.read('status')[this.worst]!]!;
  }

  /** All systems reached their tolerance, or the limit of the precision. */
  get converged(): boolean {
    return this.status === 'converged' || this.status === 'precision';
  }

  /** `precision` when rounding, not the tolerance, ended the solve. */
  get limitedBy(): 'precision' | undefined {
    return this.perSystem.some(({ status }) => status === 'precision') ? 'precision' : undefined;
  }

  /** Largest number of steps of any system. */
  get steps(): number {
    return Math.max(...Array.from(this.read('steps')));
  }

  /** ‖b − A x‖ / ‖b‖ of the worst system, computed anew from the solution. */
  get residual(): number {
    return this.read('residual')[this.worst]!;
  }

  /** Relative residual of the worst system after each step (the first 1023). */
  get history(): readonly number[] {
    return entries(this.read('history'), this.steps);
  }

  /** `constant` when constants were found (or said) to be mapped to zero. */
  get nullSpace(): 'constant' | undefined {
    return Array.from(this.read('singular')).some((flag) => flag === 1) ? 'constant' : undefined;
  }

  /** Norm of the constant part that was taken from the right-hand side, relative to its norm. */
  get removed(): number {
    return Math.max(...Array.from(this.read('removed')));
  }

  /** What to do about it; empty when all is well. */
  get advice(): string {
    return adviceFor(this.status, this.method);
  }

  /** How it went, in words; the solution itself where it is one tensor. */
  override toString(): string {
    const { value, method, batch } = this;
    const solution = value instanceof Tensor ? `\n  value ${String(value)}` : '';
    if (this.facts.status instanceof Box) return `LinearSolution of ${method} inside ${this.facts.status.level.transformation}${solution}`;
    const { status, steps, residual, nullSpace } = this;
    const systems = batch.length === 0 ? '' : `, the worst of ${countElements(batch)} systems`;
    const constants = nullSpace === undefined ? '' : ', constants were in the null space';
    return `LinearSolution of ${method}: ${status} after ${steps} ${steps === 1 ? 'step' : 'steps'}, residual ${residual.toExponential(2)}${systems}${constants}${solution}`;
  }
}
