/** @file Dense linear algebra: solves with matrices that are stored, Cholesky factors, inverses and determinants. */
import { stopGradient } from '@tapeflow/autodiff';
import type { Value } from '@tapeflow/autodiff/extend';
import { arrayTypeOf, broadcast, full, reduceSum } from '../array/ndarray.ts';
import { checkLeaves } from '../control/check.ts';
import { checkChoice } from '../errors.ts';
import { cholesky as choleskyFactor, choleskySolve, lu, luSolve, triangularSolve } from '../primitives/dense.ts';
import { abs, equal, indicator, isFinite, log, mul, not, or, sign } from '../primitives/elementwise.ts';
import { reduceAll, reduceMax, reduceProd } from '../primitives/reduce.ts';
import { convert, iota } from '../primitives/structure.ts';
import { diagonalOf, vanishingPivots } from '../solve/pivots.ts';
import type { Named } from './align.ts';
import { dual, type Dim } from './dims.ts';
import { fromMatrices, matricesOf, realDType, rightHandSides, type Inverted, type MatrixRoles, type Others, type Paired } from './matrix.ts';
import { NotPositiveDefinite, SingularMatrix } from './matrix-errors.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { Names, Reduced, Unchecked, Without } from './types.ts';
import { demand } from '../compile/demands.ts';
import { compileOrders } from '../compile/on-demand.ts';

demand(compileOrders);

/** A name, or a list of names. */
type NameList = string | readonly string[];

/** What is known about a matrix that a solve may use. */
export interface DenseOptions {
  /**
   * `general` (the default): LU factors with partial pivoting. `positiveDefinite`: Cholesky factors of the symmetric part. `lower`, `upper`:
   * a triangle; what lies on its other side is not read.
   */
  readonly structure?: 'general' | 'positiveDefinite' | 'lower' | 'upper';
  /** The diagonal of the triangle counts as ones. */
  readonly unit?: boolean;
  /** Aᵀ x = b is solved: b has the columns (without ~), x the rows. */
  readonly transposed?: boolean;
}

const STRUCTURES = ['general', 'positiveDefinite', 'lower', 'upper'] as const;

/** Throws for the first matrix that has a bad pivot: `bad` per row, of which the first one counts. */
function refuse(bad: Value, error: (pivot: number, batchEntry: number) => Error): void {
  const count = arrayTypeOf(bad).shape.at(-1)!;
  if (count === 0) return;
  checkLeaves(reduceAll(not(bad), arrayTypeOf(bad).shape.map((_, axis) => axis)), [bad], ([flags]) => {
    const at = flags!.contiguous().indexOf(1);
    return error(at % count, flags!.size > count ? Math.floor(at / count) : -1);
  });
}

const isEmpty = (value: Value): boolean => arrayTypeOf(value).shape.includes(0);

/** LU factors without derivative, of a matrix that has an inverse. */
function regularFactors(operation: string, A: Value): readonly [packed: Value, order: Value] {
  const plain = stopGradient(A);
  const [packed, order] = lu(plain);
  if (!isEmpty(A)) refuse(vanishingPivots(plain, packed, order), (pivot, entry) => new SingularMatrix(operation, pivot, entry));
  return [packed, order];
}

/** The Cholesky factor of a positive definite matrix. */
function positiveFactor(operation: string, A: Value): Value {
  const L = choleskyFactor(A);
  if (isEmpty(A)) return L;
  const rank = arrayTypeOf(A).shape.length;
  const plain = stopGradient({ A, L });
  // A matrix with NaN gives NaN, as everywhere.
  const known = reduceMax(abs(plain.A), [rank - 2, rank - 1]);
  const rows = diagonalOf(plain.L);
  const ofNaN = broadcast(not(isFinite(known)), arrayTypeOf(rows).shape, arrayTypeOf(known).shape.map((_, axis) => axis));
  refuse(not(or(isFinite(rows), ofNaN)), (pivot, entry) => new NotPositiveDefinite(operation, pivot, entry));
  return L;
}

