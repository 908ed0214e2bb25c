/** @file Patches: what the taps of a kernel see of an array at each of its positions, laid out as columns of a matrix, a block of them at a time. */
import type { TypedArray } from '../../array/dtype.ts';
import { rowMajor, sizeOf, type Shape } from '../../array/strides.ts';

/** Elements that are laid out at once: 2 MB. */
const BLOCK = 2 ** 18;

/** Index along an axis of the array that a tap sees at a position; anything that is no index stands for a zero. */
export type Locate = (axis: number, position: number, tap: number) => number;

/** Patches of a row-major array of shape (entries, channels, …spatial), for positions and taps along its spatial axes. */
export class Patches {
  readonly positions: Shape;
  private readonly data: TypedArray;
  private readonly shape: Shape;
  /** Offsets along the last axis and along all others, a row of positions for each tap; −1 stands for a zero. */
  private readonly last: Int32Array;
  private readonly outer: Int32Array;
  private readonly outerTaps: number;
  private readonly lastTaps: number;

  constructor(data: TypedArray, shape: Shape, positions: Shape, taps: Shape, locate: Locate) {
    this.data = data;
    this.shape = shape;
    this.positions = positions;
    const strides = rowMajor(shape);
    const tables = positions.map((length, axis) => tableOf(shape[axis + 2]!, strides[axis + 2]!, length, taps[axis]!, (position, tap) => locate(axis, position, tap)));
    this.last = tables.pop() ?? Int32Array.of(0);
    this.outer = tables.reduce((all, table, axis) => combine(all, sizeOf(positions.slice(0, axis)), table, positions[axis]!), Int32Array.of(0));
    this.outerTaps = sizeOf(taps.slice(0, -1));
    this.lastTaps = taps[taps.length - 1] ?? 1;
  }

  /**
   * Visits the patches of some channels of one entry. `columns` is a matrix without gaps of one row per channel and tap (channels
   * slowest) and `count` columns, the first of which belongs to position number `from`.
   */
  forEachBlock(entry: number, channel: number, channels: number, visit: (columns: Float64Array, from: number, count: number) => void): void {
    const width = this.positions[this.positions.length - 1] ?? 1;
    const lines = sizeOf(this.positions.slice(0, -1));
    const size = channels * this.outerTaps * this.lastTaps * width;
    const most = Math.max(1, Math.min(lines, Math.floor(BLOCK / size)));
    let columns = new Float64Array(most * size);
    for (let line = 0; line < lines; line += most) {
      const count = Math.min(most, lines - line);
      if (count < most) columns = columns.subarray(0, count * size);
      this.fill(columns, entry * this.shape[1]! + channel, channels, line, count, width);
      visit(columns, line * width, count * width);
    }
  }

  private fill(columns: Float64Array, first: number, channels: number, line: number, count: number, width: number): void {
    const lines = sizeOf(this.positions.slice(0, -1));
    const step = sizeOf(this.shape.slice(2));
    let at = 0;
    for (let c = first; c < first + channels; c++) {
      for (let outer = 0; outer < this.outerTaps; outer++) {
        for (let tap = 0; tap < this.lastTaps; tap++) {
          for (let k = line; k < line + count; k++, at += width) {
            const offset = this.outer[outer * lines + k]!;
            if (offset < 0) columns.fill(0, at, at + width);
            else fillRun(columns, at, this.data, c * step + offset, this.last, tap * width, width);
          }
        }
      }
    }
  }
}

function fillRun(columns: Float64Array, at: number, data: TypedArray, start: number, table: Int32Array, from: number, width: number): void {
  for (let k = 0; k < width; k++) {
    const offset = table[from + k]!;
    columns[at + k] = offset < 0 ? 0 : data[start + offset]!;
  }
}

function tableOf(length: number, stride: number, positions: number, taps: number, locate: (position: number, tap: number) => number): Int32Array {
  const table = new Int32Array(positions * taps);
  for (let tap = 0; tap < taps; tap++) {
    for (let position = 0; position < positions; position++) {
      const index = locate(position, tap);
      table[tap * positions + position] = Number.isInteger(index) && index >= 0 && index < length ? index * stride : -1;
    }
  }
  return table;
}

/** Offsets along two groups of axes together. */
function combine(a: Int32Array, aPositions: number, b: Int32Array, bPositions: number): Int32Array {
  const out = new Int32Array(a.length * b.length);
  let at = 0;
  for (let s = 0; s < a.length; s += aPositions) {
    for (let t = 0; t < b.length; t += bPositions) {
      for (let i = s; i < s + aPositions; i++) {
        for (let j = t; j < t + bPositions; j++) out[at++] = a[i]! < 0 || b[j]! < 0 ? -1 : a[i]! + b[j]!;
      }
    }
  }
  return out;
}
