/**
 * @file Dense square matrices: Cholesky and LU factors, and solves with triangles and with factors. The last two axes are rows and
 * columns; all axes in front hold independent matrices. What is singular gives infinities or NaN here; the named layer refuses it.
 */
import { apply, applyOne, primitive, type MaybeValue, type Primitive, type Value, type VectorSpace } from '@tapeflow/autodiff/extend';
import { isFloat, type TypedArray } from '../array/dtype.ts';
import { stacked } from '../array/layout.ts';
import { arrayAbstract, arraySpace, arrayTypeOf, full, NDArray, reshape } from '../array/ndarray.ts';
import { sameShape, sizeOf } from '../array/strides.ts';
import type { ArrayType } from '../array/type.ts';
import { choleskyInPlace, luInPlace, substitute, type SquareMatrix, type Triangle } from '../backends/js/matrix-factors.ts';
import { DTypeError, ShapeError } from '../errors.ts';
import { argsort, takeAlong } from './along.ts';
import { dot } from './dot.ts';
import { add, equal, less, mul, neg, select, sub } from './elementwise.ts';
import { broadcast, iota, transpose } from './structure.ts';

export type { Triangle } from '../backends/js/matrix-factors.ts';

// Types

/** The type of square matrices. */
function squareType(operation: string, { shape, dtype }: ArrayType): ArrayType {
  const [rows, columns] = shape.slice(-2);
  if (shape.length < 2 || rows !== columns) throw new ShapeError(operation, [shape], 'the last two axes are no square matrix.');
  if (!isFloat(dtype)) throw new DTypeError(operation, [dtype], 'the matrix is not real.', 'Convert it with convert(x, "f32") or convert(x, "f64").');
  return { shape, dtype };
}

/** The type of solutions: that of the right-hand sides, whose columns are systems. */
function solutionType(operation: string, A: ArrayType, B: ArrayType): ArrayType {
  squareType(operation, A);
  if (B.shape.length !== A.shape.length || !sameShape(B.shape.slice(0, -1), A.shape.slice(0, -1))) throw new ShapeError(operation, [A.shape, B.shape], 'the right-hand sides have not the rows of the matrix.');
  if (A.dtype !== B.dtype) throw new DTypeError(operation, [A.dtype, B.dtype], 'matrix and right-hand side of different dtypes.', 'Convert one with convert(x, dtype).');
  return { shape: B.shape, dtype: B.dtype };
}

// Plain arrays

const doubles = (x: Value): Float64Array => new Float64Array((x as NDArray).contiguous());
const rounded = (data: Float64Array, { shape, dtype }: ArrayType): NDArray => NDArray.of(dtype === 'f64' ? data : new Float32Array(data), shape, dtype);

/** Every matrix of an array by its position. */
function eachMatrix(data: Float64Array, n: number, visit: (matrix: SquareMatrix, k: number) => void): void {
  if (n > 0) for (let at = 0, k = 0; at < data.length; at += n * n, k++) visit({ data, at, n }, k);
}

/** X ← solve(matrix k, X) for every matrix, with X copied from B. */
function eachSystem(A: Value, B: Value, visit: (matrix: SquareMatrix, k: number, x: Float64Array, from: number, columns: number) => void): NDArray {
  const { shape } = arrayTypeOf(B);
  const [n, columns] = shape.slice(-2) as [number, number];
  const x = doubles(B);
  eachMatrix(doubles(A), n, (matrix, k) => visit(matrix, k, x, k * n * columns, columns));
  return rounded(x, arrayTypeOf(B));
}

// Compositions that the rules are made of

const rankOf = (x: Value): number => arrayTypeOf(x).shape.length;

/** Transposed matrices. */
function flipped(x: Value): Value {
  const rank = rankOf(x);
  return transpose(x, [...Array.from({ length: rank - 2 }, (_, axis) => axis), rank - 1, rank - 2]);
}

/** Products of matrices. */
function times(x: Value, y: Value): Value {
  const rank = rankOf(x);
  return dot(x, y, { batch: Array.from({ length: rank - 2 }, (_, axis) => [axis, axis] as const), contract: [[rank - 1, rank - 2]] });
}

/** The part of matrices on one side of the diagonal, where the diagonal itself is multiplied by `diagonal`. */
function triangle(x: Value, lower: boolean, diagonal: number): Value {
  const { shape, dtype } = arrayTypeOf(x);
  const matrix = shape.slice(-2);
  const [row, column] = [iota(matrix, 0, 'i32'), iota(matrix, 1, 'i32')];
  const spread = (mask: Value): Value => broadcast(mask, shape, [shape.length - 2, shape.length - 1]);
  const zero = full(0, [], dtype);
  const outside = select(spread(lower ? less(column, row) : less(row, column)), x, zero);
  return diagonal === 0 ? outside : select(spread(equal(row, column)), mul(x, full(diagonal, [], dtype)), outside);
}

