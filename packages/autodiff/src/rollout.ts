/** @file rollout: many equal steps, reversed under a budget of memory by recomputation. */
import { closeOver } from './close-over.ts';
import { TapeflowError } from './errors.ts';
import { forwardLeaves } from './forward.ts';
import { apply } from './level.ts';
import { loopsFor } from './loops.ts';
import { requireSame, resultType, treeType } from './matching.ts';
import { primitive, type Primitive } from './primitive.ts';
import { allStacked, batchProgram } from './program-rules.ts';
import { linearizeRollout } from './rollout-reverse.ts';
import { Stretch, type RolloutOptions, type RolloutParams } from './rollout-steps.ts';
import { abstractOf, spaceOf } from './spaces.ts';
import { flatten } from './tree.ts';

const rolloutPrimitive: Primitive = /* @__PURE__ */ primitive({
  name: 'rollout',
  composite: true,
  evaluate(inputs, params) {
    const stretch = new Stretch(inputs, params as RolloutParams);
    return loopsFor(stretch.params.program)?.writer.run(stretch.repeated()) ?? stretch.advance(stretch.initial, 0, stretch.params.steps);
  },
  abstract: (_inputs, params) => (params as RolloutParams).program.results,
  outputSpace: (params, k) => (params as RolloutParams).program.results[k]!.space,
  pushforward(inputs, tangents, params) {
    const { ys, dys } = forwardLeaves((xs) => rolloutPrimitive.evaluate(xs, params), inputs, tangents, inputs.map(spaceOf), 'rollout');
    return { outputs: ys, tangents: dys };
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
    return allStacked(outputs);
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
  const advice = 'A step must return a state with the same keys, shapes and dtypes as the one it takes.';
  requireSame('rollout', 'the result of the step', resultType(closed), treeType(state), advice);
  const controlTypes = each.map(treeType);
  controlTypes.forEach((control, k) => requireSame('rollout', `control ${k}`, control, controlTypes[0]!, 'Give every step a control of the same structure and types.'));
  const params: RolloutParams = { ...options, program: closed.program, captured: closed.captured.length, state: state.leaves.length, control: each[0]?.leaves.length ?? 0, steps, members: 1 };
  const outputs = apply(rolloutPrimitive, [...closed.captured, ...state.leaves, ...each.flatMap(({ leaves }) => leaves)], params);
  return state.structure.unflatten(outputs) as State;
}
