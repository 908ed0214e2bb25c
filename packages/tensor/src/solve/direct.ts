/**
 * @file Direct solves: the operator as a matrix, from its images of all unit vectors at once, and the matrix by Cholesky or LU factors.
 *
 * Costs n products with the operator, n² numbers per system and n³/3 (Cholesky) or 2n³/3 (LU) operations, for n unknowns.
 */
import { batchLeaves, spaceOf, type Value } from '@tapeflow/autodiff/extend';
import { unitRoundoff, type FloatDType } from '../array/dtype.ts';
import { arrayTypeOf, broadcast, full, reshape } from '../array/ndarray.ts';
import { sizeOf } from '../array/strides.ts';
import { condLeaves } from '../control/cond.ts';
import { cholesky, choleskySolve, lu, luSolve } from '../primitives/dense.ts';
import { dot } from '../primitives/dot.ts';
import { abs, add, constantLike, div, equal, indicator, isFinite, less, lessEqual, max, mul, not, or, select, sign, sqrt, sub } from '../primitives/elementwise.ts';
import { reduceAll, reduceAny, reduceMax, reduceSum } from '../primitives/reduce.ts';
import { convert, iota, sliceAxis, transpose } from '../primitives/structure.ts';
import { AT_LIMIT, HISTORY, type IterationResult, type SystemProblem } from './iterate.ts';
import { diagonalOf, vanishingPivots } from './pivots.ts';
import { safeDivide, type Vector } from './vectors.ts';

const CONVERGED = 1;
const PRECISION = 2;
const NON_FINITE = 4;
const INCONSISTENT = 7;
/** Solutions of damped normal equations, each for what the last one left. */
const SWEEPS = 4;

/** The matrices of an operator, (…systems, row, column): column k is the image of unit vector k. */
export function matrixOf({ arithmetic, apply, b }: Pick<SystemProblem, 'arithmetic' | 'apply' | 'b'>): Value {
  const n = arithmetic.count(b);
  const { shape, dtype } = arrayTypeOf(b[0]);
  const systems = shape.slice(0, arithmetic.batchAxes);
  const identity = indicator(equal(iota([n, n], 0, 'i32'), iota([n, n], 1, 'i32')), full(0, [], dtype));
  let start = 0;
  const units = b.map((x) => {
    const member = arrayTypeOf(x).shape.slice(systems.length);
    const length = sizeOf(member);
    start += length;
    const own = reshape(sliceAxis(identity, 1, start - length, length, 1), [n, ...member]);
    return broadcast(own, [n, ...systems, ...member], [0, ...member.map((_, k) => 1 + systems.length + k)]);
  });
  const images = batchLeaves((xs) => [arithmetic.join(apply(xs))], units, units.map(() => true), units.map(spaceOf), n, spaceOf)[0];
  return transpose(images, [...systems.map((_, k) => k + 1), systems.length + 1, 0]);
}

/** Solves with the factors of a matrix. */
export function direct(problem: SystemProblem): IterationResult {
  const { arithmetic, apply, b, tolerances, singular } = problem;
  const axis = arithmetic.batchAxes;
  const plain = matrixOf(problem);
  const { shape } = arrayTypeOf(plain);
  const dtype = arrayTypeOf(plain).dtype as FloatDType;
  const n = shape[axis]!;
  const systems = shape.slice(0, axis);
  const size = sqrt(reduceSum(mul(plain, plain), [axis, axis + 1]));
  const everywhere = (x: Value): Value => broadcast(x, shape, systems.map((_, k) => k));
  // Constants are mapped to 0: a multiple of their projection makes the matrix regular, and leaves solutions with mean 0 as they are.
  const lifted = add(plain, everywhere(mul(mul(singular, size), full(1 / Math.max(n, 1) ** 1.5, [], dtype))));
  const solve = problem.symmetric ? symmetricSolve(lifted, axis) : generalSolve(lifted, axis);

  const bNorm = arithmetic.norm(b);
  const target = max(mul(bNorm, constantLike(tolerances.relative, bNorm)), tolerances.absolute);
  const residualOf = (x: Vector): { r: Vector; size: Value } => {
    const r = arithmetic.minus(b, apply(x));
    return { r, size: arithmetic.norm(r) };
  };
  const first = arithmetic.split(solve(arithmetic.join(b)), b);
  const before = residualOf(first);
  // Once more for what rounding left, kept where it is better.
  const refined = arithmetic.axpy(first, full(1, systems, dtype), arithmetic.split(solve(arithmetic.join(before.r)), b));
  const after = residualOf(refined);
  const enough = or(lessEqual(before.size, target), not(less(after.size, before.size)));
  const x = arithmetic.choose(enough, first, refined);
  const residual = select(enough, before.size, after.size);

  const rounding = mul(add(mul(size, arithmetic.norm(x)), bNorm), constantLike(AT_LIMIT * unitRoundoff(dtype), bNorm));
  const code = (value: number): Value => full(value, systems, 'i32');
  // A residual that elimination with pivots leaves is one that no x can avoid. An adjoint takes the least squares that it found.
  const unreached = problem.transposed ? code(CONVERGED) : code(INCONSISTENT);
  const reached = select(lessEqual(residual, target), code(CONVERGED), select(lessEqual(residual, rounding), code(PRECISION), unreached));
  const known = isFinite(residual);
  const zero = b.map((v) => full(0, arrayTypeOf(v).shape, dtype));
  const capacity = Math.min(tolerances.maxSteps + 1, HISTORY);
  const at = iota([capacity], 0, 'i32');
  const recorded = (k: number, r: Value): Value => select(equal(at, full(k, [], 'i32')), broadcast(reduceMax(safeDivide(r, bNorm)), [capacity], []), full(0, [], dtype));
  const steps = add(code(1), convert(not(enough), 'i32'));
  const nothing = equal(bNorm, constantLike(0, bNorm));
  return {
    x: arithmetic.choose(known, x, zero),
    steps: select(nothing, code(0), select(known, steps, code(0))),
    residual: select(nothing, constantLike(0, residual), div(residual, bNorm)),
    status: select(known, reached, code(NON_FINITE)),
    history: add(recorded(1, before.size), recorded(2, residual)),
  };
}