const halved = (x: Value): Value => mul(x, full(0.5, [], arrayTypeOf(x).dtype));
const symmetricPart = (x: Value): Value => halved(add(x, flipped(x)));
const sum = (x: MaybeValue, y: MaybeValue): MaybeValue => (x === undefined ? y : y === undefined ? x : add(x, y));

/** Rows of matrices in another order, which every matrix has for itself. */
function rowsInOrder(x: Value, order: Value): Value {
  const { shape } = arrayTypeOf(x);
  return takeAlong(x, broadcast(order, shape, shape.slice(0, -1).map((_, axis) => axis)), shape.length - 2);
}

/** Members of right-hand sides as more columns, for matrices that all members share. */
function foldMembers(B: Value, solve: (folded: Value) => Value): Value {
  const { shape } = arrayTypeOf(B);
  const rank = shape.length;
  const [size, columns] = [shape[0]!, shape[rank - 1]!];
  const behind = [...Array.from({ length: rank - 2 }, (_, axis) => axis + 1), 0, rank - 1];
  const folded = reshape(transpose(B, behind), [...shape.slice(1, -1), size * columns]);
  const solved = reshape(solve(folded), [...shape.slice(1, -1), size, columns]);
  return transpose(solved, behind.map((_, axis) => behind.indexOf(axis)));
}

// Cholesky

const choleskyPrimitive: Primitive = primitive({
  name: 'cholesky',
  evaluate([A]) {
    const type = squareType('cholesky', arrayTypeOf(A));
    const data = doubles(A);
    eachMatrix(data, type.shape.at(-1)!, choleskyInPlace);
    return [rounded(data, type)];
  },
  abstract: ([A]) => [arrayAbstract(squareType('cholesky', A!.type as ArrayType))],
  outputSpace: () => arraySpace as VectorSpace,
  // dL = L Φ(L⁻¹ dA L⁻ᵀ), where Φ takes the lower triangle with half of the diagonal [Murray2016]
  jvp(_inputs, [dA], [L]) {
    if (dA === undefined) return [undefined];
    const half = triangularSolve(L, symmetricPart(dA), LOWER);
    return [times(L, triangle(triangularSolve(L, flipped(half), LOWER), true, 0.5))];
  },
  // Ā is the symmetric part of L⁻ᵀ Φ(Lᵀ L̄) L⁻¹
  vjp([LBar], _inputs, [L]) {
    if (LBar === undefined) return [undefined];
    const half = triangularSolve(L, triangle(times(flipped(L), LBar), true, 0.5), LOWER_TRANSPOSED);
    return [symmetricPart(triangularSolve(L, flipped(half), LOWER_TRANSPOSED))];
  },
  batch: ([A]) => ({ outputs: [cholesky(A)], batched: [true] }),
});

const LOWER: Triangle = { lower: true, transposed: false, unit: false };
const LOWER_TRANSPOSED: Triangle = { lower: true, transposed: true, unit: false };
const UPPER: Triangle = { lower: false, transposed: false, unit: false };
const UPPER_TRANSPOSED: Triangle = { lower: false, transposed: true, unit: false };
const UNIT_LOWER: Triangle = { lower: true, transposed: false, unit: true };
const UNIT_LOWER_TRANSPOSED: Triangle = { lower: true, transposed: true, unit: true };

/**
 * The lower triangular L with L Lᵀ = (A + Aᵀ)/2: it depends on the symmetric part of A only, and so the gradient is symmetric. NaN from the
 * first row on where A is not positive definite.
 */
export function cholesky(A: Value): Value {
  return applyOne(choleskyPrimitive, [A]);
}

// LU

const luTypes = (type: ArrayType): readonly ArrayType[] => [squareType('lu', type), { shape: type.shape.slice(0, -1), dtype: 'i32' }, { shape: type.shape.slice(0, -2), dtype: 'i32' }];

