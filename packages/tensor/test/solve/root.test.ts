/** @file root: roots against closed forms and loops, derivatives by their laws, systems that end by themselves, failures that say why. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad, vmap as vmapLeaves } from '@tapeflow/autodiff';
import { NDArray } from '../../src/array/ndarray.ts';
import {
  atan, batch, cos, dot, exp, jit, log, mul, precision, roll, root, RootNotFound, scalar, SingularJacobian, sub, sum, Tensor, tensor, type RootOptions, type Scalar,
} from '@tapeflow/tensor';
import { element, expectElements, random, thrown } from '../named/support.ts';

const at64 = (name: string, body: () => void): void => test(name, () => precision(64, body));

/** A x + 0.1 x³ − b for a matrix whose symmetric part is positive: one root. */
const cubic = (a: Tensor<'i' | 'j'>, b: Tensor<'i'>) => (x: Tensor<'i'>): Tensor<'i'> => dot(a, x, { j: 'i' }).add(mul(x.pow(3), 0.1)).sub(b);
const matrix = (n: number, seed: number): Tensor<'i' | 'j'> => random({ i: n, j: n }, seed).mul(0.2).add(tensor({ i: n, j: n }, Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 2 : 0))));

describe('values', () => {
  at64('of one unknown are those of closed forms', () => {
    expect(root((x: Scalar) => x.mul(x).sub(2), scalar(1), { relative: 1e-15 }).value.item()).toBeCloseTo(Math.SQRT2, 14);
    expect(root((x: Scalar) => exp(x).sub(5), scalar(0)).value.item()).toBeCloseTo(Math.log(5), 10);
  });

  at64('of trees, whose numbers become scalars', () => {
    // x y = 6 and x − y₀ = 1, y₁ = x².
    const f = ({ x, y }: { x: Scalar; y: Tensor<'c'> }): { x: Scalar; y: Tensor<'c'> } => ({
      x: x.mul(y.at({ c: 0 })).sub(6),
      y: sub(tensor({ c: 2 }, [1, 0]).mul(x.sub(1)).add(tensor({ c: 2 }, [0, 1]).mul(x.mul(x))), y),
    });
    const { value } = root(f, { x: 1 as unknown as Scalar, y: tensor({ c: 2 }, [1, 1]) });
    expect(value.x.item()).toBeCloseTo(3, 9);
    expect([...value.y.data]).toEqual([expect.closeTo(2, 9), expect.closeTo(9, 9)]);
  });

  at64('satisfy the equations, evaluated in loops (seed 301)', () => {
    const [a, b] = [matrix(6, 301), random({ i: 6 }, 302)];
    for (const method of ['newton', 'newtonKrylov'] as const) {
      const { value } = root(cubic(a, b), tensor({ i: 6 }, 0), { method });
      for (let i = 0; i < 6; i++) {
        let left = 0.1 * element(value, { i }) ** 3 - element(b, { i });
        for (let j = 0; j < 6; j++) left += element(a, { i, j }) * element(value, { i: j });
        expect(left, `${method}, row ${i}`).toBeCloseTo(0, 9);
      }
    }
  });

  at64('of a boundary value problem with more unknowns than are eliminated', () => {
    // −u″ + u³ = f between u = 0 and u = 0, with f made from a u that is known.
    const n = 100;
    const h = 1 / (n + 1);
    const known = Array.from({ length: n }, (_, k) => 3 * Math.sin(3 * (k + 1) * h));
    const at = (k: number): number => known[k] ?? 0;
    const f = tensor({ x: n }, known.map((u, k) => (2 * u - at(k - 1) - at(k + 1)) / h ** 2 + u ** 3));
    const inside = (from: number, to: number): Tensor<'x'> => tensor({ x: n }, known.map((_, k) => Number(k >= from && k < to)));
    const residual = (u: Tensor<'x'>): Tensor<'x'> => u.mul(2).sub(roll(u, 'x', 1).mul(inside(1, n))).sub(roll(u, 'x', -1).mul(inside(0, n - 1))).div(h ** 2).add(u.pow(3)).sub(f);
    const found = root(residual, tensor({ x: n }, 0), { relative: 1e-9 });
    expect([found.method, found.converged, found.steps < 20]).toEqual(['newtonKrylov', true, true]);
    expectElements(found.value, { x: n }, ({ x }) => known[x!]!, 6);
  });

  at64('are found where the whole step of Newton leads away', () => {
    // From 10, undamped steps for atan grow without limit.
    const found = root((x: Scalar) => atan(x), scalar(10), { relative: 1e-12 });
    expect(found.value.item()).toBeCloseTo(0, 11);
    expect(root((x: Scalar) => atan(x), scalar(10), { relative: 1e-12, method: 'newtonKrylov' }).value.item()).toBeCloseTo(0, 11);
  });

  at64('do not leave where the function is finite', () => {
    // The first whole step from 3 leads to a negative x, whose logarithm is NaN.
    expect(root((x: Scalar) => log(x), scalar(3)).value.item()).toBeCloseTo(1, 9);
  });

  test('in f32 end at the limit of the precision where no tolerance is given', () => {
    const found = root((x: Scalar) => x.mul(x).sub(2), scalar(1), { relative: 0 });
    expect(found.value.dtype).toBe('f32');
    expect(Math.abs(found.value.item() - Math.SQRT2)).toBeLessThan(2e-7);
    expect([found.converged, ['precision', 'converged'].includes(found.status)]).toEqual([true, true]);
  });

  at64('rank by pivots: rows that must change places', () => {
    // The Jacobian is a permutation with zeros on its diagonal.
    const f = (x: Tensor<'i'>): Tensor<'i'> => roll(x, 'i', 1).sub(tensor({ i: 3 }, [1, 2, 3]));
    expect([...root(f, tensor({ i: 3 }, 0)).value.data]).toEqual([2, 3, 1]);
  });
});

