/** @file iterate: a function applied again and again, with all states on the way. */
import { ArgumentError } from '../errors.ts';
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
  if (!Number.isInteger(steps) || steps < 0) throw new ArgumentError('iterate', 'steps', steps, 'Give an integer ≥ 0.');
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
