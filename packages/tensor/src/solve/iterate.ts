/**
 * @file The frame that all iterative solvers share: start, iterate, recompute the residual, judge, and go on where it pays.
 * Written in differentiable operations and `while`, so the same text runs eagerly and inside programs.
 */
import type { Value } from '@tapeflow/autodiff/extend';
import { isFloat, unitRoundoff, type FloatDType } from '../array/dtype.ts';
import { arrayTypeOf, full, reshape } from '../array/ndarray.ts';
import { whileLeaves } from '../control/while.ts';
import { DTypeError } from '../errors.ts';
import { add, and, div, equal, isFinite, less, lessEqual, max, min, mul, not, select } from '../primitives/elementwise.ts';
import { scatterAdd } from '../primitives/gather.ts';
import { reduceAny, reduceMax } from '../primitives/reduce.ts';
import { convert } from '../primitives/structure.ts';
import { constant, safeDivide, VectorArithmetic, type Vector } from './vectors.ts';

/** Limits of a solve. */
export interface Tolerances {
  readonly relative: number;
  readonly absolute: number;
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
  /** Code of STATUS per system: 0 while it runs. */
  readonly status: Value;
  /** What else the method carries. */
  readonly own: Vector;
}

/** A method: how to start from a residual, and one step. `running` says which systems still move. */
export interface IterativeMethod {
  readonly name: 'cg' | 'bicgstab';
  start(arithmetic: VectorArithmetic, r: Vector): Vector;
  step(arithmetic: VectorArithmetic, apply: (v: Vector) => Vector, state: IterationState, running: Value): IterationState;
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

/** Rounding makes residuals below this many times ε(‖A‖‖x‖ + ‖b‖) unreachable. */
const PRECISION_FACTOR = 2;
/** A fresh start has to shrink the true residual by this factor to be worth another one. */
const WORTHWHILE = 0.5;

const CONVERGED = 1;
const PRECISION = 2;
const NON_FINITE = 4;
const BREAKDOWN = 5;

/** Solves A x = b from x = 0. `batchAxes` leading axes of each array hold independent systems. */
export function iterate(method: IterativeMethod, apply: (v: Vector) => Vector, b: Vector, batchAxes: number, { relative, absolute, maxSteps }: Tolerances): IterationResult {
  const { shape, dtype } = arrayTypeOf(b[0]);
  if (!isFloat(dtype)) throw new DTypeError('solveLinear', [dtype], 'the right-hand side is not real.', "Convert it with convert(b, 'float').");
  const arithmetic = new VectorArithmetic(batchAxes);
  const systems = shape.slice(0, batchAxes);
  const per = (value: number, type: typeof dtype | 'i32' = dtype): Value => full(value, systems, type);
  const bNorm = arithmetic.norm(b);
  const target = max(mul(bNorm, constant(relative, bNorm)), per(absolute));
  const capacity = Math.min(maxSteps + 1, HISTORY);

  const pack = (state: IterationState, step: Value, steps: Value, history: Value): Vector => [...state.x, ...state.r, state.residual, state.operatorNorm, state.status, step, steps, history, ...state.own];
  const unpack = (all: Vector): { state: IterationState; step: Value; steps: Value; history: Value } => {
    const n = b.length;
    const [residual, operatorNorm, status, step, steps, history] = all.slice(2 * n, 2 * n + 6);
    return { state: { x: all.slice(0, n), r: all.slice(n, 2 * n), residual, operatorNorm, status, own: all.slice(2 * n + 6) }, step, steps, history };
  };
  const isRunning = ({ status, residual }: IterationState): Value => and(equal(status, constant(0, status)), less(target, residual));
  const mayStep = (step: Value): Value => less(step, constant(maxSteps, step));

  /** Iterates until every system seems to be done. */
  const inner = (all: Vector): Vector =>
    whileLeaves(
      (now) => {
        const { state, step } = unpack(now);
        return and(reduceAny(isRunning(state)), mayStep(step));
      },
      (now) => {
        const { state, step, steps, history } = unpack(now);
        const running = isRunning(state);
        const next = method.step(arithmetic, apply, state, running);
        const finite = isFinite(next.residual);
        const status = select(and(running, not(finite)), per(NON_FINITE, 'i32'), next.status);
        const nextStep = add(step, constant(1, step));
        const worst = reduceMax(safeDivide(next.residual, bNorm));
        const slot = min(nextStep, constant(capacity - 1, step));
        const kept = less(nextStep, constant(capacity, step));
        const entry = select(kept, worst, constant(0, worst));
        return pack({ ...next, status }, nextStep, add(steps, convert(running, 'i32')), scatterAdd(history, reshape(slot, [1]), reshape(entry, [1])));
      },
      all,
    );

  /** True residual, and whether another round pays. */
  const round = (all: Vector): Vector => {
    const before = unpack(all);
    const after = unpack(inner(all));
    const r = arithmetic.minus(b, apply(after.state.x));
    const residual = arithmetic.norm(r);
    const lost = equal(after.state.status, constant(BREAKDOWN, after.state.status));
    // After a breakdown a fresh start is worth it as long as the last one helped.
    const helped = less(residual, mul(before.state.residual, constant(WORTHWHILE, residual)));
    const status = select(and(lost, helped), per(0, 'i32'), after.state.status);
    const open = equal(status, constant(0, status));
    const floor = mul(add(mul(after.state.operatorNorm, arithmetic.norm(after.state.x)), bNorm), constant(PRECISION_FACTOR * unitRoundoff(dtype as FloatDType), bNorm));
    const reached = lessEqual(residual, target);
    const stuck = lessEqual(mul(before.state.residual, constant(WORTHWHILE, residual)), residual);
    const atFloor = lessEqual(residual, floor);
    const judged = select(
      and(open, not(isFinite(residual))),
      per(NON_FINITE, 'i32'),
      select(and(open, reached), per(CONVERGED, 'i32'), select(and(open, and(stuck, atFloor)), per(PRECISION, 'i32'), status)),
    );
    return pack({ x: after.state.x, r, residual, operatorNorm: after.state.operatorNorm, status: judged, own: method.start(arithmetic, r) }, after.step, after.steps, after.history);
  };

  const zero = b.map((x) => full(0, arrayTypeOf(x).shape, dtype));
  const badStart = select(isFinite(bNorm), select(lessEqual(bNorm, target), per(CONVERGED, 'i32'), per(0, 'i32')), per(NON_FINITE, 'i32'));
  const start = pack(
    { x: zero, r: b, residual: bNorm, operatorNorm: per(0), status: badStart, own: method.start(arithmetic, b) },
    full(0, [], 'i32'),
    per(0, 'i32'),
    full(0, [capacity], dtype),
  );
  const end = unpack(
    whileLeaves(
      (now) => {
        const { state, step } = unpack(now);
        return and(reduceAny(equal(state.status, constant(0, state.status))), mayStep(step));
      },
      round,
      start,
    ),
  );
  return { x: end.state.x, steps: end.steps, residual: select(equal(bNorm, per(0)), per(0), div(end.state.residual, bNorm)), status: end.state.status, history: end.history };
}
