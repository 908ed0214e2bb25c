/** @file Steps of conjugate gradients: against the steps in plain lists, with the derivative of the steps. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad, vmap } from '@tapeflow/autodiff';
import { ArgumentError, batch, cgSteps, DimensionError, jit, precision, solveLinear, sum, tensor, zeros, type Scalar, type Tensor } from '@tapeflow/tensor';
import { wrap } from '@tapeflow/tensor/extend';
import { fromArray } from '../operations/nested.ts';
import { random, thrown } from '../named/support.ts';
import { laplacian, laplacianByLoops, onGrid, rightHandSide, type Grid } from './laplacians.ts';

type V = Tensor<'i'>;
const SIDE = 5;

const inner = (a: readonly number[], b: readonly number[]): number => a.reduce((total, v, k) => total + v * b[k]!, 0);

/** The steps as Hestenes and Stiefel wrote them. */
function plainSteps(A: (x: readonly number[]) => number[], b: readonly number[], x0: readonly number[], steps: number): number[] {
  let x = [...x0];
  let r = A(x).map((v, k) => b[k]! - v);
  let p = r;
  for (let step = 0; step < steps; step++) {
    const q = A(p);
    const alpha = inner(r, r) / inner(p, q);
    x = x.map((v, k) => v + alpha * p[k]!);
    const next = r.map((v, k) => v - alpha * q[k]!);
    const beta = inner(next, next) / inner(r, r);
    p = next.map((v, k) => v + beta * p[k]!);
    r = next;
  }
  return x;
}

const right = (seed: number): number[] => rightHandSide('noise', SIDE, 'open', seed);

describe('cgSteps', () => {
  test.each([0, 1, 2, 7])('%s steps are those in plain lists, from 0 and from elsewhere (seeds 131, 132)', (steps) => precision(64, () => {
    const b = right(131);
    for (const x0 of [b.map(() => 0), right(132)]) {
      const seen = cgSteps(laplacian('open'), onGrid(b, SIDE), onGrid(x0, SIDE), steps);
      plainSteps((x) => laplacianByLoops(x, SIDE, 'open'), b, x0, steps).forEach((v, k) => expect(seen.data[k]).toBeCloseTo(v, 12));
    }
  }));

  test('come to the solution, and stay there', () => precision(64, () => {
    const b = tensor({ i: 3 }, [1, 2, 3]);
    const diagonal = (x: V): V => x.mul(tensor({ i: 3 }, [1, 2, 4]));
    for (const steps of [3, 4, 50]) [1, 1, 0.75].forEach((v, i) => expect(cgSteps(diagonal, b, zeros({ i: 3 }), steps).data[i]).toBeCloseTo(v, 13));
    expect([...cgSteps(diagonal, zeros({ i: 3 }), zeros({ i: 3 }), 5).data]).toEqual([0, 0, 0]);
  }));

  test.each([1, 2, 4])('the derivative is that of %s steps: to b, x0 and the operator, to second order (seeds 133 to 135)', (steps) => precision(64, () => {
    const at = { b: random({ i: 6 }, 133), x0: random({ i: 6 }, 134), d: random({ i: 6 }, 135).add(3) };
    checkGradients(({ b, x0, d }: typeof at) => cgSteps((x: V): V => x.mul(d), b, x0, steps), at, { order: 2 });
  }));

  test('the derivative of few steps is not that of the solution; of many, it is (seeds 136, 137)', () => precision(64, () => {
    const b = random({ i: 4 }, 136);
    const d = random({ i: 4 }, 137).add(3);
    const at = (solve: (k: V) => V): number[] => [...grad((k: V): Scalar => sum(solve(k)))(d).data];
    const exact = at((k) => solveLinear((x: V): V => x.mul(k), b, { method: 'cg', relative: 1e-14 }).value);
    const after = (steps: number): number => Math.max(...at((k) => cgSteps((x: V): V => x.mul(k), b, zeros({ i: 4 }), steps)).map((v, i) => Math.abs(v - exact[i]!)));
    expect(after(1)).toBeGreaterThan(1e-2);
    expect(after(4)).toBeLessThan(1e-9);
  }));

  test('batch entries of 10⁻⁸ and 10⁸ side by side, members of vmap, programs (seed 138)', () => {
    for (const bits of [32, 64] as const) {
      precision(bits, () => {
        const parts = [1e-8, 1, 1e8].map((scale) => right(138).map((v) => v * scale));
        const b = tensor({ s: batch(3), y: SIDE, x: SIDE }, parts.flat()) as Grid;
        const steps = (u: Grid): Grid => cgSteps(laplacian('open'), u, u.mul(0), 25);
        const exact = plainSteps((x) => laplacianByLoops(x, SIDE, 'open'), right(138), right(138).map(() => 0), 25);
        const digits = bits === 32 ? 4 : 11;
        const together = steps(b);
        [1e-8, 1, 1e8].forEach((scale, s) => exact.forEach((v, k) => expect(together.data[s * SIDE ** 2 + k]! / scale).toBeCloseTo(v, digits)));
        jit(steps)(b).data.forEach((v, k) => expect(v / together.data[k]!).toBeCloseTo(1, digits));
        const members = wrap({ value: b.value, dims: b.dims.slice(1) }) as Grid;
        (fromArray(vmap(steps)(members).value) as number[][][]).flat(2).forEach((v, k) => expect(v / together.data[k]!).toBeCloseTo(1, digits));
      });
    }
  });

  test('unknowns in a record; refusals', () => precision(64, () => {
    const b = { p: tensor({ i: 2 }, [1, 2]), q: tensor({ j: 1 }, [3]) };
    const seen = cgSteps(({ p, q }: typeof b) => ({ p: p.mul(2).add(sum(q, 'j')), q: q.mul(4).add(sum(p, 'i')) }), b, { p: zeros({ i: 2 }), q: zeros({ j: 1 }) }, 3);
    // 2p + q = (1, 2), 4q + p₀ + p₁ = 3
    [[0.25, 0.75], [0.5]].forEach((values, k) => values.forEach((v, i) => expect([seen.p, seen.q][k]!.data[i]).toBeCloseTo(v, 12)));
    const twice = (x: V): V => x.mul(2);
    expect(thrown(() => cgSteps(twice, zeros({ i: 1 }), zeros({ i: 1 }), -1))).toMatchObject({ name: 'ArgumentError', operation: 'cgSteps', argument: 'steps', seen: -1 });
    expect(() => cgSteps(twice, zeros({ i: 1 }), zeros({ i: 1 }), 1.5)).toThrow(ArgumentError);
    expect(thrown(() => cgSteps(twice, zeros({ i: 2 }), zeros({ i: 3 }), 1))).toMatchObject({ name: 'DimensionError', operation: 'cgSteps' });
    expect(() => cgSteps((x: V): V => x.slice({ i: [0, 1] }), zeros({ i: 2 }), zeros({ i: 2 }), 1)).toThrow(DimensionError);
  }));
});
