/** @file Factors of square matrices and substitution with them, on rows of doubles. Inner loops run along rows, which lie together in memory. */

/** One matrix: n rows of n doubles from `at` on. */
export interface SquareMatrix {
  readonly data: Float64Array;
  readonly at: number;
  readonly n: number;
}

/**
 * The lower triangular L with L Lᵀ = (A + Aᵀ)/2, in place, zeros above. Where the matrix is not positive definite, L is NaN from the first
 * row on whose pivot is not positive.
 */
export function choleskyInPlace({ data, at, n }: SquareMatrix): void {
  // L is zero where its rows are zero in front, which is most of them on grids.
  const starts = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const row = at + i * n;
    const symmetric = (j: number): number => 0.5 * (data[row + j]! + data[at + j * n + i]!);
    let start = 0;
    while (start < i && symmetric(start) === 0) data[row + start++] = 0;
    starts[i] = start;
    for (let j = start; j <= i; j++) {
      const other = at + j * n;
      const rest = symmetric(j) - product(data, row, other, Math.max(start, starts[j]!), j);
      if (j < i) data[row + j] = rest / data[other + j]!;
      else if (rest > 0) data[row + i] = Math.sqrt(rest);
      else return data.fill(NaN, row, at + n * n), clearAbove({ data, at, n });
    }
  }
  clearAbove({ data, at, n });
}

/** The product of a part of two rows; four sums side by side, because each addition waits for the one before. */
function product(data: Float64Array, row: number, other: number, first: number, end: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let k = first;
  for (; k + 3 < end; k += 4) {
    a += data[row + k]! * data[other + k]!;
    b += data[row + k + 1]! * data[other + k + 1]!;
    c += data[row + k + 2]! * data[other + k + 2]!;
    d += data[row + k + 3]! * data[other + k + 3]!;
  }
  for (; k < end; k++) a += data[row + k]! * data[other + k]!;
  return a + b + (c + d);
}

function clearAbove({ data, at, n }: SquareMatrix): void {
  for (let i = 0; i < n; i++) data.fill(0, at + i * n + i + 1, at + (i + 1) * n);
}

/**
 * P A = L U in place: U in the upper triangle, L without its unit diagonal below. Each column takes its largest element as pivot. Row i of
 * the factors is row `order[i]` of A. Returns the sign of the permutation.
 */
export function luInPlace({ data, at, n }: SquareMatrix, order: Int32Array): number {
  let sign = 1;
  for (let i = 0; i < n; i++) order[i] = i;
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(data[at + i * n + k]!) > Math.abs(data[at + best * n + k]!)) best = i;
    if (best !== k) {
      sign = -sign;
      [order[k], order[best]] = [order[best]!, order[k]!];
      for (let j = 0; j < n; j++) [data[at + k * n + j], data[at + best * n + j]] = [data[at + best * n + j]!, data[at + k * n + j]!];
    }
    const pivot = data[at + k * n + k]!;
    // The whole column is zero: there is nothing to eliminate.
    if (pivot === 0) continue;
    const top = at + k * n;
    for (let i = k + 1; i < n; i++) {
      const row = at + i * n;
      const factor = (data[row + k]! /= pivot);
      if (factor === 0) continue;
      for (let j = k + 1; j < n; j++) data[row + j]! -= factor * data[top + j]!;
    }
  }
  return sign;
}

/** Which triangle of a matrix is meant, and how. */
export interface Triangle {
  readonly lower: boolean;
  /** Its transpose is. */
  readonly transposed: boolean;
  /** Its diagonal counts as ones. */
  readonly unit: boolean;
}

/** X ← T⁻¹ X or T⁻ᵀ X for the triangle T of a matrix; X has n rows of `columns` doubles from `from` on. */
export function substitute({ data, at, n }: SquareMatrix, { lower, transposed, unit }: Triangle, x: Float64Array, from: number, columns: number): void {
  const forwards = lower !== transposed;
  for (let step = 0; step < n; step++) {
    const i = forwards ? step : n - 1 - step;
    const row = from + i * columns;
    // A row of the triangle gathers what is known already; the row of a transposed one hands on what has just become known.
    const [first, end] = lower ? [0, i] : [i + 1, n];
    if (!transposed) for (let j = first; j < end; j++) takeAway(x, row, data[at + i * n + j]!, from + j * columns, columns);
    const pivot = data[at + i * n + i]!;
    if (!unit) for (let c = 0; c < columns; c++) x[row + c]! /= pivot;
    if (transposed) for (let j = first; j < end; j++) takeAway(x, from + j * columns, data[at + i * n + j]!, row, columns);
  }
}

/** One row less a multiple of another. */
function takeAway(x: Float64Array, row: number, factor: number, other: number, columns: number): void {
  if (factor !== 0) for (let c = 0; c < columns; c++) x[row + c]! -= factor * x[other + c]!;
}
