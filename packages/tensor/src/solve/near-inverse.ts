/** @file Methods that take few steps with a near inverse: what the frame must know of them that their steps do not see. */
import type { Value } from '@tapeflow/autodiff/extend';
import { floor, max, mul, select, sub } from '../primitives/elementwise.ts';
import type { IterativeMethod, SystemProblem } from './iterate.ts';
import { constant, safeDivide } from './vectors.ts';

/** Digits of a wave far behind the point: its values change from one position to the next like those of noise, along every axis. */
const MANY = 43_758.5453;

function noise(wave: Value): Value {
  const large = mul(wave, constant(MANY, wave));
  return sub(sub(large, floor(large)), constant(0.5, wave));
}

/** ‖A w‖ / ‖w‖ of a noise w, per system: near ‖A‖ for operators that make differences. */
function roughNorm({ arithmetic, apply, b }: SystemProblem): Value {
  const probe = b.map((x) => noise(arithmetic.generic(x)));
  return safeDivide(arithmetic.norm(apply(probe)), arithmetic.norm(probe));
}

/**
 * The method with an estimate of ‖A‖ that does not come from its steps, whose vectors are smooth: with theirs it would never know that it is at
 * the limit of the precision. Constants that rounding brings into a residual, where they are mapped to 0, are taken out after each step.
 */
export function withNearInverse(method: IterativeMethod, problem: SystemProblem): IterativeMethod {
  const norm = roughNorm(problem);
  return {
    ...method,
    step(tools, state, running) {
      const next = method.step(tools, state, running);
      const r = problem.project?.(next.r) ?? next.r;
      return { ...next, r, residual: select(running, problem.arithmetic.norm(r), state.residual), operatorNorm: select(running, max(next.operatorNorm, norm), state.operatorNorm) };
    },
  };
}
