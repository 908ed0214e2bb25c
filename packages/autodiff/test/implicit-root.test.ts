/** @file implicitRoot and implicitFixedPoint: derivatives by the implicit function theorem, never through the steps. */
import { describe, expect, test } from 'vitest';
import { AsyncFunctionError, checkGradients, grad, implicitFixedPoint, implicitRoot, jvp, TreeError, vmap, type ImplicitRootOptions, type RootSolver } from '../src/index.ts';
import { implicitSystems, type Value } from '../src/extend.ts';
import { add, cos, div, exp, log, mul, NumberList, pow, sin, square, stack, sub, unstack, type Scalar } from '../src/scalar.ts';
import { denseSolver, derivativeModes, eliminate, expectAllClose, expectClose, plain, type ScalarFunction } from './support.ts';

type Vector = readonly Scalar[];

/** Newton's method with differences instead of derivatives, on plain numbers. */
const newton: RootSolver = (residual, guess) => {
  let xs = guess.map(plain);
  for (let step = 0; step < 60; step++) {
    const r = residual(xs).map(plain);
    const columns = xs.map((x, j) => residual(xs.map((other, k) => (k === j ? x + 1e-7 : other))).map((value, i) => (plain(value) - r[i]!) / 1e-7));
    const d = eliminate(xs.map((_, i) => columns.map((column) => column[i]!)), r);
    xs = xs.map((x, k) => x - d[k]!);
  }
  return xs;
};

/** Repeats the map until it stands still. */
const iterate: RootSolver = (map, guess) => {
  let xs = guess;
  for (let step = 0; step < 200; step++) xs = map(xs);
  return xs;
};

const options: ImplicitRootOptions = { solver: newton, linearSolver: denseSolver };
const iterated: ImplicitRootOptions = { solver: iterate, linearSolver: denseSolver };

// x³ + 2 x = t + t² x: a function of t without a simple form.
const cubicRoot: ScalarFunction = (t) => implicitRoot((x: Scalar) => sub(add(mul(x, square(x)), mul(2, x)), add(t, mul(square(t), x))), 1 as Scalar, options);
// √t by Heron's map, whose derivatives are known.
const heron: ScalarFunction = (t) => implicitFixedPoint((x: Scalar) => mul(0.5, add(x, div(t, x))), 1 as Scalar, iterated);
// eˣ = t, whose root is log t.
const logRoot: ScalarFunction = (t) => implicitRoot((x: Scalar) => sub(exp(x), t), 0 as Scalar, options);

describe('values', () => {
  test('the residual vanishes, the map stands still', () => {
    const x = plain(cubicRoot(0.7));
    expectClose(x ** 3 + 2 * x - 0.7 - 0.49 * x, 0, 1e-14);
    expectClose(heron(2), Math.SQRT2, 1e-15);
    expectClose(logRoot(3), Math.log(3), 1e-15);
  });

  test('of trees', () => {
    const solution = implicitRoot(({ x, y }: { x: Scalar; y: Vector }) => ({ x: sub(mul(x, y[0]!), 6), y: [sub(x, y[0]!)] }), { x: 1, y: [2] } as { x: Scalar; y: Vector }, options);
    expectAllClose([solution.x, solution.y[0]], [Math.sqrt(6), Math.sqrt(6)], 1e-14);
  });

  test('a fixed point solver gets the map itself, not what is left after two subtractions', () => {
    const seen: unknown[] = [];
    const solver: RootSolver = (map, guess) => {
      seen.push(map(guess)[0]);
      return map(guess);
    };
    // From so far away, x − (x − map(x)) is 0.
    expect(implicitFixedPoint((x: Scalar) => add(1, mul(0, x)), 1e20 as Scalar, { solver, linearSolver: denseSolver })).toBe(1);
    expect(seen).toEqual([1]);
  });
});

