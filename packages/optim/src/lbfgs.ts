/** @file L-BFGS: curvature learned from the last few steps, with a line search that makes every step a good one. */
import { OptionError } from './errors.ts';
import { unpack, unpackLike, type Unpacked } from './leaves.ts';
import { isFiniteSample, strongWolfe, type LineSearchResult, type Trial } from './line-search.ts';
import type { CurvaturePair, Method, MethodState, MethodStep, Point, Problem } from './method.ts';
import { checkedInteger, checkedNames, checkedNumber } from './options.ts';
import { describeOptions } from './optimizer.ts';
import { dot, minus, norm, plus, scale, type Vector } from './vectors.ts';

/** How L-BFGS goes. */
export interface LbfgsOptions {
  /** How many past steps are remembered; each costs two trees like x. Default 10. */
  readonly memory?: number;
  /** c₁ of the Wolfe conditions, in (0, 1/2). Default 1e-4. */
  readonly sufficientDecrease?: number;
  /** c₂ of the Wolfe conditions, in (c₁, 1). Default 0.9. */
  readonly curvature?: number;
  /** Evaluations that one line search may take. Default 25. */
  readonly maxEvaluations?: number;
}

const NAME = 'lbfgs';
/** Where the caller gives no tolerances, a step that changes the value by no more than this share is the last. */
const DEFAULT_VALUE_TOLERANCE = 1e-12;

/**
 * Limited-memory BFGS with a line search for the strong Wolfe conditions, for smooth functions without noise. Converges faster than
 * any fixed power of the error near a minimum with positive curvature (superlinearly for many pairs); takes about one evaluation per step.
 *
 * Every accepted step has f(x + t d) ≤ f(x) + c₁ t ⟨∇f, d⟩ and |⟨∇f(x + t d), d⟩| ≤ c₂ |⟨∇f, d⟩|; where f changes by rounding only, the
 * first is judged by slopes. When no such step is found the memory is cleared and steepest descent tried once; then `minimize` stops
 * with the reason 'lineSearch'. Pairs without positive curvature are not remembered.
 *
 * Error     x, gradient and memory are in the dtype of x; inner products are summed in double precision
 * Throws    `OptionError` for bad options
 * Source    [LiuNocedal1989]; algorithms 7.4 and 7.5 of [NocedalWright2006]
 */
export function lbfgs(options: LbfgsOptions = {}): Method {
  checkedNames(NAME, options, ['memory', 'sufficientDecrease', 'curvature', 'maxEvaluations']);
  const memory = checkedInteger(NAME, 'memory', options.memory ?? 10, 1);
  const sufficientDecrease = checkedNumber(NAME, 'sufficientDecrease', options.sufficientDecrease ?? 1e-4, { low: 0, high: 0.5, above: true, below: true });
  const curvature = checkedNumber(NAME, 'curvature', options.curvature ?? 0.9, { low: 0, high: 1, above: true, below: true });
  if (curvature <= sufficientDecrease) throw new OptionError(NAME, 'curvature', curvature, `Give a number above sufficientDecrease (${sufficientDecrease}), or no step may satisfy both.`);
  const maxEvaluations = checkedInteger(NAME, 'maxEvaluations', options.maxEvaluations ?? 25, 1);
  return {
    name: NAME,
    tolerances: { gradient: 0, value: DEFAULT_VALUE_TOLERANCE },
    describe: () => describeOptions(NAME, { memory, sufficientDecrease, curvature, maxEvaluations }),
    init: () => ({ step: 0, moments: {}, pairs: [] }),
    step<X>(problem: Problem<X>, from: Point<X>, state: MethodState<X>): MethodStep<X> {
      let pairs = state.pairs ?? [];
      for (;;) {
        const line = makeLine(problem, from, pairs);
        const limits = { firstStep: line.firstStep, sufficientDecrease, curvature, maxEvaluations, resolution: valueRounding(from) };
        const result = strongWolfe(line.at, { value: from.value, slope: line.slope }, limits);
        if (result.found) {
          const { at: point } = result.trial;
          const pair = pairBetween(from, point);
          const kept = pair === undefined ? pairs : [...pairs, pair].slice(-memory);
          return { point, state: { step: state.step + 1, moments: {}, pairs: kept } };
        }
        if (line.steepest) return failed(from, line, result);
        pairs = [];
      }
    },
  };
}

/** The function along the line x + t d. */
interface Line<X> {
  /** Whether it goes along the negative gradient. */
  readonly steepest: boolean;
  readonly slope: number;
  readonly length: number;
  readonly firstStep: number;
  at(step: number): Trial<Point<X>>;
}

function makeLine<X>(problem: Problem<X>, from: Point<X>, pairs: readonly CurvaturePair<X>[]): Line<X> {
  const x = unpack(NAME, from.x);
  const gradient = unpackLike(NAME, from.gradient, x.structure).leaves;
  const quasiNewton = scale(-1, inverseHessianTimes(gradient, vectorsOf(pairs, x)));
  const descends = pairs.length > 0 && dot(quasiNewton, gradient) < 0;
  const direction = descends ? quasiNewton : scale(-1, gradient);
  return {
    steepest: !descends,
    slope: dot(direction, gradient),
    length: norm(direction),
    firstStep: descends ? 1 : gentleLength(from.value, from.gradientNorm, norm(x.leaves)) / from.gradientNorm,
    at(step) {
      const point = problem.evaluate(x.rebuild(plus(x.leaves, step, direction)));
      const slope = point.nonFinite === undefined ? dot(unpackLike(NAME, point.gradient, x.structure).leaves, direction) : NaN;
      return { step, value: point.value, slope, at: point };
    },
  };
}

