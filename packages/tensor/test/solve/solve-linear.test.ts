/** @file solveLinear: what it claims is true, what it cannot do it says, and derivatives reach all that the system is made of. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad, TracedValueError, vmap } from '@tapeflow/autodiff';
import {
  batch, concat, DimensionError, DTypeError, InconsistentSystem, l2, NotConverged, precision, rename, scalar, solveLinear, sum, tensor, zeros,
  type Scalar, type SolveOptions, type Tensor,
} from '@tapeflow/tensor';
import { wrap } from '@tapeflow/tensor/extend';
import { eliminate } from '../operations/oracles.ts';
import { element, random, thrown } from '../named/support.ts';
import { laplacian, onGrid, relativeResidual, rightHandSide, type Grid } from './laplacians.ts';

type V = Tensor<'i'>;
type M = Tensor<'i' | 'j'>;
const product = (A: M) => (x: V): V => sum(A.mul(rename(x, 'i', 'j')), 'j');
const diagonal = (values: readonly number[]) => (x: V): V => x.mul(tensor({ i: values.length }, values));
/** A matrix with a dominant diagonal, made symmetric on request. */
function matrix(n: number, seed: number, symmetric = false): M {
  const R = random({ i: n, j: n }, seed);
  const T = rename(rename(rename(R, 'i', 'k'), 'j', 'i'), 'k', 'j');
  const eye = tensor({ i: n, j: n }, Array.from({ length: n * n }, (_, k) => (Math.floor(k / n) === k % n ? n : 0)));
  return (symmetric ? R.add(T).mul(0.5) : R).add(eye);
}
const rows = (A: M): number[][] => Array.from({ length: A.sizes['i']! }, (_, i) => Array.from({ length: A.sizes['j']! }, (__, j) => element(A, { i, j })));
const methods = ['cg', 'bicgstab', 'gmres', 'direct'] as const;
const iterative = ['cg', 'bicgstab', 'gmres'] as const;

