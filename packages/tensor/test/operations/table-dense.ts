/** @file Rows of the table of operations: dense matrices, against loops over sums and elimination in nested lists. */
import type { Value } from '@tapeflow/autodiff/extend';
import type { DType } from '../../src/array/dtype.ts';
import { arrayTypeOf } from '../../src/array/ndarray.ts';
import { DTypeError, ShapeError } from '../../src/errors.ts';
import * as p from '../../src/primitives/dense.ts';
import { add } from '../../src/primitives/elementwise.ts';
import { build, list, toArray, type Nested } from './nested.ts';
import { eliminate } from './oracles.ts';
import type { Case, Row } from './row.ts';

type Shape = readonly number[];
type Matrix = readonly (readonly number[])[];

const some = (shape: Shape, dtype: DType = 'f64'): Value => toArray(build(shape, () => 1), shape, dtype);

/** A function of a matrix, over all axes in front of the last two. */
function each(x: Nested, depth: number, f: (matrix: Matrix, index: Shape) => Nested, index: Shape = []): Nested {
  return depth === 0 ? f(x as Matrix, index) : (x as readonly Nested[]).map((part, k) => each(part, depth - 1, f, [...index, k]));
}

const at = (x: Nested, index: Shape): Nested => index.reduce((part, k) => (part as readonly Nested[])[k]!, x);
const swapped = (A: Matrix): number[][] => list(A[0]?.length ?? 0, (j) => A.map((row) => row[j]!));
const symmetric = (A: Matrix): number[][] => A.map((row, i) => row.map((v, j) => (v + A[j]![i]!) / 2));
const solveColumns = (A: Matrix, B: Matrix): number[][] => swapped(swapped(B).map((b) => eliminate(A, b)));

/** Random matrices near a multiple of the identity: the diagonal is made large. */
const DIAGONAL = 4;
function dominant(A: Value): Value {
  const { shape, dtype } = arrayTypeOf(A);
  return add(A, toArray(build(shape, (index) => (index.at(-1) === index.at(-2) ? DIAGONAL : 0)), shape, dtype));
}
const plainDominant = (A: Matrix): number[][] => A.map((row, i) => row.map((v, j) => v + (i === j ? DIAGONAL : 0)));

/** Cholesky row by row from the definition: the matrix with L Lᵀ = A, column after column. */
function choleskyByBorders(A: Matrix): number[][] {
  // L of the leading block, then the row that borders it: L₁₁ l = a, by elimination.
  const L: number[][] = [];
  A.forEach((row, i) => {
    const l = eliminate(L.map((own) => own.slice(0, i)), row.slice(0, i));
    L.push([...l, Math.sqrt(row[i]! - l.reduce((total, v) => total + v * v, 0)), ...list(A.length - i - 1, () => 0)]);
    L.forEach((own) => (own.length = A.length));
  });
  return L;
}

const exempt = { rank0: 'matrices have two axes' };
const empty = (shape: Shape): Partial<Case> => (shape.includes(0) ? { shape, derivative: 'none' } : {});

function choleskyCase(title: string, shape: Shape, options: Partial<Case> = {}): Case {
  return {
    title, inputs: [{ shape }], run: (A) => p.cholesky(dominant(A)), derivative: 'both', f32Error: 4,
    expected: (A) => each(A!, shape.length - 2, (matrix) => choleskyByBorders(symmetric(plainDominant(matrix)))), ...empty(shape), ...options,
  };
}

const cholesky: Row = {
  name: 'cholesky',
  cases: [
    choleskyCase('3 rows', [3, 3]), choleskyCase('several', [2, 2, 3, 3]), choleskyCase('one element', [1, 1]), choleskyCase('no rows', [2, 0, 0]), choleskyCase('no matrices', [0, 2, 2]),
    { title: 'not positive definite', inputs: [{ shape: [2, 2, 2], values: [[[1, 2], [2, 1]], [[4, 0], [0, 1]]] }], run: (A) => p.cholesky(A), expected: () => [[[1, 0], [NaN, NaN]], [[2, 0], [0, 1]]], derivative: 'none' },
  ],
  errors: [
    { title: 'an oblong matrix', run: () => p.cholesky(some([2, 3])), error: ShapeError, fields: { operation: 'cholesky', shapes: [[2, 3]] } },
    { title: 'a vector', run: () => p.cholesky(some([2])), error: ShapeError },
    { title: 'integers', run: () => p.cholesky(some([2, 2], 'i32')), error: DTypeError },
  ],
  exempt,
};