const luPrimitive: Primitive = primitive({
  name: 'lu',
  evaluate([A]) {
    const [type, orderType, signType] = luTypes(arrayTypeOf(A)) as [ArrayType, ArrayType, ArrayType];
    const data = doubles(A);
    const n = type.shape.at(-1)!;
    const order = new Int32Array(sizeOf(orderType.shape));
    const signs = new Int32Array(sizeOf(signType.shape)).fill(1);
    eachMatrix(data, n, (matrix, k) => (signs[k] = luInPlace(matrix, order.subarray(k * n, (k + 1) * n))));
    return [rounded(data, type), NDArray.of(order, orderType.shape, 'i32'), NDArray.of(signs, signType.shape, 'i32')];
  },
  abstract: ([A]) => luTypes(A!.type as ArrayType).map(arrayAbstract),
  outputSpace: () => arraySpace as VectorSpace,
  // F = L⁻¹ P dA U⁻¹  ⇒  dL = L · strictly lower(F),  dU = upper(F) · U
  jvp(_inputs, [dA], [packed, order]) {
    if (dA === undefined) return [undefined, undefined, undefined];
    const { L, U } = unpacked(packed);
    const left = triangularSolve(packed, rowsInOrder(dA, order), UNIT_LOWER);
    const F = flipped(triangularSolve(packed, flipped(left), UPPER_TRANSPOSED));
    return [add(times(L, triangle(F, true, 0)), times(triangle(F, false, 1), U)), undefined, undefined];
  },
  // F̄ = strictly lower(Lᵀ L̄) + upper(Ū Uᵀ)  ⇒  Ā = Pᵀ L⁻ᵀ F̄ U⁻ᵀ
  vjp([bar], _inputs, [packed, order]) {
    if (bar === undefined) return [undefined];
    const { L, U } = unpacked(packed);
    const F = add(triangle(times(flipped(L), triangle(bar, true, 0)), true, 0), triangle(times(triangle(bar, false, 1), flipped(U)), false, 1));
    const left = triangularSolve(packed, F, UNIT_LOWER_TRANSPOSED);
    return [rowsInOrder(flipped(triangularSolve(packed, flipped(left), UPPER)), argsort(order, rankOf(order) - 1))];
  },
  batch: ([A]) => ({ outputs: lu(A), batched: [true, true, true] }),
});

/** Both factors of the packed ones. */
function unpacked(packed: Value): { L: Value; U: Value } {
  const { shape, dtype } = arrayTypeOf(packed);
  const ones = triangle(full(1, shape, dtype), true, 1);
  const strictlyBelow = triangle(full(1, shape, dtype), true, 0);
  return { L: add(triangle(packed, true, 0), sub(ones, strictlyBelow)), U: triangle(packed, false, 1) };
}

/**
 * P A = L U with partial pivoting, as `[packed, order, sign]`: U in the upper triangle of `packed`, L below its unit diagonal; row i of the
 * factors is row `order[i]` of A; `sign` is that of the permutation. A singular matrix has a zero on the diagonal of U, and no derivative.
 */
export function lu(A: Value): readonly [packed: Value, order: Value, sign: Value] {
  const [packed, order, sign] = apply(luPrimitive, [A], undefined);
  return [packed, order, sign];
}

// Triangles

const triangularSolvePrimitive: Primitive = primitive({
  name: 'triangularSolve',
  evaluate([A, B], params) {
    solutionType('triangularSolve', arrayTypeOf(A), arrayTypeOf(B));
    return [eachSystem(A, B, (matrix, _k, x, from, columns) => substitute(matrix, params as Triangle, x, from, columns))];
  },
  abstract: ([A, B]) => [arrayAbstract(solutionType('triangularSolve', A!.type as ArrayType, B!.type as ArrayType))],
  outputSpace: () => arraySpace as VectorSpace,
  // T X = B  ⇒  dX = T⁻¹ (dB − dT X)
  jvp([A], [dA, dB], [X], params) {
    const part = params as Triangle;
    if (dA === undefined) return [dB === undefined ? undefined : triangularSolve(A, dB, part)];
    const dT = triangle(dA, part.lower, part.unit ? 0 : 1);
    const moved = neg(times(part.transposed ? flipped(dT) : dT, X));
    return [triangularSolve(A, sum(dB, moved), part)];
  },
  // W = T⁻ᵀ X̄  ⇒  B̄ = W,  T̄ = −W Xᵀ
  vjp([XBar], [A], [X], params, needs) {
    if (XBar === undefined) return [undefined, undefined];
    const part = params as Triangle;
    const W = triangularSolve(A, XBar, { ...part, transposed: !part.transposed });
    const outer = (): Value => (part.transposed ? times(X, flipped(W)) : times(W, flipped(X)));
    return [needs[0] ? neg(triangle(outer(), part.lower, part.unit ? 0 : 1)) : undefined, needs[1] ? W : undefined];
  },
  batch([A, B], [isMatrixBatched, isRightBatched], params, size) {
    const part = params as Triangle;
    const solved = isMatrixBatched ? triangularSolve(A, stacked(B, isRightBatched, size), part) : foldMembers(B, (folded) => triangularSolve(A, folded, part));
    return { outputs: [solved], batched: [true] };
  },
});

/** T⁻¹ B or T⁻ᵀ B, where T is one triangle of A; what lies on the other side of the diagonal is not read. */
export function triangularSolve(A: Value, B: Value, part: Triangle): Value {
  return applyOne(triangularSolvePrimitive, [A, B], part);
}

