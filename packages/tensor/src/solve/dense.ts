/** @file Small dense systems, many at once: matrices from their products, and elimination with row pivots. */
import { abstractOf, batchLeaves, traceProgram, type Value, type VectorSpace } from '@tapeflow/autodiff/extend';
import { demand } from '../compile/demands.ts';
import { compileWalks } from '../compile/on-demand.ts';
import { unitRoundoff, type FloatDType } from '../array/dtype.ts';
import { arraySpace, arrayTypeOf, broadcast, concat, full, reduceSum, reshape, sliceAxis } from '../array/ndarray.ts';
import { sizeOf } from '../array/strides.ts';
import { scanLeaves } from '../control/scan.ts';
import { argMax } from '../primitives/along.ts';
import { abs, constantLike, equal, lessEqual, mul, or, select, sqrt, sub } from '../primitives/elementwise.ts';
import { reduceMax } from '../primitives/reduce.ts';
import { iota, transpose } from '../primitives/structure.ts';
import { safeDivide, type Vector } from './vectors.ts';

demand(compileWalks);

/** Solutions, whether a matrix was singular within the precision, and the Frobenius norm of each matrix. */
export interface DenseSolution {
  readonly xs: Vector;
  readonly singular: Value;
  readonly norm: Value;
}

/** Solves the systems of which `matvec` is the product with all matrices at once; `batchAxes` leading axes hold systems. */
export function solveDense(matvec: (v: Vector) => Vector, bs: Vector, batchAxes: number): DenseSolution {
  const right = flattened(bs, batchAxes);
  const { shape, dtype } = arrayTypeOf(right);
  const matrix = matrixOf(matvec, bs, batchAxes);
  const { x, singular } = eliminate(concat([matrix, reshape(right, [...shape, 1])], batchAxes + 1), batchAxes, dtype as FloatDType);
  return { xs: unflattened(x, bs, batchAxes), singular, norm: frobenius(matrix, batchAxes) };
}

/** The members of each system along one last axis. */
function flattened(vector: Vector, leading: number): Value {
  const parts = vector.map((x) => {
    const { shape } = arrayTypeOf(x);
    return reshape(x, [...shape.slice(0, leading), sizeOf(shape.slice(leading))]);
  });
  return parts.length === 1 ? parts[0] : concat(parts, leading);
}

/** Arrays like those of a vector, behind any leading axes, from their members along one last axis. */
function unflattened(flat: Value, like: Vector, batchAxes: number): Value[] {
  const { shape } = arrayTypeOf(flat);
  const last = shape.length - 1;
  let from = 0;
  return like.map((x) => {
    const member = arrayTypeOf(x).shape.slice(batchAxes);
    const part = sliceAxis(flat, last, from, sizeOf(member), 1);
    from += sizeOf(member);
    return reshape(part, [...shape.slice(0, last), ...member]);
  });
}

/** (…systems, row, column) from products with all unit vectors at once. */
function matrixOf(matvec: (v: Vector) => Vector, like: Vector, batchAxes: number): Value {
  const { shape, dtype } = arrayTypeOf(flattened(like, batchAxes));
  const n = shape[batchAxes]!;
  const systems = shape.slice(0, batchAxes);
  const unit = equal(iota([n, n], 0, 'i32'), iota([n, n], 1, 'i32'));
  const identity = select(unit, full(1, [], dtype), full(0, [], dtype));
  // All systems get the same unit vector: they do not see each other.
  const basis = broadcast(identity, [n, ...systems, n], [0, batchAxes + 1]);
  const spaces = like.map(() => arraySpace as VectorSpace);
  const columns = batchLeaves(matvec, unflattened(basis, like, batchAxes), like.map(() => true), spaces, n, () => arraySpace as VectorSpace, 'dense matrix');
  return transpose(flattened(columns, batchAxes + 1), [...systems.map((_, axis) => axis + 1), batchAxes + 1, 0]);
}

function frobenius(matrix: Value, batchAxes: number): Value {
  return sqrt(reduceSum(mul(matrix, matrix), [batchAxes, batchAxes + 1]));
}

/** A pivot below this multiple of the rounding of the largest entry is none. */
const PIVOT = 4;

/**
 * Gauss-Jordan elimination of (…systems, n, n + 1), right-hand sides in the last column. The pivot of a column is its largest entry in a row
 * that has not been one; rows stay where they are, and remember the column that they are the pivot of.
 *
 * It is written in operations and not by `lu` and `luSolve` because programs call JavaScript for those, in every step: with them, Newton's
 * method in a program takes 13 times as long for one system of 2 unknowns, 5 times for 1000 of them, 2.5 times for one of 40. Operation
 * by operation it would take a third to a half of the time, but what is called often is compiled.
 */
export function eliminate(augmented: Value, batchAxes: number, dtype: FloatDType): { x: Value; singular: Value } {
  const { shape } = arrayTypeOf(augmented);
  const n = shape[batchAxes]!;
  const systems = shape.slice(0, batchAxes);
  const leading = systems.map((_, axis) => axis);
  const row = batchAxes;
  const column = batchAxes + 1;
  const rows = [...systems, n];
  const matrixPart = sliceAxis(augmented, column, 0, n, 1);
  const tiny = mul(reduceMax(abs(matrixPart), [row, column]), full(PIVOT * n * unitRoundoff(dtype), [], dtype));
  const free = full(-1, rows, 'i32');

  const step = ([current, owner, singular, k]: Vector): Value[] => {
    const isColumn = equal(iota(shape, column, 'i32'), k);
    const zero = constantLike(0, current);
    const entries = reduceSum(select(isColumn, current, zero), [column]);
    const isFree = equal(owner, constantLike(-1, owner));
    const pivotRow = argMax(select(isFree, abs(entries), constantLike(-1, entries)), row);
    const isPivot = equal(iota(rows, row, 'i32'), broadcast(pivotRow, rows, leading));
    const isPivotEverywhere = broadcast(isPivot, shape, [...leading, row]);
    const pivot = reduceSum(select(isPivot, entries, zero), [row]);
    const own = reduceSum(select(isPivotEverywhere, current, zero), [row]);
    const scaled = broadcast(safeDivide(own, broadcast(pivot, [...systems, n + 1], leading)), shape, [...leading, column]);
    const next = select(isPivotEverywhere, scaled, sub(current, mul(broadcast(entries, shape, [...leading, row]), scaled)));
    return [next, select(isPivot, broadcast(k, rows, []), owner), or(singular, lessEqual(abs(pivot), tiny))];
  };
  const carries = [augmented, free, full(0, systems, 'bool')];
  const { program, captured } = traceProgram('elimination', step, [...carries, full(0, [], 'i32')].map(abstractOf));
  const [reduced, owner, singular] = scanLeaves(program, captured, carries, [iota([n], 0, 'i32')], n);
  // The right-hand side of the row that is the pivot of column k is unknown k.
  const values = reshape(sliceAxis(reduced, column, n, 1, 1), rows);
  const square = [...systems, n, n];
  const isOwner = equal(broadcast(owner, square, [...leading, row]), iota(square, column, 'i32'));
  return { x: reduceSum(select(isOwner, broadcast(values, square, [...leading, row]), constantLike(0, values)), [row]), singular };
}
