/** @file How large an operator is, for methods whose steps do not see its rough vectors. */
import type { Value } from '@tapeflow/autodiff/extend';
import { floor, max, mul, select, sub } from '../primitives/elementwise.ts';
import type { IterativeMethod, StepTools } from './iterate.ts';
import { constant, safeDivide, type Vector } from './vectors.ts';

/** Digits of a wave far behind the point: its values change from one position to the next like those of noise, along every axis. */
const MANY = 43_758.5453;

function noise(wave: Value): Value {
  const large = mul(wave, constant(MANY, wave));
  return sub(sub(large, floor(large)), constant(0.5, wave));
}

/**
 * The method, with ‖A w‖ / ‖w‖ of a noise w as an estimate of ‖A‖. A preconditioner that leaves smooth vectors only would make
 * its own estimates far too small, so that solves never knew that they are at the limit of the precision.
 */
export function withRoughNorm(method: IterativeMethod, { arithmetic, apply }: StepTools, like: Vector): IterativeMethod {
  const probe = like.map((x) => noise(arithmetic.generic(x)));
  const norm = safeDivide(arithmetic.norm(apply(probe)), arithmetic.norm(probe));
  return {
    ...method,
    step(tools, state, running) {
      const next = method.step(tools, state, running);
      return { ...next, operatorNorm: select(running, max(next.operatorNorm, norm), state.operatorNorm) };
    },
  };
}
