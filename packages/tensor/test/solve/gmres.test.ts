/** @file GMRES: the smallest residual of each space, against least squares in plain lists; restarts, breakdowns, batches. */
import { describe, expect, test } from 'vitest';
import { grad } from '@tapeflow/autodiff';
import { batch, concat, jit, NotConverged, precision, rename, solveLinear, sum, tensor, type Scalar, type SolveOptions, type Tensor } from '@tapeflow/tensor';
import { eliminate } from '../operations/oracles.ts';
import { element, random, thrown } from '../named/support.ts';

type V = Tensor<'i'>;
type M = Tensor<'i' | 'j'>;
const product = (A: M) => (x: V): V => sum(A.mul(rename(x, 'i', 'j')), 'j');
const rowsOf = (A: M): number[][] => Array.from({ length: A.sizes['i']! }, (_, i) => Array.from({ length: A.sizes['j']! }, (__, j) => element(A, { i, j })));
const apply = (rows: readonly (readonly number[])[], x: readonly number[]): number[] => rows.map((row) => row.reduce((total, a, j) => total + a * x[j]!, 0));
const norm = (v: readonly number[]): number => Math.hypot(...v);
const gmres: SolveOptions<V> = { method: 'gmres', nullSpace: 'none' };

/** Smallest ‖b − A x‖ for x in the span of b, A b, …, Aᵏ⁻¹ b, by normal equations. */
function smallestResidual(rows: readonly (readonly number[])[], b: readonly number[], k: number): number {
  const powers = [b.map((v) => v / norm(b))];
  while (powers.length < k) powers.push(apply(rows, powers.at(-1)!).map((v, _, all) => v / norm(all)));
  const images = powers.map((v) => apply(rows, v));
  const inner = (u: readonly number[], v: readonly number[]): number => u.reduce((total, x, i) => total + x * v[i]!, 0);
  const y = eliminate(images.map((u) => images.map((v) => inner(u, v))), images.map((u) => inner(u, b)));
  return norm(b.map((v, i) => v - images.reduce((total, image, j) => total + y[j]! * image[i]!, 0)));
}