/** Solves for one row per system. */
type Solve = (row: Value) => Value;

const asColumn = (row: Value): Value => reshape(row, [...arrayTypeOf(row).shape, 1]);
const asRow = (column: Value): Value => reshape(column, arrayTypeOf(column).shape.slice(0, -1));

/** LU, with least squares where a pivot vanishes. What branches need is handed to them, so that only one is computed. */
function generalSolve(M: Value, axis: number, [packed, order]: readonly Value[] = lu(M)): Solve {
  const vanishing = reduceAny(vanishingPivots(M, packed, order), [axis]);
  return (row) =>
    condLeaves(
      reduceAny(vanishing),
      ([r, matrix, factors, rows, isSingular]) => {
        const regular = asRow(luSolve(matrix, asColumn(r), factors, rows, { transposed: false }));
        const { shape } = arrayTypeOf(r);
        return [select(broadcast(isSingular, shape, shape.slice(0, -1).map((_, k) => k)), leastSquares(matrix, r, axis), regular)];
      },
      ([r, matrix, factors, rows]) => [asRow(luSolve(matrix, asColumn(r), factors, rows, { transposed: false }))],
      [row, M, packed, order, vanishing],
    )[0]!;
}

/** Cholesky of the matrix or its negative where one is positive definite, else LU. */
function symmetricSolve(M: Value, axis: number): Solve {
  const { shape } = arrayTypeOf(M);
  const dtype = arrayTypeOf(M).dtype as FloatDType;
  const spread = (x: Value, like: Value): Value => broadcast(x, arrayTypeOf(like).shape, shape.slice(0, axis).map((_, k) => k));
  const side = sign(reduceSum(diagonalOf(M), [axis]));
  const L = cholesky(mul(M, spread(side, M)));
  const pivots = diagonalOf(L);
  const least = mul(abs(diagonalOf(M)), full(shape[axis]! * unitRoundoff(dtype), [], dtype));
  // NaN is not above anything.
  const definite = reduceAll(less(least, mul(pivots, pivots)), arrayTypeOf(pivots).shape.map((_, k) => k));
  const factors = condLeaves(definite, ([, factor]) => [factor, full(0, shape.slice(0, -1), 'i32')], ([matrix]) => lu(matrix).slice(0, 2), [M, L]);
  return (row) =>
    condLeaves(
      definite,
      ([r, matrix, factor]) => [asRow(choleskySolve(matrix, asColumn(mul(r, spread(side, r))), factor))],
      ([r, matrix, ...known]) => [generalSolve(matrix, axis, known)(r)],
      [row, M, ...factors],
    )[0]!;
}

/**
 * The smallest x with the smallest ‖M x − r‖, by normal equations in double precision with so much damping that rounding does not matter;
 * repeated, they take out what the damping left. First Mᵀ M x = Mᵀ r, whose solution may have any part in the null space; then, for the
 * right-hand side M x, which has a solution, x = Mᵀ y with M Mᵀ y = M x, which has none.
 */
function leastSquares(M: Value, row: Value, axis: number): Value {
  const dtype = arrayTypeOf(M).dtype as FloatDType;
  const A = convert(M, 'f64');
  const { shape } = arrayTypeOf(A);
  const systems = shape.slice(0, axis).map((_, k) => k);
  const batch = systems.map((k) => [k, k] as const);
  const damping = mul(reduceSum(mul(A, A), [axis, axis + 1]), full(Math.max(shape[axis]! * unitRoundoff('f64'), (8 * shape[axis]! * unitRoundoff(dtype)) ** 2), [], 'f64'));
  // A matrix of zeros has nothing to damp.
  const added = broadcast(select(less(full(0, [], 'f64'), damping), damping, full(1, [], 'f64')), shape, systems);
  const matrix = shape.slice(axis);
  const onDiagonal = broadcast(equal(iota(matrix, 0, 'i32'), iota(matrix, 1, 'i32')), shape, [axis, axis + 1]);
  const damped = (side: 0 | 1): Solve => {
    const normal = add(dot(A, A, { batch, contract: [[axis + side, axis + side]] }), select(onDiagonal, added, full(0, [], 'f64')));
    const L = cholesky(normal);
    return (x) => asRow(choleskySolve(normal, asColumn(x), L));
  };
  const times = (x: Value): Value => dot(A, x, { batch, contract: [[axis + 1, axis]] });
  const timesTransposed = (y: Value): Value => dot(A, y, { batch, contract: [[axis, axis]] });

  const right = convert(row, 'f64');
  const [byColumns, byRows] = [damped(0), damped(1)];
  const sweeps = Array.from({ length: SWEEPS });
  const nearest = sweeps.reduce<Value>((x) => add(x, byColumns(timesTransposed(sub(right, times(x))))), full(0, arrayTypeOf(right).shape, 'f64'));
  const reached = times(nearest);
  const y = sweeps.reduce<Value>((dual) => add(dual, byRows(sub(reached, times(timesTransposed(dual))))), full(0, arrayTypeOf(right).shape, 'f64'));
  return convert(timesTransposed(y), dtype);
}
