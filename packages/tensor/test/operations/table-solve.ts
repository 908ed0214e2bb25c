/** @file Row of the table of operations: the linear solve, one equation around its operator. */
import type { Value } from '@tapeflow/autodiff/extend';
import type { DType } from '../../src/array/dtype.ts';
import { arrayTypeOf, full } from '../../src/array/ndarray.ts';
import type { Dim } from '../../src/named/dims.ts';
import { sum } from '../../src/named/reduce.ts';
import { rename } from '../../src/named/restructure.ts';
import { wrap, type Tensor } from '../../src/named/tensor.ts';
import { add, constantLike, mul } from '../../src/primitives/elementwise.ts';
import { transpose } from '../../src/primitives/structure.ts';
import { NotConverged } from '../../src/solve/errors.ts';
import { solveLinear, type SolveOptions } from '../../src/solve/solve-linear.ts';
import { list, toArray, zip } from './nested.ts';
import { eliminate } from './oracles.ts';
import type { Case, Row } from './row.ts';

type Numbers = readonly number[];
const SIZE = 4;
const DIAGONAL = 5;

const dim = (name: string, size: number): Dim => ({ name, size, type: 'spatial' });

/** A x = b for a full matrix with rows i and columns j. */
function solved(A: Value, b: Value, options: SolveOptions): Value {
  const size = arrayTypeOf(b).shape[0]!;
  const matrix = wrap({ value: A, dims: [dim('i', size), dim('j', size)] }) as Tensor<'i' | 'j'>;
  const right = wrap({ value: b, dims: [dim('i', size)] }) as Tensor<'i'>;
  const apply = (x: Tensor<'i'>): Tensor<'i'> => sum(matrix.mul(rename(x, 'i', 'j')), 'j');
  return solveLinear(apply, right, { nullSpace: 'none', ...options }).value.value;
}

/** Each unknown for itself: d x = b. */
function divided(d: Value, b: Value): Value {
  const dims = arrayTypeOf(b).shape.map((size) => dim('i', size));
  const diagonal = wrap({ value: d, dims });
  return solveLinear((x: Tensor) => diagonal.mul(x) as Tensor, wrap({ value: b, dims }) as Tensor, { symmetric: true, nullSpace: 'none', relative: 1e-15 }).value.value;
}

/** A well-conditioned matrix from any matrix with elements in [−1, 1]. */
const dominant = (M: Value): Value => add(M, diagonalMatrix(arrayTypeOf(M).dtype));
const diagonalMatrix = (dtype: DType): Value => toArray(list(SIZE, (i) => list(SIZE, (j) => (i === j ? DIAGONAL : 0))), [SIZE, SIZE], dtype);
const plainDominant = (M: readonly Numbers[]): number[][] => M.map((row, i) => row.map((v, j) => v + (i === j ? DIAGONAL : 0)));
const symmetricPart = (M: Value): Value => mul(add(M, transpose(M, [1, 0])), constantLike(0.5, M));
const plainSymmetricPart = (M: readonly Numbers[]): number[][] => M.map((row, i) => row.map((v, j) => (v + M[j]![i]!) / 2));

const solveCase = (title: string, run: (M: Value, b: Value) => Value, matrix: (M: readonly Numbers[]) => readonly Numbers[]): Case => ({
  title, inputs: [{ shape: [SIZE, SIZE] }, { shape: [SIZE] }], run, derivative: 'both', tolerance: 1e-14, f32Error: 8,
  expected: (M, b) => eliminate(matrix(M as readonly Numbers[]), b as Numbers),
});
const division = (title: string, shape: Numbers): Case => ({
  title, inputs: [{ shape, low: 1, high: 2 }, { shape }], run: divided, derivative: shape.includes(0) ? 'none' : 'both', f32Error: 4,
  expected: (d, b) => zip((x, y) => y / x, d!, b!), ...(shape.includes(0) && { shape }),
});

const linearSolve: Row = {
  name: 'linearSolve',
  cases: [
    solveCase('BiCGstab', (M, b) => solved(dominant(M), b, { method: 'bicgstab', relative: 1e-15 }), plainDominant),
    solveCase('conjugate gradients', (M, b) => solved(symmetricPart(dominant(M)), b, { method: 'cg', relative: 1e-15 }), (M) => plainSymmetricPart(plainDominant(M))),
    division('a diagonal', [6]),
    division('rank 0', []),
    division('size zero', [0]),
  ],
  errors: [{ title: 'a system without solution', run: () => solved(full(0, [2, 2], 'f64'), full(1, [2], 'f64'), { method: 'bicgstab' }), error: NotConverged, fields: { operation: 'solveLinear (bicgstab)' } }],
};

/** The row of linear solves. */
export const solveRows: readonly Row[] = [linearSolve];
