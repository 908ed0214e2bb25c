/** @file The reverse pass of a rollout: with all steps on the tape, or under a budget of memory by recomputation. */
import { TapeflowError } from './errors.ts';
import type { Linearized, MaybeValue } from './primitive.ts';
import { evaluateProgram, type Program } from './program.ts';
import { recordLeaves, type Recording } from './reverse.ts';
import { splitPoint } from './rollout-schedule.ts';
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
  /** Called after each backward pass. */
  readonly onReport?: (report: RolloutReport) => void;
}

/** The budget does not hold the tape of one step and the states that are always needed. */
export class BudgetError extends TapeflowError {
  readonly budget: number;
  readonly needed: number;
  constructor(budget: number, needed: number) {
    super('rollout', `the budget of ${budget} bytes is too small: one step needs ${needed} bytes.`, `Give at least ${needed} bytes, or put checkpoint(...) around parts of the step.`);
    this.budget = budget;
    this.needed = needed;
  }
}

/** Parameters of the rollout equation. Inputs `[...captured, ...state, ...controls of step 0, ...controls of step 1, …]`. */
export interface RolloutParams extends RolloutOptions {
  /** `[...captured, ...state, ...control] → state`. */
  readonly program: Program;
  readonly captured: number;
  readonly state: number;
  readonly control: number;
  readonly steps: number;
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

  /** The state at `to` from the one at `from`. */
  advance(state: readonly Value[], from: number, to: number): readonly Value[] {
    let current = state;
    for (let step = from; step < to; step++) current = evaluateProgram(this.params.program, this.inputsAt(current, step));
    return current;
  }
}

/** A recorded step, and which inputs of the program it gives cotangents to. */
interface RecordedStep {
  readonly recording: Recording;
  readonly wanted: readonly number[];
}

function recordStep(stretch: Stretch, state: readonly Value[], step: number, needs: readonly boolean[]): RecordedStep {
  const { program, captured, state: size } = stretch.params;
  const inputs = stretch.inputsAt(state, step);
  // The state of a later step depends on whatever is needed.
  const wanted = inputs.flatMap((_, k) => (needs[stretch.position(k, step)] || (step > 0 && k >= captured && k < captured + size) ? [k] : []));
  const recording = recordLeaves(
    (xs) => {
      const all = inputs.slice();
      wanted.forEach((position, k) => {
        all[position] = xs[k];
      });
      return evaluateProgram(program, all);
    },
    wanted.map((k) => inputs[k]),
    wanted.map((k) => program.inputs[k]!.space),
    'rollout',
  );
  return { recording, wanted };
}

/** Bytes of a state, and of the tape of one step (each equation leaves its outputs there). */
function sizes({ program, captured, state }: RolloutParams): { state: number; tape: number } {
  const bytes = (atoms: Program['inputs']): number => atoms.reduce((total, { space, type }) => total + space.bytes(type), 0);
  return { state: bytes(program.inputs.slice(captured, captured + state)), tape: program.equations.reduce((total, equation) => total + bytes(equation.outputs), 0) };
}

/** Accumulates cotangents while the steps are reversed from the last to the first. */
class Reversal {
  private readonly stretch: Stretch;
  private readonly needs: readonly boolean[];
  private readonly stateBytes: number;
  private stateBar: MaybeValue[];
  private readonly bars: MaybeValue[];
  private held = 0;
  private peak = 0;
  private recomputed = 0;

  constructor(stretch: Stretch, needs: readonly boolean[], yBars: readonly MaybeValue[]) {
    this.stretch = stretch;
    this.needs = needs;
    this.stateBytes = sizes(stretch.params).state;
    this.stateBar = [...yBars];
    this.bars = needs.map(() => undefined);
  }

  /** Notes that states are kept (or, with a negative number, let go). */
  hold(states: number): void {
    this.held += states * this.stateBytes;
    this.peak = Math.max(this.peak, this.held);
  }

  /** Notes how large a tape is, and refuses what does not fit. */
  private measure(tape: number): void {
    const { budget } = this.stretch.params;
    this.peak = Math.max(this.peak, this.held + tape);
    if (budget !== undefined && this.peak > budget) throw new BudgetError(budget, tape + 2 * this.stateBytes);
  }