/** x with A x = b (or Aᵀ x = b), for positional matrices and columns of right-hand sides. */
function solveMatrices(A: Value, B: Value, { structure = 'general', unit = false, transposed = false }: DenseOptions): Value {
  checkChoice('solveDense', 'structure', structure, STRUCTURES);
  switch (structure) {
    case 'general': {
      const [packed, order] = regularFactors('solveDense', A);
      return luSolve(A, B, packed, order, { transposed });
    }
    case 'positiveDefinite':
      return choleskySolve(A, B, positiveFactor('solveDense', stopGradient(A)));
    case 'lower':
    case 'upper':
      if (!unit && !isEmpty(A)) refuse(equal(diagonalOf(stopGradient(A)), full(0, [], arrayTypeOf(A).dtype)), (pivot, entry) => new SingularMatrix('solveDense', pivot, entry));
      return triangularSolve(A, B, { lower: structure === 'lower', unit, transposed });
  }
}

/**
 * x with A x = b, where the matrix A is stored as a tensor: rows x and columns ~x, or what `rows` and `columns` name (several names
 * stand for their combinations). Dimensions that A has besides are independent systems, and are aligned with those of b by name; all other
 * dimensions of b are right-hand sides that share the factors of A. The derivative is one more solve with the same factors.
 *
 * Shapes    A (…, i, ~j), b (…, i) → x (…, j), so that `dot(A, x)` is b
 * Error     the residual is a small multiple of ε ‖A‖ ‖x‖ (LU: of its growth factor, too)
 * Throws    `SingularMatrix`, `NotPositiveDefinite` (also inside programs), `DimensionError`
 * Source    [Higham2002, ch. 8 to 10]
 */
export function solveDense<A extends string, B extends string>(A: Tensor<A>, b: Tensor<B>, options?: DenseOptions): Tensor<B | Others<A>>;
export function solveDense<A extends string, B extends string, const R extends A | readonly A[], const C extends A | readonly A[]>(
  A: Tensor<A>, b: Tensor<B>, options: DenseOptions & MatrixRoles<R, C> & { readonly transposed?: false },
): Tensor<Without<B | Without<A, Names<R> | Names<C>>, Names<R>> | Paired<Names<C>>>;
export function solveDense<A extends string, B extends string, const R extends A | readonly A[], const C extends A | readonly A[]>(
  A: Tensor<A>, b: Tensor<B>, options: DenseOptions & MatrixRoles<R, C> & { readonly transposed: true },
): Tensor<Without<B | Without<A, Names<R> | Names<C>>, Paired<Names<C>>> | Names<R>>;
export function solveDense(A: Named, b: Named, options: DenseOptions & Partial<MatrixRoles<NameList, NameList>> = {}): Unchecked {
  const { others, rows, paired, value } = matricesOf('solveDense', A, options, b.dims);
  const [given, unknown] = options.transposed === true ? [paired, rows] : [rows, paired];
  const dtype = realDType([value, b.value]);
  const right = rightHandSides('solveDense', b, others, given, dtype);
  return fromMatrices(solveMatrices(convert(value, dtype), right.value, options), others, unknown, right.extra) as Unchecked;
}

const real = (value: Value): Value => convert(value, realDType([value]));

/**
 * The lower triangular L with L Lᵀ = A for a positive definite A, of which the symmetric part counts. It has the dimensions of A.
 *
 * Throws    `NotPositiveDefinite` (also inside programs), `DimensionError`
 * Source    [Higham2002, ch. 10]; derivative [Murray2016]
 */
export function cholesky<A extends string>(A: Tensor<A>): Tensor<A>;
export function cholesky<A extends string, const R extends A | readonly A[], const C extends A | readonly A[]>(A: Tensor<A>, roles: MatrixRoles<R, C>): Tensor<A>;
export function cholesky(A: Named, roles: Partial<MatrixRoles<NameList, NameList>> = {}): Unchecked {
  const { others, rows, columns, value } = matricesOf('cholesky', A, roles);
  return fromMatrices(positiveFactor('cholesky', real(value)), others, rows, columns) as Unchecked;
}