/** Factors by elimination with row exchange, in nested lists. */
function luByElimination(A: Matrix): { packed: number[][]; order: number[]; sign: number } {
  const rows = A.map((row) => [...row]);
  const order = list(A.length, (i) => i);
  let sign = 1;
  rows.forEach((_, k) => {
    const pivot = rows.slice(k).reduce((best, row, i) => (Math.abs(row[k]!) > Math.abs(rows[best]![k]!) ? k + i : best), k);
    if (pivot !== k) sign = -sign;
    for (const each of [rows, order] as unknown[][]) [each[k], each[pivot]] = [each[pivot], each[k]];
    rows.slice(k + 1).forEach((row) => {
      row[k] = rows[k]![k] === 0 ? 0 : row[k]! / rows[k]![k]!;
      for (let j = k + 1; j < row.length; j++) row[j]! -= row[k]! * rows[k]![j]!;
    });
  });
  return { packed: rows, order, sign };
}

function luCase(title: string, shape: Shape, options: Partial<Case> = {}): Case {
  return {
    title, inputs: [{ shape, apart: true }], run: (A) => p.lu(A)[0], derivative: 'both', tolerance: 1e-13, f32Error: 32,
    expected: (A) => each(A!, shape.length - 2, (matrix) => luByElimination(matrix).packed), ...empty(shape), ...options,
  };
}

const exchanged: Nested = [[[0, 2, 1], [4, 1, 0], [2, 5, 5]], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]];
const lu: Row = {
  name: 'lu',
  cases: [
    luCase('3 rows', [3, 3]), luCase('several', [2, 4, 4]), luCase('one element', [1, 1]), luCase('no rows', [0, 0]),
    { title: 'order and sign', inputs: [{ shape: [2, 3, 3], values: exchanged }], run: (A) => p.lu(A).slice(1), derivative: 'none', dtype: 'i32', expected: () => [[[1, 2, 0], [0, 1, 2]], [1, 1]] },
    { title: 'singular', inputs: [{ shape: [3, 3], values: [[1, 2, 3], [2, 4, 6], [1, 1, 1]] }], run: (A) => p.lu(A)[0], derivative: 'none', expected: () => [[2, 4, 6], [0.5, -1, -2], [0.5, -0, 0]] },
  ],
  errors: [
    { title: 'an oblong matrix', run: () => p.lu(some([3, 2, 3])), error: ShapeError, fields: { operation: 'lu' } },
    { title: 'booleans', run: () => p.lu(some([2, 2], 'bool')), error: DTypeError },
  ],
  exempt,
};

const PARTS: readonly p.Triangle[] = [false, true].flatMap((lower) => [false, true].flatMap((transposed) => [false, true].map((unit) => ({ lower, transposed, unit }))));

function plainTriangle(A: Matrix, { lower, transposed, unit }: p.Triangle): number[][] {
  const part = A.map((row, i) => row.map((v, j) => (i === j ? (unit ? 1 : v) : lower === j < i ? v : 0)));
  return transposed ? swapped(part) : part;
}

function triangleCase(title: string, shape: Shape, columns: number, part: p.Triangle, options: Partial<Case> = {}): Case {
  const right = [...shape.slice(0, -1), columns];
  return {
    title, inputs: [{ shape }, { shape: right }], run: (A, B) => p.triangularSolve(dominant(A), B, part), derivative: 'both', tolerance: 1e-13, f32Error: 8,
    expected: (A, B) => each(A!, shape.length - 2, (matrix, index) => solveColumns(plainTriangle(plainDominant(matrix), part), at(B!, index) as Matrix)),
    ...(empty(right)), ...options,
  };
}

