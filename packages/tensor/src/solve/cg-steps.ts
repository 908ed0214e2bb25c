/** @file A fixed number of steps of conjugate gradients as an ordinary function, whose derivative is that of the steps. */
import { flatten, stopGradient } from '@tapeflow/autodiff';
import { abstractOf, closeOver, evaluateProgram, traceProgram } from '@tapeflow/autodiff/extend';
import { scanLeaves } from '../control/scan.ts';
import { checkInteger } from '../errors.ts';
import { constantLike, mul } from '../primitives/elementwise.ts';
import { alignLike, commonBatch, guessLike, requireReal, tensorsOf } from './systems.ts';
import { safeDivide, VectorArithmetic, type Vector } from './vectors.ts';

/**
 * The state after `steps` steps of conjugate gradients for operator(x) = b from x0, whatever is left of the residual.
 *
 * Beside `solveLinear`, whose derivative is that of the solution, this is an ordinary differentiable function: its derivative, to any order, is
 * that of the steps, and x0 gets one, too. So a few steps may be part of a model, such as one that learns a good x0. The operator must be
 * linear and symmetric with eigenvalues of one sign, which is not checked; batch entries are independent systems. The steps are one loop,
 * in programs as well; a gradient keeps all states in between.
 *
 * Error     in exact arithmetic 0 after one step per distinct eigenvalue; before, at most 2 ((√κ − 1)/(√κ + 1))^steps of that of x0 in the norm of A
 * Throws    `ArgumentError`, `DimensionError`, `DTypeError`
 * Source    [Hestenes1952]
 */
export function cgSteps<T>(operator: (x: T) => T, b: T, x0: NoInfer<T>, steps: number): T {
  checkInteger('cgSteps', 'steps', steps, 0);
  const tensors = tensorsOf(b);
  requireReal('cgSteps', tensors);
  const arithmetic = new VectorArithmetic(commonBatch('cgSteps', 'the right-hand side', tensors).length);
  const { leaves, structure } = flatten(b, 'cgSteps');
  const closed = closeOver('cgSteps', (x: T) => alignLike('cgSteps', 'the result of the operator', operator(x), b, 'b'), [b]);
  const apply = (v: Vector): Vector => evaluateProgram(closed.program, [...closed.captured, ...v]);
  const minus = constantLike(-1, leaves[0]);

  // Squares of what is left must neither underflow nor overflow.
  const start = flatten(guessLike('cgSteps', 'x0', x0, b, 'b'), 'cgSteps').leaves;
  const left = arithmetic.minus(leaves, apply(start));
  const size = stopGradient(arithmetic.magnitude(left));
  const r0 = arithmetic.divide(left, size);
  const n = r0.length;
  const states: Vector = [...arithmetic.divide(start, size), ...r0, ...r0, arithmetic.dot(r0, r0)];
  const body = traceProgram(
    'cgSteps',
    (state) => {
      const [x, r, p] = [state.slice(0, n), state.slice(n, 2 * n), state.slice(2 * n, 3 * n)];
      const rr = state[3 * n];
      const q = apply(p);
      // Where nothing is left, nothing moves.
      const alpha = safeDivide(rr, arithmetic.dot(p, q));
      const next = arithmetic.axpy(r, mul(alpha, minus), q);
      const remaining = arithmetic.dot(next, next);
      return [...arithmetic.axpy(x, alpha, p), ...next, ...arithmetic.axpy(next, safeDivide(remaining, rr), p), remaining];
    },
    states.map(abstractOf),
  );
  const end = scanLeaves(body.program, body.captured, states, [], steps).slice(0, n);
  return structure.unflatten(arithmetic.multiply(end, size)) as T;
}
