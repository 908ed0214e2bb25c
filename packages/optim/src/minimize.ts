/** @file minimize: the one loop in which all methods run, to be driven at once, asynchronously or step by step. */
import { NonFiniteObjective, OptionError, ResumeError, shown, type NonFinite } from './errors.ts';
import { nextTurn } from './event-loop.ts';
import { unpack } from './leaves.ts';
import { fromUpdate, type Method, type Point, type Tolerances } from './method.ts';
import { checkedChoice, checkedFlag, checkedInteger, checkedNames, checkedNumber } from './options.ts';
import type { Optimizer } from './optimizer.ts';
import { makeProblem, type Objective } from './problem.ts';
import { describeOutcome, type MinimizeResult, type MinimizeState, type StepRecord, type StepReport, type StopReason } from './result.ts';
import { minus, norm } from './vectors.ts';

/** Settings of a minimisation that do not depend on who drives it. */
export interface MinimizeStepsOptions<X> {
  /** How to go: `adam()`, `lbfgs()`, … */
  readonly method: Method | Optimizer;
  /** Steps since the very beginning at which to stop; those before a `resume` count. Default 1000. */
  readonly maxSteps?: number;
  /** When to stop; criteria that are left out are not used. Without this: where the gradient is exactly 0; for L-BFGS also where the value changes by ≤ 1e-12 of itself. */
  readonly tolerances?: Tolerances;
  /** Stops after the step during which it is given. */
  readonly signal?: AbortSignal;
  /** The `state` of an earlier result or report. Start at the x that belongs to it; what follows is the same, bit for bit. */
  readonly resume?: MinimizeState<NoInfer<X>>;
  /** When the function is not finite: 'stop' (default) with the last good point as the result, or 'throw' `NonFiniteObjective`, which carries it. */
  readonly onNonFinite?: 'stop' | 'throw';
  /** Whether value and gradient norm of each step are kept. Default true. */
  readonly history?: boolean;
}

/** Settings of `minimize`. */
export interface MinimizeOptions<X> extends MinimizeStepsOptions<X> {
  /** Called after each step. */
  readonly onStep?: (report: StepReport<X>) => void;
}

/** Settings of `minimizeAsync`. */
export interface MinimizeAsyncOptions<X> extends MinimizeStepsOptions<X> {
  /** Called after each step, and awaited. */
  readonly onStep?: (report: StepReport<X>) => void | Promise<void>;
}

/**
 * Minimises a function of a tree, given with its gradient: `minimize(valueAndGrad(loss), x0, { method: adam({ rate: 0.1 }) })`.
 *
 * Numerical trouble is never silent: `reason` says why it stopped, `describe()` says it in words.
 *
 * Throws    `OptionError` for bad options, `ResumeError` for a state of another method, `NonFiniteObjective` if so chosen, `ObjectiveError`,
 *           `NotScalarError` and `TreeError` for a function that does not give one number and a gradient like x; and whatever it throws
 */
export function minimize<X>(f: Objective<X>, x0: NoInfer<X>, options: MinimizeOptions<NoInfer<X>>): MinimizeResult<X> {
  const steps = minimizeSteps<X>(f, x0, options);
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
    options.onStep?.(next.value);
  }
}

/** Longest time between two looks at the event loop, in milliseconds: half a frame of a screen. */
const YIELD_EVERY = 8;

/** `minimize` that lets timers, key presses and drawing happen between steps. Throws the same, as rejections. */
export async function minimizeAsync<X>(f: Objective<X>, x0: NoInfer<X>, options: MinimizeAsyncOptions<NoInfer<X>>): Promise<MinimizeResult<X>> {
  const steps = minimizeSteps<X>(f, x0, options);
  let lastYield = -Infinity;
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
    await options.onStep?.(next.value);
    if (performance.now() - lastYield >= YIELD_EVERY) {
      await nextTurn();
      lastYield = performance.now();
    }
  }
}

/** `minimize` as a generator: gives a report after each step, goes on when asked for the next, and returns the result. */
export function minimizeSteps<X>(f: Objective<X>, x0: NoInfer<X>, options: MinimizeStepsOptions<NoInfer<X>>): Generator<StepReport<X>, MinimizeResult<X>, void> {
  // Options are checked at the call; a generator would wait until its first step is asked for.
  return run<X>(f, x0, checkedOptions('minimize', options));
}

interface CheckedOptions<X> extends Pick<MinimizeStepsOptions<X>, 'signal' | 'resume'> {
  readonly method: Method;
  readonly maxSteps: number;
  readonly tolerances: Tolerances;
  readonly onNonFinite: 'stop' | 'throw';
  readonly history: boolean;
}

