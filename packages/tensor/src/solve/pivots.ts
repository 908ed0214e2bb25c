/** @file Pivots of triangular factors: where they are, and which of them are nothing but rounding. */
import type { Value } from '@tapeflow/autodiff/extend';
import { unitRoundoff, type FloatDType } from '../array/dtype.ts';
import { arrayTypeOf, broadcast, full, reduceSum } from '../array/ndarray.ts';
import { takeAlong } from '../primitives/along.ts';
import { abs, div, equal, less, mul, or, select } from '../primitives/elementwise.ts';
import { reduceMax } from '../primitives/reduce.ts';
import { iota } from '../primitives/structure.ts';

/** The diagonals of square matrices (the last two axes). */
export function diagonalOf(x: Value): Value {
  const { shape, dtype } = arrayTypeOf(x);
  const matrix = shape.slice(-2);
  const rank = shape.length;
  const onDiagonal = broadcast(equal(iota(matrix, 0, 'i32'), iota(matrix, 1, 'i32')), shape, [rank - 2, rank - 1]);
  return reduceSum(select(onDiagonal, x, full(0, [], dtype)), [rank - 1]);
}

/**
 * Whether nothing but rounding is left of each pivot of `lu(A)`, measured against the largest elements of its row and of its column,
 * whatever their scale.
 */
export function vanishingPivots(A: Value, packed: Value, order: Value): Value {
  const { shape, dtype } = arrayTypeOf(A);
  const rank = shape.length;
  const sizes = abs(A);
  const orOne = (x: Value): Value => select(less(full(0, [], dtype), x), x, full(1, [], dtype));
  const rows = orOne(reduceMax(sizes, [rank - 1]));
  const across = [...shape.slice(0, -2).map((_, axis) => axis), rank - 2];
  const columns = orOne(reduceMax(div(sizes, broadcast(rows, shape, across)), [rank - 2]));
  const scale = mul(takeAlong(rows, order, rank - 2), columns);
  const pivots = abs(diagonalOf(packed));
  return or(equal(pivots, full(0, [], dtype)), less(pivots, mul(scale, full(shape[rank - 1]! * unitRoundoff(dtype as FloatDType), [], dtype))));
}
