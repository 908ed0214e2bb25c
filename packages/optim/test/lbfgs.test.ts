/** @file L-BFGS: Rosenbrock within known counts, Wolfe conditions at every step, invariances, and honest failure. */
import { describe, expect, test } from 'vitest';
import { valueAndGrad } from '@tapeflow/autodiff';
import { exp, mul, precision, scalar, square, sub, sum, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { lbfgs, minimize, minimizeSteps, OptionError, type Method, type Objective, type Point, type Problem } from '../src/index.ts';
import { quadratic, rosenbrock, vector } from './functions.ts';

const distance = (x: Tensor<'i'>, to: number): number => Math.max(...Array.from(x.data, (value) => Math.abs(value - to)));

describe('Rosenbrock', () => {
  // SciPy 1.17 takes 46 and 96 evaluations to the same gradient tolerance.
  test.each([
    { dimensions: 2, start: [-1.2, 1], evaluations: 60 },
    { dimensions: 10, start: Array.from({ length: 10 }, (_, k) => (k % 2 === 0 ? -1.2 : 1)), evaluations: 150 },
  ])('in $dimensions dimensions to 1e-8 within $evaluations evaluations', ({ start, evaluations }) => {
    let calls = 0;
    const f: Objective<Tensor<'i'>> = (x) => {
      calls++;
      return valueAndGrad(rosenbrock)(x);
    };
    const result = minimize(f, vector(start), { method: lbfgs(), tolerances: { gradient: 1e-8 } });
    expect(result.reason).toBe('gradient');
    expect(distance(result.x, 1)).toBeLessThan(1e-8);
    expect(result.evaluations).toBe(calls);
    expect(result.evaluations).toBeLessThanOrEqual(evaluations);
  });

  test('to the last digit without tolerances, and says that rounding is the limit', () => {
    const result = minimize(valueAndGrad(rosenbrock), vector(new Array<number>(10).fill(0)), { method: lbfgs() });
    expect(distance(result.x, 1)).toBeLessThan(1e-13);
    if (result.reason === 'lineSearch') expect(result.describe()).toContain('rounding');
    else expect(['gradient', 'value']).toContain(result.reason);
  });

  test('in single precision to single precision', () => {
    const result = minimize(valueAndGrad(rosenbrock), vector([-1.2, 1], 'f32'), { method: lbfgs(), tolerances: { gradient: 1e-4 } });
    expect(result.x.dtype).toBe('f32');
    expect(distance(result.x, 1)).toBeLessThan(1e-4);
    for (const { dx, dGradient } of result.state.memory.pairs ?? []) expect([dx.dtype, dGradient.dtype]).toEqual(['f32', 'f32']);
  });
});

test('the strong Wolfe conditions hold at every accepted step', () => {
  const [c1, c2] = [1e-4, 0.9];
  // The gradient of Rosenbrock's function by hand, on plain numbers.
  const plain = ([x, y]: readonly [number, number]) => ({
    value: 100 * (y - x * x) ** 2 + (1 - x) ** 2,
    gradient: [-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)] as const,
  });
  let before: readonly [number, number] = [-1.2, 1];
  let steps = 0;
  for (const { x } of minimizeSteps(valueAndGrad(rosenbrock), vector(before), { method: lbfgs({ sufficientDecrease: c1, curvature: c2 }), tolerances: { gradient: 1e-6 } })) {
    const [x0, x1] = x.data as Float64Array;
    const now = [x0!, x1!] as const;
    // t d = Δx, so that the conditions can be stated without knowing t and d apart.
    const [dx, dy] = [now[0] - before[0], now[1] - before[1]];
    const along = ({ gradient: [gx, gy] }: ReturnType<typeof plain>): number => gx * dx + gy * dy;
    const [start, end] = [plain(before), plain(now)];
    expect(along(start)).toBeLessThan(0);
    expect(end.value).toBeLessThanOrEqual(start.value + c1 * along(start));
    expect(Math.abs(along(end))).toBeLessThanOrEqual(c2 * Math.abs(along(start)) * (1 + 1e-9));
    before = now;
    steps++;
  }
  expect(steps).toBeGreaterThan(20);
});

test('a quadratic of n eigenvalues is solved in about n steps with n pairs and exact line searches', () => {
  // With exact searches and full memory BFGS steps are those of conjugate gradients, which end after n.
  const n = 6;
  const f = quadratic(vector([1, 3, 10, 40, 100, 250]));
  const result = minimize(valueAndGrad(f), vector(new Array<number>(n).fill(1)), { method: lbfgs({ memory: n, curvature: 1e-3 }), tolerances: { gradient: 1e-9 } });
  expect(result.reason).toBe('gradient');
  expect(result.steps).toBeLessThanOrEqual(n + 2);
});

