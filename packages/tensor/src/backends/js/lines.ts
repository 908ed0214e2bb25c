/** @file Loops of the js backend along one axis: extremes, running sums and extremes, recurrences, orders. Each line is walked by itself. */
import type { TypedArray } from '../../array/dtype.ts';
import { forEachRow, rowMajor, type Shape } from '../../array/strides.ts';
import type { View } from './elementwise.ts';

/** Where a line begins in each operand. */
type Starts = readonly number[];

const without = <T>(list: readonly T[], axis: number): T[] => list.filter((_, k) => k !== axis);

/** Calls `visit` with the beginnings of every line along an axis, in row-major order of the other axes. */
function forEachLine(shape: Shape, axis: number, operands: readonly { readonly strides: readonly number[]; readonly offset: number }[], visit: (starts: Starts) => void): void {
  const starts = operands.map(({ offset }) => offset);
  const offsets = [...starts];
  forEachRow(without(shape, axis), operands.map(({ strides }) => without(strides, axis)), offsets, (count, steps) => {
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < starts.length; k++) starts[k] = offsets[k]! + i * steps[k]!;
      visit(starts);
    }
  });
}

/** 1 looks for the largest value, −1 for the smallest. */
export type Direction = 1 | -1;

/** Position of the extreme along each line: the first of equal ones, or the first NaN. `out` has the other axes, row-major. */
export function findExtremes(out: Int32Array, { data, shape, strides, offset }: View, axis: number, direction: Direction): void {
  const [length, step] = [shape[axis]!, strides[axis]!];
  let line = 0;
  forEachLine(shape, axis, [{ strides, offset }], ([start]) => {
    let best = 0;
    let extreme = direction * data[start!]!;
    for (let k = 1, at = start! + step; k < length && extreme === extreme; k++, at += step) {
      const value = direction * data[at]!;
      if (value > extreme || value !== value) {
        extreme = value;
        best = k;
      }
    }
    out[line++] = best;
  });
}

/** The same, of all elements up to each one. `out` has the shape of the view, row-major. */
export function trackExtremes(out: Int32Array, { data, shape, strides, offset }: View, axis: number, direction: Direction): void {
  const outStrides = rowMajor(shape);
  const [length, step, outStep] = [shape[axis]!, strides[axis]!, outStrides[axis]!];
  forEachLine(shape, axis, [{ strides: outStrides, offset: 0 }, { strides, offset }], ([to, start]) => {
    let best = 0;
    let extreme = length === 0 ? NaN : direction * data[start!]!;
    for (let k = 0, at = start!; k < length; k++, at += step) {
      const value = direction * data[at]!;
      if (extreme === extreme && (value > extreme || value !== value)) {
        extreme = value;
        best = k;
      }
      out[to! + k * outStep] = best;
    }
  });
}

/** Running sums. They are formed in double precision; integers wrap around. */
export function addUp(out: TypedArray, { data, shape, strides, offset }: View, axis: number): void {
  const outStrides = rowMajor(shape);
  const [length, step, outStep] = [shape[axis]!, strides[axis]!, outStrides[axis]!];
  const isInteger = out instanceof Int32Array;
  forEachLine(shape, axis, [{ strides: outStrides, offset: 0 }, { strides, offset }], ([to, start]) => {
    let total = 0;
    for (let k = 0, at = start!; k < length; k++, at += step) {
      total += data[at]!;
      if (isInteger) total |= 0;
      out[to! + k * outStep] = total;
    }
  });
}

/** yₖ = aₖ yₖ₋₁ + bₖ with y₀ = b₀, in double precision; integers wrap around. */
export function recur(out: TypedArray, a: View, b: View, axis: number): void {
  const { shape } = b;
  const outStrides = rowMajor(shape);
  const [length, outStep, aStep, bStep] = [shape[axis]!, outStrides[axis]!, a.strides[axis]!, b.strides[axis]!];
  const isInteger = out instanceof Int32Array;
  forEachLine(shape, axis, [{ strides: outStrides, offset: 0 }, a, b], ([to, aStart, bStart]) => {
    let y = length === 0 ? 0 : b.data[bStart!]!;
    for (let k = 0; k < length; k++) {
      if (k > 0) {
        const factor = a.data[aStart! + k * aStep]!;
        const term = b.data[bStart! + k * bStep]!;
        y = isInteger ? (Math.imul(factor, y) + term) | 0 : factor * y + term;
      }
      out[to! + k * outStep] = y;
    }
  });
}

/** Positions along each line in the order of the values: equal ones keep their order, NaN comes last. `out` has the shape of the view, row-major. */
export function order(out: Int32Array, { data, shape, strides, offset }: View, axis: number, isDescending: boolean): void {
  const outStrides = rowMajor(shape);
  const [length, step, outStep] = [shape[axis]!, strides[axis]!, outStrides[axis]!];
  const keys = new Float64Array(length);
  let [sorted, spare] = [new Int32Array(length), new Int32Array(length)];
  forEachLine(shape, axis, [{ strides: outStrides, offset: 0 }, { strides, offset }], ([to, start]) => {
    let count = 0;
    let last = length;
    for (let k = 0, at = start!; k < length; k++, at += step) {
      keys[k] = isDescending ? -data[at]! : data[at]!;
      if (keys[k] === keys[k]) sorted[count++] = k;
    }
    for (let k = length - 1; k >= 0; k--) if (keys[k] !== keys[k]) sorted[--last] = k;
    for (let width = 1; width < count; width *= 2) {
      for (let from = 0; from < count; from += 2 * width) merge(keys, sorted, spare, from, Math.min(from + width, count), Math.min(from + 2 * width, count));
      for (let k = count; k < length; k++) spare[k] = sorted[k]!;
      [sorted, spare] = [spare, sorted];
    }
    for (let k = 0; k < length; k++) out[to! + k * outStep] = sorted[k]!;
  });
}

/** Merges two neighbouring runs of positions; the left one goes first where keys are equal. */
function merge(keys: Float64Array, from: Int32Array, to: Int32Array, start: number, middle: number, end: number): void {
  let [left, right] = [start, middle];
  for (let k = start; k < end; k++) {
    const takesRight = right < end && (left >= middle || keys[from[right]!]! < keys[from[left]!]!);
    to[k] = takesRight ? from[right++]! : from[left++]!;
  }
}

