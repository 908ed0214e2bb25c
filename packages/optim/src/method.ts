/** @file What a method of minimisation is: how to start at a point, and how to go to the next. */
import type { NonFinite } from './errors.ts';
import type { Optimizer, OptimizerState } from './optimizer.ts';

/** The function at one point. */
export interface Point<X> {
  readonly x: X;
  readonly value: number;
  readonly gradient: X;
  /** Euclidean norm over all leaves. */
  readonly gradientNorm: number;
  /** Unit roundoff of the value's dtype: smaller relative changes of the value mean nothing. */
  readonly roundoff: number;
  /** Set where the value or the gradient is not finite. */
  readonly nonFinite?: NonFinite;
}

/** The function that is being minimised. It counts how often it is evaluated. */
export interface Problem<X> {
  evaluate(x: X): Point<X>;
  readonly evaluations: number;
}

/** A step along the way and how the gradient changed over it. */
export interface CurvaturePair<X> {
  readonly dx: X;
  readonly dGradient: X;
}

/** What a method remembers between steps: a plain tree, which can be written to a file and read again. */
export interface MethodState<X> extends OptimizerState<X> {
  /** Of quasi-Newton methods, the oldest first. */
  readonly pairs?: readonly CurvaturePair<X>[];
}

/** Where a step led, or why there is none. */
export type MethodStep<X> =
  | { readonly point: Point<X>; readonly state: MethodState<X> }
  | { readonly failure: 'lineSearch'; readonly explanation: string }
  | { readonly failure: 'nonFinite'; readonly nonFinite: NonFinite };

/** When a minimisation is finished. A criterion that is left out is not used. */
export interface Tolerances {
  /** Stop when ‖∇f‖ ≤ gradient (Euclidean norm, in the unit of f per x). */
  readonly gradient?: number;
  /** Stop when a step changes the value by ≤ value · (the larger of both magnitudes). */
  readonly value?: number;
  /** Stop when ‖Δx‖ ≤ step · ‖x‖. */
  readonly step?: number;
}

/** A method of minimisation. Pure, as optimizers are; `step` may evaluate the function as often as it needs to. */
export interface Method {
  readonly name: string;
  /** Settings, as text. */
  describe(): string;
  /** Used where the caller of `minimize` gives no `tolerances`. */
  readonly tolerances?: Tolerances;
  init<X>(start: Point<X>): MethodState<X>;
  step<X>(problem: Problem<X>, from: Point<X>, state: MethodState<X>): MethodStep<X>;
}

/** A method that makes one update, and evaluates the function once, per step. */
export function fromUpdate(optimizer: Optimizer): Method {
  return {
    name: optimizer.name,
    describe: () => optimizer.describe(),
    init: ({ x }) => optimizer.init(x),
    step(problem, { x, gradient }, state) {
      const [next, nextState] = optimizer.update(gradient, state, x);
      const point = problem.evaluate(next);
      return point.nonFinite === undefined ? { point, state: nextState } : { failure: 'nonFinite', nonFinite: point.nonFinite };
    },
  };
}
