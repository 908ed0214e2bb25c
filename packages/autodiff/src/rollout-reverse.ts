/** @file The reverse pass of a rollout: with all steps on the tape, or under a budget of memory by recomputation. */
import { TapeflowError } from './errors.ts';
import type { Linearized, MaybeValue } from './primitive.ts';
import { loopWriterFor, type LoopWriter } from './loops.ts';
import { keptAtOnce, loopsWithin, repeatedSteps, splitPoint } from './rollout-schedule.ts';
import { bytesOfState, bytesOfTape, recordStep, type RecordedStep, type RolloutParams, type RolloutReport, Stretch } from './rollout-steps.ts';
import type { Value } from './value.ts';

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
    this.stateBytes = bytesOfState(stretch.params);
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
    if (budget !== undefined && this.peak > budget) throw new BudgetError(budget, this.peak);
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
    let end = to;
    while (end - from > 1 && slots >= 1) {
      const middle = from + splitPoint(end - from, slots);
      this.reverseFrom(middle, state, from, end, slots);
      end = middle;
    }
    for (let step = end - 1; step >= from; step--) this.reverseStep(state, from, step);
  }

  // What a local variable holds stays alive until its function returns. So each kept state has a call of its own.

  /** Keeps the state at `middle` while the steps after it are reversed. */
  private reverseFrom(middle: number, state: readonly Value[], from: number, to: number, slots: number): void {
    this.recomputed += middle - from;
    this.hold(1);
    this.reverse(this.stretch.advance(state, from, middle), middle, to, slots - 1);
    this.hold(-1);
  }

  private reverseStep(state: readonly Value[], from: number, step: number): void {
    this.recomputed += step - from;
    this.hold(1);
    const recorded = recordStep(this.stretch, this.stretch.advance(state, from, step), step, this.needs);
    this.measure(recorded.recording.level.bytes / this.stretch.params.members);
    this.pull(recorded, step, true);
    this.hold(-1);
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
  const { steps, members, onReport } = stretch.params;
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
      onReport?.({ ...reversal.report(0), peakBytes: bytes / members });
      return reversal.result();
    },
  };
}

/** Some states are kept, the steps between them are recorded one at a time. */
function linearizeWithin(budget: number, stretch: Stretch, needs: readonly boolean[]): Linearized {
  const { steps, members, onReport } = stretch.params;
  const again = stretch.again();
  const stateBytes = bytesOfState(stretch.params);
  // Always held: the initial state, and the state from which a step is recorded.
  const needed = bytesOfTape(again, needs) + 2 * stateBytes;
  if (budget < needed) throw new BudgetError(budget, needed);
  const slots = stateBytes === 0 ? steps : Math.floor((budget - needed) / stateBytes);
  // The forward pass already keeps the states at which the backward pass will split first.
  let kept: { readonly step: number; readonly state: readonly Value[] }[] = [{ step: 0, state: stretch.initial }];
  let last = kept[0]!;
  while (kept.length <= slots && steps - last.step > 1) {
    const step = last.step + splitPoint(steps - last.step, slots - kept.length + 1);
    kept.push((last = { step, state: stretch.advance(last.state, last.step, step) }));
  }
  const snapshots = kept.length - 1;
  return {
    outputs: stretch.advance(last.state, last.step, steps),
    bytes: snapshots * stateBytes * members,
    pullback(yBars) {
      const reversal = new Reversal(again, needs, yBars);
      reversal.hold(kept.length);
      // Each state that was reversed makes room for another one, so a second pullback begins with the initial state alone.
      const states = kept;
      kept = states.slice(0, 1);
      for (let end = steps; states.length > 0; states.pop()) {
        const { step, state } = states[states.length - 1]!;
        reversal.reverse(state, step, end, slots - states.length + 1);
        if (step > 0) reversal.hold(-1);
        end = step;
      }
      onReport?.(reversal.report(snapshots));
      return reversal.result();
    },
  };
}

/** As loops of a program, which keep as many states as the budget allows. */
function linearizeByLoops(writer: LoopWriter, stretch: Stretch, needs: readonly boolean[]): Linearized {
  const { steps, members, budget = Infinity, onReport } = stretch.params;
  const stateBytes = bytesOfState(stretch.params);
  const tape = bytesOfTape(stretch.again(), needs);
  const loops = loopsWithin(steps, stateBytes === 0 ? Infinity : Math.floor((budget - tape) / stateBytes));
  const kept = keptAtOnce(loops);
  const peakBytes = tape + kept * stateBytes;
  if (peakBytes > budget) throw new BudgetError(budget, peakBytes, `${steps} steps in the loops of a program need`);
  const { outputs, pullback } = writer.linearize(stretch.repeated(), loops, needs);
  return {
    outputs,
    bytes: kept * stateBytes * members,
    pullback(yBars) {
      const bars = pullback(yBars);
      onReport?.({ steps, snapshots: kept, recomputedSteps: repeatedSteps(loops), peakBytes });
      return bars;
    },
  };
}

/** Runs the rollout for reverse mode, within its budget if it has one. */
export function linearizeRollout(inputs: readonly Value[], params: RolloutParams, needs: readonly boolean[]): Linearized {
  const stretch = new Stretch(inputs, params);
  const { budget } = params;
  const writer = loopWriterFor(params.program);
  if (writer !== undefined) return linearizeByLoops(writer, stretch, needs);
  return budget === undefined || budget === Infinity ? linearizeAll(stretch, needs) : linearizeWithin(budget, stretch, needs);
}
