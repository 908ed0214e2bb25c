/**
 * @file Conjugate gradients [Hestenes1952] for symmetric operators whose eigenvalues have one sign.
 * The sign may be negative: the iterates for −A and −b are the same.
 */
import type { Value } from '@tapeflow/autodiff/extend';
import { full, arrayTypeOf } from '../array/ndarray.ts';
import { abs, add, and, equal, less, max, mul, select, sqrt } from '../primitives/elementwise.ts';
import type { IterationState, IterativeMethod } from './iterate.ts';
import { constant, safeDivide, type VectorArithmetic, type Vector } from './vectors.ts';

const INDEFINITE = 3;

/** Own state: direction p, r·r, 1/α of the last step (0 before the first), β of the last step. */
export const conjugateGradients: IterativeMethod = {
  name: 'cg',
  latestIsBest: true,
  start(arithmetic, r) {
    const rr = arithmetic.dot(r, r);
    const zero = full(0, arrayTypeOf(rr).shape, arrayTypeOf(rr).dtype);
    return [...r, rr, zero, zero];
  },
  step(arithmetic: VectorArithmetic, apply: (v: Vector) => Vector, state: IterationState, running: Value): IterationState {
    const n = state.x.length;
    const p = state.own.slice(0, n);
    const [rr, lastInverseAlpha, lastBeta] = state.own.slice(n);
    const q = apply(p);
    const pq = arithmetic.dot(p, q);
    const inverseAlpha = safeDivide(pq, rr);
    const zero = constant(0, rr);
    // Rayleigh quotients of one sign: a change means that A is indefinite.
    const turned = less(mul(inverseAlpha, lastInverseAlpha), zero);
    const flat = equal(inverseAlpha, zero);
    const bad = and(running, select(turned, turned, flat));
    const alpha = select(running, safeDivide(constant(1, rr), inverseAlpha), mul(rr, zero));
    const x = arithmetic.axpy(state.x, alpha, p);
    const r = arithmetic.axpy(state.r, mul(alpha, constant(-1, alpha)), q);
    const next = arithmetic.dot(r, r);
    const beta = select(running, safeDivide(next, rr), mul(rr, zero));
    const direction = arithmetic.axpy(r, beta, p);
    // Diagonal of the Lanczos matrix: each entry is a Rayleigh quotient of A, so none exceeds ‖A‖.
    const ritz = abs(add(inverseAlpha, mul(lastBeta, lastInverseAlpha)));
    return {
      x,
      r,
      residual: select(running, sqrt(next), state.residual),
      operatorNorm: select(running, max(state.operatorNorm, ritz), state.operatorNorm),
      status: select(bad, full(INDEFINITE, arrayTypeOf(state.status).shape, 'i32'), state.status),
      own: [...direction, select(running, next, rr), select(running, inverseAlpha, lastInverseAlpha), beta],
    };
  },
};
