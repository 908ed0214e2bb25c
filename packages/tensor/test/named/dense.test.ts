/** @file Dense linear algebra by name: against elimination and cofactors in plain lists, with derivatives, refusals and programs. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad, vmap } from '@tapeflow/autodiff';
import {
  ArgumentError, batch, cholesky, determinant, DimensionError, dot, dual, inverse, jit, logDeterminant, NotPositiveDefinite, precision, rename, SingularMatrix, solveDense, sum, tensor,
  type Scalar, type Tensor,
} from '@tapeflow/tensor';
import { wrap } from '@tapeflow/tensor/extend';
import { eliminate } from '../operations/oracles.ts';
import { element, expectElements, random, thrown } from './support.ts';

type Square = Tensor<'i' | '~i'>;
type Numbers = readonly (readonly number[])[];

const matrix = (rows: Numbers): Square => tensor({ '~i': dual(rows.length), i: rows.length }, rows.flatMap((_, j) => rows.map((row) => row[j]!)));
const rowsOf = (A: Square): number[][] => Array.from({ length: A.sizes['i']! }, (_, i) => Array.from({ length: A.sizes['~i']! }, (__, j) => element(A, { i, '~i': j })));
const swapped = (A: Numbers): number[][] => A.map((_, j) => A.map((row) => row[j]!));
/** Random elements, with `diagonal` added along it. */
const dominant = (n: number, seed: number, diagonal = n): Square => matrix(rowsOf(random({ '~i': n, i: n }, seed) as unknown as Square).map((row, i) => row.map((v, j) => v + (i === j ? diagonal : 0))));
const symmetric = (A: Square): Square => matrix(rowsOf(A).map((row, i, all) => row.map((v, j) => (v + all[j]![i]!) / 2)));
/** The determinant by cofactors. */
const byCofactors = (A: Numbers): number => (A.length === 0 ? 1 : A[0]!.reduce((total, v, j) => total + (j % 2 === 0 ? 1 : -1) * v * byCofactors(A.slice(1).map((row) => row.filter((_, k) => k !== j))), 0));

