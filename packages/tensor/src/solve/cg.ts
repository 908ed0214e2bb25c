/**
 * @file Conjugate gradients [Hestenes1952] for symmetric operators whose eigenvalues have one sign.
 * The sign may be negative: the iterates for −A and −b are the same. With a preconditioner, which must be symmetric and definite, too.
 */
import type { Value } from '@tapeflow/autodiff/extend';
import { full, arrayTypeOf } from '../array/ndarray.ts';
import { abs, add, and, constantLike, equal, less, max, mul, select, sqrt } from '../primitives/elementwise.ts';
import type { IterativeMethod } from './iterate.ts';
import { safeDivide, type Vector } from './vectors.ts';

const INDEFINITE = 3;

/**
 * Own state: direction p, r·z, 1/α of the last step (0 before the first), β of the last step; z is r, preconditioned. Without preconditioner also ‖y‖², y·p
 * and ‖p‖², where y is the way from the first x: as r is orthogonal to y and to the last p, they follow from each other without a look at y or p [Steihaug1983].
 */
export const conjugateGradients: IterativeMethod = {
  latestIsBest: true,
  start({ arithmetic, precondition }, r) {
    const z = precondition?.(r) ?? r;
    const rz = arithmetic.dot(r, z);
    const zero = full(0, arrayTypeOf(rz).shape, arrayTypeOf(rz).dtype);
    return [...z, rz, zero, zero, ...(precondition === undefined ? [zero, zero, rz] : [])];
  },
  step({ arithmetic, apply, precondition }, state, running) {
    const n = state.x.length;
    const p = state.own.slice(0, n);
    const [rz, lastInverseAlpha, lastBeta] = state.own.slice(n);
    const q = apply(p);
    const pq = arithmetic.dot(p, q);
    const inverseAlpha = safeDivide(pq, rz);
    const zero = constantLike(0, rz);
    // Rayleigh quotients of one sign: a change means that A is indefinite.
    const turned = less(mul(inverseAlpha, lastInverseAlpha), zero);
    const flat = equal(inverseAlpha, zero);
    const bad = and(running, select(turned, turned, flat));
    const alpha = select(running, safeDivide(constantLike(1, rz), inverseAlpha), mul(rz, zero));
    const r = arithmetic.axpy(state.r, mul(alpha, constantLike(-1, alpha)), q);
    const z = precondition?.(r) ?? r;
    const next = arithmetic.dot(r, z);
    const residual = precondition === undefined ? sqrt(next) : arithmetic.norm(r);
    const beta = select(running, safeDivide(next, rz), mul(rz, zero));
    const direction = arithmetic.axpy(z, beta, p);
    // In one pass with the direction, which reads p, too.
    const x = arithmetic.axpy(state.x, alpha, p);
    // Each is a Rayleigh quotient of A, so none exceeds ‖A‖: of p, or (better, and free) a diagonal entry of the Lanczos matrix.
    const quotient = precondition === undefined ? add(inverseAlpha, mul(lastBeta, lastInverseAlpha)) : safeDivide(pq, arithmetic.dot(p, p));
    const way = precondition === undefined ? onward(state.own.slice(n + 3), alpha, beta, next) : [];
    return {
      x,
      r,
      ...(way.length === 0 ? {} : { moved: sqrt(abs(way[0]!)) }),
      residual: select(running, residual, state.residual),
      operatorNorm: select(running, max(state.operatorNorm, abs(quotient)), state.operatorNorm),
      status: select(bad, full(INDEFINITE, arrayTypeOf(state.status).shape, 'i32'), state.status),
      own: [...direction, select(running, next, rz), select(running, inverseAlpha, lastInverseAlpha), beta, ...way],
    };
  },
};

/** ‖y‖², y·p and ‖p‖² after a step; `rr` is ‖r‖² there. */
function onward([yy, yp, pp]: Vector, alpha: Value, beta: Value, rr: Value): Vector {
  const along = mul(alpha, pp);
  return [add(yy, mul(alpha, add(add(yp, yp), along))), mul(beta, add(yp, along)), add(rr, mul(mul(beta, beta), pp))];
}