  pull({ recording, wanted }: RecordedStep, step: number, free: boolean): void {
    const { program, captured, state } = this.stretch.params;
    const contributions = recording.pull(this.stateBar, free);
    this.stateBar = new Array<MaybeValue>(state).fill(undefined);
    wanted.forEach((k, j) => {
      const bar = contributions[j];
      if (bar === undefined) return;
      if (k >= captured && k < captured + state) {
        this.stateBar[k - captured] = bar;
        return;
      }
      const position = this.stretch.position(k, step);
      this.bars[position] = this.bars[position] === undefined ? bar : program.inputs[k]!.space.add(this.bars[position], bar);
    });
  }

  /** Reverses the steps from `from` to `to`, whose first state is known, with `slots` more states to keep. */
  reverse(state: readonly Value[], from: number, to: number, slots: number): void {
    if (to - from > 1 && slots >= 1) {
      const middle = from + splitPoint(to - from, slots);
      this.recomputed += middle - from;
      const kept = this.stretch.advance(state, from, middle);
      this.hold(1);
      this.reverse(kept, middle, to, slots - 1);
      this.hold(-1);
      this.reverse(state, from, middle, slots);
      return;
    }
    for (let step = to - 1; step >= from; step--) {
      this.recomputed += step - from;
      this.hold(1);
      const recorded = recordStep(this.stretch, this.stretch.advance(state, from, step), step, this.needs);
      this.measure(recorded.recording.level.bytes);
      this.pull(recorded, step, true);
      this.hold(-1);
    }
  }

  /** Cotangents of the inputs, once all steps are reversed. */
  result(): MaybeValue[] {
    const { captured } = this.stretch.params;
    const bars = [...this.bars];
    this.stateBar.forEach((bar, k) => {
      bars[captured + k] = bar;
    });
    return bars;
  }

  report(snapshots: number): RolloutReport {
    return { steps: this.stretch.params.steps, snapshots, recomputedSteps: this.recomputed, peakBytes: this.peak };
  }
}

/** All steps on the tape. */
function linearizeAll(stretch: Stretch, needs: readonly boolean[]): Linearized {
  const { steps, onReport } = stretch.params;
  const recorded: RecordedStep[] = [];
  let state = stretch.initial;
  for (let step = 0; step < steps; step++) {
    recorded.push(recordStep(stretch, state, step, needs));
    state = recorded[step]!.recording.ys;
  }
  const bytes = recorded.reduce((total, { recording }) => total + recording.level.bytes, 0);
  return {
    outputs: state,
    bytes,
    pullback(yBars) {
      const reversal = new Reversal(stretch, needs, yBars);
      for (let step = steps - 1; step >= 0; step--) reversal.pull(recorded[step]!, step, false);
      onReport?.({ ...reversal.report(0), peakBytes: bytes });
      return reversal.result();
    },
  };
}

/** Some states are kept, the steps between them are recorded one at a time. */
function linearizeWithin(budget: number, stretch: Stretch, needs: readonly boolean[]): Linearized {
  const { steps, onReport } = stretch.params;
  const size = sizes(stretch.params);
  // Always held: the initial state, and the state from which a step is recorded.
  const needed = size.tape + 2 * size.state;
  if (budget < needed) throw new BudgetError(budget, needed);
  let free = size.state === 0 ? steps : Math.floor((budget - needed) / size.state);
  // The forward pass already keeps the states at which the backward pass will split first.
  const kept: { step: number; state: readonly Value[] }[] = [{ step: 0, state: stretch.initial }];
  let last = kept[0]!;
  for (; free >= 1 && steps - last.step > 1; free--) {
    const step = last.step + splitPoint(steps - last.step, free);
    kept.push((last = { step, state: stretch.advance(last.state, last.step, step) }));
  }
  return {
    outputs: stretch.advance(last.state, last.step, steps),
    bytes: (kept.length - 1) * size.state,
    pullback(yBars) {
      const reversal = new Reversal(stretch, needs, yBars);
      reversal.hold(kept.length);
      let end = steps;
      for (let k = kept.length - 1; k >= 0; k--) {
        // Each state that was reversed makes room for another one.
        reversal.reverse(kept[k]!.state, kept[k]!.step, end, free + kept.length - 1 - k);
        if (k > 0) reversal.hold(-1);
        end = kept[k]!.step;
      }
      onReport?.(reversal.report(kept.length - 1));
      return reversal.result();
    },
  };
}

/** Runs the rollout for reverse mode, within its budget if it has one. */
export function linearizeRollout(inputs: readonly Value[], params: RolloutParams, needs: readonly boolean[]): Linearized {
  const stretch = new Stretch(inputs, params);
  const { budget } = params;
  return budget === undefined || budget === Infinity ? linearizeAll(stretch, needs) : linearizeWithin(budget, stretch, needs);
}