describe.each(methods)('%s', (method) => {
  test('solves a full system as elimination does (seeds 81, 82)', () => precision(64, () => {
    const A = matrix(8, 81, method === 'cg');
    const b = random({ i: 8 }, 82);
    const solution = solveLinear(product(A), b, { method, relative: 1e-14 });
    const exact = eliminate(rows(A), [...b.data]);
    exact.forEach((v, i) => expect(solution.value.data[i]).toBeCloseTo(v, 13));
    expect([solution.method, solution.converged]).toEqual([method, true]);
  }));

  test('gradients to the right-hand side and to coefficients, to second order (seeds 83, 84)', () => precision(64, () => {
    const at = { A: matrix(4, 83, method === 'cg'), b: random({ i: 4 }, 84) };
    const symmetric = (A: M): M => A.add(rename(rename(rename(A, 'i', 'k'), 'j', 'i'), 'k', 'j')).mul(0.5);
    const f = ({ A, b }: typeof at): V => solveLinear(product(method === 'cg' ? symmetric(A) : A), b, { method, relative: 1e-14, nullSpace: 'none' }).value;
    checkGradients(f, at, { order: 2, adjointTolerance: 1e-13 * 10 });
  }));

  test('a coefficient that is a scalar: d/dk of b/(k d) is −x/k', () => precision(64, () => {
    const d = tensor({ i: 3 }, [1, 2, 4]);
    const b = tensor({ i: 3 }, [1, 1, 1]);
    const solved = (k: Scalar): V => solveLinear((x: V): V => x.mul(d).mul(k), b, { method, relative: 1e-14 }).value;
    const slope = grad((k: Scalar): Scalar => sum(solved(k)))(scalar(2)).item();
    expect(slope).toBeCloseTo(-sum(solved(scalar(2))).item() / 2, 12);
  }));

  test('zero right-hand side, size zero, one unknown', () => precision(64, () => {
    const zero = solveLinear(diagonal([1, 2]), zeros({ i: 2 }), { method });
    expect([[...zero.value.data], zero.steps, zero.residual, zero.status]).toEqual([[0, 0], 0, 0, 'converged']);
    const fromGuess = solveLinear(diagonal([1, 2]), zeros({ i: 2 }), { method, x0: tensor({ i: 2 }, [5, 6]) });
    expect([...fromGuess.value.data]).toEqual([0, 0]);
    expect(solveLinear((x: V) => x, zeros({ i: 0 }), { method }).value.sizes).toEqual({ i: 0 });
    expect(solveLinear((x: Scalar) => x.mul(-4), scalar(2), { method }).value.item()).toBe(-0.5);
  }));

  test('any scale: components whose squares underflow or overflow (seed 85)', () => {
    for (const [bits, scales] of [[32, [1e-30, 1e-8, 1e8, 1e30]], [64, [1e-200, 1e200]]] as const) {
      for (const scale of scales) {
        precision(bits, () => {
          const A = matrix(5, 85, method === 'cg');
          const b = random({ i: 5 }, 86);
          const small = solveLinear(product(A), b.mul(scale), { method });
          const exact = eliminate(rows(A), [...b.data]);
          exact.forEach((v, i) => expect(small.value.data[i]! / scale).toBeCloseTo(v, bits === 32 ? 4 : 9));
          expect(small.status).toBe('converged');
        });
      }
    }
  });

  test('NaN and infinity are reported at once, with a finite partial solution (seed 87)', () => {
    for (const bad of [NaN, Infinity]) {
      const b = tensor({ i: 3 }, [1, bad, 2]);
      const solution = solveLinear(diagonal([1, 2, 3]), b, { method, onFailure: 'return' });
      expect([solution.status, solution.converged, solution.steps]).toEqual(['nonFinite', false, 0]);
      const error = thrown(() => solveLinear(diagonal([1, 2, 3]), b, { method }));
      expect(error).toMatchObject({ name: 'NotConverged', status: 'nonFinite' });
      expect(error.message).toContain('met a value that is not finite');
      const inOperator = solveLinear(diagonal([1, bad, 3]), tensor({ i: 3 }, [1, 1, 1]), { method, onFailure: 'return', nullSpace: 'none' });
      expect(inOperator.status).toBe('nonFinite');
      expect([...inOperator.value.data].every(Number.isFinite)).toBe(true);
      expect(inOperator.steps).toBeLessThanOrEqual(2);
    }
  });
});

describe('the method', () => {
  test('conjugate gradients take eigenvalues of either sign, but not of both, and say so', () => precision(64, () => {
    expect([...solveLinear(diagonal([-1, -2]), tensor({ i: 2 }, [1, 1]), { method: 'cg' }).value.data]).toEqual([-1, -0.5]);
    for (const [d, b] of [[[1, -1], [1, 1]], [[3, 2, 1, -1, -2], [1, 1, 1, 1, 1]], [[-3, -2, -1.5, 0.1], [1, 1, 1, 1]]] as const) {
      const error = thrown(() => solveLinear(diagonal(d), tensor({ i: d.length }, b), { method: 'cg' }));
      expect(error).toBeInstanceOf(NotConverged);
      expect(error).toMatchObject({ operation: 'solveLinear (cg)', status: 'indefinite' });
      expect(error['advice']).toContain("method: 'gmres' or 'bicgstab'");
      // The advice is good.
      for (const method of ['gmres', 'bicgstab'] as const) {
        const other = solveLinear(diagonal(d), tensor({ i: d.length }, b), { method });
        other.value.data.forEach((v, i) => expect(v).toBeCloseTo(b[i]! / d[i]!, 9));
      }
    }
  }));
});

describe('BiCGstab', () => {
  test('of an operator that turns vectors by a right angle breaks down, and says what that means', () => precision(64, () => {
    const turned = (x: V): V => concat([x.slice({ i: [1, 2] }), x.slice({ i: [0, 1] }).neg()], 'i');
    const error = thrown(() => solveLinear(turned, tensor({ i: 2 }, [1, 2]), { method: 'bicgstab' }));
    expect(error).toMatchObject({ name: 'NotConverged', status: 'breakdown' });
    expect(error['advice']).toContain("right angle: use method: 'gmres'");
    // That advice is good, too.
    expect([...solveLinear(turned, tensor({ i: 2 }, [1, 2]), { method: 'gmres' }).value.data]).toEqual([expect.closeTo(-2, 14), expect.closeTo(1, 14)]);
  }));
});

