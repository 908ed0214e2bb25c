/**
 * @file Fixed points of many systems at once: the map again and again, or mixed with what earlier steps taught (Anderson).
 * Written in differentiable operations and `while`, so the same text runs eagerly and inside programs.
 */
import type { Value } from '@tapeflow/autodiff/extend';
import { unitRoundoff, type FloatDType } from '../array/dtype.ts';
import { arraySpace, arrayTypeOf, concat, full, reshape, sliceAxis } from '../array/ndarray.ts';
import { whileLeaves } from '../control/while.ts';
import { add, and, constantLike, equal, isFinite, less, lessEqual, max, mul, not, or, select, sub } from '../primitives/elementwise.ts';
import { reduceAny } from '../primitives/reduce.ts';
import { convert } from '../primitives/structure.ts';
import { eliminate } from './dense.ts';
import { CONVERGED, DIVERGED, MAX_STEPS, NON_FINITE } from './root-report.ts';
import type { Search, SearchLimits, SearchResult } from './search.ts';
import { VectorArithmetic, type Vector } from './vectors.ts';

/** A mixed step that makes the residual larger than this many times is taken back, and what was learned forgotten. */
const GROWTH = 2;
/** A residual that is this many times the first one comes from a map that does not contract. */
const AWAY = 1e6;
/** Added to the squares of the differences, in units of rounding: of parallel ones, a small combination is taken. */
const RIDGE = 10;

/** The search for x = map(x) that mixes the last `depth` differences [Walker2011]; with none it is plain iteration. */
export function anderson(depth: number): Search {
  return (map, guess, batchAxes, limits) => search(depth, map, guess, batchAxes, limits);
}

/** What the loop carries; x and residual g = map(x) − x with their last differences. */
interface Carried {
  readonly x: Vector;
  readonly g: Vector;
  readonly dxs: readonly Vector[];
  readonly dgs: readonly Vector[];
  readonly norm: Value;
  readonly status: Value;
  readonly steps: Value;
  /** Whether differences are kept. */
  readonly taught: Value;
  readonly step: Value;
}

