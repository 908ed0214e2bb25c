/** @file Preconditioners: the diagonal that is found is the diagonal, steps become fewer, solutions and derivatives stay. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad, vmap } from '@tapeflow/autodiff';
import { batch, concat, DimensionError, jit, l2, padConstant, precision, rename, roll, solveLinear, sum, tensor, type Scalar, type SolveOptions, type Tensor } from '@tapeflow/tensor';
import { wrap } from '@tapeflow/tensor/extend';
import { jacobi } from '../../src/solve/jacobi.ts';
import { VectorArithmetic, type Vector } from '../../src/solve/vectors.ts';
import { fromArray } from '../operations/nested.ts';
import { eliminate } from '../operations/oracles.ts';
import { element, random } from '../named/support.ts';
import { laplacian, onGrid, relativeResidual, rightHandSide, type Grid } from './laplacians.ts';

type V = Tensor<'i'>;
const iterative = ['cg', 'bicgstab', 'gmres'] as const;

/** The divisors that are found for an operator on one tensor, which must be ones. */
function diagonalBy(operator: (x: never) => Tensor<never>, like: Tensor<never>, batchAxes = 0, definite = false): number[] {
  const arithmetic = new VectorArithmetic(batchAxes);
  const apply = ([x]: Vector): Vector => [operator(wrap({ value: x, dims: like.dims }) as never).value];
  const [inverse] = jacobi({ arithmetic, apply }, [like.value], definite)([like.value]);
  return (fromArray(inverse) as number[]).flat(4).map((v) => 1 / v);
}

/** The diagonal from images of unit vectors, one by one. */
function diagonalOneByOne(operator: (x: never) => Tensor<never>, like: Tensor<never>): number[] {
  return Array.from({ length: like.size }, (_, k) => operator(unit(like, k) as never).data[k]!);
}
const unit = (like: Tensor<never>, k: number): Tensor => tensor(like.sizes, Array.from({ length: like.size }, (_, j) => Number(j === k)));

describe('the diagonal', () => {
  test.each(['open', 'closed', 'periodic'] as const)('of a stencil on grids whose sides are no multiples of its colours: %s (seed 151)', (border) => precision(64, () => {
    for (const n of [2, 3, 4, 5, 7, 8, 10]) {
      const k = random({ y: n, x: n }, 151).add(2) as Grid;
      const operator = (u: Grid): Grid => laplacian(border)(u).mul(k).add(u) as Grid;
      const like = onGrid(new Array<number>(n * n).fill(1), n);
      diagonalOneByOne(operator, like).forEach((v, at) => expect(diagonalBy(operator, like)[at]).toBeCloseTo(v, 12));
    }
  }));

  test('of operators that reach further, up to everywhere (seed 152)', () => precision(64, () => {
    const n = 23;
    const like = tensor({ i: n }, new Array<number>(n).fill(1));
    const weights = random({ i: n }, 152).add(3);
    const A = random({ i: n, j: n }, 153);
    const operators: readonly ((x: V) => V)[] = [
      (x) => x.mul(weights),
      (x) => x.mul(weights).add(roll(x, 'i', 2)).add(roll(x, 'i', -2)),
      // Couples exactly positions of one colour, for 3 and for 4 colours.
      (x) => x.mul(weights).add(roll(x, 'i', 12).mul(weights)),
      (x) => sum(A.mul(rename(x, 'i', 'j')), 'j'),
      (x) => x.mul(weights).sub(sum(x)),
      (x) => x.mul(0).add(roll(x, 'i', 1)),
    ];
    operators.slice(0, 5).forEach((operator) => {
      const seen = diagonalBy(operator, like);
      diagonalOneByOne(operator, like).forEach((v, at) => expect(seen[at]).toBeCloseTo(v, 11));
    });
    // A zero on the diagonal counts as 1.
    diagonalBy(operators[5]!, like).forEach((v) => expect(v).toBe(1));
    diagonalBy((x: V) => x.mul(weights.neg()), like, 0, true).forEach((v, at) => expect(v).toBeCloseTo(weights.data[at]!, 12));
  }));

  test('of each system of a batch, in either precision, far apart in scale', () => {
    for (const bits of [32, 64] as const) {
      precision(bits, () => {
        const scale = tensor({ s: batch(3) }, [1e-8, 1, 1e8]);
        const like = tensor({ s: batch(3), i: 7 }, new Array<number>(21).fill(1)) as Tensor<'i' | 's'>;
        const operator = (x: Tensor<'i' | 's'>): Tensor<'i' | 's'> => x.mul(4).sub(roll(x, 'i', 1)).sub(roll(x, 'i', -1)).mul(scale);
        diagonalBy(operator, like, 1).forEach((v, k) => expect(v / (4 * [1e-8, 1, 1e8][Math.floor(k / 7)]!)).toBeCloseTo(1, bits === 32 ? 6 : 13));
      });
    }
  });
});