test('scaling the function by a power of two changes no step', () => {
  // s·y and y·y scale alike; the first step is 2 f/‖g‖² and therefore goes equally far as well.
  const run = (factor: number) =>
    minimize(valueAndGrad((x: Tensor<'i'>): Scalar => mul(factor, rosenbrock(x))), vector([-1.2, 1]), { method: lbfgs(), maxSteps: 20 });
  for (const factor of [2 ** 10, 2 ** -60]) expect(Array.from(run(factor).x.data)).toEqual(Array.from(run(1).x.data));
});

test.each([1e-3, 1, 1e6])('a parabola with its minimum at 0 is solved by the first trial, in units of x of %f', (unit) => {
  const { x, steps, evaluations } = minimize(valueAndGrad(quadratic(vector([3e4 / unit ** 2]))), vector([0.5 * Math.min(unit, 1)]), { method: lbfgs(), tolerances: { step: 1e-6 }, maxSteps: 1 });
  expect([steps, evaluations]).toEqual([1, 2]);
  expect(Math.abs(x.item())).toBeLessThan(1e-12 * unit);
});

test.each([2 ** 200, 2 ** -200])('curvature of size %f is remembered: what counts is the angle between step and change of gradient', (factor) => {
  const f = quadratic(vector([factor, 3 * factor, 10 * factor]));
  const result = minimize(valueAndGrad(f), vector([1, 1, 1]), { method: lbfgs(), maxSteps: 4 });
  expect(result.state.memory.pairs).toHaveLength(4);
});

test('a pair without positive curvature is not remembered', () => {
  // Rounding has left x where it was, while the gradient turned.
  const start: Point<number> = { x: 2 ** 60, value: 1, gradient: 1, gradientNorm: 1, roundoff: 2 ** -53 };
  const problem = { evaluations: 1, evaluate: (): Point<number> => ({ ...start, value: 0.5, gradient: -0.1, gradientNorm: 0.1 }) };
  const next = lbfgs().step(problem as Problem<number>, start, { step: 0, moments: {}, pairs: [] });
  expect(next).toMatchObject({ point: { x: 2 ** 60, value: 0.5 }, state: { step: 1, pairs: [] } });
});

test('trees: a record of tensors, scalars and numbers gives the steps of one long vector', () => {
  interface Parts { readonly a: Tensor<'i'>; readonly rest: readonly [Scalar, number] }
  // By hand: (a₀ − 1)² + 10 (a₁ + 2)² + 3 (s − 4)² + 0.5 (n − a₀)²
  const f: Objective<Parts> = ({ a, rest: [s, n] }) => {
    const [[a0, a1], s0] = [a.data as unknown as [number, number], s.item()];
    return {
      value: (a0 - 1) ** 2 + 10 * (a1 + 2) ** 2 + 3 * (s0 - 4) ** 2 + 0.5 * (n - a0) ** 2,
      gradient: { a: vector([2 * (a0 - 1) - (n - a0), 20 * (a1 + 2)]), rest: [scalar(6 * (s0 - 4), { dtype: 'f64' }), n - a0] },
    };
  };
  const flat: Objective<Tensor<'i'>> = (x) => {
    const [a0, a1, s0, n] = x.data as unknown as [number, number, number, number];
    const { value, gradient } = f({ a: vector([a0, a1]), rest: [scalar(s0, { dtype: 'f64' }), n] });
    return { value, gradient: vector([...gradient.a.data, gradient.rest[0].item(), gradient.rest[1]]) };
  };
  const tree = minimize(f, { a: vector([0, 0]), rest: [scalar(0, { dtype: 'f64' }), 5] }, { method: lbfgs(), tolerances: { gradient: 1e-10 } });
  const long = minimize(flat, vector([0, 0, 0, 5]), { method: lbfgs(), tolerances: { gradient: 1e-10 } });
  expect([...tree.x.a.data, tree.x.rest[0].item(), tree.x.rest[1]].map((value) => Math.round(value * 1e8) / 1e8)).toEqual([1, -2, 4, 1]);
  expect(tree.steps).toBe(long.steps);
  expect(tree.value).toBeCloseTo(long.value, 18);
});