describe('a batch', () => {
  const values = [2, 3, 1e8];
  const squares = (c: Tensor<'b'>) => (x: Tensor<'b'>): Tensor<'b'> => x.mul(x).sub(c);

  at64('is several systems, each of which ends when it would end alone', () => {
    for (const method of ['newton', 'newtonKrylov'] as const) {
      const together = root(squares(tensor({ b: batch(3) }, values)), tensor({ b: batch(3) }, 1), { method });
      values.forEach((c, k) => {
        const alone = root((x: Scalar) => x.mul(x).sub(c), scalar(1), { method });
        expect(element(together.value, { b: k })).toBe(alone.value.item());
        expect(together.perSystem[k]).toEqual(alone.perSystem[0]);
      });
      expect(together.steps).toBe(Math.max(...together.perSystem.map(({ steps }) => steps)));
    }
  });

  at64('fails by its worst entry, and returns the others when asked', () => {
    const error = thrown(() => root(squares(tensor({ b: batch(3) }, [2, -1, 3])), tensor({ b: batch(3) }, 0.7)));
    expect(error).toMatchObject({ name: 'RootNotFound', operation: 'root', batchEntry: 1, method: 'newton' });
    const tried = root(squares(tensor({ b: batch(3) }, [2, -1, 3])), tensor({ b: batch(3) }, 0.7), { onFailure: 'return' });
    expect(tried.perSystem.map(({ status }) => status === 'converged')).toEqual([true, false, true]);
    expect(element(tried.value, { b: 2 })).toBeCloseTo(Math.sqrt(3), 9);
    expect(tried.reason).toContain('batch entry 1 of 3');
  });
});