describe('the report', () => {
  test('does not exist while the solve is recorded or batched; the value does', () => {
    const read = (x: V): V => {
      const solution = solveLinear(diagonal([1, 2]), x);
      return solution.value.mul(solution.steps);
    };
    expect(() => vmap(read)(wrap({ value: random({ m: 3, i: 2 }, 108).value, dims: zeros({ i: 2 }).dims }) as V)).toThrow(TracedValueError);
  });

  test('may be read inside a derivative: it has none itself', () => {
    const steps: number[] = [];
    grad((b: V): Scalar => {
      const solution = solveLinear(diagonal([1, 2]), b, { method: 'bicgstab' });
      steps.push(solution.steps);
      return sum(solution.value);
    })(tensor({ i: 2 }, [1, 2]));
    expect(steps).toEqual([2]);
  });
});

describe('a solve that fails', () => {
  const b = onGrid(rightHandSide('noise', 16, 'open', 91), 16);
  const tooShort: SolveOptions = { method: 'cg', maxSteps: 5 };

  test('throws with everything that is known', () => {
    const error = thrown(() => solveLinear(laplacian('open'), b, tooShort)) as NotConverged & Record<string, unknown>;
    expect(error).toBeInstanceOf(NotConverged);
    expect(error).toMatchObject({ status: 'maxSteps', steps: 5, tolerance: 1e-5 });
    expect(error.history.length).toBe(5);
    expect(error.history.every((r) => r > 1e-5)).toBe(true);
    const [partial] = error.value as [Grid];
    const residual = relativeResidual(onGrid((partial as unknown as { contiguous(): Float32Array }).contiguous(), 16), b, 'open');
    expect(error.residual).toBeCloseTo(residual, 5);
    expect(error.message.replace(/\d\.\d+e-\d+/, '…')).toMatchInlineSnapshot(`
      "solveLinear (cg): did not converge: relative residual … after 5 steps, wanted 1.00e-5.
        Raise maxSteps or the tolerance, use precision(64, …), or return the partial solution with onFailure: 'return'."
    `);
  });

  test('or returns it on request', () => {
    const solution = solveLinear(laplacian('open'), b, { ...tooShort, onFailure: 'return' });
    expect([solution.status, solution.converged, solution.steps, solution.history.length]).toEqual(['maxSteps', false, 5, 5]);
    expect(solution.residual).toBeCloseTo(relativeResidual(solution.value, b, 'open'), 6);
    expect(solution.advice).toContain('Raise maxSteps');
    expect(solution.limitedBy).toBeUndefined();
  });

  test('what is returned is the best of all steps', () => {
    const residuals = [1, 2, 3, 4, 6, 8, 12].map((maxSteps) => solveLinear(laplacian('open'), b, { method: 'bicgstab', maxSteps, onFailure: 'return' }).residual);
    residuals.slice(1).forEach((r, k) => expect(r).toBeLessThanOrEqual(residuals[k]! * (1 + 1e-6)));
  });

  test('is not retried when its values are read twice', () => {
    let applied = 0;
    const counted = (x: V): V => (applied++, x.mul(2));
    const solution = solveLinear(counted, tensor({ i: 2 }, [1, 2]));
    const after = applied;
    expect([solution.residual, solution.status, solution.steps].length + [...solution.value.data].length).toBe(5);
    expect(applied).toBe(after);
  });
});

describe('the claimed residual', () => {
  test('is recomputed: the recurrence of an ill-conditioned system in f32 promises more (seed 92)', () => {
    const n = 40;
    const d = Array.from({ length: n }, (_, k) => 10 ** ((-6 * k) / n));
    const b = random({ i: n }, 92);
    for (const method of methods) {
      const solution = solveLinear(diagonal(d), b, { method, relative: 1e-6, onFailure: 'return', maxSteps: 800 });
      const x = Float64Array.from(solution.value.data);
      const single = d.map(Math.fround);
      const residual = Math.hypot(...x.map((v, i) => b.data[i]! - single[i]! * v)) / Math.hypot(...b.data);
      // Multiplying by a diagonal and subtracting round each component twice.
      expect(Math.abs(solution.residual - residual)).toBeLessThan(4 * 2 ** -24);
      if (solution.status === 'converged') expect(residual).toBeLessThan(1.1e-6);
    }
  });
});