/** S A S with S from 1 to 100: badly scaled, and as good as A once divided by the diagonal. */
const scaling = (n: number): Grid => onGrid(Array.from({ length: n * n }, (_, at) => 10 ** ((2 * (at % n)) / (n - 1))), n);
const scaled = (n: number) => (u: Grid): Grid => laplacian('open')(u.mul(scaling(n)) as Grid).mul(scaling(n)) as Grid;

describe('a solve with a preconditioner', () => {
  test.each(iterative)('takes fewer steps where the diagonal varies: %s (seed 154)', (method) => precision(64, () => {
    const n = 12;
    const b = onGrid(rightHandSide('noise', n, 'open', 154), n);
    const options: SolveOptions<Grid> = { method, nullSpace: 'none', restart: 60, maxSteps: 200, onFailure: 'return' };
    const plain = solveLinear(scaled(n), b, options);
    const jacobian = solveLinear(scaled(n), b, { ...options, preconditioner: 'jacobi' });
    expect(jacobian.converged).toBe(true);
    expect(jacobian.steps).toBeLessThan(plain.steps / 2);
    const unscaled = jacobian.value.mul(scaling(n)) as Grid;
    // S A S x = b: the residual of A (S x) = S⁻¹ b, by loops, where each row counts by its scale.
    expect(relativeResidual(unscaled, b.div(scaling(n)) as Grid, 'open')).toBeLessThan(1e-7);
    const back = scaled(n)(jacobian.value).sub(b);
    expect(Math.sqrt(l2(back).item() / l2(b).item())).toBeLessThanOrEqual(1.01e-10);
  }));

  test.each(iterative)('that is the inverse takes one step, for the adjoint too: %s', (method) => precision(64, () => {
    const A = [[4, 1, 0], [1, 3, 1], [0, 1, 2]];
    // Symmetric for cg; for the others a rotation of rows, whose transposed inverse is not its inverse.
    const turned = (x: V): V => (method === 'cg' ? x : (concat([x.slice({ i: [1, 3] }), x.slice({ i: [0, 1] })], 'i') as V));
    const back = (x: V): V => (method === 'cg' ? x : (concat([x.slice({ i: [2, 3] }), x.slice({ i: [0, 2] })], 'i') as V));
    const M = (rows: readonly (readonly number[])[]) => (x: V): V => sum(tensor({ i: 3, j: 3 }, rows.flat()).mul(rename(x, 'i', 'j')), 'j');
    const columns = [0, 1, 2].map((k) => eliminate(A, [0, 1, 2].map((i) => Number(i === k))));
    const inverse = columns.map((_, i) => columns.map((column) => column[i]!));
    const steps: number[] = [];
    const solve = (b: V): V => {
      const solution = solveLinear((x: V) => turned(M(A)(x)), b, { method, nullSpace: 'none', preconditioner: (r: V) => M(inverse)(back(r)), relative: 1e-12 });
      steps.push(solution.steps);
      return solution.value;
    };
    const b = tensor({ i: 3 }, [1, 2, 3]);
    const x = solve(b);
    eliminate(A, method === 'cg' ? [1, 2, 3] : [3, 1, 2]).forEach((v, i) => expect(x.data[i]).toBeCloseTo(v, 12));
    expect(steps).toEqual([1]);
    // One step is all the adjoint gets: with the untransposed preconditioner it would not get there.
    const once = (u: V): V => solveLinear((y: V) => turned(M(A)(y)), u, { method, nullSpace: 'none', preconditioner: (r: V) => M(inverse)(back(r)), relative: 1e-12, maxSteps: 1 }).value;
    const gradient = grad((u: V): Scalar => sum(once(u).mul(tensor({ i: 3 }, [1, 0, 2]))))(b);
    const adjoint = eliminate(A, [1, 0, 2]);
    (method === 'cg' ? adjoint : [adjoint[1]!, adjoint[2]!, adjoint[0]!]).forEach((v, i) => expect(gradient.data[i]).toBeCloseTo(v, 12));
  }));

  test.each(iterative.flatMap((method) => [[method, 'jacobi'], [method, 'function']] as const))('gradients to all that operator and preconditioner share, to second order: %s, %s (seeds 155, 156)', (method, kind) => precision(64, () => {
    const at = { d: random({ i: 5 }, 155).add(3), b: random({ i: 5 }, 156) };
    const operator = (d: V) => (x: V): V => x.mul(d).add(sum(x).mul(0.2)).add(method === 'cg' ? 0 : padConstant(x, { i: [1, 0] }).slice({ i: [0, 5] }).mul(d));
    const f = ({ d, b }: typeof at): V =>
      solveLinear(operator(d), b, { method, nullSpace: 'none', relative: 1e-14, preconditioner: kind === 'jacobi' ? 'jacobi' : (r: V): V => r.div(d) }).value;
    checkGradients(f, at, { order: 2, adjointTolerance: 1e-12 });
  }));

  test('members and programs: the preconditioner goes with its operator (seeds 157, 158)', () => precision(64, () => {
    const d = tensor({ m: batch(2), i: 4 }, random({ n: 8 }, 157).add(3).data);
    const b = random({ i: 4 }, 158);
    for (const method of iterative) {
      for (const preconditioner of [(k: V) => (r: V): V => r.div(k), (): 'jacobi' => 'jacobi']) {
        const solve = (k: V): V => solveLinear((x: V): V => x.mul(k).add(sum(x)), b, { method, nullSpace: 'none', relative: 1e-13, preconditioner: preconditioner(k) }).value;
        const members = wrap({ value: d.value, dims: d.dims.slice(1) }) as V;
        const together = fromArray(vmap(solve)(members).value) as number[][];
        [0, 1].forEach((m) => {
          const own = d.at({ m });
          const alone = solve(own);
          alone.data.forEach((v, i) => expect(together[m]![i]).toBeCloseTo(v, 12));
          jit(solve)(own).data.forEach((v, i) => expect(v).toBeCloseTo(alone.data[i]!, 12));
          const rows = [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => 1 + (i === j ? element(own, { i }) : 0)));
          eliminate(rows, [...b.data]).forEach((v, i) => expect(alone.data[i]).toBeCloseTo(v, 11));
        });
      }
    }
  }));

  test('of a closed box, where constants are in the null space (seed 159)', () => precision(64, () => {
    const b = onGrid(rightHandSide('noise', 8, 'closed', 159), 8);
    for (const method of iterative) {
      const solution = solveLinear(laplacian('closed'), b, { method, preconditioner: 'jacobi', restart: 64 });
      expect([solution.nullSpace, solution.converged]).toEqual(['constant', true]);
      expect(relativeResidual(solution.value, b, 'closed')).toBeLessThan(1.1e-10);
      expect(Math.abs(sum(solution.value).item())).toBeLessThan(1e-10);
    }
  }));

  test('that returns other dimensions is refused', () => {
    const b = tensor({ i: 2 }, [1, 2]);
    expect(() => solveLinear((x: V) => x, b, { method: 'gmres', preconditioner: (r: V) => r.slice({ i: [0, 1] }) })).toThrow(DimensionError);
  });
});
