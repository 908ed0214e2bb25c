/** @file rollout: many equal steps, reversed under a budget of memory by recomputation. */
import { closeOver } from './close-over.ts';
import { TapeflowError } from './errors.ts';
import { apply } from './level.ts';
import { primitive, type Linearized, type MaybeValue, type Primitive } from './primitive.ts';
import { evaluateProgram, type Program } from './program.ts';
import { programTangents } from './program-rules.ts';
import { recordLeaves, type Recording } from './reverse.ts';
import { splitPoint } from './rollout-schedule.ts';
import { flatten } from './tree.ts';
import { typeIn, type Value } from './value.ts';

/** What a reversed rollout did. */
export interface RolloutReport {
  readonly steps: number;
  /** States kept besides the initial one. */
  readonly snapshots: number;
  /** Steps computed again to reach a state that was not kept. */
  readonly recomputedSteps: number;
  /** Largest number of bytes held at once by kept states and by the tape of the step being reversed. */
  readonly peakBytes: number;
}

export interface RolloutOptions {
  /** Bytes that kept states and the tape of one step may take together. Without it every step stays on the tape. */
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

interface RolloutParams extends RolloutOptions {
  /** `[...captured, ...state, ...control] → state`. */
  readonly program: Program;
  readonly captured: number;
  readonly state: number;
  readonly control: number;
  readonly steps: number;
}

/** Inputs of the rollout equation, taken apart. */
class Stretch {
  readonly params: RolloutParams;
  readonly fixed: readonly Value[];
  readonly initial: readonly Value[];
  private readonly controls: readonly Value[];

  constructor(inputs: readonly Value[], params: RolloutParams) {
    const { captured, state } = params;
    this.params = params;
    this.fixed = inputs.slice(0, captured);
    this.initial = inputs.slice(captured, captured + state);
    this.controls = inputs.slice(captured + state);
  }

  control(step: number): readonly Value[] {
    const { control } = this.params;
    return this.controls.slice(step * control, (step + 1) * control);
  }

  advance(state: readonly Value[], from: number, to: number): readonly Value[] {
    let current = state;
    for (let step = from; step < to; step++) current = evaluateProgram(this.params.program, [...this.fixed, ...current, ...this.control(step)]);
    return current;
  }

  record(state: readonly Value[], step: number): Recording {
    const { program } = this.params;
    return recordLeaves((xs) => evaluateProgram(program, xs), [...this.fixed, ...state, ...this.control(step)], program.inputs.map(({ space }) => space), 'rollout');
  }
}

/** Bytes of a state, and of the tape of one step (each equation leaves its outputs there). */
function sizes({ program, captured, state }: RolloutParams): { state: number; tape: number } {
  const bytes = (atoms: readonly { space: { bytes(type: unknown): number }; type: unknown }[]): number => atoms.reduce((total, { space, type }) => total + space.bytes(type), 0);
  return { state: bytes(program.inputs.slice(captured, captured + state)), tape: program.equations.reduce((total, equation) => total + bytes(equation.outputs), 0) };
}

function freeSlots(params: RolloutParams): number {
  if (params.budget === undefined) return Infinity;
  const { state, tape } = sizes(params);
  // Always held: the initial state, and the state from which a step is being reached.
  const needed = tape + 2 * state;
  if (params.budget < needed) throw new BudgetError(params.budget, needed);
  return state === 0 ? params.steps : Math.floor((params.budget - needed) / state);
}

/** Accumulates cotangents while the steps are reversed from the last to the first. */
class Reversal {
  private readonly stretch: Stretch;
  private stateBar: MaybeValue[];
  private readonly fixedBar: MaybeValue[];
  private readonly controlBars: MaybeValue[][];
  private held = 0;
  private peak = 0;
  private recomputed = 0;
  readonly stateBytes: number;

  constructor(stretch: Stretch, yBars: readonly MaybeValue[], stateBytes: number) {
    this.stretch = stretch;
    this.stateBar = [...yBars];
    this.fixedBar = stretch.fixed.map(() => undefined);
    this.controlBars = [];
    this.stateBytes = stateBytes;
  }

  hold(states: number): void {
    this.held += states * this.stateBytes;
    this.peak = Math.max(this.peak, this.held);
  }

  pull(recording: Recording, step: number): void {
    const { fixed, initial, params } = this.stretch;
    this.peak = Math.max(this.peak, this.held + recording.level.bytes);
    const bars = recording.pull(this.stateBar, true);
    const { program } = params;
    fixed.forEach((_, k) => {
      const bar = bars[k];
      if (bar !== undefined) this.fixedBar[k] = this.fixedBar[k] === undefined ? bar : program.inputs[k]!.space.add(this.fixedBar[k], bar);
    });
    this.stateBar = bars.slice(fixed.length, fixed.length + initial.length);
    this.controlBars[step] = bars.slice(fixed.length + initial.length);
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
      this.pull(this.stretch.record(this.stretch.advance(state, from, step), step), step);
      this.hold(-1);
    }
  }

  result(snapshots: number): { bars: MaybeValue[]; report: RolloutReport } {
    const { steps } = this.stretch.params;
    return {
      bars: [...this.fixedBar, ...this.stateBar, ...this.controlBars.flat()],
      report: { steps, snapshots, recomputedSteps: this.recomputed, peakBytes: this.peak },
    };
  }
}