describe('null spaces', () => {
  const closed = laplacian('closed');
  const consistent = onGrid(rightHandSide('noise', 8, 'closed', 93), 8);

  test('constants that are mapped to zero are found, taken out and reported; the solution has mean 0', () => precision(64, () => {
    const b = onGrid(rightHandSide('noise', 8, 'closed', 93), 8);
    for (const options of [{}, { symmetric: true }, { nullSpace: 'constant' }] as const) {
      const solution = solveLinear(closed, b, options);
      expect([solution.nullSpace, solution.converged]).toEqual(['constant', true]);
      expect(sum(solution.value).item()).toBeCloseTo(0, 10);
      expect(solution.removed).toBeLessThan(1e-15);
      expect(relativeResidual(solution.value, b, 'closed')).toBeLessThan(1e-10);
    }
  }));

  test('a right-hand side without solution is refused', () => {
    const b = consistent.add(0.5);
    const error = thrown(() => solveLinear(closed, b, { symmetric: true }));
    expect(error).toBeInstanceOf(InconsistentSystem);
    const share = Math.abs(sum(b).item()) / 8 / Math.sqrt(l2(b).item() * 2);
    expect(error['removed']).toBeCloseTo(share, 5);
    expect(error.message.replace(/\d\.\d+e-\d+/, '…')).toMatchInlineSnapshot(`
      "solveLinear: the operator maps constants to zero, but the right-hand side has a constant part (… of its norm), so there is no solution.
        Make the right-hand side sum to zero, or pass nullSpace: 'constant' to solve for the part that can be reached."
    `);
  });

  test('or solved for what can be reached, if that is said', () => {
    const b = consistent.add(0.5);
    const solution = solveLinear(closed, b, { symmetric: true, nullSpace: 'constant' });
    expect(solution.converged).toBe(true);
    expect(solution.removed).toBeGreaterThan(0.5);
    expect(relativeResidual(solution.value, consistent, 'closed')).toBeLessThan(2e-5);
    expect(solveLinear(closed, b, { symmetric: true, onFailure: 'return' }).removed).toBeCloseTo(solution.removed, 5);
  });

  test('each system of a batch has its own', () => precision(64, () => {
    const weights = tensor({ b: batch(2) }, [0, 1]);
    const shifted = (u: Grid): Grid => closed(u).sub(u.mul(weights)) as Grid;
    const b = tensor({ b: batch(2), y: 4, x: 4 }, [...rightHandSide('noise', 4, 'closed', 94), ...rightHandSide('noise', 4, 'open', 95)]) as Grid;
    const solution = solveLinear(shifted, b, { symmetric: true });
    expect(solution.perSystem.map(({ status }) => status)).toEqual(['converged', 'converged']);
    expect(solution.nullSpace).toBe('constant');
    const back = shifted(solution.value);
    b.data.forEach((v, k) => expect(back.data[k]).toBeCloseTo(v, 8));
  }));

  test('gradients through a closed box, to second order (seed 96)', () => precision(64, () => {
    const b = onGrid(rightHandSide('noise', 4, 'closed', 96), 4);
    const pressure = (u: Grid): Grid => solveLinear(closed, u.sub(sum(u).mul(1 / 16)) as Grid, { symmetric: true, relative: 1e-13 }).value;
    checkGradients((u: Grid) => pressure(u.mul(u)), b, { order: 2, adjointTolerance: 1e-12 * 10 });
  }));
});

