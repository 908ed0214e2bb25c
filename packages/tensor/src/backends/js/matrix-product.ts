/**
 * @file Matrix products of the js backend. Both factors are packed into panels of doubles, whatever their dtype and strides are, so
 * that one loop serves all; 2 × 4 results are computed at a time. The order of summation depends on the length of the sums only.
 */
import type { TypedArray } from '../../array/dtype.ts';
import { rowMajor, type Shape } from '../../array/strides.ts';

/** A factor: row i at summation index k lies at `rows[i] + terms[k]`. */
export interface Factor {
  readonly data: TypedArray;
  readonly rows: Int32Array;
  readonly terms: Int32Array;
}

/** Rows of the left and of the right factor that are worked on together. */
const LEFT = 2;
const RIGHT = 4;
/** Terms of a sum that are added up before the next ones: two panels of this length fit into the first cache. */
const TERMS = 256;
/** Rows of the right factor that are packed at once: a block of 1 MB. */
const COLUMNS = 512;

/** Offsets of all index combinations of some axes, the last axis fastest. */
export function offsetsOf(shape: Shape, strides: readonly number[], start = 0): Int32Array {
  let offsets = Int32Array.of(start);
  shape.forEach((length, axis) => {
    const next = new Int32Array(offsets.length * length);
    for (let i = 0, at = 0; i < offsets.length; i++) {
      for (let k = 0; k < length; k++) next[at++] = offsets[i]! + k * strides[axis]!;
    }
    offsets = next;
  });
  return offsets;
}

/** The rows of a matrix without gaps. */
export function rowsOf(data: TypedArray, rows: number, terms: number): Factor {
  const [row, term] = rowMajor([rows, terms]);
  return { data, rows: offsetsOf([rows], [row!]), terms: offsetsOf([terms], [term!]) };
}

/** out[i, j] += Σₖ a[i, k] b[j, k], where out is row-major and begins at `at`. */
export function addProduct(out: Float64Array, at: number, a: Factor, b: Factor): void {
  const m = a.rows.length;
  const n = b.rows.length;
  if (m === 0 || n === 0 || a.terms.length === 0) return;
  if (n === 1) return addVectorProduct(out, at, a, b);
  if (m === 1) return addVectorProduct(out, at, b, a);
  const length = Math.min(TERMS, a.terms.length);
  const left = new Float64Array(LEFT * length);
  const right = new Float64Array(Math.ceil(Math.min(COLUMNS, n) / RIGHT) * RIGHT * length);
  for (let k = 0; k < a.terms.length; k += TERMS) {
    const terms = Math.min(TERMS, a.terms.length - k);
    for (let j = 0; j < n; j += COLUMNS) {
      const columns = Math.min(COLUMNS, n - j);
      for (let first = 0; first < columns; first += RIGHT) packRight(right, first * terms, b, j + first, k, terms);
      for (let i = 0; i < m; i += LEFT) {
        packLeft(left, a, i, k, terms);
        for (let first = 0; first < columns; first += RIGHT) {
          addBlock(out, at + i * n + j + first, n, Math.min(LEFT, m - i), Math.min(RIGHT, columns - first), left, right, first * terms, terms);
        }
      }
    }
  }
}

/** Puts rows of the left factor side by side, term by term. Where a row is missing the last one stands in; what is computed from it is not used. */
function packLeft(panel: Float64Array, { data, rows, terms }: Factor, first: number, from: number, length: number): void {
  const a = rows[first]!;
  const b = rows[first + 1] ?? a;
  for (let k = 0, at = 0; k < length; k++, at += LEFT) {
    const term = terms[from + k]!;
    panel[at] = data[a + term]!;
    panel[at + 1] = data[b + term]!;
  }
}

/** The same for the right factor. */
function packRight(panel: Float64Array, at: number, { data, rows, terms }: Factor, first: number, from: number, length: number): void {
  const a = rows[first]!;
  const b = rows[first + 1] ?? a;
  const c = rows[first + 2] ?? b;
  const d = rows[first + 3] ?? c;
  for (let k = 0; k < length; k++, at += RIGHT) {
    const term = terms[from + k]!;
    panel[at] = data[a + term]!;
    panel[at + 1] = data[b + term]!;
    panel[at + 2] = data[c + term]!;
    panel[at + 3] = data[d + term]!;
  }
}

function addBlock(out: Float64Array, at: number, width: number, rows: number, columns: number, left: Float64Array, right: Float64Array, rightAt: number, length: number): void {
  let a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0;
  for (let k = 0, l = 0, r = rightAt; k < length; k++, l += 2, r += 4) {
    const x = left[l]!;
    const y = left[l + 1]!;
    const p = right[r]!;
    const q = right[r + 1]!;
    const s = right[r + 2]!;
    const t = right[r + 3]!;
    a0 += x * p;
    a1 += x * q;
    a2 += x * s;
    a3 += x * t;
    b0 += y * p;
    b1 += y * q;
    b2 += y * s;
    b3 += y * t;
  }
  addRow(out, at, columns, a0, a1, a2, a3);
  if (rows > 1) addRow(out, at + width, columns, b0, b1, b2, b3);
}

function addRow(out: Float64Array, at: number, columns: number, p: number, q: number, s: number, t: number): void {
  out[at]! += p;
  if (columns > 1) out[at + 1]! += q;
  if (columns > 2) out[at + 2]! += s;
  if (columns > 3) out[at + 3]! += t;
}

/** The product with a single row: nothing is gained by packing the matrix. */
function addVectorProduct(out: Float64Array, at: number, matrix: Factor, vector: Factor): void {
  const { data, rows, terms } = matrix;
  const values = Float64Array.from(vector.terms, (term) => vector.data[vector.rows[0]! + term]!);
  for (let i = 0; i < rows.length; i++) {
    let total = 0;
    for (let k = 0; k < terms.length; k += TERMS) total += sumOfProducts(data, rows[i]!, terms, values, k, Math.min(k + TERMS, terms.length));
    out[at + i]! += total;
  }
}

function sumOfProducts(data: TypedArray, row: number, terms: Int32Array, values: Float64Array, from: number, to: number): number {
  // Two sums side by side do not wait for each other.
  let a = 0;
  let b = 0;
  let k = from;
  for (; k + 1 < to; k += 2) {
    a += data[row + terms[k]!]! * values[k]!;
    b += data[row + terms[k + 1]!]! * values[k + 1]!;
  }
  if (k < to) a += data[row + terms[k]!]! * values[k]!;
  return a + b;
}

/** The same for integers, whose products and sums wrap around. */
export function addIntegerProduct(out: Int32Array, at: number, a: Factor, b: Factor): void {
  const n = b.rows.length;
  for (let i = 0; i < a.rows.length; i++) {
    for (let j = 0; j < n; j++) {
      let total = 0;
      for (let k = 0; k < a.terms.length; k++) total = (total + Math.imul(a.data[a.rows[i]! + a.terms[k]!]!, b.data[b.rows[j]! + b.terms[k]!]!)) | 0;
      out[at + i * n + j] = (out[at + i * n + j]! + total) | 0;
    }
  }
}