function search(depth: number, map: (xs: Vector) => Vector, guess: Vector, batchAxes: number, { relative, absolute, maxSteps }: SearchLimits): SearchResult {
  const { dtype, shape } = arrayTypeOf(guess[0]);
  const arithmetic = new VectorArithmetic(batchAxes);
  const systems = shape.slice(0, batchAxes);
  const code = (value: number): Value => full(value, systems, 'i32');
  const residualAt = (x: Vector): Vector => arithmetic.minus(map(x), x);
  const zeros = guess.map((x) => arraySpace.zeros(arrayTypeOf(x)));
  const count = guess.length;

  const pack = ({ x, g, dxs, dgs, norm, status, steps, taught, step }: Carried): Vector => [...x, ...g, ...dxs.flat(), ...dgs.flat(), norm, status, steps, taught, step];
  const unpack = (all: Vector): Carried => {
    const vectors = Array.from({ length: 2 + 2 * depth }, (_, k) => all.slice(k * count, (k + 1) * count));
    const [norm, status, steps, taught, step] = all.slice((2 + 2 * depth) * count);
    return { x: vectors[0]!, g: vectors[1]!, dxs: vectors.slice(2, 2 + depth), dgs: vectors.slice(2 + depth), norm, status, steps, taught, step };
  };
  const toleranceOf = ({ x, g }: Pick<Carried, 'x' | 'g'>): Value => max(mul(arithmetic.norm(arithmetic.axpy(x, full(1, systems, dtype), g)), full(relative, [], dtype)), full(absolute, systems, dtype));
  const isRunning = (now: Carried): Value => and(equal(now.status, code(0)), not(lessEqual(now.norm, toleranceOf(now))));

  const start = residualAt(guess);
  const startNorm = arithmetic.norm(start);
  const away = mul(startNorm, full(AWAY, [], dtype));

  const step = (all: Vector): Vector => {
    const now = unpack(all);
    const running = isRunning(now);
    const shares = mixture(arithmetic, now.dgs, now.g, systems, dtype as FloatDType);
    const moved = shares.reduce<Vector>((x, share, k) => arithmetic.axpy(arithmetic.axpy(x, share, now.dxs[k]!), share, now.dgs[k]!), arithmetic.axpy(now.x, full(1, systems, dtype), now.g));
    const g = residualAt(moved);
    const norm = arithmetic.norm(g);
    const isBad = not(lessEqual(norm, mul(now.norm, full(GROWTH, [], dtype))));
    const takenBack = and(isBad, now.taught);
    const accepted = and(running, not(takenBack));
    const forget = and(running, takenBack);
    const kept = (list: readonly Vector[], difference: Vector): Vector[] =>
      list.map((own, k) => arithmetic.choose(forget, zeros, arithmetic.choose(accepted, k === 0 ? difference : list[k - 1]!, own)));
    const judged = select(not(isFinite(norm)), code(NON_FINITE), select(less(away, norm), code(DIVERGED), code(0)));
    return pack({
      x: arithmetic.choose(accepted, moved, now.x),
      g: arithmetic.choose(accepted, g, now.g),
      dxs: kept(now.dxs, arithmetic.minus(moved, now.x)),
      dgs: kept(now.dgs, arithmetic.minus(g, now.g)),
      norm: select(accepted, norm, now.norm),
      status: select(accepted, judged, now.status),
      steps: add(now.steps, convert(running, 'i32')),
      taught: and(or(now.taught, accepted), not(forget)),
      step: add(now.step, constantLike(1, now.step)),
    });
  };

  const none = Array.from({ length: depth }, () => zeros);
  const begin: Carried = {
    x: guess, g: start, dxs: none, dgs: none, norm: startNorm, status: select(isFinite(startNorm), code(0), code(NON_FINITE)),
    steps: code(0), taught: full(0, systems, 'bool'), step: full(0, [], 'i32'),
  };
  const end = unpack(whileLeaves((all) => and(reduceAny(isRunning(unpack(all))), less(unpack(all).step, full(maxSteps, [], 'i32'))), step, pack(begin)));
  const tolerance = toleranceOf(end);
  const status = select(equal(end.status, code(0)), select(lessEqual(end.norm, tolerance), code(CONVERGED), code(MAX_STEPS)), end.status);
  return { xs: end.x, steps: end.steps, residual: end.norm, tolerance, status };
}

/** Minus the shares γ of the differences for which ‖g − Σ γ dg‖ is smallest, from the normal equations of each system. */
function mixture(arithmetic: VectorArithmetic, dgs: readonly Vector[], g: Vector, systems: readonly number[], dtype: FloatDType): Value[] {
  const depth = dgs.length;
  if (depth === 0) return [];
  const products = dgs.map((a, i) => dgs.map((b, j) => (j <= i ? arithmetic.dot(a, b) : undefined)));
  const at = (i: number, j: number): Value => (j <= i ? products[i]![j] : products[j]![i]);
  const trace = dgs.map((_, i) => at(i, i)).reduce((total, part) => add(total, part));
  // Where nothing is known yet all is 0: any positive ridge makes the shares 0.
  const ridge = select(less(constantLike(0, trace), trace), mul(trace, full(RIDGE * unitRoundoff(dtype), [], dtype)), full(1, systems, dtype));
  const column = systems.length + 1;
  const rows = dgs.map((dg, i) => {
    const entries = [...dgs.map((_, j) => (i === j ? add(at(i, j), ridge) : at(i, j))), arithmetic.dot(dg, g)];
    return concat(entries.map((entry) => reshape(entry, [...systems, 1, 1])), column);
  });
  const { x } = eliminate(concat(rows, systems.length), systems.length, dtype);
  return dgs.map((_, k) => sub(constantLike(0, x), reshape(sliceAxis(x, systems.length, k, 1, 1), systems)));
}