describe('a batch of systems', () => {
  test('each has its own tolerance: scales of 10⁻⁸ and 10⁸ side by side (seed 97)', () => {
    for (const bits of [32, 64] as const) {
      precision(bits, () => {
        const n = 6;
        const parts = [1e-8, 1, 1e8].map((scale, k) => rightHandSide('noise', n, 'open', 97 + k).map((v) => v * scale));
        const b = tensor({ b: batch(3), y: n, x: n }, parts.flat()) as Grid;
        for (const method of methods) {
          const solution = solveLinear(laplacian('open'), b, { method });
          expect(solution.perSystem.map(({ status }) => status)).toEqual(['converged', 'converged', 'converged']);
          solution.perSystem.forEach(({ residual }, k) => {
            const alone = onGrid(solution.value.at({ b: k } as never).data, n);
            expect(relativeResidual(alone, onGrid(parts[k]!, n), 'open')).toBeLessThan(bits === 32 ? 1.1e-5 : 1e-10);
            expect(residual).toBeLessThanOrEqual(bits === 32 ? 1e-5 : 1e-10);
          });
        }
      });
    }
  });

  test('the report names the worst, the error its place', () => {
    const b = tensor({ b: batch(2), i: 2 }, [1, 1, NaN, 1]) as V;
    const solution = solveLinear(diagonal([1, 2]), b, { onFailure: 'return' });
    expect([solution.status, solution.perSystem.map(({ status }) => status)]).toEqual(['nonFinite', ['converged', 'nonFinite']]);
    expect(solution.batch.map(({ name }) => name)).toEqual(['b']);
    expect([...solution.value.at({ b: 0 } as never).data]).toEqual([1, 0.5]);
    expect(thrown(() => solveLinear(diagonal([1, 2]), b)).message).toContain('batch entry 1');
  });

  test('a member does not change when others are added (seed 98)', () => precision(64, () => {
    const A = matrix(5, 98);
    const both = random({ batch: 2, i: 5 }, 99);
    const together = solveLinear(product(A), both as V).value;
    const alone = solveLinear(product(A), both.at({ batch: 1 }) as V).value;
    together.at({ batch: 1 } as never).data.forEach((v, i) => expect(v).toBeCloseTo(alone.data[i]!, 12));
  }));

  test('vmap gives what the systems give one by one, also for members of the operator (seed 100)', () => precision(64, () => {
    const coefficients = random({ m: 3, i: 4 }, 100).add(3);
    const b = random({ i: 4 }, 101);
    const solved = (d: V): V => solveLinear((x: V): V => x.mul(d), b, { symmetric: true, relative: 1e-14 }).value;
    const stacked = wrap({ value: coefficients.value, dims: coefficients.dims.slice(1) }) as V;
    const together = wrap({ value: vmap(solved)(stacked).value, dims: coefficients.dims });
    [0, 1, 2].forEach((m) => solved(coefficients.at({ m })).data.forEach((v, i) => expect(element(together, { m, i })).toBeCloseTo(v, 13)));
  }));
});