describe('solveDense', () => {
  test('is what elimination gives, for every structure (seeds 11, 12)', () => precision(64, () => {
    const A = dominant(6, 11);
    const b = random({ i: 6 }, 12);
    const own = rowsOf(A);
    const part = (keep: (i: number, j: number) => boolean, unit: boolean): Numbers => own.map((row, i) => row.map((v, j) => (i === j ? (unit ? 1 : v) : keep(i, j) ? v : 0)));
    const expectSolution = (x: Tensor<'i'>, rows: Numbers): void => eliminate(rows, [...b.data]).forEach((v, i) => expect(x.data[i]).toBeCloseTo(v, 12));
    expectSolution(solveDense(A, b), own);
    expectSolution(solveDense(A, b, { transposed: true }), swapped(own));
    expectSolution(solveDense(A, b, { structure: 'positiveDefinite' }), rowsOf(symmetric(A)));
    expectSolution(solveDense(A, b, { structure: 'lower' }), part((i, j) => j < i, false));
    expectSolution(solveDense(A, b, { structure: 'upper', unit: true }), part((i, j) => j > i, true));
    expectSolution(solveDense(A, b, { structure: 'lower', unit: true, transposed: true }), swapped(part((i, j) => j < i, true)));
  }));

  test('dot undoes it: other names for rows and columns, several of each, systems and right-hand sides beside (seeds 13, 14)', () => precision(64, () => {
    const A = tensor({ s: batch(2), '~k': dual(6), y: 2, x: 3 }, random({ n: 72 }, 13).data);
    const b = random({ s: 2, c: 4, y: 2, x: 3 }, 14);
    const named = solveDense(A, tensor({ s: batch(2), c: 4, y: 2, x: 3 }, b.data), { rows: ['y', 'x'], columns: '~k' });
    expect(named.sizes).toEqual({ s: 2, c: 4, k: 6 });
    const back = dot(A, named);
    expectElements(back, { s: 2, y: 2, x: 3, c: 4 }, (index) => element(b, index), 11);
  }));

  test('columns that are no dual dimensions are paired with themselves (seed 15)', () => precision(64, () => {
    const A = random({ i: 3, j: 3 }, 15).add(tensor({ i: 3, j: 3 }, [3, 0, 0, 0, 3, 0, 0, 0, 3]));
    const b = tensor({ i: 3 }, [1, 2, 3]);
    const x: Tensor<'j'> = solveDense(A, b, { rows: 'i', columns: 'j' });
    expect(x.sizes).toEqual({ j: 3 });
    expectElements(dot(A, x, 'j'), { i: 3 }, ({ i }) => i! + 1, 13);
    const y: Tensor<'i'> = solveDense(A, rename(b, 'i', 'j'), { rows: 'i', columns: 'j', transposed: true });
    expectElements(dot(A, y, 'i'), { j: 3 }, ({ j }) => j! + 1, 13);
  }));

  test('a right-hand side without the systems of the matrix serves all of them; integers become real', () => precision(64, () => {
    const A = tensor({ s: batch(2), '~i': dual(2), i: 2 }, [2, 0, 0, 4, 1, 0, 0, 8], { dtype: 'i32' });
    const x = solveDense(A, tensor({ i: 2 }, [8, 8], { dtype: 'i32' }));
    expect([x.dtype, x.sizes, [...x.data]]).toEqual(['f64', { s: 2, i: 2 }, [4, 2, 8, 1]]);
  }));

  test('scale does not matter, of the whole or of single rows: 10⁻⁸ and 10⁸ side by side (seed 16)', () => {
    for (const bits of [32, 64] as const) {
      precision(bits, () => {
        const own = rowsOf(dominant(4, 16));
        const scales = [1e-8, 1, 1e8];
        const A = tensor({ s: batch(3), '~i': dual(4), i: 4 }, scales.flatMap((scale) => swapped(own).flat().map((v) => v * scale))) as Tensor<'s' | 'i' | '~i'>;
        const x = solveDense(A, tensor({ i: 4 }, [1, 2, 3, 4]));
        const exact = eliminate(own, [1, 2, 3, 4]);
        scales.forEach((scale, s) => exact.forEach((v, i) => expect(element(x, { s, i }) * scale).toBeCloseTo(v, bits === 32 ? 5 : 13)));
        const rows = matrix(own.map((row, i) => row.map((v) => v * 10 ** (-6 * i))));
        const y = solveDense(rows, tensor({ i: 4 }, [1, 2e-6, 3e-12, 4e-18]));
        exact.forEach((v, i) => expect(y.data[i]).toBeCloseTo(v, bits === 32 ? 5 : 12));
      });
    }
  });

  test.each(['general', 'positiveDefinite', 'lower', 'upper'] as const)('gradients to matrix and right-hand side, to second order: %s (seeds 17, 18)', (structure) => precision(64, () => {
    const at = { A: dominant(3, 17), b: random({ i: 3, c: 2 }, 18) };
    checkGradients(({ A, b }: typeof at) => solveDense(A, b, { structure }), at, { order: 2 });
    checkGradients(({ A, b }: typeof at) => solveDense(A, b, { structure, transposed: true }), at, { order: 2 });
  }));

  test('vmap and programs give what single calls give (seeds 19, 20)', () => precision(64, () => {
    const all = [dominant(3, 19), dominant(3, 20)];
    const b = random({ i: 3 }, 21);
    const solved = (A: Square): Tensor<'i'> => solveDense(A, b);
    const stacked = wrap({ value: tensor({ m: batch(2), '~i': dual(3), i: 3 }, all.flatMap((A) => [...A.data])).value, dims: all[0]!.dims }) as Square;
    const together = vmap(solved)(stacked);
    const list = (together.value as unknown as { contiguous(): Float64Array }).contiguous();
    all.forEach((A, m) => solved(A).data.forEach((v, i) => expect(list[3 * m + i]).toBeCloseTo(v, 14)));
    const loss = (A: Square): Scalar => sum(solved(A).pow(2));
    expect([...jit(solved)(all[0]!).data]).toEqual([...solved(all[0]!).data]);
    const [eager, compiled] = [grad(loss)(all[0]!), jit(grad(loss))(all[0]!)];
    eager.data.forEach((v, k) => expect(compiled.data[k]).toBeCloseTo(v, 13));
  }));

  test('no rows: the empty solution', () => expect(solveDense(matrix([]), tensor({ i: 0 }, [])).sizes).toEqual({ i: 0 }));
});

