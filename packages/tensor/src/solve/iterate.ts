/**
 * @file The frame that all iterative solvers share: start, iterate, recompute the residual, judge, and go on where it pays.
 * Written in differentiable operations and `while`, so the same text runs eagerly and inside programs.
 */
import type { Value } from '@tapeflow/autodiff/extend';
import { unitRoundoff, type FloatDType } from '../array/dtype.ts';
import { arrayTypeOf, full, reshape } from '../array/ndarray.ts';
import { whileLeaves } from '../control/while.ts';
import { add, and, constantLike, div, equal, isFinite, less, lessEqual, max, min, mul, not, or, select } from '../primitives/elementwise.ts';
import { scatterAdd } from '../primitives/gather.ts';
import { reduceAny, reduceMax } from '../primitives/reduce.ts';
import { convert } from '../primitives/structure.ts';
import { safeDivide, type VectorArithmetic, type Vector } from './vectors.ts';

/** Limits of a solve. */
export interface Tolerances {
  readonly relative: number;
  /** Per system. */
  readonly absolute: Value;
  readonly maxSteps: number;
}

/** Longest residual history that is kept. */
export const HISTORY = 1024;

/** One step of a method on its own state; the frame only looks at the parts named here. */
export interface IterationState {
  readonly x: Vector;
  readonly r: Vector;
  /** ‖r‖ per system, as the recurrence has it. */
  readonly residual: Value;
  /** An estimate of ‖A‖ per system from below. */
  readonly operatorNorm: Value;
  /** How far x is from where the steps began, per system, where a step knows it without looking at x. */
  readonly moved?: Value;
  /** Code of STATUS per system: 0 while it runs. */
  readonly status: Value;
  /** What else the method carries. */
  readonly own: Vector;
}

/** What the steps of a method work with. */
export interface StepTools {
  readonly arithmetic: VectorArithmetic;
  readonly apply: (v: Vector) => Vector;
  /** Nearly undoes `apply`. */
  readonly precondition?: (v: Vector) => Vector;
}

/** A method: how to start from a residual, and one step. `running` says which systems still move. */
export interface IterativeMethod {
  /** The error falls in each step, in some norm, so no earlier solution needs to be kept for the case that the steps fail. */
  readonly latestIsBest: boolean;
  start(tools: StepTools, r: Vector): Vector;
  step(tools: StepTools, state: IterationState, running: Value): IterationState;
  /** The solution that belongs to a state, where steps do not keep it. */
  finish?(tools: StepTools, state: IterationState): Vector;
  /** Whether (a rank-0 boolean) another step fits in before a fresh start. */
  hasRoom?(state: IterationState): Value;
}

/** Systems to iterate on. */
export interface IterationProblem extends StepTools {
  readonly b: Vector;
  readonly guess?: Vector;
  readonly tolerances: Tolerances;
  /** Takes out what no solution reaches: constants where they are mapped to zero. In a residual such a part is rounding, which no step removes. */
  readonly project?: (v: Vector) => Vector;
}

/** Systems to solve: scaled, and without constant part where constants are in the null space. */
export interface SystemProblem extends IterationProblem {
  /** 1 per system whose operator maps constants to zero, else 0. */
  readonly singular: Value;
  readonly symmetric: boolean;
  /** Whether this is the adjoint solve of a derivative. */
  readonly transposed: boolean;
}

/** What the frame reports per system. */
export interface IterationResult {
  readonly x: Vector;
  readonly steps: Value;
  /** ‖b − A x‖ / ‖b‖, recomputed. */
  readonly residual: Value;
  readonly status: Value;
  /** Relative residual of the worst system after each step (the first entry is step 0 and not used). */
  readonly history: Value;
}

/**
 * Rounding makes residuals below a multiple of ε(‖A‖‖x‖ + ‖b‖) unreachable. A residual that is recomputed counts as at the limit
 * below the larger multiple; steps that only reduce the residual of the recurrence end at the smaller one.
 */
export const AT_LIMIT = 2;
const BEYOND_REACH = 0.25;
/** How far ‖A r‖ / ‖r‖ of a rough r may stay below ‖A‖. */
const NEARLY = 2;
/** A fresh start has to shrink the true residual by this factor to be worth another one. */
const WORTHWHILE = 0.5;

