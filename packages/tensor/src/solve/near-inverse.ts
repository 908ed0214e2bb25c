/** @file Methods that take few steps with a near inverse: what the frame must know of them that their steps do not see. */
import type { Value } from '@tapeflow/autodiff/extend';
import { arrayTypeOf, full } from '../array/ndarray.ts';
import { add, max, mul, select } from '../primitives/elementwise.ts';
import { convert, iota } from '../primitives/structure.ts';
import type { IterativeMethod, SystemProblem } from './iterate.ts';
import { safeDivide } from './vectors.ts';

/** An odd number near 2³² divided by the golden ratio: its multiples modulo 2³² fill that range evenly. */
const ODD = 0x9e37_79b1 | 0;

/** Numbers in [−½, ½) that change from one position to the next like noise, along every axis: squares of the position, times an odd number, modulo 2³². */
function noise(like: Value, batchAxes: number): Value {
  const { shape, dtype } = arrayTypeOf(like);
  const integer = (value: number): Value => full(value, [], 'i32');
  let position = integer(1);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= batchAxes; axis--) {
    position = add(mul(iota(shape, axis, 'i32'), integer(stride | 0)), position);
    stride *= shape[axis]!;
  }
  return mul(convert(mul(mul(position, position), integer(ODD)), dtype), full(2 ** -32, [], dtype));
}

/** ‖A w‖ / ‖w‖ of a noise w, per system: near ‖A‖ for operators that make differences. */
function roughNorm({ arithmetic, apply, b }: SystemProblem): Value {
  const probe = b.map((x) => noise(x, arithmetic.batchAxes));
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