// Solves with factors that are known

/** Parameters of solves with factors. */
export interface FactoredSolveParams {
  /** Aᵀ X = B is solved instead. */
  readonly transposed: boolean;
}

/**
 * A solve by means of factors of A, inputs `[A, B, ...factors]`. Derivatives are those of A⁻¹ B, one more solve with the same factors; the
 * factors count as what they are, functions of A, and get none themselves.
 */
function factoredSolve(name: string, symmetric: boolean, solvePlain: (A: Value, B: Value, factors: readonly Value[], transposed: boolean) => NDArray): Primitive {
  const outer = (A: Value): Value => (symmetric ? symmetricPart(A) : A);
  const declared: Primitive = primitive({
    name,
    evaluate([A, B, ...factors], params) {
      solutionType(name, arrayTypeOf(A), arrayTypeOf(B));
      return [solvePlain(A, B, factors, (params as FactoredSolveParams).transposed)];
    },
    abstract: ([A, B]) => [arrayAbstract(solutionType(name, A!.type as ArrayType, B!.type as ArrayType))],
    outputSpace: () => arraySpace as VectorSpace,
    // A X = B  ⇒  dX = A⁻¹ (dB − dA X)
    jvp([A, , ...factors], [dA, dB], [X], params) {
      const moved = dA === undefined ? undefined : neg(times((params as FactoredSolveParams).transposed ? flipped(outer(dA)) : outer(dA), X));
      const right = sum(dB, moved);
      return [right === undefined ? undefined : applyOne(declared, [A, right, ...factors], params)];
    },
    // W = A⁻ᵀ X̄  ⇒  B̄ = W,  Ā = −W Xᵀ
    vjp([XBar], inputs, [X], params, needs) {
      if (XBar === undefined) return inputs.map(() => undefined);
      const { transposed } = params as FactoredSolveParams;
      const [A, , ...factors] = inputs;
      const W = applyOne(declared, [A, XBar, ...factors], { transposed: !transposed } satisfies FactoredSolveParams);
      const ABar = needs[0] ? neg(outer(transposed ? times(X, flipped(W)) : times(W, flipped(X)))) : undefined;
      return [ABar, needs[1] ? W : undefined, ...factors.map(() => undefined)];
    },
    batch(inputs, batched, params, size) {
      const [A, B, ...factors] = inputs;
      const isMatrixBatched = batched.some((is, k) => is && k !== 1);
      const solved = isMatrixBatched
        ? applyOne(declared, inputs.map((input, k) => stacked(input, batched[k], size)), params)
        : foldMembers(B, (folded) => applyOne(declared, [A, folded, ...factors], params));
      return { outputs: [solved], batched: [true] };
    },
  });
  return declared;
}

const choleskySolvePrimitive: Primitive = factoredSolve('choleskySolve', true, (_A, B, [L], _transposed) =>
  eachSystem(L, B, (matrix, _k, x, from, columns) => {
    substitute(matrix, LOWER, x, from, columns);
    substitute(matrix, LOWER_TRANSPOSED, x, from, columns);
  }),
);

/** A⁻¹ B for the symmetric part of A, by its factor L = `cholesky(A)`. */
export function choleskySolve(A: Value, B: Value, L: Value): Value {
  return applyOne(choleskySolvePrimitive, [A, B, L], { transposed: false } satisfies FactoredSolveParams);
}

/** Rows of one right-hand side in another order: row i comes from row `order[i]`, or goes there. */
function permuteRows(x: Float64Array, from: number, columns: number, order: TypedArray, back: boolean): void {
  const before = x.slice(from, from + order.length * columns);
  order.forEach((source: number, i: number) => {
    const [to, at] = back ? [source, i] : [i, source];
    x.set(before.subarray(at * columns, (at + 1) * columns), from + to * columns);
  });
}

const luSolvePrimitive: Primitive = factoredSolve('luSolve', false, (_A, B, [packed, order], transposed) => {
  const rows = (order as NDArray).contiguous();
  return eachSystem(packed, B, (matrix, k, x, from, columns) => {
    const own = rows.subarray(k * matrix.n, (k + 1) * matrix.n);
    if (!transposed) permuteRows(x, from, columns, own, false);
    for (const part of transposed ? [UPPER_TRANSPOSED, UNIT_LOWER_TRANSPOSED] : [UNIT_LOWER, UPPER]) substitute(matrix, part, x, from, columns);
    if (transposed) permuteRows(x, from, columns, own, true);
  });
});

/** A⁻¹ B (or A⁻ᵀ B) by the factors `packed` and `order` of `lu(A)`. */
export function luSolve(A: Value, B: Value, packed: Value, order: Value, params: FactoredSolveParams): Value {
  return applyOne(luSolvePrimitive, [A, B, packed, order], params);
}
