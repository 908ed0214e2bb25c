/** @file Lines of an array along one axis, several side by side: what transforms work on. */
import type { TypedArray } from '../../../array/dtype.ts';
import { sizeOf, type Shape } from '../../../array/strides.ts';

/** Elements that are worked on together: a few times this many doubles fit into the second cache. */
const BLOCK = 4096;
const WIDEST = 16;

/** Offsets of the first element of each line, and the distance of elements. */
interface Layout {
  readonly starts: Int32Array;
  readonly step: number;
}

function layoutOf(shape: Shape, axis: number): Layout {
  const step = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  const starts = new Int32Array(outer * step);
  for (let o = 0, at = 0; o < outer; o++) for (let i = 0; i < step; i++) starts[at++] = o * shape[axis]! * step + i;
  return { starts, step };
}

/** Reads `count` lines from number `first` on, side by side. */
export function readLines(data: TypedArray, { starts, step }: Layout, length: number, first: number, count: number, out: Float64Array): void {
  for (let k = 0, at = 0; k < length; k++) for (let q = 0; q < count; q++) out[at++] = data[starts[first + q]! + k * step]!;
}

/** Writes lines that lie side by side. */
export function writeLines(lines: Float64Array, { starts, step }: Layout, length: number, first: number, count: number, out: TypedArray): void {
  for (let k = 0, at = 0; k < length; k++) for (let q = 0; q < count; q++) out[starts[first + q]! + k * step] = lines[at++]!;
}

/**
 * Visits the lines of an array along an axis in blocks. `length` may differ between what is read and what is written: `from` and `to`
 * are layouts of row-major arrays of the two shapes, which agree along all other axes.
 */
export function forEachBlock(fromShape: Shape, toShape: Shape, axis: number, visit: (from: Layout, to: Layout, first: number, count: number) => void): void {
  const from = layoutOf(fromShape, axis);
  const to = layoutOf(toShape, axis);
  const width = Math.max(1, Math.min(WIDEST, Math.floor(BLOCK / Math.max(fromShape[axis]!, toShape[axis]!))));
  for (let first = 0; first < from.starts.length; first += width) visit(from, to, first, Math.min(width, from.starts.length - first));
}
