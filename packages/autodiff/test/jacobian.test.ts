/** @file Jacobians, Hessians and products with them, against differences and by hand, in both modes and nested. */
import { describe, expect, test } from 'vitest';
import { AsyncFunctionError, gaussNewtonProduct, grad, hessian, hvp, jacobian, jvp, TreeError, vjp, vmap } from '../src/index.ts';
import { jacobianLeaves } from '../src/extend.ts';
import { observeEvaluation } from '../src/level.ts';
import { add, cos, exp, mul, NumberList, sin, square, stack, unstack, type Scalar } from '../src/scalar.ts';
import { differenceGradient, expectAllClose, expectClose, plain, randomNumbers } from './support.ts';

type Vector = readonly Scalar[];
const SEED = 17;
const point = randomNumbers(SEED, 3, -1, 1);
/** R³ → R² and R² → R³, so that each mode is the cheaper one once. */
const narrow = ([x, y, z]: Vector): Vector => [mul(sin(x!), mul(y!, z!)), add(exp(mul(x!, z!)), square(y!))];
const wide = ([x, y]: Vector): Vector => [mul(x!, y!), sin(x!), exp(mul(y!, x!))];
const modes = [undefined, 'forward', 'reverse'] as const;
const plainly = (f: (x: Vector) => Vector) => (x: readonly number[]): number[] => f(x).map(plain);

describe.each([['narrow', narrow, point], ['wide', wide, point.slice(0, 2)]] as const)(`jacobian of a %s function (seed ${SEED})`, (_name, f, x) => {
  test.each(modes)('agrees with differences (mode %s)', (mode) => {
    const rows = jacobian((v: Vector) => f(v), mode === undefined ? {} : { mode })(x) as readonly Vector[];
    expect(rows).toHaveLength(f(x).length);
    rows.forEach((row, k) => expectAllClose(row, differenceGradient((v) => plainly(f)(v)[k]!, x), 1e-9, `row ${k}`));
  });

  test('goes the way that needs fewer runs', () => {
    const { mode, size } = jacobianLeaves((v) => [...f(v as Vector)], x);
    expect({ mode, size }).toEqual(f === narrow ? { mode: 'reverse', size: 2 } : { mode: 'forward', size: 2 });
  });

  test('may itself be differentiated, in every order', () => {
    const trace = (v: Vector): Scalar => {
      const j = jacobian((u: Vector) => f(u))(v) as readonly Vector[];
      return add(mul(j[0]![0]!, j[1]![1]!), j[1]![0]!);
    };
    const expected = differenceGradient((v) => plain(trace(v)), x);
    expectAllClose(grad(trace)(x), expected, 1e-8);
    const direction = x.map((_, k) => (k === 0 ? 1 : 0));
    expectClose(jvp(trace, x as Vector, direction).tangent, expected[0]!, 1e-8);
  });
});

test('the Jacobian is a tree like the result of trees like the argument', () => {
  const f = ({ x, k }: { x: Scalar; k: Vector }) => ({ product: mul(x, k[0]!), pair: [k[1]!, 'text'] as const });
  expect(jacobian(f)({ x: 2, k: [3, 5] })).toEqual({ product: { x: 3, k: [2, 0] }, pair: [{ x: 0, k: [0, 1] }, 'text'] });
  expect(jacobian((x: Scalar) => sin(x))(0.3)).toBe(Math.cos(0.3));
});

test('results that do not depend on the argument have rows of zeros, in both modes', () => {
  for (const mode of ['forward', 'reverse'] as const) expect(jacobian((x: Vector): Vector => [5, mul(2, x[0]!)], { mode })([1, 2])).toEqual([[0, 0], [2, 0]]);
});

test('all directions travel together: the function runs as often for many as for one', () => {
  const runs = (n: number): number => {
    let count = 0;
    const f = (x: Vector): Vector => (count++, x.map((value) => sin(value)));
    jacobian(f, { mode: 'forward' })(randomNumbers(SEED, n, 0, 1));
    return count;
  };
  expect(runs(1)).toBe(runs(20));
});

test('Jacobians of members, and with members inside', () => {
  const f = (x: Scalar): Scalar => (jacobian(wide)([x, mul(2, x)])[2] as Vector)[0]!;
  expect(unstack(vmap(f)(new NumberList([0.1, 0.2])))).toEqual([f(0.1), f(0.2)]);
  const inside = ([x]: Vector): Vector => unstack(vmap((k: Scalar) => sin(mul(k, x!)))(new NumberList([1, 2])));
  expect(jacobian(inside)([0.3])).toEqual([[Math.cos(0.3)], [2 * Math.cos(0.6)]]);
  // The very same value in two derivatives: d/dx [x · ∂(x + y)/∂y] at y = x.
  expect(grad((x: Scalar) => mul(x, jacobian((y: Scalar) => add(x, y))(x)))(3)).toBe(1);
});

