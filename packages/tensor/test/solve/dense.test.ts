/** @file Elimination of small systems, many at once: against elimination in loops, with rows that must change places. */
import { describe, expect, test } from 'vitest';
import { directionGenerator, type Value } from '@tapeflow/autodiff/extend';
import { broadcast, NDArray, reduceSum } from '../../src/array/ndarray.ts';
import { mul } from '../../src/primitives/elementwise.ts';
import { solveDense } from '../../src/solve/dense.ts';
import { eliminate } from '../operations/oracles.ts';

const array = (values: readonly number[], shape: readonly number[]): NDArray => NDArray.of(Float64Array.from(values), shape, 'f64');
const numbers = (value: Value): number[] => [...(value as NDArray).contiguous()];
/** Products with the matrices (systems, n, n). */
const product = (matrices: NDArray) => ([v]: readonly Value[]): Value[] => [reduceSum(mul(matrices, broadcast(v, matrices.shape, [0, 2])), [2])];
const solve = (matrices: readonly (readonly (readonly number[])[])[], right: readonly (readonly number[])[]): ReturnType<typeof solveDense> => {
  const [count, n] = [matrices.length, right[0]!.length];
  return solveDense(product(array(matrices.flat(2), [count, n, n])), [array(right.flat(), [count, n])], 1);
};

describe('elimination', () => {
  test('of several systems agrees with loops (seed 321)', () => {
    const next = directionGenerator(321);
    const list = (count: number): number[] => Array.from({ length: count }, next);
    const matrices = Array.from({ length: 4 }, () => Array.from({ length: 5 }, () => list(5)));
    const right = Array.from({ length: 4 }, () => list(5));
    const { xs, singular, norm } = solve(matrices, right);
    expect(numbers(xs[0])).toEqual(matrices.flatMap((matrix, k) => eliminate(matrix, right[k]!)).map((x) => expect.closeTo(x, 11)));
    expect(numbers(singular)).toEqual([0, 0, 0, 0]);
    expect(numbers(norm)).toEqual(matrices.map((matrix) => expect.closeTo(Math.hypot(...matrix.flat()), 13)));
  });

  test('takes pivots where they are: zeros and tiny numbers on the diagonal', () => {
    const { xs } = solve([[[0, 2], [4, 0]], [[1e-20, 1], [1, 1]]], [[2, 4], [1, 2]]);
    expect(numbers(xs[0])).toEqual([1, 1, expect.closeTo(1, 15), expect.closeTo(1, 15)]);
  });

  test('tells singular systems from the others', () => {
    expect(numbers(solve([[[1, 2], [2, 4]], [[1, 2], [2, 5]], [[0, 0], [0, 0]]], [[1, 1], [1, 1], [1, 1]]).singular)).toEqual([1, 0, 1]);
  });

  test('takes vectors of several arrays of any rank apart and together', () => {
    // 2 x₀ = 2, 3 x₁ = 6, y = 1.
    const matvec = ([x, y]: readonly Value[]): Value[] => [mul(array([2, 3], [2]), x), y];
    const { xs } = solveDense(matvec, [array([2, 6], [2]), array([1], [])], 0);
    expect(xs.map(numbers)).toEqual([[1, 2], [1]]);
    expect(xs.map((x) => (x as NDArray).shape)).toEqual([[2], []]);
  });
});