/** The part of x that a first step moves at least, so that it can be seen. */
const LEAST_MOVE = 2 ** -20;

/**
 * How far to go where no curvature is known: to where a parabola with its minimum at 0 would have it, but no further than 1. It
 * depends on the unit of x only where that is all there is to go by, and not on the unit of the function.
 */
function gentleLength(value: number, slope: number, size: number): number {
  return Math.max(Math.min((2 * Math.abs(value)) / slope, 1), LEAST_MOVE * (size > 0 ? size : 1));
}

/** A pair as vectors, with ⟨dx, dg⟩. */
interface PairVectors {
  readonly dx: Vector;
  readonly dGradient: Vector;
  readonly product: number;
}

function vectorsOf<X>(pairs: readonly CurvaturePair<X>[], { structure }: Unpacked<X>): PairVectors[] {
  return pairs.map((pair) => {
    const dx = unpackLike(NAME, pair.dx, structure).leaves;
    const dGradient = unpackLike(NAME, pair.dGradient, structure).leaves;
    return { dx, dGradient, product: dot(dx, dGradient) };
  });
}

/** H g for the inverse Hessian H that the pairs suggest: the two-loop recursion. */
function inverseHessianTimes(gradient: Vector, pairs: readonly PairVectors[]): Vector {
  const newest = pairs.at(-1);
  if (newest === undefined) return gradient;
  let q = gradient;
  const shares = pairs.toReversed().map(({ dx, dGradient, product }) => {
    const share = dot(dx, q) / product;
    q = plus(q, -share, dGradient);
    return share;
  });
  // The scale of the newest pair stands for the curvature that the pairs do not cover.
  let r = scale(newest.product / dot(newest.dGradient, newest.dGradient), q);
  pairs.forEach(({ dx, dGradient, product }, k) => {
    r = plus(r, shares[pairs.length - 1 - k]! - dot(dGradient, r) / product, dx);
  });
  return r;
}

/** Pairs whose curvature is not positive, or drowns in rounding, would spoil the memory: the cosine between both vectors is at least this. */
const LEAST_CURVATURE = 2 ** -52;

function pairBetween<X>(from: Point<X>, to: Point<X>): CurvaturePair<X> | undefined {
  // Built like the gradient, whose integer leaves are zeros.
  const gradient = unpack(NAME, from.gradient);
  const dx = minus(unpack(NAME, to.x).leaves, unpack(NAME, from.x).leaves);
  const dGradient = minus(unpack(NAME, to.gradient).leaves, gradient.leaves);
  const curved = dot(dx, dGradient) > LEAST_CURVATURE * norm(dx) * norm(dGradient);
  return curved ? { dx: gradient.rebuild(dx), dGradient: gradient.rebuild(dGradient) } : undefined;
}

/** Changes within so many roundings of the value or of x say nothing. */
const ROUNDINGS = 16;

function valueRounding<X>({ value, roundoff }: Point<X>): number {
  return ROUNDINGS * roundoff * Math.abs(value);
}

/** What to say when not even steepest descent found a step. */
function failed<X>(from: Point<X>, line: Line<X>, { trials, width }: Extract<LineSearchResult<Point<X>>, { found: false }>): MethodStep<X> {
  const finite = trials.filter(isFiniteSample);
  const broken = trials.find(({ at }) => at.nonFinite !== undefined)?.at.nonFinite;
  if (finite.length === 0 && broken !== undefined) return { failure: 'nonFinite', nonFinite: broken };
  const skipped = trials.length - finite.length;
  const note = skipped > 0 ? ` (${skipped} of ${trials.length} trials were not finite)` : '';
  return { failure: 'lineSearch', explanation: `${reasonOf(from, line, finite, width)}${note}` };
}

function reasonOf<X>(from: Point<X>, line: Line<X>, trials: readonly Trial<Point<X>>[], width: number): string {
  const limit = valueRounding(from);
  const xRounding = ROUNDINGS * from.roundoff * norm(unpack(NAME, from.x).leaves);
  const hidden = (what: string): string => `rounding of ${what} hides any further descent, so this is as low as this precision can see`;
  if (trials.every(({ step, value }) => Math.min(-step * line.slope, Math.abs(value - from.value)) <= limit)) return hidden('the value');
  if (contradicted(from, line, trials, limit, xRounding)) return DISAGREEMENT;
  if (width * line.length <= xRounding) return hidden('x');
  if (width === Infinity) return 'the function still falls at the longest step tried; it may have no minimum';
  return DISAGREEMENT;
}

const DISAGREEMENT = 'no step along the negative gradient satisfies the Wolfe conditions; the gradient may be wrong (checkGradients tells) or the function not smooth';

/**
 * Whether values and slopes contradict each other over the shortest distance at which rounding blurs neither: a smooth function changes
 * by the mean of both slopes times the distance, up to its cube.
 */
function contradicted<X>(from: Point<X>, line: Line<X>, trials: readonly Trial<Point<X>>[], valueLimit: number, xLimit: number): boolean {
  const clear = trials.filter(({ step }) => step * line.length > xLimit && -step * line.slope > valueLimit);
  const shortest = clear.reduce<Trial<Point<X>> | undefined>((best, trial) => (best === undefined || trial.step < best.step ? trial : best), undefined);
  if (shortest === undefined) return false;
  const { step, value, slope } = shortest;
  const promised = (step * (line.slope + slope)) / 2;
  return Math.abs(value - from.value - promised) > 0.5 * step * Math.max(-line.slope, Math.abs(slope));
}