describe('derivatives', () => {
  const parameters = (): { a: Tensor<'i' | 'j'>; b: Tensor<'i'> } => ({ a: matrix(2, 305), b: random({ i: 2 }, 306) });
  const solved = (options: RootOptions) => ({ a, b }: ReturnType<typeof parameters>): Tensor<'i'> => root(cubic(a, b), tensor({ i: 2 }, 0), { relative: 1e-14, ...options }).value;

  for (const method of ['newton', 'newtonKrylov'] as const) {
    // The rule of the derivative does not know how the root was found, so its own derivative is checked once.
    const order = method === 'newton' ? 2 : 1;
    at64(`reach what the function closes over, by ${method}, to order ${order} (seeds 305, 306)`, () => {
      checkGradients(solved({ method }), parameters(), { order });
    });
  }

  at64('are those of closed forms', () => {
    const f = (c: Scalar): Scalar => root((x: Scalar) => exp(x).sub(c), scalar(0), { relative: 1e-15 }).value;
    expect(grad(f)(scalar(3)).item()).toBeCloseTo(1 / 3, 13);
    expect(grad(grad(f))(scalar(3)).item()).toBeCloseTo(-1 / 9, 13);
    expect(grad(grad(grad(f)))(scalar(3)).item()).toBeCloseTo(2 / 27, 12);
  });

  at64('of a batch reach each entry by itself', () => {
    const f = (c: Tensor<'b'>): Scalar => sum(root((x: Tensor<'b'>) => x.mul(x).sub(c), tensor({ b: batch(3) }, 1), { relative: 1e-15 }).value, 'b');
    const c = [2, 3, 50];
    expect([...grad(f)(tensor({ b: batch(3) }, c)).data]).toEqual(c.map((each) => expect.closeTo(0.5 / Math.sqrt(each), 13)));
  });

  at64('of more unknowns than are eliminated (seed 307)', () => {
    const f = (c: Tensor<'x'>): Tensor<'x'> => root((x: Tensor<'x'>) => x.mul(2).add(x.pow(3)).sub(roll(x, 'x', 1).mul(0.3)).sub(c), tensor({ x: 70 }, 0), { relative: 1e-13 }).value;
    checkGradients(f, random({ x: 70 }, 307), { order: 1, adjointTolerance: 1e-8 });
  });

  at64('do not exist at a double root', () => {
    const f = (c: Scalar): Scalar => root((x: Scalar) => x.sub(c).pow(2), scalar(1)).value;
    expect(f(scalar(1)).item()).toBe(1);
    expect(() => grad(f)(scalar(1))).toThrow(SingularJacobian);
  });
});

describe('inside other transformations', () => {
  const f = (c: Scalar): Scalar => root((x: Scalar) => x.add(cos(x).mul(0.5)).sub(c), scalar(0)).value;

  at64('programs give what eager code gives, and their derivatives', () => {
    for (const c of [0.2, 1.5, -3]) {
      expect(jit(f)(scalar(c)).item()).toBe(f(scalar(c)).item());
      expect(jit(grad(f))(scalar(c)).item()).toBeCloseTo(grad(f)(scalar(c)).item(), 14);
      expect(grad(jit(grad(f)))(scalar(c)).item()).toBeCloseTo(grad(grad(f))(scalar(c)).item(), 13);
    }
  });

  at64('programs fail as eager code does', () => {
    const failing = jit((c: Scalar): Scalar => root((x: Scalar) => x.mul(x).add(c), scalar(1)).value);
    expect(failing(scalar(-4)).item()).toBeCloseTo(2, 9);
    expect(() => failing(scalar(4))).toThrow(RootNotFound);
  });

  at64('members of a vmap are systems that end by themselves', () => {
    const cs = [0.2, 1.5, -3];
    const stacked = new Tensor(NDArray.of(Float64Array.from(cs), [3], 'f64'), []) as Tensor<never>;
    const seen = vmapLeaves(f)(stacked) as Tensor<never>;
    expect([...(seen.value as NDArray).contiguous()]).toEqual(cs.map((c) => f(scalar(c)).item()));
    const slopes = vmapLeaves(grad(f))(stacked) as Tensor<never>;
    expect([...(slopes.value as NDArray).contiguous()]).toEqual(cs.map((c) => expect.closeTo(grad(f)(scalar(c)).item(), 14)));
  });
});