/**
 * A⁻¹. Its rows are the columns of A without ~, its columns the rows of A (with ~, if the columns of A have it), so `dot(inverse(A), b)` is
 * `solveDense(A, b)`, which is more exact and cheaper for few b.
 *
 * Shapes    A (…, i, ~j) → (…, j, ~i)
 * Throws    `SingularMatrix` (also inside programs), `DimensionError`
 */
export function inverse<A extends string>(A: Tensor<A>): Tensor<A>;
export function inverse<A extends string, const R extends A | readonly A[], const C extends A | readonly A[]>(A: Tensor<A>, roles: MatrixRoles<R, C>): Tensor<Inverted<A, Names<R>, Names<C>>>;
export function inverse(A: Named, roles: Partial<MatrixRoles<NameList, NameList>> = {}): Unchecked {
  const { others, rows, columns, paired, value } = matricesOf('inverse', A, roles);
  const M = real(value);
  const { shape, dtype } = arrayTypeOf(M);
  const matrix = shape.slice(-2);
  const identity = indicator(equal(iota(matrix, 0, 'i32'), iota(matrix, 1, 'i32')), full(0, [], dtype));
  const [packed, order] = regularFactors('inverse', M);
  const solved = luSolve(M, broadcast(identity, shape, [shape.length - 2, shape.length - 1]), packed, order, { transposed: false });
  const isDual = columns.every(({ name }) => name.startsWith('~'));
  const turned = isDual ? rows.map((dim): Dim => ({ ...dim, name: `~${dim.name}`, type: dual(0).type })) : rows;
  return fromMatrices(solved, others, paired, turned) as Unchecked;
}

/** The diagonal of U and the sign of the row exchanges. */
function pivotsOf(operation: string, A: Named, roles: Partial<MatrixRoles<NameList, NameList>>): { others: readonly Dim[]; pivots: Value; parity: Value } {
  const { others, value } = matricesOf(operation, A, roles);
  const [packed, , parity] = lu(real(value));
  return { others, pivots: diagonalOf(packed), parity: convert(parity, arrayTypeOf(packed).dtype) };
}

/**
 * The determinant. It overflows for large matrices where `logDeterminant` does not. The derivative, det A · A⁻ᵀ, needs an A that is not
 * singular, and is NaN otherwise.
 *
 * Throws    `DimensionError`
 */
export function determinant<A extends string>(A: Tensor<A>): Reduced<Others<A>>;
export function determinant<A extends string, const R extends A | readonly A[], const C extends A | readonly A[]>(A: Tensor<A>, roles: MatrixRoles<R, C>): Reduced<Without<A, Names<R> | Names<C>>>;
export function determinant(A: Named, roles: Partial<MatrixRoles<NameList, NameList>> = {}): Unchecked {
  const { others, pivots, parity } = pivotsOf('determinant', A, roles);
  return wrap({ value: mul(parity, reduceProd(pivots, [others.length])), dims: others });
}

/** A determinant as its sign and the logarithm of its size. */
export interface LogDeterminant<D extends string> {
  /** 1, −1, or 0 for a singular matrix. */
  readonly sign: Reduced<D>;
  /** ln |det A|, −∞ for a singular matrix. */
  readonly logarithm: Reduced<D>;
}

/**
 * Sign and logarithm of the determinant. The derivative of the logarithm, A⁻ᵀ, is NaN for a singular matrix.
 *
 * Throws    `DimensionError`
 */
export function logDeterminant<A extends string>(A: Tensor<A>): LogDeterminant<Others<A>>;
export function logDeterminant<A extends string, const R extends A | readonly A[], const C extends A | readonly A[]>(A: Tensor<A>, roles: MatrixRoles<R, C>): LogDeterminant<Without<A, Names<R> | Names<C>>>;
export function logDeterminant(A: Named, roles: Partial<MatrixRoles<NameList, NameList>> = {}): LogDeterminant<never> {
  const { others, pivots, parity } = pivotsOf('logDeterminant', A, roles);
  const axes = [others.length];
  return {
    sign: wrap({ value: mul(parity, reduceProd(sign(pivots), axes)), dims: others }),
    logarithm: wrap({ value: reduceSum(log(abs(pivots)), axes), dims: others }),
  };
}