describe('derivatives', () => {
  test.each<[string, ScalarFunction, ScalarFunction]>([
    ['root', logRoot, log],
    ['fixed point', heron, (t) => pow(t, 0.5)],
  ])('of a %s are those of its closed form, in all orders of nesting', (_name, f, closedForm) => {
    for (const [, outer] of derivativeModes) {
      expectClose(outer(f)(2), outer(closedForm)(2) as number, 1e-14);
      for (const [, inner] of derivativeModes) {
        for (const [, innermost] of derivativeModes) {
          expectClose(outer(inner(innermost(f)))(2), outer(inner(innermost(closedForm)))(2) as number, 1e-12);
        }
      }
    }
  });

  test('obey the laws to third order', () => {
    checkGradients(cubicRoot, 0.7, { order: 3, adjointTolerance: 1e-11 });
    checkGradients(
      ([a, b]: Vector) => implicitRoot(([x, y]: Vector) => [sub(mul(x!, add(2, sin(y!))), a!), sub(add(y!, mul(0.3, cos(x!))), b!)], [1, 1] as Vector, options),
      [0.7, 0.4] as Vector,
      { order: 2, adjointTolerance: 1e-11 },
    );
  });

  test('of two levels at the very same value', () => {
    const identity = (t: Scalar): Scalar => implicitRoot((x: Scalar) => sub(x, t), 0 as Scalar, options);
    for (const [, outer] of derivativeModes) for (const [, inner] of derivativeModes) expectClose(outer((x) => mul(x, inner((y) => identity(add(x, y)))(x)))(3), 1, 1e-15);
  });

  test('of members, inside and outside', () => {
    const list = new NumberList([2, 3]);
    unstack(vmap(grad(grad(logRoot)))(list)).forEach((value, k) => expectClose(value, -((list.values[k] as number) ** -2), 1e-12));
    const summed: ScalarFunction = (t) => unstack(vmap(logRoot)(stack([t, mul(2, t)]))).reduce((sum, x) => add(sum, x));
    expectClose(grad(grad(summed))(2), -0.5, 1e-12);
  });

  test('the guess has no influence', () => {
    const f = (guess: Scalar): Scalar => implicitRoot((x: Scalar) => sub(exp(x), 3), guess, options);
    expect(grad(f)(0.5)).toBe(0);
    expect(jvp(f, 0.5, 1).tangent).toBe(0);
    const both = (t: Scalar): Scalar => implicitRoot((x: Scalar) => sub(exp(x), t), mul(0.3, t), options);
    expectClose(grad(both)(3), 1 / 3, 1e-14);
    expectClose(jvp(both, 3, 1).tangent, 1 / 3, 1e-14);
  });

  test('the steps of the solver are neither recorded nor differentiated', () => {
    const linear: unknown[] = [];
    const watched: ImplicitRootOptions = {
      solver: (residual, guess) => {
        for (const x of guess) expect(typeof x).toBe('number');
        return newton(residual, guess);
      },
      linearSolver: (matvec, bs, context) => (linear.push(context.transposed), denseSolver(matvec, bs, context)),
    };
    const f = (t: Scalar): Scalar => implicitRoot((x: Scalar) => sub(exp(x), t), 0 as Scalar, watched);
    expectClose(grad(f)(3), 1 / 3, 1e-14);
    expectClose(jvp(f, 3, 1).tangent, 1 / 3, 1e-14);
    // One linear system per derivative.
    expect(linear).toEqual([false, false]);
  });
});

describe('refusals', () => {
  const run = (residual: unknown, solver: unknown = newton) => (): unknown =>
    implicitRoot(residual as (x: Vector) => Vector, [1, 2], { solver: solver as RootSolver, linearSolver: denseSolver });
  const fixed = (map: unknown) => (): unknown => implicitFixedPoint(map as (x: Vector) => Vector, [1, 2], iterated);

  test('a residual or map that is unlike the guess', () => {
    expect(run(([x]: Vector) => [x])).toThrow(TreeError);
    expect(run(([x]: Vector) => [x])).toThrow('root: the residual of structure [*] where [*,*] was expected');
    expect(run(([x, y]: Vector) => [x, stack([y])])).toThrow('at [1] of the residual: a list of 1 numbers where a number was expected');
    expect(fixed(([x]: Vector) => x)).toThrow('root: the result of the map of structure * where [*,*] was expected');
  });

  test('solvers that return something else, and promises', () => {
    const identity = (x: Vector): Vector => x;
    expect(run(identity, () => [1])).toThrow('root: the solver returned 1 values where 2 were expected');
    expect(run(identity, async () => [1, 2])).toThrow(AsyncFunctionError);
    expect(run(async (x: Vector) => x)).toThrow(AsyncFunctionError);
    expect(fixed(async (x: Vector) => x)).toThrow(AsyncFunctionError);
  });

  test('a solver that fails is heard', () => {
    expect(run((x: Vector) => x, () => { throw new Error('no root'); })).toThrow('no root');
  });
});

describe('many systems at once', () => {
  // x² = c by Heron's map, with what the solver was told, and how often it was asked.
  const asked: number[] = [];
  const solve = (c: Scalar): { x: Scalar; info: readonly unknown[] } =>
    implicitSystems('root', (x: Scalar) => sub(square(x), c), 1 as Scalar, {
      solver(residual, [guess], { batchAxes }) {
        asked.push(batchAxes);
        const numbersOf = (value: unknown): number[] => (batchAxes === 0 ? [value as number] : (unstack(value as NumberList) as number[]));
        const valueOf = (numbers: number[]): Value => (batchAxes === 0 ? numbers[0]! : stack(numbers));
        let xs = numbersOf(guess);
        for (let step = 0; step < 30; step++) xs = numbersOf(residual([valueOf(xs)])[0]).map((r, k) => xs[k]! - r / (2 * xs[k]!));
        return { xs: [valueOf(xs)], info: residual([valueOf(xs)]) };
      },
      linearSolver: denseSolver,
      info: (xs) => xs,
    });

  test('a solver that takes them gets all members of a vmap in one call, and reports', () => {
    asked.length = 0;
    const one = solve(2);
    expectClose(one.x as number, Math.SQRT2, 1e-15);
    expectClose(one.info[0] as number, 0, 1e-15);
    const all = vmap((c: Scalar) => solve(c).x)(stack([2, 9, 49]));
    expectAllClose(unstack(all as NumberList), [Math.SQRT2, 3, 7], 1e-15);
    expect(asked).toEqual([0, 1]);
  });

  test('what a solver reports has no derivative, what it finds has', () => {
    expectClose(grad((c: Scalar) => solve(c).x)(4) as number, 0.25, 1e-15);
    expectClose(grad((c: Scalar) => add(solve(c).x, mul(100, solve(c).info[0] as Scalar)))(4) as number, 0.25, 1e-15);
    expectClose(jvp((c: Scalar) => solve(c).x, 4, 1).tangent as number, 0.25, 1e-15);
  });
});