describe('a matrix without inverse', () => {
  const singular = matrix([[1, 2, 3], [2, 4, 6], [1, 1, 1]]);
  const b = tensor({ i: 3 }, [1, 1, 1]);

  test('is refused with its place, by itself and in programs', () => {
    const error = thrown(() => solveDense(singular, b));
    expect(error).toBeInstanceOf(SingularMatrix);
    expect(error).toMatchObject({ operation: 'solveDense', pivot: 2, batchEntry: -1 });
    expect(error.message).toMatchInlineSnapshot(`
      "solveDense: the matrix is singular: nothing is left of pivot 2.
        Remove the null space (hold one value, or add a small multiple of the identity), or use precision(64, …) if it is singular to rounding only."
    `);
    expect(thrown(() => inverse(singular))).toMatchObject({ name: 'SingularMatrix', operation: 'inverse' });
    expect(thrown(() => jit((A: Square) => solveDense(A, b))(singular))).toMatchObject({ name: 'SingularMatrix', pivot: 2 });
    expect(thrown(() => grad((A: Square) => sum(solveDense(A, b)))(singular))).toBeInstanceOf(SingularMatrix);
    expect(thrown(() => solveDense(matrix([[1, 5], [0, 0]]), tensor({ i: 2 }, [1, 1]), { structure: 'upper' }))).toMatchObject({ name: 'SingularMatrix', pivot: 1 });
  });

  test('also where rounding hides it, at any scale', () => {
    for (const bits of [32, 64] as const) {
      precision(bits, () => {
        for (const scale of [1e-8, 1, 1e8]) {
          // Differences along a closed line: constants are in the null space, and 0.1 is no binary fraction.
          const n = 9;
          const line = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => 0.1 * scale * (i === j ? (i === 0 || i === n - 1 ? 1 : 2) : Math.abs(i - j) === 1 ? -1 : 0)));
          expect(thrown(() => solveDense(matrix(line), tensor({ i: n }, new Array<number>(n).fill(1))))).toBeInstanceOf(SingularMatrix);
        }
      });
    }
  });

  test('in a batch is named', () => {
    const A = tensor({ s: batch(2), '~i': dual(2), i: 2 }, [1, 0, 0, 1, 1, 1, 1, 1]) as Tensor<'s' | 'i' | '~i'>;
    expect(thrown(() => solveDense(A, tensor({ i: 2 }, [1, 1])))).toMatchObject({ name: 'SingularMatrix', batchEntry: 1, pivot: 1 });
  });

  test('NaN in a matrix gives NaN, and no refusal that would be wrong', () => {
    expect(solveDense(matrix([[NaN, 1], [1, 2]]), tensor({ i: 2 }, [1, 1])).data.every(Number.isNaN)).toBe(true);
    expect(cholesky(matrix([[NaN, 1], [1, 2]])).data.some(Number.isNaN)).toBe(true);
  });
});

describe('cholesky', () => {
  test('L is lower triangular, and L Lᵀ is A (seed 23)', () => precision(64, () => {
    const A = symmetric(dominant(5, 23));
    const L = cholesky(A);
    expectElements(L, { '~i': 5, i: 5 }, ({ i, '~i': j }) => (j! > i! ? 0 : element(L, { i: i!, '~i': j! })));
    const other = rename(L, 'i', 'k');
    expectElements(dot(L, other, '~i'), { i: 5, k: 5 }, ({ i, k }) => element(A, { i: i!, '~i': k! }), 13);
  }));

  test('refuses what is not positive definite, in programs too', () => {
    const indefinite = matrix([[4, 0, 0], [0, 1, 2], [0, 2, 1]]);
    const error = thrown(() => cholesky(indefinite));
    expect(error).toBeInstanceOf(NotPositiveDefinite);
    expect(error).toMatchObject({ operation: 'cholesky', pivot: 2, batchEntry: -1 });
    expect(error.message).toMatchInlineSnapshot(`
      "cholesky: the matrix is not positive definite: pivot 2 is not positive.
        Check its sign and symmetry, add a small multiple of the identity, or use solveDense with structure: 'general'."
    `);
    expect(thrown(() => jit((A: Square) => solveDense(A, tensor({ i: 3 }, [1, 1, 1]), { structure: 'positiveDefinite' }))(indefinite))).toMatchObject({ name: 'NotPositiveDefinite', operation: 'solveDense' });
  });

  test('gradients, to second order (seed 24)', () => precision(64, () => checkGradients((A: Square) => cholesky(A), dominant(3, 24), { order: 2 })));
});

