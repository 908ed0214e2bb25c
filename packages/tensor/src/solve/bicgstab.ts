/** @file BiCGstab [vanDerVorst1992] for operators that need not be symmetric; preconditioned from the right, so residuals are true ones. */
import type { Value } from '@tapeflow/autodiff/extend';
import { full, arrayTypeOf } from '../array/ndarray.ts';
import { add, and, constantLike, equal, less, max, mul, or, select, sqrt } from '../primitives/elementwise.ts';
import type { IterativeMethod } from './iterate.ts';
import { safeDivide } from './vectors.ts';

const BREAKDOWN = 5;
const TILT = 0.25;

/** Own state: shadow residual, direction p, ρ = shadow · r. */
export const biCGstab: IterativeMethod = {
  latestIsBest: false,
  // The shadow is the first residual, tilted a little: exact symmetries of a problem would make the residual itself orthogonal to A r.
  start({ arithmetic }, r) {
    const shadow = r.map((x) => add(x, mul(mul(x, constantLike(TILT, x)), arithmetic.generic(x))));
    return [...shadow, ...r, arithmetic.dot(shadow, r)];
  },
  step({ arithmetic, apply, precondition = (v) => v }, state, running) {
    const n = state.x.length;
    const shadow = state.own.slice(0, n);
    const p = state.own.slice(n, 2 * n);
    const rho = state.own[2 * n];
    const zero = constantLike(0, rho);
    const still = (value: Value): Value => select(running, value, mul(rho, zero));
    const toward = precondition(p);
    const v = apply(toward);
    const alpha = still(safeDivide(rho, arithmetic.dot(shadow, v)));
    const s = arithmetic.axpy(state.r, mul(alpha, constantLike(-1, alpha)), v);
    const along = precondition(s);
    const t = apply(along);
    const tt = arithmetic.dot(t, t);
    const omega = still(safeDivide(arithmetic.dot(t, s), tt));
    const x = arithmetic.axpy(arithmetic.axpy(state.x, alpha, toward), omega, along);
    const r = arithmetic.axpy(s, mul(omega, constantLike(-1, omega)), t);
    const residual = arithmetic.norm(r);
    const nextRho = arithmetic.dot(shadow, r);
    const beta = still(mul(safeDivide(nextRho, rho), safeDivide(alpha, omega)));
    const direction = arithmetic.axpy(r, beta, arithmetic.axpy(p, mul(omega, constantLike(-1, omega)), v));
    // ω = 0 or ρ = 0 beside a residual that is not 0: the directions have become orthogonal.
    const stopped = or(equal(omega, zero), equal(nextRho, zero));
    const bad = and(and(running, stopped), less(zero, residual));
    const stretch = sqrt(safeDivide(tt, arithmetic.dot(along, along)));
    return {
      x,
      r,
      residual: select(running, residual, state.residual),
      operatorNorm: select(running, max(state.operatorNorm, stretch), state.operatorNorm),
      status: select(bad, full(BREAKDOWN, arrayTypeOf(state.status).shape, 'i32'), state.status),
      own: [...shadow, ...direction, select(running, nextRho, rho)],
    };
  },
};