describe('failures', () => {
  at64('say where the search ended and what to do', () => {
    const error = thrown(() => root((x: Scalar) => x.mul(x).add(x).add(1), scalar(2)));
    expect(error).toMatchObject({ name: 'RootNotFound', operation: 'root', status: 'stalled', batchEntry: -1 });
    // The least |x² + x + 1| is at −½.
    expect((error['value'] as Scalar).item()).toBeCloseTo(-0.5, 3);
    expect(error['residual']).toBeCloseTo(0.75, 5);
    expect(error.message).toContain('another guess');
    expect(thrown(() => root((x: Scalar) => x.mul(x).sub(1), scalar(0)))).toMatchObject({ status: 'singular', steps: 0 });
    expect(thrown(() => root((x: Scalar) => log(x), scalar(-1)))).toMatchObject({ status: 'nonFinite', steps: 0 });
    expect(thrown(() => root((x: Scalar) => exp(x).sub(1e6), scalar(0), { maxSteps: 3 }))).toMatchObject({ status: 'maxSteps', steps: 3 });
  });

  at64('may be returned', () => {
    const tried = root((x: Scalar) => exp(x).sub(1e6), scalar(0), { maxSteps: 0, onFailure: 'return' });
    expect([tried.value.item(), tried.status, tried.converged, tried.steps, tried.residual]).toEqual([0, 'maxSteps', false, 0, 1e6 - 1]);
    expect(`${String(tried)}`).toMatch(/newton did not reach its tolerance: residual 1\.00e\+6 after 0 steps.*Raise maxSteps/);
    expect(String(root((x: Scalar) => x, scalar(0)))).toBe('newton reached its tolerance: residual 0.00e+0 after 0 steps, wanted 0.00e+0');
  });

  at64('wrong arguments are refused', () => {
    const x = tensor({ i: 3 }, 1);
    const f = (t: Tensor<'i'>): Tensor<'i'> => t;
    expect(thrown(() => root(f, x, { method: 'neuton' as 'newton' }))).toMatchObject({ name: 'ArgumentError', argument: 'method', advice: "Did you mean 'newton'?" });
    expect(thrown(() => root(f, x, { onFailure: 'ignore' as 'return' }))).toMatchObject({ name: 'ArgumentError', argument: 'onFailure' });
    for (const relative of [-1, NaN, Infinity]) expect(thrown(() => root(f, x, { relative }))).toMatchObject({ name: 'ArgumentError', argument: 'relative', seen: relative });
    expect(thrown(() => root(f, x, { absolute: -1 }))).toMatchObject({ name: 'ArgumentError', argument: 'absolute' });
    expect(thrown(() => root(f, x, { maxSteps: 1.5 }))).toMatchObject({ name: 'ArgumentError', argument: 'maxSteps', seen: 1.5 });
    expect(thrown(() => root((t: Tensor<'i'>) => sum(t, 'i') as Tensor<never> as Tensor<'i'>, x))).toMatchObject({ name: 'DimensionError', operation: 'root', dimension: 'i' });
    expect(thrown(() => root((t: Tensor<'i'>) => t.add(tensor({ b: batch(2) }, 1)) as Tensor<'i'>, x))).toMatchObject({ name: 'DimensionError', operation: 'root' });
    expect(thrown(() => root((t: unknown) => t, {}))).toMatchObject({ name: 'DimensionError', operation: 'root' });
    expect(thrown(() => root(f, tensor({ i: 2 }, 1, { dtype: 'i32' })))).toMatchObject({ name: 'DTypeError', operation: 'root', dtypes: ['i32'] });
  });

  at64('a report inside a program is refused', () => {
    expect(thrown(() => jit((c: Scalar): Scalar => scalar(root((x: Scalar) => x.sub(c), scalar(0)).steps))(scalar(1)))).toMatchObject({ name: 'TracedValueError' });
  });
});
