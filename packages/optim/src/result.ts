/** @file What a minimisation reports: after each step, and at the end. */
import { describeNonFinite, type NonFinite } from './errors.ts';
import type { MethodState, Tolerances } from './method.ts';

/** Everything needed to go on later: give it back as `resume`, together with the x that belongs to it. */
export interface MinimizeState<X> {
  readonly method: string;
  /** Steps since the very beginning, over all continuations; likewise the evaluations. */
  readonly steps: number;
  readonly evaluations: number;
  /** The method's own memory; of an optimizer, the state that `update` takes. */
  readonly memory: MethodState<X>;
}

/** Numbers of one step. */
export interface StepRecord {
  /** 1 for the first; 0 in the history is the start. */
  readonly step: number;
  readonly value: number;
  readonly gradientNorm: number;
  /** Evaluations of value and gradient up to now. */
  readonly evaluations: number;
}

/** What `onStep` is told after a step. */
export interface StepReport<X> extends StepRecord {
  readonly x: X;
  readonly state: MinimizeState<X>;
}

/**
 * Why a minimisation stopped: a tolerance was met ('gradient', 'value', 'step'), the steps were used up, the signal was given, the
 * function was not finite, or no acceptable step was found.
 */
export type StopReason = 'gradient' | 'value' | 'step' | 'maxSteps' | 'aborted' | 'nonFinite' | 'lineSearch';

/** The end of a minimisation, which explains itself. Value, gradient norm and state belong to `x`. */
export interface MinimizeResult<X> {
  readonly x: X;
  readonly value: number;
  readonly gradientNorm: number;
  /** Steps since the very beginning, also before a `resume`. */
  readonly steps: number;
  readonly evaluations: number;
  readonly reason: StopReason;
  /** True when a tolerance was met. */
  readonly converged: boolean;
  /** The start and each step of this call; empty with `history: false`. */
  readonly history: readonly StepRecord[];
  readonly state: MinimizeState<X>;
  /** Where the function was not finite; with the reason 'nonFinite' only. `x` is the last point where it was. */
  readonly nonFinite?: NonFinite;
  /** What happened, in a sentence or two. */
  describe(): string;
}

/** The facts that the sentence is made of. */
export interface Outcome {
  readonly method: string;
  readonly reason: StopReason;
  readonly first: StepRecord;
  readonly last: StepRecord;
  readonly tolerances: Tolerances;
  readonly nonFinite?: NonFinite;
  /** Further words of the method. */
  readonly explanation?: string;
}

/** `lbfgs(memory = 10, …): the gradient norm 3.1e-9 is within 1e-8, after 23 steps and 31 evaluations. Value 24.2 → 1.1e-20.` */
export function describeOutcome(outcome: Outcome): string {
  const { method, first, last } = outcome;
  const count = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? '' : 's'}`;
  return `${method}: ${because(outcome)}, after ${count(last.step, 'step')} and ${count(last.evaluations, 'evaluation')}. Value ${short(first.value)} → ${short(last.value)}, gradient norm ${short(first.gradientNorm)} → ${short(last.gradientNorm)}.`;
}

function because({ reason, last, tolerances, nonFinite, explanation }: Outcome): string {
  switch (reason) {
    case 'gradient':
      return `the gradient norm ${short(last.gradientNorm)} is within ${tolerances.gradient}`;
    case 'value':
      return `the last step changed the value by no more than ${tolerances.value} of itself`;
    case 'step':
      return `the last step moved x by no more than ${tolerances.step} of itself`;
    case 'maxSteps':
      return 'stopped at maxSteps';
    case 'aborted':
      return 'stopped by its signal';
    case 'nonFinite':
      return `stopped because ${nonFinite === undefined ? 'a value is not finite' : describeNonFinite(nonFinite)}${last.step === 0 && !Number.isFinite(last.value + last.gradientNorm) ? ' at the start' : ' at the next point; x is the last good one'}`;
    case 'lineSearch':
      return `no acceptable step: ${explanation ?? 'the line search failed'}`;
  }
}

const short = (value: number): string => (Number.isInteger(value) && Math.abs(value) < 1e6 ? String(value) : String(Number(value.toPrecision(4))));