describe('second derivatives', () => {
  const f = ([x, y, z]: Vector): Scalar => add(mul(sin(mul(x!, y!)), z!), mul(exp(x!), square(z!)));
  const rows = hessian(f)(point) as readonly Vector[];

  test('the Hessian is the Jacobian of the gradient, and symmetric', () => {
    rows.forEach((row, k) => expectAllClose(row, differenceGradient((v) => plain(grad(f)(v)[k]), point), 1e-8));
    rows.forEach((row, j) => row.forEach((entry, k) => expectClose(entry, plain(rows[k]![j]), 1e-15)));
  });

  test('hvp multiplies with it', () => {
    const v = randomNumbers(SEED + 1, 3, -1, 1);
    expectAllClose(hvp(f, point, v), rows.map((row) => row.reduce<number>((sum, entry, k) => sum + plain(entry) * v[k]!, 0)), 1e-15);
  });

  test('hvp costs a few gradients, however many unknowns', () => {
    const operations = (run: () => unknown): number => {
      let count = 0;
      observeEvaluation(() => count++, run);
      return count;
    };
    const long = (x: Vector): Scalar => x.reduce((sum, value) => add(sum, mul(sin(value), cos(value))));
    const x = randomNumbers(SEED, 50, -1, 1);
    expect(operations(() => hvp(long, x, x))).toBeLessThan(6 * operations(() => grad(long)(x)));
  });

  test('of trees, through grad and hvp and hessian alike', () => {
    const g = ({ a, b }: { a: Scalar; b: Vector }): Scalar => mul(square(a), mul(b[0]!, b[1]!));
    const at = { a: 2, b: [3, 5] } as const;
    expect(hessian(g)(at)).toEqual({ a: { a: 30, b: [20, 12] }, b: [{ a: 20, b: [0, 4] }, { a: 12, b: [4, 0] }] });
    expect(hvp(g, at, { a: 1, b: [0, 0] })).toEqual({ a: 30, b: [20, 12] });
  });

  test('third derivatives, by the derivative of a Hessian', () => {
    expect(grad((x: Scalar) => (hessian(([u]: Vector) => mul(u!, square(square(u!))))([x])[0] as Vector)[0]!)(1)).toBe(60);
  });
});

test('gaussNewtonProduct is Jᵀ (J v)', () => {
  const v = randomNumbers(SEED + 2, 3, -1, 1);
  const j = jacobian(narrow)(point) as readonly (readonly number[])[];
  const jv = j.map((row) => row.reduce((sum, entry, k) => sum + entry * v[k]!, 0));
  expectAllClose(gaussNewtonProduct(narrow, point, v), point.map((_, k) => j.reduce((sum, row, i) => sum + row[k]! * jv[i]!, 0)), 1e-15);
  // It is symmetric and not negative.
  const w = randomNumbers(SEED + 3, 3, -1, 1);
  const dot = (a: Vector, b: Vector): number => a.reduce<number>((sum, value, k) => sum + plain(value) * plain(b[k]), 0);
  expectClose(dot(w, gaussNewtonProduct(narrow, point, v)), dot(v, gaussNewtonProduct(narrow, point, w)), 1e-15);
  expect(dot(v, gaussNewtonProduct(narrow, point, v))).toBeGreaterThan(0);
  expectClose(dot(vjp(narrow, point as Vector).pullback(jv), v), dot(jv, jv), 1e-15);
});

describe('refusals', () => {
  test('leaves that are not single numbers', () => {
    expect(() => jacobian((x: unknown) => x)({ x: new NumberList([1, 2]) })).toThrow(TreeError);
    expect(() => jacobian((x: unknown) => x)({ x: new NumberList([1, 2]) })).toThrow('jacobian: at x: a list of 2 numbers among the arguments');
    expect(() => jacobian((x: Scalar) => ({ y: stack([x, x]) as unknown as Scalar }))(1)).toThrow('at y: a list of 2 numbers among the results');
  });

  test('promises', () => {
    const later = (async (x: Scalar) => x) as unknown as (x: Scalar) => Scalar;
    expect(() => jacobian(later)(1)).toThrow(AsyncFunctionError);
    expect(() => hessian(later)(1)).toThrow(AsyncFunctionError);
    expect(() => hvp(later, 1, 1)).toThrow(AsyncFunctionError);
  });
});
