/** @file rollout: many equal steps, reversed under a budget of memory by recomputation. */
import { closeOver, type Closed } from './close-over.ts';
import { TapeflowError } from './errors.ts';
import { forwardLeaves } from './forward.ts';
import { apply } from './level.ts';
import { loopWriterFor } from './loops.ts';
import { requireSame, type TreeType } from './matching.ts';
import { primitive, type MaybeValue, type Primitive } from './primitive.ts';
import { batchProgram, programTangents } from './program-rules.ts';
import { linearizeRollout } from './rollout-reverse.ts';
import { Stretch, type RolloutOptions, type RolloutParams } from './rollout-steps.ts';
import { abstractOf, spaceOf } from './spaces.ts';
import { flatten, type Flattened } from './tree.ts';
import type { Value } from './value.ts';

const rolloutPrimitive: Primitive = /* @__PURE__ */ primitive({
  name: 'rollout',
  composite: true,
  evaluate(inputs, params) {
    const stretch = new Stretch(inputs, params as RolloutParams);
    return loopWriterFor(stretch.params.program)?.run(stretch.repeated()) ?? stretch.advance(stretch.initial, 0, stretch.params.steps);
  },
  abstract: (_inputs, params) => (params as RolloutParams).program.results,
  outputSpace: (params, k) => (params as RolloutParams).program.results[k]!.space,
  pushforward(inputs, tangents, params) {
    const { program, captured, state, steps } = params as RolloutParams;
    const writer = loopWriterFor(program);
    if (writer !== undefined) {
      const spaces = inputs.map(spaceOf);
      const { ys, dys } = forwardLeaves((xs) => writer.run(new Stretch(xs, params as RolloutParams).repeated()), inputs, tangents, spaces, 'rollout');
      return { outputs: ys, tangents: dys };
    }
    const stretch = new Stretch(inputs, params as RolloutParams);
    let outputs: readonly Value[] = stretch.initial;
    let dys: readonly MaybeValue[] = tangents.slice(captured, captured + state);
    for (let step = 0; step < steps; step++) {
      const dxs = program.inputs.map((_, k) => (k >= captured && k < captured + state ? dys[k - captured] : tangents[stretch.position(k, step)]));
      const next = programTangents(program, stretch.inputsAt(outputs, step), dxs);
      outputs = next.outputs;
      dys = next.tangents;
    }
    return { outputs, tangents: dys };
  },
  linearize: (inputs, params, needs) => linearizeRollout(inputs, params as RolloutParams, needs),
  batch(inputs, batched, params, size) {
    const rollout = params as RolloutParams;
    const { program, captured, state, control, members } = rollout;
    const controlsBatched = batched.slice(captured + state).some(Boolean);
    const flagAt = (k: number): boolean => (k < captured ? batched[k]! : k < captured + state || controlsBatched);
    const programInput = (k: number): number => (k < captured + state ? k : captured + state + ((k - captured - state) % control));
    const stacked = inputs.map((input, k) => (flagAt(k) && !batched[k] ? program.inputs[programInput(k)]!.space.batch.repeat(input, size) : input));
    const batchedProgram = batchProgram(program, program.inputs.map((_, k) => flagAt(k)), size, stacked.slice(0, program.inputs.length).map(abstractOf));
    const outputs = apply(rolloutPrimitive, stacked, { ...rollout, program: batchedProgram, members: members * size } satisfies RolloutParams);
    return { outputs, batched: outputs.map(() => true) };
  },
});

/**
 * Applies `step` many times: `state ← step(state, control)`, once per element of `controls` (or `controls` times, if it is a number).
 *
 * With a `budget` in bytes, reverse mode keeps as many states as fit and computes the others again, by the binomial schedule
 * of [Griewank2000]; the gradient has the same bits as without budget. Derivatives reach the initial state, the controls and
 * what `step` closes over, in both modes and to any order; the budget holds for the innermost reverse pass. Inside `jit` the steps are loops
 * of the program, whose bodies are compiled once; within a budget they are nested, and inner loops run again.
 * `step` is recorded once, so it must not look at values.
 *
 * Throws `BudgetError` when the tape of one step does not fit, `TreeError` when a state or a control is unlike the first one.
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
  const { budget } = options;
  if (budget !== undefined && !(budget > 0)) throw new TapeflowError('rollout', `the budget is ${budget}.`, 'Give a positive number of bytes.');
  if (steps === 0) return initial;
  const each = typeof controls === 'number' ? [] : controls.map((control) => flatten(control, 'rollout'));
  const example = typeof controls === 'number' ? [initial] : [initial, controls[0]];
  const closed = closeOver('rollout', step as (...args: never[]) => unknown, example);
  const state = flatten(initial, 'rollout');
  checkStep(closed, typeOf(state));
  checkControls(each);
  const params: RolloutParams = { ...options, program: closed.program, captured: closed.captured.length, state: state.leaves.length, control: each[0]?.leaves.length ?? 0, steps, members: 1 };
  const outputs = apply(rolloutPrimitive, [...closed.captured, ...state.leaves, ...each.flatMap(({ leaves }) => leaves)], params);
  return state.structure.unflatten(outputs) as State;
}

function checkStep({ program, result }: Closed, state: TreeType): void {
  const seen = { structure: result, types: program.results };
  requireSame('rollout', 'the result of the step', seen, state, 'A step must return a state with the same keys, shapes and dtypes as the one it takes.');
}

function checkControls(each: readonly Flattened[]): void {
  const first = each[0] && typeOf(each[0]);
  each.forEach((control, step) => requireSame('rollout', `control ${step}`, typeOf(control), first!, 'Give every step a control of the same structure and types.'));
}

const typeOf = ({ structure, leaves }: Flattened): TreeType => ({ structure, types: leaves.map(abstractOf) });
