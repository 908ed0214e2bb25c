/**
 * @file Reductions of the js backend. The order of summation depends on the size only: rows longer than a chunk are halved
 * again and again (pairwise summation, whose error grows with log n), whatever strides the operand has.
 */
import { allocate, type DType, type TypedArray } from '../../array/dtype.ts';
import { forEachRow, mergeAxes, rowMajor, sizeOf } from '../../array/strides.ts';
import { copyInto } from './copy.ts';
import type { View } from './elementwise.ts';

/** What a reduction computes. */
export type Reduction = 'sum' | 'prod' | 'min' | 'max' | 'any' | 'all';

/** Reduces `length` elements, `step` apart. */
type RowReduction = (data: TypedArray, at: number, step: number, length: number) => number;

/** Rows up to this length are summed without halving. */
export const CHUNK = 256;

function sumRow(data: TypedArray, at: number, step: number, length: number): number {
  if (length > CHUNK) {
    const half = (length >> 1) & ~7;
    return sumRow(data, at, step, half) + sumRow(data, at + half * step, step, length - half);
  }
  // Two sums side by side do not wait for each other.
  let a = 0;
  let b = 0;
  let i = 0;
  for (; i + 1 < length; i += 2) {
    a += data[at]!;
    b += data[at + step]!;
    at += 2 * step;
  }
  if (i < length) a += data[at]!;
  return a + b;
}

function prodRow(data: TypedArray, at: number, step: number, length: number): number {
  let total = 1;
  for (let i = 0; i < length; i++, at += step) total *= data[at]!;
  return total;
}

// Math.min and Math.max hand on NaN, as IEEE 754 minimum and maximum do.
function minRow(data: TypedArray, at: number, step: number, length: number): number {
  let best = Infinity;
  for (let i = 0; i < length; i++, at += step) best = Math.min(best, data[at]!);
  return best;
}

function maxRow(data: TypedArray, at: number, step: number, length: number): number {
  let best = -Infinity;
  for (let i = 0; i < length; i++, at += step) best = Math.max(best, data[at]!);
  return best;
}

function anyRow(data: TypedArray, at: number, step: number, length: number): number {
  for (let i = 0; i < length; i++, at += step) if (data[at]! !== 0) return 1;
  return 0;
}

function allRow(data: TypedArray, at: number, step: number, length: number): number {
  for (let i = 0; i < length; i++, at += step) if (data[at]! === 0) return 0;
  return 1;
}

const ROWS: Record<Reduction, RowReduction> = { sum: sumRow, prod: prodRow, min: minRow, max: maxRow, any: anyRow, all: allRow };

// Integers: sums and products wrap around, and the extremes of nothing are the extreme integers.

function sumIntegers(data: TypedArray, at: number, step: number, length: number): number {
  let total = 0;
  for (let i = 0; i < length; i++, at += step) total = (total + data[at]!) | 0;
  return total;
}

function multiplyIntegers(data: TypedArray, at: number, step: number, length: number): number {
  let total = 1;
  for (let i = 0; i < length; i++, at += step) total = Math.imul(total, data[at]!);
  return total;
}

const LARGEST = 2 ** 31 - 1;
const INTEGER_ROWS: Record<Reduction, RowReduction> = {
  ...ROWS,
  sum: sumIntegers,
  prod: multiplyIntegers,
  min: (...row) => Math.min(LARGEST, minRow(...row)),
  max: (...row) => Math.max(-LARGEST - 1, maxRow(...row)),
};

const pick = (list: readonly number[], axes: readonly number[]): number[] => axes.map((axis) => list[axis]!);

/** The view with its reduced axes last and one stride along all of them, so that each result is one row. */
function withRows(view: View, kept: readonly number[], reduced: readonly number[], dtype: DType): { outer: View; step: number } {
  const rows = mergeAxes(pick(view.shape, reduced), [pick(view.strides, reduced)]);
  const outer = { data: view.data, offset: view.offset, shape: pick(view.shape, kept), strides: pick(view.strides, kept) };
  if (rows.shape.length <= 1) return { outer, step: rows.operands[0]![0] ?? 0 };
  const order = [...kept, ...reduced];
  const shape = pick(view.shape, order);
  const strides = rowMajor(shape);
  const data = allocate(dtype, sizeOf(shape));
  copyInto(data, { ...outer, shape, strides: pick(view.strides, order) }, 0, strides);
  return { outer: { data, offset: 0, shape: outer.shape, strides: strides.slice(0, kept.length) }, step: 1 };
}

/** Reduces the given axes of a view; the result is row-major over the axes that stay. */
export function reduceAxes(reduction: Reduction, view: View, axes: readonly number[], dtype: DType): TypedArray {
  const row = (dtype === 'i32' ? INTEGER_ROWS : ROWS)[reduction];
  const kept = view.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const reduced = view.shape.flatMap((_, axis) => (axes.includes(axis) ? [axis] : []));
  const { outer, step } = withRows(view, kept, reduced, dtype);
  const length = reduced.reduce((total, axis) => total * view.shape[axis]!, 1);
  const out = allocate(dtype, sizeOf(outer.shape));
  const offsets = [0, outer.offset];
  forEachRow(outer.shape, [rowMajor(outer.shape), outer.strides], offsets, (count, [outStep, inStep]) => {
    for (let i = 0; i < count; i++) out[offsets[0]! + i * outStep!] = row(outer.data, offsets[1]! + i * inStep!, step, length);
  });
  return out;
}
