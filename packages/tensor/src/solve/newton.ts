/**
 * @file Newton's method for many systems at once: a step from a dense elimination or from BiCGstab, shortened until the residual falls.
 * Written in differentiable operations and `while`, so the same text runs eagerly and inside programs.
 */
import { forwardLeaves, type Value, type VectorSpace } from '@tapeflow/autodiff/extend';
import { unitRoundoff, type FloatDType } from '../array/dtype.ts';
import { arraySpace, arrayTypeOf, full } from '../array/ndarray.ts';
import { whileLeaves } from '../control/while.ts';
import { add, and, constantLike, equal, isFinite, less, lessEqual, max, min, mul, not, or, select } from '../primitives/elementwise.ts';
import { reduceAny } from '../primitives/reduce.ts';
import { convert } from '../primitives/structure.ts';
import { biCGstab } from './bicgstab.ts';
import { solveDense } from './dense.ts';
import { iterate } from './iterate.ts';
import { CONVERGED, MAX_STEPS, NON_FINITE, PRECISION, SINGULAR, STALLED } from './root-report.ts';
import type { Search, SearchLimits, SearchResult } from './search.ts';
import { safeDivide, VectorArithmetic, type Vector } from './vectors.ts';

/** A direction for each system, an estimate of the norm of its Jacobian, and where there is none. */
interface Direction {
  readonly d: Vector;
  readonly norm: Value;
  readonly singular: Value;
}

type Residual = (xs: Vector) => Vector;

/** J v for the Jacobian of the residual at xs. */
function jacobianProduct(residual: Residual, xs: Vector): (v: Vector) => Vector {
  const spaces = xs.map(() => arraySpace as VectorSpace);
  return (v) => forwardLeaves(residual, xs, v, spaces, 'root').dys.map((dy, k) => dy ?? arraySpace.zeros(arrayTypeOf(xs[k])));
}

/** Enough decrease of the residual for a step, relative to what its linear model promises [Dennis1996, §6.3]. */
const DECREASE = 1e-4;
/** A step is halved this often before the search gives up. */
const HALVINGS = 40;
/** Steps, and residuals, of this many units of rounding are those of an exact root. */
const AT_ROUNDING = 4;
/** The linear systems of Newton-Krylov steps: how exactly they are solved [Eisenstat1996, choice 2]. */
const FORCING = { first: 0.1, factor: 0.9, most: 0.5, least: 1e-6 };

/** The search for the x near the guess where the residual of each system vanishes. */
export function newton(method: 'newton' | 'newtonKrylov'): Search {
  return (residual, guess, batchAxes, limits) => search(method, residual, guess, batchAxes, limits);
}