describe('GMRES', () => {
  test('has after each step the smallest residual of its space (seeds 141, 142)', () => precision(64, () => {
    const [A, b] = [random({ i: 8, j: 8 }, 141), random({ i: 8 }, 142)];
    const { history } = solveLinear(product(A), b, { ...gmres, relative: 1e-12 });
    for (const k of [1, 2, 3, 4, 5]) expect(history[k - 1]! * norm([...b.data])).toBeCloseTo(smallestResidual(rowsOf(A), [...b.data], k), 7);
    expect(history.length).toBe(8);
    history.slice(1).forEach((r, k) => expect(r).toBeLessThanOrEqual(history[k]! * (1 + 1e-12)));
  }));

  test('needs one step per distinct eigenvalue', () => precision(64, () => {
    const d = tensor({ i: 9 }, [1, 2, 3, 1, 2, 3, 1, 2, 3]);
    const solution = solveLinear((x: V): V => x.mul(d), tensor({ i: 9 }, [1, 1, 1, 2, 2, 2, 3, 3, 3]), gmres);
    expect([solution.steps, solution.status]).toEqual([3, 'converged']);
  }));

  test('restarts: with room for few directions it takes more steps, to the same solution (seeds 143, 144)', () => precision(64, () => {
    const n = 30;
    const A = random({ i: n, j: n }, 143).mul(0.3).add(tensor({ i: n, j: n }, Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 4 : 0))));
    const b = random({ i: n }, 144);
    const exact = eliminate(rowsOf(A), [...b.data]);
    const steps = [30, 5, 2, 1].map((restart) => {
      const solution = solveLinear(product(A), b, { ...gmres, restart });
      exact.forEach((v, i) => expect(solution.value.data[i]).toBeCloseTo(v, 9));
      return solution.steps;
    });
    expect([...steps].sort((x, y) => x - y)).toEqual(steps);
    expect(steps[3]).toBeGreaterThan(steps[0]!);
  }));

  test('a cyclic shift gives nothing before its last step: restarting earlier never gets anywhere, and says so', () => precision(64, () => {
    const n = 6;
    const shift = (x: V): V => concat([x.slice({ i: [1, n] }), x.slice({ i: [0, 1] })], 'i');
    const b = tensor({ i: n }, [1, 0, 0, 0, 0, 0]);
    const whole = solveLinear(shift, b, gmres);
    expect([whole.steps, [...whole.value.data].map((v) => Math.round(v * 1e12) / 1e12 + 0)]).toEqual([n, [0, 1, 0, 0, 0, 0]]);
    const error = thrown(() => solveLinear(shift, b, { ...gmres, restart: n - 1, maxSteps: 60 }));
    expect(error).toBeInstanceOf(NotConverged);
    expect(error).toMatchObject({ status: 'maxSteps', steps: 60, residual: 1 });
    expect(error['advice']).toContain('Raise restart');
  }));

  test('a singular operator: solved where b allows it, named where it does not', () => precision(64, () => {
    const A = tensor({ i: 3, j: 3 }, [1, 0, 1, 0, 2, 2, 1, 2, 3]);
    const good = solveLinear(product(A), tensor({ i: 3 }, [4, 10, 14]), gmres);
    expect(good.status).toBe('converged');
    expect(norm(apply(rowsOf(A), [...good.value.data]).map((v, i) => v - [4, 10, 14][i]!))).toBeLessThan(1e-12);
    const error = thrown(() => solveLinear(product(A), tensor({ i: 3 }, [4, 10, 15]), gmres));
    expect(error).toMatchObject({ name: 'NotConverged', status: 'singular' });
    expect(error['advice']).toContain("method: 'direct', which says whether there is a solution");
    // What is left is the part of b in the null space of a symmetric operator, 1/√3.
    expect((error['residual'] as number) * norm([4, 10, 15])).toBeCloseTo(1 / Math.sqrt(3), 9);
    expect(thrown(() => solveLinear((x: V): V => x.mul(0), tensor({ i: 2 }, [1, 2]), gmres))).toMatchObject({ status: 'singular', residual: 1 });
  }));

  test('systems of a batch stop when they are done: scales of 10⁻⁸ and 10⁸, one singular (seed 145)', () => {
    for (const bits of [32, 64] as const) {
      precision(bits, () => {
        const d = tensor({ s: batch(4), i: 3 }, [1, 1, 1, 1, 2, 3, 2e8, 3e8, 5e8, 1, 2, 0]);
        const b = tensor({ s: batch(4), i: 3 }, [1e-8, 2e-8, 3e-8, 1, 2, 3, 1e8, 1e8, 1e8, 1, 1, 1]) as V;
        const solution = solveLinear((x: V): V => x.mul(d) as V, b, { ...gmres, onFailure: 'return' });
        expect(solution.perSystem.map(({ status, steps }) => [status, steps])).toEqual([['converged', 1], ['converged', 3], ['converged', 3], ['singular', 3]]);
        const x = [...solution.value.data];
        [1e-8, 2e-8, 3e-8, 1, 1, 1, 1 / 2, 1 / 3, 1 / 5].forEach((v, k) => expect(x[k]! / v).toBeCloseTo(1, bits === 32 ? 5 : 9));
      });
    }
  });

  test('in programs is what it is outside, with gradients (seeds 146, 147)', () => precision(64, () => {
    const A = random({ i: 6, j: 6 }, 146).add(tensor({ i: 6, j: 6 }, Array.from({ length: 36 }, (_, at) => (at % 7 === 0 ? 3 : 0))));
    const b = random({ i: 6 }, 147);
    const solved = (u: V): V => solveLinear(product(A), u, { ...gmres, restart: 4, relative: 1e-12 }).value;
    jit(solved)(b).data.forEach((v, i) => expect(v).toBeCloseTo(solved(b).data[i]!, 9));
    const loss = (u: V): Scalar => sum(solved(u).pow(2));
    jit(grad(loss))(b).data.forEach((v, i) => expect(v / grad(loss)(b).data[i]!).toBeCloseTo(1, 8));
  }));
});
