/** @file A function applied again and again: iterate, with all states on the way, and forLoop, with the last one alone. */
import { checkInteger } from '../errors.ts';
import { concat, expand } from '../named/restructure.ts';
import type { Tensor } from '../named/tensor.ts';
import type { Scalar } from '../named/types.ts';
import { scan } from './named.ts';
import { mapTensors, withScalars, type Stacked } from './tensors.ts';

/** How the states are kept. */
export interface IterateOptions<K extends string> {
  /** The new dimension of the states. Default `step`. */
  readonly along?: K;
}

/**
 * The states x, f(x), f(f(x)), …: `steps + 1` of them, the first one included, stacked along a new dimension. `f` also gets the number of the
 * step; like the step of `scan` it is recorded once and must return a state like the one it takes. For the last state alone, or for
 * more than states, use `scan`.
 *
 * Throws `TreeError` when a state differs from the one before in structure or types.
 */
export function iterate<C, const K extends string = 'step'>(f: (state: C, step: Scalar) => C, state: C, steps: number, options: IterateOptions<K> = {}): Stacked<C, K> {
  checkInteger('iterate', 'steps', steps, 0);
  const along = options.along ?? 'step';
  const first = withScalars(state);
  const [, later] = scan((current: C, step: Scalar) => {
    const next = f(current, step);
    return [next, next] as const;
  }, first, steps, { along });
  const starts: Tensor[] = [];
  mapTensors((t) => (starts.push(t), t), first);
  let k = 0;
  return mapTensors((t) => {
    const { type } = t.dims.find(({ name }) => name === along)!;
    return concat([expand(starts[k++]!, along, { type, extent: 1 }), t], along);
  }, later) as Stacked<C, K>;
}

/**
 * The state after so many steps: `state ← body(state, step)` for step = 0, 1, 2, …. The body is recorded once and must return a state like the
 * one it takes; numbers in the state become scalars. Derivatives in both modes and to any order reach the first state and all that the body
 * closes over; reverse mode keeps all states (`checkpoint` and `rollout` keep fewer).
 *
 * Throws `TreeError` when a state differs from the one before in structure or types.
 */
export function forLoop<C>(steps: number, body: (state: C, step: Scalar) => C, state: C): C {
  checkInteger('forLoop', 'steps', steps, 0);
  return scan((current: C, step: Scalar) => [body(current, step), undefined] as const, state, steps)[0];
}
