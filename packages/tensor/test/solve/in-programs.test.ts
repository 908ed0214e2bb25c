/** @file Every method of solveLinear inside compiled programs: the same solutions, adjoints, failures and reports as without, also in loops. */
import { describe, expect, test } from 'vitest';
import { grad } from '@tapeflow/autodiff';
import { boxOperator, jit, l2, mul, NotConverged, precision, roll, scan, solveLinear, tensor, type Scalar, type SolveOptions, type Tensor } from '@tapeflow/tensor';
import { randomNumbers } from '../compile/support.ts';

type Grid = Tensor<'x' | 'y'>;
const SEED = 20270;
const N = 8;
const grid = (seed: number): Grid => tensor({ y: N, x: N }, randomNumbers(SEED + seed, N * N, 0.5, 1.5));

/** Around each cell: a symmetric operator on a torus, or one with wind. */
const symmetric = (k: Grid) => (u: Grid): Grid => mul(u, k.add(4)).sub(roll(u, 'x', 1)).sub(roll(u, 'x', -1)).sub(roll(u, 'y', 1)).sub(roll(u, 'y', -1));
const windy = (k: Grid) => (u: Grid): Grid => symmetric(k)(u).add(mul(0.4, roll(u, 'x', 1)));
/** Poisson's equation in a box whose operator knows of it; the coefficient enters by the right-hand side. */
const boxed = boxOperator({ y: { sides: 'dirichlet' }, x: { sides: ['neumann', 'dirichlet'] } });

interface Way {
  readonly operator: (k: Grid) => (u: Grid) => Grid;
  readonly options: SolveOptions<Grid>;
  /** Few steps are not enough. */
  readonly fails: boolean;
}

const WAYS: Readonly<Record<string, Way>> = {
  cg: { operator: symmetric, options: { method: 'cg' }, fails: true },
  'cg, divided by the diagonal': { operator: symmetric, options: { method: 'cg', preconditioner: 'jacobi' }, fails: true },
  bicgstab: { operator: windy, options: { method: 'bicgstab' }, fails: true },
  gmres: { operator: windy, options: { method: 'gmres' }, fails: true },
  'gmres that starts anew': { operator: windy, options: { method: 'gmres', restart: 3 }, fails: true },
  'gmres with a function beside': { operator: windy, options: { method: 'gmres', preconditioner: (r: Grid): Grid => mul(r, 0.2) }, fails: true },
  direct: { operator: windy, options: { method: 'direct' }, fails: false },
  transform: { operator: () => boxed, options: { method: 'transform' }, fails: false },
  multigrid: { operator: () => boxed, options: { method: 'multigrid' }, fails: true },
};

function expectNear(seen: Grid, expected: Grid, bound: number): void {
  const size = Math.max(...[...expected.data].map(Math.abs));
  const own = seen.data;
  expected.data.forEach((value, k) => expect(Math.abs(own[k]! - value)).toBeLessThanOrEqual(bound * size));
}

function failure(run: () => unknown): NotConverged {
  try {
    run();
  } catch (error) {
    if (error instanceof NotConverged) return error;
    throw error;
  }
  throw new Error('the solve did not fail');
}

describe('solves inside programs', () => {
  for (const [name, { operator, options, fails }] of Object.entries(WAYS)) {
    const at64 = (title: string, body: () => void): void => test(`${name}: ${title}`, () => precision(64, body));
    const solve = (k: Grid, b: Grid, more: SolveOptions<Grid> = {}): Grid => solveLinear(operator(k), mul(b, k), { relative: 1e-11, ...options, ...more }).value;
    const residual = (k: Grid, b: Grid, x: Grid): number => Math.sqrt(2 * l2(operator(k)(x).sub(mul(b, k))).item());

    at64('the solution, whose residual is small, and its adjoints', () => {
      const [k, b] = [grid(0), grid(1)];
      const fast = jit((coefficient: Grid, right: Grid) => solve(coefficient, right));
      const x = fast(k, b);
      expect(residual(k, b, x)).toBeLessThanOrEqual(1e-10 * Math.sqrt(2 * l2(mul(b, k)).item()));
      expectNear(x, solve(k, b), 1e-9);
      const loss = ({ coefficient, right }: { coefficient: Grid; right: Grid }): Scalar => l2(solve(coefficient, right));
      const expected = grad(loss)({ coefficient: k, right: b });
      const seen = jit(grad(loss))({ coefficient: k, right: b });
      expectNear(seen.coefficient, expected.coefficient, 1e-8);
      expectNear(seen.right, expected.right, 1e-8);
    });

    at64('gradients through the steps of a scan', () => {
      const [k, b] = [grid(2), grid(3)];
      const loss = (start: Grid): Scalar => l2(scan((u: Grid) => [solve(k, u), undefined] as const, start, 3)[0]);
      expectNear(jit(grad(loss))(b), grad(loss)(b), 1e-8);
    });

    if (!fails) continue;
    at64('NotConverged says the same, and what there is can be returned', () => {
      const [k, b] = [grid(4), grid(5)];
      const limits = { maxSteps: 2, relative: 1e-12 };
      const expected = failure(() => solve(k, b, limits));
      const seen = failure(() => jit((right: Grid) => solve(k, right, limits))(b));
      expect(seen.message).toBe(expected.message);
      expect([seen.status, seen.steps, seen.tolerance, seen.advice]).toEqual([expected.status, expected.steps, expected.tolerance, expected.advice]);
      expect(seen.residual / expected.residual).toBeCloseTo(1, 8);
      expect(seen.history.length).toBe(expected.history.length);
      const kept = (right: Grid): Grid => solve(k, right, { ...limits, onFailure: 'return' });
      expectNear(jit(kept)(b), kept(b), 1e-10);
    });
  }
});