const CONVERGED = 1;
const PRECISION = 2;
const INDEFINITE = 3;
const NON_FINITE = 4;
const BREAKDOWN = 5;
const SINGULAR = 6;

/** Solves A x = b from the guess, or from x = 0. */
export function iterate(method: IterativeMethod, problem: IterationProblem): IterationResult {
  const { arithmetic, apply, b, guess, project: reachable = (v: Vector): Vector => v } = problem;
  const { relative, absolute, maxSteps } = problem.tolerances;
  const { shape, dtype } = arrayTypeOf(b[0]);
  const systems = shape.slice(0, arithmetic.batchAxes);
  const per = (value: number, type: typeof dtype | 'i32' = dtype): Value => full(value, systems, type);
  const bNorm = arithmetic.norm(b);
  const target = max(mul(bNorm, constantLike(relative, bNorm)), absolute);
  const capacity = Math.min(maxSteps + 1, HISTORY);

  /** What the loops carry: the state of the method, the best solution so far, and where the steps may end. */
  interface Carried {
    readonly state: IterationState;
    /** Only where the latest solution need not be the best. */
    readonly best: Vector;
    readonly bestResidual: Value;
    readonly goal: Value;
    /** ‖x‖ where the steps began. */
    readonly began: Value;
    readonly step: Value;
    readonly steps: Value;
    readonly history: Value;
  }
  const pack = ({ state, best, bestResidual, goal, began, step, steps, history }: Carried): Vector => [
    ...state.x, ...state.r, ...best, state.residual, state.operatorNorm, state.status, bestResidual, goal, began, step, steps, history, ...state.own,
  ];
  const unpack = (all: Vector): Carried => {
    const n = b.length;
    const scalars = 2 * n + (method.latestIsBest ? 0 : n);
    const [residual, operatorNorm, status, bestResidual, goal, began, step, steps, history] = all.slice(scalars, scalars + 9);
    const state: IterationState = { x: all.slice(0, n), r: all.slice(n, 2 * n), residual, operatorNorm, status, own: all.slice(scalars + 9) };
    return { state, best: all.slice(2 * n, scalars), bestResidual, goal, began, step, steps, history };
  };
  const isRunning = ({ state, goal }: Carried): Value => and(equal(state.status, constantLike(0, state.status)), less(goal, state.residual));
  const mayStep = (step: Value): Value => less(step, constantLike(maxSteps, step));
  /** A multiple of the rounding of A x − b. */
  const roundingOf = (xNorm: Value, operatorNorm: Value, factor: number): Value => mul(add(mul(operatorNorm, xNorm), bNorm), constantLike(factor * unitRoundoff(dtype as FloatDType), bNorm));
  const hasRoom = (state: IterationState): Value => method.hasRoom?.(state) ?? full(1, [], 'bool');

  /** Iterates until every system seems to be done. */
  const inner = (all: Vector): Vector =>
    whileLeaves(
      (now) => {
        const carried = unpack(now);
        return and(and(reduceAny(isRunning(carried)), mayStep(carried.step)), hasRoom(carried.state));
      },
      (now) => {
        const carried = unpack(now);
        const { state, began, step, steps, history } = carried;
        const running = isRunning(carried);
        const stepped = method.step(problem, state, running);
        // After an overflow the estimate would spoil every later judgement.
        const next = { ...stepped, operatorNorm: select(isFinite(stepped.operatorNorm), stepped.operatorNorm, state.operatorNorm) };
        const status = select(and(running, not(isFinite(next.residual))), per(NON_FINITE, 'i32'), next.status);
        const improved = and(running, less(next.residual, carried.bestResidual));
        const nextStep = add(step, constantLike(1, step));
        const worst = reduceMax(safeDivide(next.residual, bNorm));
        const slot = min(nextStep, constantLike(capacity - 1, step));
        const kept = less(nextStep, constantLike(capacity, step));
        const entry = select(kept, worst, constantLike(0, worst));
        // At least ‖x‖, and about it, for steps lead away from where they began.
        const xNorm = next.moved === undefined ? arithmetic.norm(next.x) : add(began, next.moved);
        return pack({
          state: { ...next, status },
          best: method.latestIsBest ? [] : arithmetic.choose(improved, next.x, carried.best),
          bestResidual: select(improved, next.residual, carried.bestResidual),
          goal: max(target, roundingOf(xNorm, next.operatorNorm, BEYOND_REACH)),
          began,
          step: nextStep,
          steps: add(steps, convert(running, 'i32')),
          history: scatterAdd(history, reshape(slot, [1]), reshape(entry, [1])),
        });
      },
      all,
    );

  /** Starts from x of the norm `began`, whose true residual is r. */
  const fresh = (x: Vector, r: Vector, began: Value, residual: Value, operatorNorm: Value, status: Value, { step, steps, history }: Pick<Carried, 'step' | 'steps' | 'history'>): Vector => {
    const state: IterationState = { x, r, residual, operatorNorm, status, own: method.start(problem, r) };
    return pack({ state, best: method.latestIsBest ? [] : x, bestResidual: residual, goal: max(target, roundingOf(began, operatorNorm, BEYOND_REACH)), began, step, steps, history });
  };

  /** The best solution of a round; the one from before it where a step that overflowed has spoilt the latest. */
  const bestOf = (before: Carried, { state, best }: Carried): Vector => {
    if (!method.latestIsBest) return best;
    const latest = method.finish?.(problem, state) ?? state.x;
    return arithmetic.choose(isFinite(method.finish === undefined ? state.residual : arithmetic.norm(latest)), latest, before.state.x);
  };

  /** True residual of the best solution, and whether another round pays. */
  const round = (all: Vector): Vector => {
    const before = unpack(all);
    const after = unpack(inner(all));
    const { status, operatorNorm } = after.state;
    const is = (code: number): Value => equal(status, constantLike(code, status));
    const x = bestOf(before, after);
    const r = reachable(arithmetic.minus(b, apply(x)));
    const residual = arithmetic.norm(r);
    const halved = mul(before.state.residual, constantLike(WORTHWHILE, residual));
    // What the method says of ‖A‖ holds for operators of the kind it is for. ‖A r‖ / ‖r‖ never exceeds ‖A‖, and is near it when r is rounding.
    const seen = safeDivide(arithmetic.norm(apply(r)), residual);
    const norm = min(operatorNorm, mul(seen, constantLike(NEARLY, seen)));
    const xNorm = arithmetic.norm(x);
    const below = (factor: number): Value => lessEqual(residual, roundingOf(xNorm, norm, factor));
    const atLimit = or(below(BEYOND_REACH), and(lessEqual(halved, residual), below(AT_LIMIT)));
    // After a breakdown or an overflow a fresh start from the best solution is worth it as long as the last one helped.
    const lost = or(is(BREAKDOWN), is(NON_FINITE));
    const open = or(or(is(0), is(SINGULAR)), lost);
    const again = select(and(lost, less(residual, halved)), per(0, 'i32'), status);
    const judged = select(and(open, atLimit), per(PRECISION, 'i32'), again);
    const claimed = select(and(or(open, is(INDEFINITE)), lessEqual(residual, target)), per(CONVERGED, 'i32'), judged);
    const verdict = select(and(open, not(isFinite(residual))), per(NON_FINITE, 'i32'), claimed);
    return fresh(x, r, xNorm, residual, norm, verdict, after);
  };

  const zero = b.map((x) => full(0, arrayTypeOf(x).shape, dtype));
  // Where b is as good as 0, so is the solution, whatever the guess.
  const x = guess === undefined ? zero : arithmetic.choose(lessEqual(bNorm, target), zero, guess);
  const r = guess === undefined ? b : reachable(arithmetic.minus(b, apply(x)));
  const residual = guess === undefined ? bNorm : arithmetic.norm(r);
  const open = select(lessEqual(residual, roundingOf(per(0), per(0), BEYOND_REACH)), per(PRECISION, 'i32'), per(0, 'i32'));
  const status = select(isFinite(residual), select(lessEqual(residual, target), per(CONVERGED, 'i32'), open), per(NON_FINITE, 'i32'));
  const first = fresh(x, r, arithmetic.norm(x), residual, per(0), status, { step: full(0, [], 'i32'), steps: per(0, 'i32'), history: full(0, [capacity], dtype) });
  const end = unpack(
    whileLeaves(
      (now) => {
        const carried = unpack(now);
        return and(reduceAny(isRunning(carried)), mayStep(carried.step));
      },
      round,
      first,
    ),
  );
  return { x: end.state.x, steps: end.steps, residual: select(equal(bNorm, per(0)), per(0), div(end.state.residual, bNorm)), status: end.state.status, history: end.history };
}
