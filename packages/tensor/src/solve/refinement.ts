/**
 * @file Refinement [Higham2002]: corrections by what inverts the operator up to rounding, x ← x + M (b − A x). One step, and more where
 * rounding leaves something.
 */
import { add, indicator, select, sub } from '../primitives/elementwise.ts';
import type { IterativeMethod } from './iterate.ts';

/** Has no state of its own. */
export const refinement: IterativeMethod = {
  latestIsBest: false,
  start: () => [],
  step({ arithmetic, apply, precondition = (v) => v }, state, running) {
    const share = indicator(running, state.residual);
    const correction = arithmetic.multiply(precondition(state.r), share);
    const x = state.x.map((own, k) => add(own, correction[k]));
    const image = apply(correction);
    const r = state.r.map((own, k) => sub(own, image[k]));
    return { ...state, x, r, residual: select(running, arithmetic.norm(r), state.residual) };
  },
};