describe('inverse, determinant', () => {
  test('dot(inverse(A), b) solves; names change sides (seeds 25 to 28)', () => precision(64, () => {
    const A = tensor({ '~j': dual(4), i: 4 }, random({ n: 16 }, 25).data) as Tensor<'i' | '~j'>;
    const B = inverse(A, { rows: 'i', columns: '~j' });
    expect(B.sizes).toEqual({ '~i': 4, j: 4 });
    const b = random({ i: 4 }, 26);
    expectElements(dot(A, dot(B, b)), { i: 4 }, ({ i }) => element(b, { i: i! }), 11);
    const plain = inverse(random({ i: 3, j: 3 }, 27), { rows: 'i', columns: 'j' });
    expectElements(dot(rename(random({ i: 3, j: 3 }, 27), 'i', 'k'), plain, 'j'), { k: 3, i: 3 }, ({ k, i }) => Number(k === i), 11);
    checkGradients((A: Square) => inverse(A), dominant(3, 28), { order: 2 });
  }));

  test('the determinant is the sum of cofactors; with its logarithm and sign (seeds 29 to 34)', () => precision(64, () => {
    for (const seed of [29, 30, 31, 32]) {
      const A = dominant(5, seed, 0);
      const exact = byCofactors(rowsOf(A));
      expect(determinant(A).item()).toBeCloseTo(exact, 13);
      const { sign, logarithm } = logDeterminant(A);
      expect([sign.item(), logarithm.item()]).toEqual([Math.sign(exact), expect.closeTo(Math.log(Math.abs(exact)), 12)]);
    }
    checkGradients((A: Square) => determinant(A), dominant(4, 33, 0), { order: 2 });
    checkGradients((A: Square) => logDeterminant(A).logarithm, dominant(4, 34), { order: 2 });
  }));

  test('of a singular matrix, of a large one, of none', () => precision(64, () => {
    const singular = matrix([[1, 2], [2, 4]]);
    expect(Math.abs(determinant(singular).item())).toBe(0);
    expect([Math.abs(logDeterminant(singular).sign.item()), logDeterminant(singular).logarithm.item()]).toEqual([0, -Infinity]);
    const n = 400;
    const large = matrix(Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => (i === j ? 10 : 0))));
    expect([determinant(large).item(), logDeterminant(large).logarithm.item()]).toEqual([Infinity, expect.closeTo(n * Math.log(10), 9)]);
    expect(determinant(matrix([])).item()).toBe(1);
  }));
});

describe('refusals', () => {
  test('no columns, no square, names that are not there or twice', () => {
    const b = tensor({ i: 2 }, [1, 2]);
    expect(thrown(() => solveDense(b as Tensor, b as Tensor)).message).toMatchInlineSnapshot(`
      "solveDense: the tensor is no matrix: it has no columns (dimensions such as ~x).
        input: (i=2)
        Say what is what: { rows: 'i', columns: 'j' }."
    `);
    const oblong = tensor({ '~j': dual(3), i: 2 }, [1, 2, 3, 4, 5, 6]) as Tensor<'i' | '~j'>;
    expect(thrown(() => inverse(oblong, { rows: 'i', columns: '~j' }))).toMatchObject({ name: 'DimensionError', operation: 'inverse', dimension: '~j' });
    expect(thrown(() => inverse(oblong)).message).toContain("there is no dimension 'j'");
    expect(() => cholesky(oblong, { rows: 'i', columns: 'i' })).toThrow(DimensionError);
  });

  test('right-hand sides with other rows or other systems', () => {
    const A = matrix([[1, 0], [0, 1]]);
    expect(thrown(() => solveDense(A, tensor({ i: 3 }, [1, 2, 3]))).message).toMatchInlineSnapshot(`
      "solveDense: 'i' has 3 entries in the right-hand side and 2 in the matrix.
        input 1: (i=3)
        input 2: (i=2)
        Give the right-hand side the rows of the matrix."
    `);
    const many = tensor({ s: 2, '~i': dual(1), i: 1 }, [1, 2]) as Tensor<'s' | 'i' | '~i'>;
    expect(() => solveDense(many, tensor({ s: 3, i: 1 }, [1, 2, 3]))).toThrow(DimensionError);
  });

  test('a structure that does not exist', () => {
    const error = thrown(() => solveDense(matrix([[1]]), tensor({ i: 1 }, [1]), { structure: 'lowr' as 'lower' }));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error['advice']).toBe("Did you mean 'lower'?");
  });
});