const triangularSolve: Row = {
  name: 'triangularSolve',
  cases: [
    ...PARTS.map((part) => triangleCase(Object.entries(part).filter(([, is]) => is).map(([name]) => name).join(', ') || 'upper', [3, 3], 2, part)),
    triangleCase('several', [2, 3, 3], 2, PARTS[5]!), triangleCase('no right-hand side', [2, 2], 0, PARTS[0]!), triangleCase('no rows', [0, 0], 2, PARTS[4]!),
  ],
  errors: [
    { title: 'too few rows', run: () => p.triangularSolve(some([3, 3]), some([2, 1]), PARTS[0]!), error: ShapeError, fields: { operation: 'triangularSolve', shapes: [[3, 3], [2, 1]] } },
    { title: 'different dtypes', run: () => p.triangularSolve(some([2, 2]), some([2, 1], 'f32'), PARTS[0]!), error: DTypeError, fields: { dtypes: ['f64', 'f32'] } },
  ],
  exempt,
};

const solveWithLU = (transposed: boolean) => (A: Value, B: Value): Value => {
  const [packed, order] = p.lu(A);
  return p.luSolve(A, B, packed, order, { transposed });
};

function solveCase(title: string, run: (A: Value, B: Value) => Value, plain: (A: Matrix) => Matrix, shape: Shape, columns: number, options: Partial<Case> = {}): Case {
  const right = [...shape.slice(0, -1), columns];
  return {
    title, inputs: [{ shape }, { shape: right }], run, derivative: 'both', tolerance: 1e-13, f32Error: 16,
    expected: (A, B) => each(A!, shape.length - 2, (matrix, index) => solveColumns(plain(matrix), at(B!, index) as Matrix)), ...empty(right), ...options,
  };
}



const luSolve: Row = {
  name: 'luSolve',
  cases: [
    solveCase('3 rows', (A, B) => solveWithLU(false)(dominant(A), B), plainDominant, [3, 3], 2),
    solveCase('transposed', (A, B) => solveWithLU(true)(dominant(A), B), (A) => swapped(plainDominant(A)), [3, 3], 2),
    solveCase('several', (A, B) => solveWithLU(false)(dominant(A), B), plainDominant, [2, 3, 3], 1),
    solveCase('no rows', (A, B) => solveWithLU(false)(A, B), (A) => A, [0, 0], 2),
    {
      title: 'rows that are exchanged', inputs: [{ shape: [3, 3], values: (exchanged as readonly Nested[])[0]! }, { shape: [3, 1] }], derivative: 'none', tolerance: 1e-13, f32Error: 16,
      run: (A, B) => [solveWithLU(false)(A, B), solveWithLU(true)(A, B)], expected: (A, B) => [solveColumns(A as Matrix, B as Matrix), solveColumns(swapped(A as Matrix), B as Matrix)],
    },
  ],
  errors: [{ title: 'too few rows', run: () => p.luSolve(some([2, 2]), some([3, 1]), some([2, 2]), some([2], 'i32'), { transposed: false }), error: ShapeError, fields: { operation: 'luSolve' } }],
  exempt,
};

const solveWithCholesky = (A: Value, B: Value): Value => p.choleskySolve(A, B, p.cholesky(A));
const choleskySolve: Row = {
  name: 'choleskySolve',
  cases: [
    solveCase('3 rows', (A, B) => solveWithCholesky(dominant(A), B), (A) => symmetric(plainDominant(A)), [3, 3], 2),
    solveCase('several', (A, B) => solveWithCholesky(dominant(A), B), (A) => symmetric(plainDominant(A)), [2, 3, 3], 1),
    solveCase('no rows', solveWithCholesky, (A) => A, [0, 0], 2),
  ],
  errors: [{ title: 'different dtypes', run: () => p.choleskySolve(some([2, 2]), some([2, 1], 'f32'), some([2, 2])), error: DTypeError, fields: { operation: 'choleskySolve' } }],
  exempt,
};

/** Rows of operations on dense matrices. */
export const denseRows: readonly Row[] = [cholesky, lu, triangularSolve, luSolve, choleskySolve];
