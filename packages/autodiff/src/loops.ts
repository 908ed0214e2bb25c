/** @file Who records a program for a compiler says here how its loops are written; without that, repeated steps are recorded one by one. */
import type { Linearized } from './primitive.ts';
import type { Program } from './program.ts';
import { linearizeByLoops } from './rollout-loops.ts';
import type { Loop } from './rollout-schedule.ts';
import type { Value } from './value.ts';

/** Equal steps: `program` takes `[...fixed, ...state, ...control]` to the next state; there is one list of controls per step. */
export interface RepeatedStep {
  readonly program: Program;
  readonly fixed: readonly Value[];
  readonly state: readonly Value[];
  readonly controls: readonly (readonly Value[])[];
}

/** Writes repeated steps as loops. */
export interface LoopWriter {
  /** Whether values of the kinds that a step works on travel through loops. */
  accepts(program: Program): boolean;
  /** The last state. */
  run(step: RepeatedStep): readonly Value[];
  /**
   * The last state with a pullback to `[...fixed, ...state, ...controls of step 0, …]`. Reverse mode keeps the states at which trips of the
   * loops begin, and inner loops run again.
   */
  linearize(step: RepeatedStep, loops: readonly Loop[], needs: readonly boolean[]): Linearized;
}

/** A writer, and what asks it for the reverse pass. Only those who write loops need that, so it comes with the writer. */
interface Loops {
  readonly writer: LoopWriter;
  readonly linearize: typeof linearizeByLoops;
}

let current: Loops | undefined;

/** Runs `record` while loops are written by `writer`. */
export function withLoops<R>(writer: LoopWriter, record: () => R): R {
  const before = current;
  current = { writer, linearize: linearizeByLoops };
  try {
    return record();
  } finally {
    current = before;
  }
}

/** How loops over a step are written, where they are. */
export function loopsFor(program: Program): Loops | undefined {
  return current?.writer.accepts(program) === true ? current : undefined;
}