function* run<X>(f: Objective<X>, x0: X, options: CheckedOptions<X>): Generator<StepReport<X>, MinimizeResult<X>, void> {
  const { method, maxSteps, tolerances, signal, resume } = options;
  // A state does not hold the gradient, so a continuation evaluates its start anew. The count leaves that out, to be that of a run in one piece.
  const problem = makeProblem('minimize', f, resume === undefined ? 0 : resume.evaluations - 1);
  let point = problem.evaluate(x0);
  let state: MinimizeState<X> = resume ?? { method: method.name, steps: 0, evaluations: problem.evaluations, memory: method.init(point) };
  const first = recordOf(state, point);
  const history: StepRecord[] = options.history ? [first] : [];

  const finish = (reason: StopReason, details: { nonFinite?: NonFinite; explanation?: string } = {}): MinimizeResult<X> => {
    // Evaluations that led nowhere were made all the same.
    const last = { ...recordOf(state, point), evaluations: problem.evaluations };
    const { x, value, gradientNorm } = point;
    const result: MinimizeResult<X> = {
      x,
      value,
      gradientNorm,
      steps: state.steps,
      evaluations: problem.evaluations,
      reason,
      converged: reason === 'gradient' || reason === 'value' || reason === 'step',
      history,
      state,
      ...(details.nonFinite === undefined ? {} : { nonFinite: details.nonFinite }),
      describe: () => describeOutcome({ method: method.describe(), reason, first, last, tolerances, ...details }),
    };
    if (details.nonFinite !== undefined && options.onNonFinite === 'throw') throw new NonFiniteObjective('minimize', details.nonFinite, state.steps, result);
    return result;
  };

  if (point.nonFinite !== undefined) return finish('nonFinite', { nonFinite: point.nonFinite });
  let reached = toleranceMet(tolerances, point);
  for (;;) {
    if (reached !== undefined) return finish(reached);
    if (state.steps >= maxSteps) return finish('maxSteps');
    if (signal?.aborted === true) return finish('aborted');

    const next = method.step(problem, point, state.memory);
    if ('failure' in next) return next.failure === 'nonFinite' ? finish('nonFinite', { nonFinite: next.nonFinite }) : finish('lineSearch', { explanation: next.explanation });
    reached = toleranceMet(tolerances, next.point, point);
    point = next.point;
    state = { method: method.name, steps: state.steps + 1, evaluations: problem.evaluations, memory: next.state };
    const record = recordOf(state, point);
    if (options.history) history.push(record);
    yield { ...record, x: point.x, state };
  }
}

function recordOf<X>({ steps, evaluations }: MinimizeState<X>, { value, gradientNorm }: Point<X>): StepRecord {
  return { step: steps, value, gradientNorm, evaluations };
}

function toleranceMet<X>(tolerances: Tolerances, now: Point<X>, before?: Point<X>): 'gradient' | 'value' | 'step' | undefined {
  const { gradient = 0, value, step } = tolerances;
  if (now.gradientNorm <= gradient) return 'gradient';
  if (before === undefined) return undefined;
  if (value !== undefined && Math.abs(now.value - before.value) <= value * Math.max(Math.abs(now.value), Math.abs(before.value))) return 'value';
  if (step === undefined) return undefined;
  const x = unpack('minimize', now.x).leaves;
  return norm(minus(x, unpack('minimize', before.x).leaves)) <= step * norm(x) ? 'step' : undefined;
}

const OPTIONS = ['method', 'maxSteps', 'tolerances', 'signal', 'resume', 'onNonFinite', 'history', 'onStep'];

function checkedOptions<X>(operation: string, options: MinimizeStepsOptions<X>): CheckedOptions<X> {
  checkedNames(operation, options, OPTIONS);
  const method = checkedMethod(operation, options.method);
  const { resume, signal } = options;
  return {
    method,
    tolerances: checkedTolerances(operation, options.tolerances ?? method.tolerances ?? {}),
    maxSteps: checkedInteger(operation, 'maxSteps', options.maxSteps ?? 1000, 0),
    onNonFinite: checkedChoice(operation, 'onNonFinite', options.onNonFinite ?? 'stop', ['stop', 'throw']),
    history: checkedFlag(operation, 'history', options.history ?? true),
    ...(signal === undefined ? {} : { signal }),
    ...(resume === undefined ? {} : { resume: checkedState(operation, resume, method) }),
  };
}

function checkedMethod(operation: string, method: Method | Optimizer | undefined): Method {
  if (typeof method !== 'object' || method === null) throw new OptionError(operation, 'method', method, 'Give adam({ rate: 0.1 }), lbfgs() or another method.');
  return 'update' in method ? fromUpdate(method) : method;
}

function checkedTolerances(operation: string, tolerances: Tolerances): Tolerances {
  checkedNames(operation, tolerances, ['gradient', 'value', 'step']);
  for (const [name, tolerance] of Object.entries(tolerances)) if (tolerance !== undefined) checkedNumber(operation, `tolerances.${name}`, tolerance, { low: 0 });
  return { gradient: 0, ...tolerances };
}

/** A state may come from a file. */
function checkedState<X>(operation: string, state: MinimizeState<X>, method: Method): MinimizeState<X> {
  if (typeof state !== 'object' || state === null || typeof state.method !== 'string') throw new ResumeError(operation, `one of ${method.name}`, shown(state));
  if (state.method !== method.name) throw new ResumeError(operation, `one of ${method.name}`, `one of ${state.method}`);
  const count = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
  if (!count(state.steps) || !count(state.evaluations)) throw new ResumeError(operation, 'one with counts of steps and evaluations', `one with ${shown(state.steps)} and ${shown(state.evaluations)}`);
  if (typeof state.memory?.moments !== 'object') throw new ResumeError(operation, `one with the memory of ${method.name}`, 'one without');
  return state;
}