test('a batch of independent problems is one problem: its sum falls to the sum of the minima', () => {
  const centres = precision(64, () => tensor({ batch: 3, i: 2 }, [1, 2, 3, 4, 5, 6]));
  const f = (x: Tensor<'batch' | 'i'>): Scalar => sum(square(sub(x, centres)), ['batch', 'i']) as Scalar;
  const { x, gradientNorm } = minimize(valueAndGrad(f), centres.mul(0), { method: lbfgs(), tolerances: { gradient: 1e-10 } });
  expect(Array.from(x.data, (value) => Math.round(value * 1e9) / 1e9)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(gradientNorm).toBeLessThanOrEqual(1e-10);
});

test('trials outside the domain are survived', () => {
  // −log x + x, minimum at 1; the first step from 1e-3 is far too long in one direction or the other.
  const f: Objective<number> = (x) => ({ value: x > 0 ? x - Math.log(x) : NaN, gradient: x > 0 ? 1 - 1 / x : NaN });
  for (const start of [1e-3, 0.5, 30]) expect(minimize(f, start, { method: lbfgs(), tolerances: { gradient: 1e-9 } }).x).toBeCloseTo(1, 8);
});

describe('failure is told', () => {
  test('of a wrong gradient', () => {
    const f: Objective<number> = (x) => ({ value: x * x, gradient: -2 * x });
    const result = minimize(f, 1, { method: lbfgs() });
    expect(result).toMatchObject({ reason: 'lineSearch', x: 1, value: 1, steps: 0, converged: false });
    expect(result.describe()).toContain('the gradient may be wrong');
  });

  test('of a function without minimum', () => {
    const result = minimize(valueAndGrad((x: Tensor<'i'>): Scalar => sum(x, 'i') as Scalar), vector([0, 0]), { method: lbfgs() });
    expect(result.reason).toBe('lineSearch');
    expect(result.describe()).toContain('may have no minimum');
  });

  test('of rounding, at little cost', () => {
    // In single precision 1 + x² cannot be seen to fall below x of 1e-4.
    const f = (x: Tensor<'i'>): Scalar => sum(square(x), 'i').add(1) as Scalar;
    const result = minimize(valueAndGrad(f), vector([1e-6, 2e-6], 'f32'), { method: lbfgs() });
    expect(['lineSearch', 'value']).toContain(result.reason);
    expect(result.evaluations).toBeLessThan(30);
  });

  test('of a function that is finite at the start only', () => {
    const result = minimize((x: number) => ({ value: x === 1 ? 1 : NaN, gradient: 2 }), 1, { method: lbfgs() });
    expect(result).toMatchObject({ reason: 'nonFinite', x: 1, value: 1, nonFinite: { what: 'value' } });
  });
});

test('a failed quasi-Newton direction is followed by one try of steepest descent with an empty memory', () => {
  const method: Method = lbfgs();
  const start: Point<number> = { x: 1, value: 1, gradient: 2, gradientNorm: 2, roundoff: 2 ** -53 };
  // A pair that says the curvature is 1e-30: its step of 1e30 is hopeless, and all trials on the way back use up the evaluations.
  const pairs = [{ dx: 1, dGradient: 1e-30 }];
  let evaluations = 0;
  const problem = {
    get evaluations() {
      return evaluations;
    },
    evaluate(x: number): Point<number> {
      evaluations++;
      return { x, value: x * x, gradient: 2 * x, gradientNorm: Math.abs(2 * x), roundoff: 2 ** -53 };
    },
  };
  const next = method.step(problem, start, { step: 5, moments: {}, pairs });
  expect('point' in next && next.point.value).toBeLessThan(1);
  expect('point' in next && next.state.pairs?.length).toBe(1);
  expect('point' in next && next.state.pairs?.[0]?.dGradient).not.toBe(1e-30);
});

test('the memory is no longer than asked for', () => {
  const result = minimize(valueAndGrad(rosenbrock), vector([-1.2, 1]), { method: lbfgs({ memory: 3 }), maxSteps: 12 });
  expect(result.state.memory.pairs).toHaveLength(3);
});

test('steep and flat: exponentials, where a fixed rate would fail', () => {
  const f = (x: Tensor<'i'>): Scalar => sum(exp(x).sub(mul(vector([1e-3, 1, 1e3]), x)), 'i') as Scalar;
  const { x, reason } = minimize(valueAndGrad(f), vector([0, 0, 0]), { method: lbfgs(), tolerances: { gradient: 1e-9 } });
  // The value is near −5900, so what the flat direction still gains would be lost in a tolerance of 1e-12 of it.
  expect(reason).toBe('gradient');
  const expected = [1e-3, 1, 1e3].map(Math.log);
  expect(Array.from(x.data)).toEqual(expected.map((value) => expect.closeTo(value, 5) as number));
});

describe('bad options', () => {
  test.each<[object, string]>([
    [{ memory: 0 }, 'memory'],
    [{ memory: 2.5 }, 'memory'],
    [{ sufficientDecrease: 0 }, 'sufficientDecrease'],
    [{ sufficientDecrease: NaN }, 'sufficientDecrease'],
    [{ curvature: 1 }, 'curvature'],
    [{ sufficientDecrease: 0.2, curvature: 0.1 }, 'curvature'],
    [{ maxEvaluations: 0 }, 'maxEvaluations'],
    [{ history: 10 }, 'history'],
  ])('%j', (options, option) => {
    expect(() => lbfgs(options)).toThrow(OptionError);
    expect(() => lbfgs(options)).toThrow(expect.objectContaining({ option, operation: 'lbfgs' }));
  });
});
