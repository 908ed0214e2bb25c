/** @file Reductions of the js backend: chunks that depend on the size only, merged in a fixed tree. */
import { allocate, type DType, type TypedArray } from '../../array/dtype.ts';
import { forEachRow, rowMajor, sizeOf, type Shape } from '../../array/strides.ts';
import type { View } from './elementwise.ts';

export type Reduction = 'sum' | 'prod' | 'min' | 'max' | 'any' | 'all';

/** Below this length a row is summed in one go; longer rows are halved (pairwise summation: error grows with log n). */
const CHUNK = 256;

function sumRow(data: TypedArray, at: number, step: number, length: number): number {
  if (length > CHUNK) {
    const half = (length >> 1) & ~7;
    return sumRow(data, at, step, half) + sumRow(data, at + half * step, step, length - half);
  }
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

const RULES: Record<Reduction, { row: typeof sumRow; merge: (a: number, b: number) => number; identity: number }> = {
  sum: { row: sumRow, merge: (a, b) => a + b, identity: 0 },
  prod: { row: prodRow, merge: (a, b) => a * b, identity: 1 },
  min: { row: minRow, merge: Math.min, identity: Infinity },
  max: { row: maxRow, merge: Math.max, identity: -Infinity },
  any: { row: anyRow, merge: (a, b) => a | b, identity: 0 },
  all: { row: allRow, merge: (a, b) => a & b, identity: 1 },
};

/** Reduces the given axes of a view; the result is row-major over the axes that stay. */
export function reduceAxes(reduction: Reduction, view: View, axes: readonly number[], dtype: DType): TypedArray {
  const { row, merge, identity } = RULES[reduction];
  const { shape, strides, data } = view;
  const kept = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const outShape: Shape = kept.map((axis) => shape[axis]!);
  const out = allocate(dtype, sizeOf(outShape));
  const innerShape: Shape = axes.map((axis) => shape[axis]!);
  const innerStrides = axes.map((axis) => strides[axis]!);
  const outer = [rowMajor(outShape), kept.map((axis) => strides[axis]!)];
  const offsets = [0, view.offset];
  forEachRow(outShape, outer, offsets, (length, steps) => {
    for (let i = 0; i < length; i++) {
      const inner = [offsets[1]! + i * steps[1]!];
      let total = identity;
      forEachRow(innerShape, [innerStrides], inner, (innerLength, innerSteps) => {
        total = merge(total, row(data, inner[0]!, innerSteps[0]!, innerLength));
      });
      out[offsets[0]! + i * steps[0]!] = total;
    }
  });
  return out;
}
