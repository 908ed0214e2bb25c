/** @file Factors in place: multiplied together they give the matrix back to rounding, however badly it is conditioned. */
import { describe, expect, test } from 'vitest';
import { choleskyInPlace, luInPlace, substitute } from '../../../src/backends/js/matrix-factors.ts';
import { generator } from '../../operations/checks.ts';

const SIZES = [1, 2, 5, 33, 80];

/** Largest |x − y| relative to the largest |y|. */
function difference(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const size = Math.max(...Array.from(y, Math.abs));
  return Math.max(...Array.from(y, (v, k) => Math.abs(v - x[k]!))) / size;
}

/** Σₖ a(i, k) b(k, j) for all i and j. */
const product = (n: number, a: (i: number, k: number) => number, b: (k: number, j: number) => number): number[] =>
  Array.from({ length: n * n }, (_, at) => Array.from({ length: n }, (__, k) => a(Math.floor(at / n), k) * b(k, at % n)).reduce((total, term) => total + term, 0));

describe('factors in place', () => {
  test.each(SIZES)('L U of noise with %s rows is the matrix with its rows in order (seed 1)', (n) => {
    const random = generator(1, `lu ${n}`);
    // Another matrix in front: offsets count.
    const data = Float64Array.from({ length: 2 * n * n }, random);
    const before = data.slice();
    const order = new Int32Array(n);
    const sign = luInPlace({ data, at: n * n, n }, order);
    const at = (i: number, j: number): number => data[n * n + i * n + j]!;
    const seen = product(n, (i, k) => (k < i ? at(i, k) : k === i ? 1 : 0), (k, j) => (k <= j ? at(k, j) : 0));
    expect(difference(seen, Array.from(order).flatMap((row) => [...before.subarray(n * n + row * n, n * n + (row + 1) * n)]))).toBeLessThan(n * 1e-15);
    expect([...data.subarray(0, n * n)]).toEqual([...before.subarray(0, n * n)]);
    const inversions = order.reduce((total, row, i) => total + order.subarray(0, i).filter((earlier) => earlier > row).length, 0);
    expect(sign).toBe(inversions % 2 === 0 ? 1 : -1);
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) expect(Math.abs(at(i, j))).toBeLessThanOrEqual(1);
  });

  test.each([2, 5, 9])('L Lᵀ is the Hilbert matrix with %s rows, whose condition number grows like 33ⁿ', (n) => {
    const hilbert = Float64Array.from({ length: n * n }, (_, at) => 1 / (1 + Math.floor(at / n) + (at % n)));
    const L = hilbert.slice();
    choleskyInPlace({ data: L, at: 0, n });
    expect(difference(product(n, (i, k) => L[i * n + k]!, (k, j) => L[j * n + k]!), hilbert)).toBeLessThan(4e-16);
  });

  test.each([6, 40])('rows that begin with zeros, as on a grid: L of the second difference with %s rows has a closed form', (n) => {
    const data = Float64Array.from({ length: n * n }, (_, at) => [2, -1][Math.abs(Math.floor(at / n) - (at % n))] ?? 0);
    choleskyInPlace({ data, at: 0, n });
    data.forEach((v, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      expect(v).toBeCloseTo(i === j ? Math.sqrt((i + 2) / (i + 1)) : i === j + 1 ? -Math.sqrt((j + 1) / (j + 2)) : 0, 14);
    });
  });

  test('an indefinite matrix gives NaN from the row on where it shows, and no row before', () => {
    const data = Float64Array.of(4, 0, 0, 0, -1, 0, 0, 0, 9);
    choleskyInPlace({ data, at: 0, n: 3 });
    expect([...data]).toEqual([2, 0, 0, NaN, NaN, 0, NaN, NaN, NaN]);
  });

  test('substitution undoes multiplication, on either side of the diagonal (seed 2)', () => {
    const n = 7;
    const random = generator(2, 'substitute');
    const data = Float64Array.from({ length: n * n }, (_, at) => random() + (at % (n + 1) === 0 ? 2 : 0));
    for (const lower of [false, true]) {
      for (const transposed of [false, true]) {
        for (const unit of [false, true]) {
          const own = (i: number, j: number): number => (i === j && unit ? 1 : i === j || lower === j < i ? data[i * n + j]! : 0);
          const wanted = Float64Array.from({ length: 2 * n }, random);
          const x = Float64Array.from({ length: 2 * n }, (_, at) => {
            const [i, c] = [Math.floor(at / 2), at % 2];
            return Array.from({ length: n }, (__, j) => (transposed ? own(j, i) : own(i, j)) * wanted[2 * j + c]!).reduce((total, term) => total + term, 0);
          });
          substitute({ data, at: 0, n }, { lower, transposed, unit }, x, 0, 2);
          expect(difference(x, wanted)).toBeLessThan(1e-14);
        }
      }
    }
  });
});
