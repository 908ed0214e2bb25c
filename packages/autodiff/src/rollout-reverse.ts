/** @file The reverse pass of a rollout: with all steps on the tape, or under a budget of memory by recomputation. */
import { addDerivatives, type Linearized, type MaybeValue } from './primitive.ts';
import { loopsFor } from './loops.ts';
import { splitPoint } from './rollout-schedule.ts';
import { BudgetError, bytesOfState, bytesOfTape, recordStep, type RecordedStep, type RolloutParams, type RolloutReport, Stretch } from './rollout-steps.ts';
import { withAt } from './result.ts';
import { bytesOn } from './tape-entries.ts';
import type { Value } from './value.ts';

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
      this.bars[position] = addDerivatives(program.inputs[k]!.space, this.bars[position], bar);
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
    this.measure(bytesOn(recorded.recording.level) / this.stretch.params.members);
    this.pull(recorded, step, true);
    this.hold(-1);
  }

  /** Cotangents of the inputs, once all steps are reversed. */
  result(): MaybeValue[] {
    const { captured } = this.stretch.params;
    return withAt(this.bars, this.stateBar.map((_, k) => captured + k), this.stateBar);
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
  const bytes = recorded.reduce((total, { recording }) => total + bytesOn(recording.level), 0);
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

/** Runs the rollout for reverse mode, within its budget if it has one. */
export function linearizeRollout(inputs: readonly Value[], params: RolloutParams, needs: readonly boolean[]): Linearized {
  const stretch = new Stretch(inputs, params);
  const { budget } = params;
  const loops = loopsFor(params.program);
  if (loops !== undefined) return loops.linearize(loops.writer, stretch, needs);
  return budget === undefined || budget === Infinity ? linearizeAll(stretch, needs) : linearizeWithin(budget, stretch, needs);
}