describe('a first guess', () => {
  test('saves steps, all of them where it is the solution (seed 102)', () => precision(64, () => {
    const b = onGrid(rightHandSide('noise', 16, 'open', 102), 16);
    for (const method of iterative) {
      const cold = solveLinear(laplacian('open'), b, { method });
      const warm = solveLinear(laplacian('open'), b, { method, x0: cold.value.mul(1.001) });
      const there = solveLinear(laplacian('open'), b, { method, x0: cold.value });
      expect(warm.steps).toBeLessThan(cold.steps);
      expect([there.steps, there.status]).toEqual([0, 'converged']);
      expect(relativeResidual(warm.value, b, 'open')).toBeLessThan(1e-10);
    }
  }));

  test('gets no gradient, and changes none (seed 103)', () => precision(64, () => {
    const A = matrix(4, 103);
    const at = { b: random({ i: 4 }, 104), x0: random({ i: 4 }, 105) };
    const loss = ({ b, x0 }: typeof at): Scalar => l2(solveLinear(product(A), b, { x0, relative: 1e-13 }).value);
    const gradient = grad(loss)(at);
    expect([...gradient.x0.data]).toEqual([0, 0, 0, 0]);
    const without = grad((b: V): Scalar => l2(solveLinear(product(A), b, { relative: 1e-13 }).value))(at.b);
    gradient.b.data.forEach((v, i) => expect(v).toBeCloseTo(without.data[i]!, 12));
    checkGradients((b: V) => solveLinear(product(A), b, { x0: at.x0, relative: 1e-14 }).value, at.b, { order: 2, adjointTolerance: 1e-12 });
  }));

  test('may have other order of dimensions and another dtype, but not other dimensions', () => {
    const b = tensor({ y: 2, x: 2 }, [1, 2, 3, 4]);
    const x0 = tensor({ x: 2, y: 2 }, [0.5, 1.5, 1, 2], { dtype: 'f64' });
    expect(solveLinear((u: Tensor<'x' | 'y'>) => u.mul(2), b, { x0 }).steps).toBe(0);
    const error = thrown(() => solveLinear((u: V) => u, tensor({ i: 2 }, [1, 2]), { x0: tensor({ i: 3 }, [1, 2, 3]) }));
    expect(error).toBeInstanceOf(DimensionError);
    expect(error.message).toMatchInlineSnapshot(`
      "solveLinear: x0 has other dimensions than b.
        input 1: (i=3)
        input 2: (i=2)
        Give x0 the dimensions of b; expand b where a batch is added."
    `);
  });

  test('that is not finite is reported', () => {
    expect(solveLinear(diagonal([1, 2]), tensor({ i: 2 }, [1, 2]), { x0: tensor({ i: 2 }, [NaN, 0]), onFailure: 'return' }).status).toBe('nonFinite');
  });
});

describe('systems of several tensors', () => {
  test('unknowns in a record, coupled (seed 106)', () => precision(64, () => {
    const at = { p: random({ i: 3 }, 106), q: random({ j: 2 }, 107) };
    const operator = ({ p, q }: typeof at): typeof at => ({ p: p.mul(4).add(sum(q, 'j')), q: q.mul(5).sub(sum(p, 'i')) });
    const { value } = solveLinear(operator, at, { relative: 1e-14 });
    const back = operator(value);
    back.p.data.forEach((v, i) => expect(v).toBeCloseTo(at.p.data[i]!, 12));
    back.q.data.forEach((v, i) => expect(v).toBeCloseTo(at.q.data[i]!, 12));
    checkGradients((b: typeof at) => solveLinear(operator, b, { relative: 1e-14 }).value, at, { adjointTolerance: 1e-12 });
  }));
});

describe('refusals', () => {
  const b = tensor({ i: 2 }, [1, 2]);
  test('an operator that changes dimensions', () => {
    const error = thrown(() => solveLinear((x: V): V => x.mul(tensor({ k: 2 }, [1, 2])) as V, b));
    expect(error).toBeInstanceOf(DimensionError);
    expect(error.message).toMatchInlineSnapshot(`
      "solveLinear: the result of the operator has other dimensions than b.
        input 1: (i=2, k=2)
        input 2: (i=2)
        Give the result of the operator the dimensions of b; expand b where a batch is added."
    `);
  });

  test('integers', () => {
    expect(thrown(() => solveLinear((x: V) => x, tensor({ i: 2 }, [1, 2], { dtype: 'i32' })))).toBeInstanceOf(DTypeError);
  });

  test('an operator of another precision', () => {
    const error = thrown(() => solveLinear((x: V): V => x.mul(tensor({ i: 2 }, [1, 2], { dtype: 'f64' })), b));
    expect(error).toBeInstanceOf(DTypeError);
    expect(error.message).toMatchInlineSnapshot(`
      "solveLinear: the result of the operator is f64 where b is f32. (f64 and f32)
        Convert b to f64, or what the function uses to f32: convert(x, 'f32')."
    `);
  });

  test('tensors with different batches, and no tensor at all', () => {
    expect(() => solveLinear((x: { p: Tensor; q: Tensor }) => x, { p: zeros({ batch: 2, i: 1 }) as Tensor, q: zeros({ i: 1 }) as Tensor })).toThrow(DimensionError);
    expect(() => solveLinear((x: object) => x, {})).toThrow(DimensionError);
  });
});
