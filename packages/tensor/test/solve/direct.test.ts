/** @file Direct solves: the matrix of an operator, systems that are singular, and those that have no solution. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad, vmap } from '@tapeflow/autodiff';
import { batch, concat, dual, jit, NotConverged, precision, rename, solveDense, solveLinear, sum, tensor, type Scalar, type SolveOptions, type Tensor } from '@tapeflow/tensor';
import { wrap } from '@tapeflow/tensor/extend';
import { matrixOf } from '../../src/solve/direct.ts';
import { VectorArithmetic } from '../../src/solve/vectors.ts';
import { fromArray } from '../operations/nested.ts';
import { eliminate } from '../operations/oracles.ts';
import { element, random, thrown } from '../named/support.ts';

type V = Tensor<'i'>;
type M = Tensor<'i' | 'j'>;
type Numbers = readonly (readonly number[])[];
const product = (A: M) => (x: V): V => sum(A.mul(rename(x, 'i', 'j')), 'j');
const matrix = (rows: Numbers): M => tensor({ i: rows.length, j: rows.length }, rows.flat());
const direct: SolveOptions<V> = { method: 'direct', nullSpace: 'none' };
const rowsOf = (A: M): number[][] => Array.from({ length: A.sizes['i']! }, (_, i) => Array.from({ length: A.sizes['j']! }, (__, j) => element(A, { i, j })));

describe('the matrix of an operator', () => {
  test('has its images of unit vectors as columns, for several tensors and several systems (seed 121)', () => precision(64, () => {
    const A = random({ s: 2, r: 5, c: 5 }, 121);
    const arithmetic = new VectorArithmetic(1);
    // The unknowns are split into 2 × 2 and 1.
    const apply = (v: readonly unknown[]): readonly unknown[] => {
      const x = wrap({ value: arithmetic.join(v), dims: tensor({ s: batch(2), c: 5 }, new Array<number>(10).fill(0)).dims });
      const y = sum(tensor({ s: batch(2), r: 5, c: 5 }, A.data).mul(x), 'c');
      return arithmetic.split(y.value, v);
    };
    const like = [tensor({ s: batch(2), p: 2, q: 2 }, new Array<number>(8).fill(1)).value, tensor({ s: batch(2), z: 1 }, [1, 1]).value];
    const seen = fromArray(matrixOf({ arithmetic, apply, b: like }));
    expect(seen).toEqual([0, 1].map((s) => Array.from({ length: 5 }, (_, r) => Array.from({ length: 5 }, (__, c) => element(A, { s, r, c })))));
  }));
});

describe('regular systems', () => {
  const shapes: readonly (readonly [string, Numbers, boolean])[] = [
    ['positive definite', [[4, 1, 0], [1, 3, 1], [0, 1, 2]], true],
    ['negative definite', [[-4, 1, 0], [1, -3, 1], [0, 1, -2]], true],
    ['indefinite, trace 0', [[0, 1, 0], [1, 0, 2], [0, 2, 0.5]], true],
    ['not symmetric, zeros on the diagonal', [[0, 2, 1], [3, 0, 0], [1, 1, 0]], false],
  ];
  test.each(shapes)('%s: what elimination gives, with gradients to second order', (_name, rows, symmetric) => precision(64, () => {
    const at = { A: matrix(rows), b: tensor({ i: 3 }, [1, -2, 3]) };
    const f = ({ A, b }: typeof at): V => solveLinear(product(symmetric ? A.add(rename(rename(rename(A, 'i', 'k'), 'j', 'i'), 'k', 'j')).mul(0.5) : A), b, { ...direct, symmetric }).value;
    eliminate(rows, [1, -2, 3]).forEach((v, i) => expect(f(at).data[i]).toBeCloseTo(v, 13));
    checkGradients(f, at, { order: 2, adjointTolerance: 1e-12 });
  }));

  test('a matrix that is badly conditioned: the residual is at the rounding of the precision (Hilbert, 8 rows)', () => {
    for (const bits of [32, 64] as const) {
      precision(bits, () => {
        const rows = Array.from({ length: 8 }, (_, i) => Array.from({ length: 8 }, (__, j) => 1 / (1 + i + j)));
        const solution = solveLinear(product(matrix(rows)), tensor({ i: 8 }, [1, 2, 3, 4, 5, 6, 7, 8]), { ...direct, symmetric: true });
        expect(solution.converged).toBe(true);
        const x = [...solution.value.data];
        const A = rowsOf(matrix(rows));
        const r = A.map((row, i) => i + 1 - row.reduce((total, a, j) => total + a * x[j]!, 0));
        const unit = bits === 32 ? 2 ** -24 : 2 ** -53;
        expect(Math.hypot(...r)).toBeLessThanOrEqual(4 * unit * (Math.hypot(...A.flat()) * Math.hypot(...x) + Math.hypot(1, 2, 3, 4, 5, 6, 7, 8)));
      });
    }
  });

  test('programs and members give what single calls give (seeds 122, 123)', () => precision(64, () => {
    const A = matrix(rowsOf(random({ i: 4, j: 4 }, 122)).map((row, i) => row.map((v, j) => v + (i === j ? 3 : 0))));
    const solved = (b: V): V => solveLinear(product(A), b, direct).value;
    const bs = [random({ i: 4 }, 123), random({ i: 4 }, 124)];
    bs.forEach((b) => jit(solved)(b).data.forEach((v, i) => expect(v).toBeCloseTo(solved(b).data[i]!, 14)));
    const loss = (b: V): Scalar => sum(solved(b).pow(2));
    jit(grad(loss))(bs[0]!).data.forEach((v, i) => expect(v).toBeCloseTo(grad(loss)(bs[0]!).data[i]!, 13));
    const stacked = wrap({ value: tensor({ m: batch(2), i: 4 }, bs.flatMap((b) => [...b.data])).value, dims: bs[0]!.dims }) as V;
    const together = fromArray(vmap(solved)(stacked).value) as number[][];
    bs.forEach((b, m) => solved(b).data.forEach((v, i) => expect(together[m]![i]).toBeCloseTo(v, 14)));
    // Coefficients of members, too: here the matrices differ.
    const scaled = (k: Scalar): V => solveLinear((x: V) => product(A)(x).mul(k), bs[0]!, direct).value;
    const ks = wrap({ value: tensor({ m: batch(2) }, [1, 4]).value, dims: [] }) as unknown as Scalar;
    const byMember = fromArray(vmap(scaled)(ks).value) as number[][];
    solved(bs[0]!).data.forEach((v, i) => expect([byMember[0]![i]!, 4 * byMember[1]![i]!]).toEqual([expect.closeTo(v, 13), expect.closeTo(v, 13)]));
  }));

  test('agrees with solveDense on the same matrix (seed 125)', () => precision(64, () => {
    const A = random({ i: 6, j: 6 }, 125);
    const stored = tensor({ '~i': dual(6), i: 6 }, Array.from({ length: 36 }, (_, at) => element(A, { i: at % 6, j: Math.floor(at / 6) }))) as Tensor<'i' | '~i'>;
    const b = random({ i: 6 }, 126);
    solveDense(stored, b).data.forEach((v, i) => expect(solveLinear(product(A), b, direct).value.data[i]).toBeCloseTo(v, 12));
  }));
});

describe('singular systems', () => {
  // Rank 2: row 3 is the sum of the others, and so is column 3.
  const rows: Numbers = [[1, 0, 1], [0, 2, 2], [1, 2, 3]];

  test.each([32, 64] as const)('that have solutions get the smallest one, symmetric or not, %s bits', (bits) => precision(bits, () => {
    for (const A of [rows, [[0, 1, 0], [0, 0, 2], [0, 0, 0]], [[0, 0], [0, 0]]] as Numbers[]) {
      const n = A.length;
      const wanted = Array.from({ length: n }, (_, k) => k + 1);
      const b = A.map((row) => row.reduce((total, a, j) => total + a * wanted[j]!, 0));
      for (const symmetric of A === rows ? [false, true] : [false]) {
        const solution = solveLinear(product(matrix(A)), tensor({ i: n }, b), { ...direct, symmetric });
        expect(solution.converged).toBe(true);
        const x = [...solution.value.data];
        A.forEach((row, i) => expect(row.reduce((total, a, j) => total + a * x[j]!, 0)).toBeCloseTo(b[i]!, bits === 32 ? 4 : 9));
        expect(Math.hypot(...x)).toBeLessThanOrEqual(Math.hypot(...wanted) + 1e-6);
      }
    }
    // The null space of the first matrix is (1, 1, −1): the smallest solution has no part in it.
    const x = [...solveLinear(product(matrix(rows)), tensor({ i: 3 }, [4, 10, 14]), direct).value.data];
    expect(x[0]! + x[1]! - x[2]!).toBeCloseTo(0, bits === 32 ? 4 : 8);
  }));

  test('that have none are told apart, and the best there is comes with the error', () => precision(64, () => {
    for (const symmetric of [false, true]) {
      const error = thrown(() => solveLinear(product(matrix(rows)), tensor({ i: 3 }, [4, 10, 15]), { ...direct, symmetric }));
      expect(error).toBeInstanceOf(NotConverged);
      expect(error).toMatchObject({ operation: 'solveLinear (direct)', status: 'inconsistent' });
      expect(error.message.replace(/\d\.\d+e-\d+/, '…').replace(/\d steps/, 'STEPS steps')).toMatchInlineSnapshot(`
        "solveLinear (direct): the operator is singular, and no solution exists: relative residual … after STEPS steps, wanted 1.00e-10.
          Take the part out of the right-hand side that no solution reaches, or remove the null space from the operator."
      `);
      // (0, 0, 1) lies with 1/√3 in the null space, which is what remains.
      expect(error['residual']).toBeCloseTo(1 / Math.sqrt(3) / Math.hypot(4, 10, 15), 12);
    }
  }));

  test('of a batch are judged one by one', () => precision(64, () => {
    const A = tensor({ s: batch(3), i: 2, j: 2 }, [1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 2]);
    const b = tensor({ s: batch(3), i: 2 }, [1e-8, 1e-8, 1, 2, 1e8, 1e8]) as Tensor<'s' | 'i'>;
    const solution = solveLinear((x: Tensor<'s' | 'i'>) => sum(A.mul(rename(x, 'i', 'j')), 'j') as Tensor<'s' | 'i'>, b, { method: 'direct', nullSpace: 'none', onFailure: 'return' });
    expect(solution.perSystem.map(({ status }) => status)).toEqual(['converged', 'inconsistent', 'converged']);
    expect([...solution.value.data].map((v) => Number(v.toPrecision(9)))).toEqual([0.5e-8, 0.5e-8, 0.75, 0.75, 1e8, 0.5e8]);
  }));

  test('inside a program throw when it runs', () => precision(64, () => {
    const solved = jit((b: V): V => solveLinear(product(matrix(rows)), b, direct).value);
    expect([...solved(tensor({ i: 3 }, [1, 2, 3])).data].every(Number.isFinite)).toBe(true);
    expect(thrown(() => solved(tensor({ i: 3 }, [1, 2, 4])))).toMatchObject({ name: 'NotConverged', status: 'inconsistent' });
  }));

  test('the derivative of the smallest solution is the pseudo-inverse: the transpose of a projection is itself', () => precision(64, () => {
    // b is made solvable inside, as the loss has it.
    const f = (b: V): V => solveLinear(product(matrix(rows)), product(matrix(rows))(b), direct).value;
    const J = [0, 1, 2].map((k) => [...f(tensor({ i: 3 }, [0, 1, 2].map((i) => Number(i === k)))).data]);
    // A⁺ A projects onto what is orthogonal to (1, 1, −1).
    const n = [1, 1, -1];
    J.forEach((column, k) => column.forEach((v, i) => expect(v).toBeCloseTo(Number(i === k) - (n[i]! * n[k]!) / 3, 9)));
    const w = tensor({ i: 3 }, [1, 2, 3]);
    const gradient = grad((b: V): Scalar => sum(f(b).mul(w)))(tensor({ i: 3 }, [1, 1, 1]));
    gradient.data.forEach((v, i) => expect(v).toBeCloseTo(w.data[i]! - (n[i]! * (1 + 2 - 3)) / 3, 8));
  }));
});

describe('constants in the null space', () => {
  const ring = (u: V): V => u.mul(2).sub(concat([u.slice({ i: [1, 7] }), u.slice({ i: [0, 1] })], 'i')).sub(concat([u.slice({ i: [6, 7] }), u.slice({ i: [0, 6] })], 'i'));
  // One-sided differences map constants to 0 too, and are not symmetric.
  const oneSided = (u: V): V => u.sub(concat([u.slice({ i: [6, 7] }), u.slice({ i: [0, 6] })], 'i'));

  test.each([['symmetric', ring, true], ['not symmetric', oneSided, false]] as const)('are taken out: %s', (_name, operator, symmetric) => precision(64, () => {
    const b = operator(tensor({ i: 7 }, [3, 1, 4, 1, 5, 9, 2]));
    const solution = solveLinear(operator, b, { method: 'direct', symmetric });
    expect([solution.nullSpace, solution.status]).toEqual(['constant', 'converged']);
    [3, 1, 4, 1, 5, 9, 2].forEach((v, i) => expect(solution.value.data[i]).toBeCloseTo(v - 25 / 7, 12));
    expect(thrown(() => solveLinear(operator, b.add(1), { method: 'direct', symmetric }))).toMatchObject({ name: 'InconsistentSystem' });
  }));
});
