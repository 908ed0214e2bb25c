/** @file The steps of a rollout: its parameters, running and recording steps, and what they take. */
import type { Abstract } from './primitive.ts';
import { traceProgram } from './close-over.ts';
import { TapeflowError } from './errors.ts';
import { withoutHostCalls } from './inner-programs.ts';
import type { RepeatedStep } from './loops.ts';
import { evaluateProgram, type Program } from './program.ts';
import { recordProgram } from './program-rules.ts';
import type { Recording } from './reverse.ts';
import { bytesOn } from './tape-entries.ts';
import type { Value } from './value.ts';

/** What a reversed rollout did. */
export interface RolloutReport {
  readonly steps: number;
  /** States kept besides the initial one. */
  readonly snapshots: number;
  /** Steps computed again to reach a state that was not kept (beside the recording of each step). */
  readonly recomputedSteps: number;
  /** Largest number of bytes held at once by kept states and by the tape of the step being reversed. */
  readonly peakBytes: number;
}

/** How a rollout is reversed. */
export interface RolloutOptions {
  /**
   * Bytes that kept states and the tape of one step may take together (of one member, inside `vmap`). Without it every step
   * stays on the tape.
   */
  readonly budget?: number;
  /** Called after each backward pass; where a program is recorded for a compiler, once when that happens. */
  readonly onReport?: (report: RolloutReport) => void;
}

/** Parameters of the rollout equation. Inputs `[...captured, ...state, ...controls of step 0, ...controls of step 1, …]`. */
export interface RolloutParams extends RolloutOptions {
  /** `[...captured, ...state, ...control] → state`. */
  readonly program: Program;
  readonly captured: number;
  readonly state: number;
  readonly control: number;
  readonly steps: number;
  /** How many rollouts run together inside `vmap`; bytes are counted for one of them. */
  readonly members: number;
}

/** The budget does not hold the tape of one step and the states that are always needed (in a program: those that nested loops need). */
export class BudgetError extends TapeflowError {
  readonly budget: number;
  readonly needed: number;
  constructor(budget: number, needed: number, what: string = 'one step needs') {
    super('rollout', `the budget of ${budget} bytes is too small: ${what} ${needed} bytes.`, `Give at least ${needed} bytes, or put checkpoint(...) around parts of the step.`);
    this.budget = budget;
    this.needed = needed;
  }
}

/** Inputs of the rollout equation, taken apart. */
export class Stretch {
  readonly params: RolloutParams;
  readonly initial: readonly Value[];
  private readonly inputs: readonly Value[];

  constructor(inputs: readonly Value[], params: RolloutParams) {
    const { captured, state } = params;
    this.params = params;
    this.inputs = inputs;
    this.initial = inputs.slice(captured, captured + state);
  }

  /** Position among the inputs of the equation of input `k` of the program at `step`; states have one at step 0 only. */
  position(k: number, step: number): number {
    const { captured, state, control } = this.params;
    return k < captured + state ? k : k + step * control;
  }

  /** Inputs of the program at a step. */
  inputsAt(state: readonly Value[], step: number): Value[] {
    const { program, captured } = this.params;
    return program.inputs.map((_, k) => (k >= captured && k < captured + state.length ? state[k - captured] : this.inputs[this.position(k, step)]));
  }

  /** The same for steps that are computed again: without the calls of the host that they have made. */
  again(): Stretch {
    return new Stretch(this.inputs, { ...this.params, program: withoutHostCalls(this.params.program) });
  }

  /** As equal steps in a row. */
  repeated(): RepeatedStep {
    const { program, captured, state, control, steps } = this.params;
    const first = captured + state;
    return { program, fixed: this.inputs.slice(0, captured), state: this.initial, controls: Array.from({ length: steps }, (_, step) => this.inputs.slice(first + step * control, first + (step + 1) * control)) };
  }

  /** The state at `to` from the one at `from`. */
  advance(state: readonly Value[], from: number, to: number): readonly Value[] {
    let current = state;
    for (let step = from; step < to; step++) current = evaluateProgram(this.params.program, this.inputsAt(current, step));
    return current;
  }
}

/** A recorded step, and which inputs of the program it gives cotangents to. */
export interface RecordedStep {
  readonly recording: Recording;
  readonly wanted: readonly number[];
}

/** Records one step from a state. */
export function recordStep(stretch: Stretch, state: readonly Value[], step: number, needs: readonly boolean[]): RecordedStep {
  const { program, captured, state: size } = stretch.params;
  const inputs = stretch.inputsAt(state, step);
  // The state of a later step depends on whatever is needed.
  const wanted = inputs.flatMap((_, k) => (needs[stretch.position(k, step)] || (step > 0 && k >= captured && k < captured + size) ? [k] : []));
  return { recording: recordProgram(program, inputs, wanted, 'rollout'), wanted };
}

function bytesOf(values: readonly Abstract[], { members }: RolloutParams): number {
  return values.reduce((total, { space, type }) => total + space.bytes(type), 0) / members;
}

/** Bytes of one state. */
export function bytesOfState(params: RolloutParams): number {
  const { program, captured, state } = params;
  return bytesOf(program.inputs.slice(captured, captured + state), params);
}

/** Bytes of the tape of one step. */
export function bytesOfTape(stretch: Stretch, needs: readonly boolean[]): number {
  const { params } = stretch;
  const { equations } = params.program;
  // Each equation leaves its outputs there. What one that records in its own way leaves is known only when it has done so.
  if (equations.every(({ primitive }) => primitive.linearize === undefined)) return bytesOf(equations.flatMap(({ outputs }) => outputs), params);
  let bytes = 0;
  // In a program of its own, which is thrown away.
  traceProgram('rollout', () => {
    bytes = bytesOn(recordStep(stretch, stretch.initial, 0, needs.map(() => true)).recording.level);
    return [];
  }, []);
  return bytes / params.members;
}
