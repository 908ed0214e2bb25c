/** @file check: a condition on values that throws when it does not hold, also inside programs. */
import { apply, discrete, type Primitive, type Value } from '@tapeflow/autodiff/extend';
import { arraySpace, arrayTypeOf, type NDArray } from '../array/ndarray.ts';
import { reduceAll } from '../primitives/reduce.ts';
import { truth } from './while.ts';

/** Inputs `[condition (rank-0 boolean), ...data]`; the data are what the error is made from. */
export interface CheckParams {
  readonly error: (data: readonly NDArray[]) => Error;
}

export const checkPrimitive: Primitive = discrete({
  name: 'check',
  effect: true,
  evaluate([condition, ...data], params) {
    if (!truth(condition)) throw (params as CheckParams).error(data as NDArray[]);
    return [];
  },
  abstract: () => [],
  outputSpace: () => arraySpace as never,
  batch([condition, ...data], _batched, params) {
    const all = reduceAll(condition, arrayTypeOf(condition).shape.map((_, axis) => axis));
    return { outputs: apply(checkPrimitive, [all, ...data], params), batched: [] };
  },
});

/** Throws `error(data)` unless the condition holds. While a program is recorded the check becomes part of it. */
export function checkLeaves(condition: Value, data: readonly Value[], error: CheckParams['error']): void {
  apply(checkPrimitive, [condition, ...data], { error } satisfies CheckParams);
}