function linearizeAll(stretch: Stretch): Linearized {
  const { steps, onReport } = stretch.params;
  const recordings: Recording[] = [];
  let state = stretch.initial;
  for (let step = 0; step < steps; step++) {
    const recording = stretch.record(state, step);
    recordings.push(recording);
    state = recording.ys;
  }
  return {
    outputs: state,
    pullback(yBars) {
      const reversal = new Reversal(stretch, yBars, 0);
      const tapeBytes = recordings.reduce((total, recording) => total + recording.level.bytes, 0);
      for (let step = steps - 1; step >= 0; step--) reversal.pull(recordings.pop()!, step);
      const { bars, report } = reversal.result(0);
      onReport?.({ ...report, peakBytes: tapeBytes });
      return bars;
    },
  };
}

function linearizeWithBudget(stretch: Stretch, slots: number): Linearized {
  const { steps, onReport } = stretch.params;
  // The forward pass already keeps the states at which the backward pass will split first.
  const kept: { step: number; state: readonly Value[] }[] = [{ step: 0, state: stretch.initial }];
  let free = slots;
  while (free >= 1 && steps - kept[kept.length - 1]!.step > 1) {
    const last = kept[kept.length - 1]!;
    const step = last.step + splitPoint(steps - last.step, free);
    kept.push({ step, state: stretch.advance(last.state, last.step, step) });
    free--;
  }
  const last = kept[kept.length - 1]!;
  const outputs = stretch.advance(last.state, last.step, steps);
  return {
    outputs,
    pullback(yBars) {
      const reversal = new Reversal(stretch, yBars, sizes(stretch.params).state);
      reversal.hold(kept.length);
      let end = steps;
      for (let k = kept.length - 1; k >= 0; k--) {
        reversal.reverse(kept[k]!.state, kept[k]!.step, end, free);
        reversal.hold(-1);
        end = kept[k]!.step;
        free++;
      }
      const { bars, report } = reversal.result(kept.length - 1);
      onReport?.(report);
      return bars;
    },
  };
}

const rolloutPrimitive: Primitive = primitive({
  name: 'rollout',
  evaluate(inputs, params) {
    const stretch = new Stretch(inputs, params as RolloutParams);
    return stretch.advance(stretch.initial, 0, stretch.params.steps);
  },
  abstract: (_inputs, params) => (params as RolloutParams).program.results,
  outputSpace: (params, k) => (params as RolloutParams).program.results[k]!.space,
  pushforward(inputs, tangents, params) {
    const { program, captured, state, control, steps } = params as RolloutParams;
    const stretch = new Stretch(inputs, params as RolloutParams);
    let outputs: readonly Value[] = stretch.initial;
    let dys: readonly MaybeValue[] = tangents.slice(captured, captured + state);
    for (let step = 0; step < steps; step++) {
      const at = captured + state + step * control;
      const next = programTangents(program, [...stretch.fixed, ...outputs, ...stretch.control(step)], [...tangents.slice(0, captured), ...dys, ...tangents.slice(at, at + control)]);
      outputs = next.outputs;
      dys = next.tangents;
    }
    return { outputs, tangents: dys };
  },
  linearize(inputs, params) {
    const stretch = new Stretch(inputs, params as RolloutParams);
    const slots = freeSlots(stretch.params);
    return slots === Infinity ? linearizeAll(stretch) : linearizeWithBudget(stretch, slots);
  },
});

/**
 * Applies `step` many times: `state ← step(state, control)`, once per element of `controls` (or `controls` times, if it is a number).
 *
 * With a `budget` in bytes, reverse mode keeps as many states as fit and computes the others again, by the binomial schedule
 * of [Griewank2000]; the gradient has the same bits as without budget. `step` is traced once, so it must not look at values.
 *
 * Throws `BudgetError` when the tape of one step does not fit.
 */
export function rollout<State>(step: (state: State) => State, initial: State, controls: number, options?: RolloutOptions): State;
export function rollout<State, Control>(step: (state: State, control: Control) => State, initial: State, controls: readonly Control[], options?: RolloutOptions): State;
export function rollout<State, Control>(
  step: (state: State, control: Control) => State,
  initial: State,
  controls: number | readonly Control[],
  options: RolloutOptions = {},
): State {
  const steps = typeof controls === 'number' ? controls : controls.length;
  if (!Number.isInteger(steps) || steps < 0) throw new TapeflowError('rollout', `the number of steps is ${steps}.`, 'Give an integer ≥ 0.');
  const each = typeof controls === 'number' ? [] : controls.map((control) => flatten(control, 'rollout'));
  if (steps === 0) return initial;
  const example = typeof controls === 'number' ? [initial] : [initial, controls[0]];
  const closed = closeOver('rollout', step as (...args: never[]) => unknown, example);
  const state = flatten(initial, 'rollout');
  checkStep(closed.program, closed.captured.length, state.leaves, closed.result.key === state.structure.key);
  each.forEach(({ structure }, k) => {
    if (structure.key !== each[0]!.structure.key) throw new TapeflowError('rollout', `control ${k} has another structure than control 0.`, 'Give every step a control of the same structure.');
  });
  const params: RolloutParams = { ...options, program: closed.program, captured: closed.captured.length, state: state.leaves.length, control: each[0]?.leaves.length ?? 0, steps };
  const outputs = apply(rolloutPrimitive, [...closed.captured, ...state.leaves, ...each.flatMap(({ leaves }) => leaves)], params);
  return closed.result.unflatten(outputs) as State;
}

function checkStep(program: Program, captured: number, state: readonly Value[], sameStructure: boolean): void {
  const fits =
    sameStructure &&
    state.every((leaf, k) => {
      const { space, type } = program.inputs[captured + k]!;
      return space === program.results[k]!.space && space.sameType(type, program.results[k]!.type) && space.sameType(type, typeIn(space, leaf));
    });
  if (!fits) throw new TapeflowError('rollout', 'the step returns a state of another structure or type than it takes.', 'Return a state with the same keys, shapes and dtypes.');
}