function search(method: 'newton' | 'newtonKrylov', residual: Residual, guess: Vector, batchAxes: number, limits: SearchLimits): SearchResult {
  const { dtype, shape } = arrayTypeOf(guess[0]);
  const arithmetic = new VectorArithmetic(batchAxes);
  const systems = shape.slice(0, batchAxes);
  const code = (value: number): Value => full(value, systems, 'i32');
  const rounding = full(AT_ROUNDING * unitRoundoff(dtype as FloatDType), [], dtype);
  const start = residual(guess);
  const startNorm = arithmetic.norm(start);
  const tolerance = max(mul(startNorm, full(limits.relative, [], dtype)), full(limits.absolute, systems, dtype));
  const count = guess.length;

  interface Carried {
    readonly x: Vector;
    readonly f: Vector;
    readonly norm: Value;
    readonly previous: Value;
    readonly status: Value;
    readonly steps: Value;
    readonly step: Value;
  }
  const pack = ({ x, f, norm, previous, status, steps, step }: Carried): Vector => [...x, ...f, norm, previous, status, steps, step];
  const unpack = (all: Vector): Carried => {
    const [norm, previous, status, steps, step] = all.slice(2 * count);
    return { x: all.slice(0, count), f: all.slice(count, 2 * count), norm, previous, status, steps, step };
  };
  const isRunning = ({ status, norm }: Carried): Value => and(equal(status, constantLike(0, status)), not(lessEqual(norm, tolerance)));

  const direction = ({ x, f, norm, previous }: Carried, running: Value): Direction => {
    const product = jacobianProduct(residual, x);
    // What does not run any more gets the step 0.
    const right = arithmetic.choose(running, f.map((y) => mul(y, constantLike(-1, y))), f.map((y) => arraySpace.zeros(arrayTypeOf(y))));
    if (method === 'newton') {
      const { xs, singular, norm: jacobian } = solveDense(product, right, batchAxes);
      return { d: xs, norm: jacobian, singular };
    }
    const share = safeDivide(norm, previous);
    const forcing = max(min(mul(full(FORCING.factor, [], dtype), mul(share, share)), full(FORCING.most, [], dtype)), full(FORCING.least, [], dtype));
    const size = arithmetic.magnitude(right);
    const solved = iterate(biCGstab, {
      arithmetic, apply: product, b: arithmetic.divide(right, size),
      tolerances: { relative: 0, absolute: mul(forcing, safeDivide(norm, size)), maxSteps: krylovSteps(arithmetic.count(x)) },
    });
    // The product with a rough vector tells how much the Jacobian stretches.
    const rough = x.map((part) => arithmetic.generic(part));
    return { d: arithmetic.multiply(solved.x, size), norm: safeDivide(arithmetic.norm(product(rough)), arithmetic.norm(rough)), singular: full(0, systems, 'bool') };
  };

  /** The longest of the steps d, d/2, d/4, … that makes each residual smaller. */
  const shortened = ({ x, f, norm }: Carried, d: Vector, searching: Value): { x: Vector; f: Vector; norm: Value; accepted: Value } => {
    const isOpen = (all: Vector): Value => and(searching, not(all[all.length - 2]));
    const body = (all: Vector): Vector => {
      const [length, oldNorm, accepted, halvings] = all.slice(2 * count);
      const open = isOpen(all);
      const shorter = select(open, mul(length, constantLike(0.5, length)), length);
      const trial = arithmetic.axpy(x, shorter, d);
      const value = residual(trial);
      const size = arithmetic.norm(value);
      const enough = lessEqual(size, mul(norm, add(constantLike(1, norm), mul(shorter, constantLike(-DECREASE, shorter)))));
      const taken = and(open, enough);
      return [
        ...arithmetic.choose(taken, trial, all.slice(0, count)), ...arithmetic.choose(taken, value, all.slice(count, 2 * count)),
        shorter, select(taken, size, oldNorm), or(accepted, taken), add(halvings, constantLike(1, halvings)),
      ];
    };
    const all = whileLeaves(
      (now) => and(reduceAny(isOpen(now)), less(now[now.length - 1], constantLike(HALVINGS, now[now.length - 1]))),
      body,
      [...x, ...f, full(2, systems, dtype), norm, full(0, systems, 'bool'), full(0, [], 'i32')],
    );
    const [, size, accepted] = all.slice(2 * count);
    return { x: all.slice(0, count), f: all.slice(count, 2 * count), norm: size, accepted };
  };

  const step = (all: Vector): Vector => {
    const now = unpack(all);
    const running = isRunning(now);
    const { d, norm: jacobian, singular } = direction(now, running);
    const xNorm = arithmetic.norm(now.x);
    const dNorm = arithmetic.norm(d);
    const isUsable = and(isFinite(dNorm), not(singular));
    // A step below the rounding of x: there is no better x.
    const atRoot = and(isUsable, lessEqual(dNorm, mul(xNorm, rounding)));
    const found = shortened(now, d, and(running, and(isUsable, not(atRoot))));
    const isSmallResidual = lessEqual(now.norm, mul(mul(jacobian, xNorm), rounding));
    const judged = select(atRoot, code(PRECISION), select(not(isFinite(dNorm)), code(NON_FINITE), select(singular, code(SINGULAR), select(found.accepted, code(0), select(isSmallResidual, code(PRECISION), code(STALLED))))));
    return pack({
      x: found.x,
      f: found.f,
      norm: found.norm,
      previous: select(found.accepted, now.norm, now.previous),
      status: select(running, judged, now.status),
      steps: add(now.steps, convert(found.accepted, 'i32')),
      step: add(now.step, constantLike(1, now.step)),
    });
  };

  const begin: Carried = {
    x: guess, f: start, norm: startNorm, previous: mul(startNorm, full(Math.sqrt(FORCING.factor / FORCING.first), [], dtype)),
    status: select(isFinite(startNorm), code(0), code(NON_FINITE)), steps: code(0), step: full(0, [], 'i32'),
  };
  const { x, norm, status, steps } = unpack(
    whileLeaves((all) => and(reduceAny(isRunning(unpack(all))), less(unpack(all).step, full(limits.maxSteps, [], 'i32'))), (all) => step(all), pack(begin)),
  );
  return { xs: x, steps, residual: norm, tolerance, status: select(equal(status, code(0)), select(lessEqual(norm, tolerance), code(CONVERGED), code(MAX_STEPS)), status) };
}

/** Steps of the linear solver inside of one of Newton's. */
const krylovSteps = (unknowns: number): number => Math.min(Math.max(2 * unknowns, 50), 1000);
