/** @file implicitLinearSolve: derivatives from one more solve, to any order, whatever the solver did. */
import { describe, expect, test } from 'vitest';
import { AsyncFunctionError, checkGradients, ClosedLevelError, grad, implicitLinearSolve, jvp, stopGradient, TapeflowError, TreeError, vjp, vmap, type LinearSolver, type SolveContext } from '../src/index.ts';
import { abstractOf, closeOver, evaluateProgram } from '../src/extend.ts';
import { add, cos, div, exp, mul, NumberList, sin, square, stack, sub, unstack, type Scalar } from '../src/scalar.ts';
import { denseSolver, derivativeModes, eliminate, expectAllClose, expectClose, randomNumbers, type ScalarFunction } from './support.ts';

type Vector = readonly Scalar[];
type Matrix = readonly Vector[];
const product = (matrix: Matrix) => (x: Vector): Vector => matrix.map((row) => row.map((a, j) => mul(a, x[j]!)).reduce((sum, term) => add(sum, term)));
const solve = (matrix: Matrix, b: Vector, solver: LinearSolver = denseSolver): Vector => implicitLinearSolve(product(matrix), b, { solver }).x;

/** A matrix that is not symmetric, made diagonally dominant, and a right-hand side. */
const [randoms, size] = [randomNumbers(11, 12, -1, 1), 3];
const matrix = Array.from({ length: size }, (_, i) => Array.from({ length: size }, (__, j) => randoms[i * size + j]! + (i === j ? 4 : 0)));
const right = randoms.slice(size * size);

/** Notes what solvers are asked. */
function watched(solver: LinearSolver): { solver: LinearSolver; seen: SolveContext[] } {
  const seen: SolveContext[] = [];
  return { seen, solver: (matvec, bs, context) => (seen.push(context), solver(matvec, bs, context)) };
}

describe('the solution (seed 11)', () => {
  test('solves the system, and is that of elimination', () => {
    const x = solve(matrix, right) as number[];
    expectAllClose(product(matrix)(x), right, 1e-14);
    expectAllClose(x, eliminate(matrix, right), 1e-14);
  });

  test('is a tree like b', () => {
    const { x, info } = implicitLinearSolve(({ p, q }: { p: Scalar; q: Vector }) => ({ p: mul(2, p), q: [mul(4, q[0]!)] }), { p: 6, q: [8] }, { solver: denseSolver });
    expect(x).toEqual({ p: 3, q: [2] });
    expect(info).toEqual([]);
  });
});

describe('a first guess', () => {
  /** What solvers are given to start from. */
  const noted: (readonly unknown[] | undefined)[] = [];
  const watchedSolver: LinearSolver = (matvec, bs, context, guess) => (noted.push(guess), denseSolver(matvec, bs, context));
  const guessed = (b: Vector, guess: Vector): Vector => implicitLinearSolve(product(matrix), b, { solver: watchedSolver, guess }).x;

  test('reaches the solver, but not those of derivatives', () => {
    noted.length = 0;
    expectAllClose(guessed(right, [1, 2, 3]) as number[], eliminate(matrix, right), 1e-14);
    expect(noted).toEqual([[1, 2, 3]]);
    const { pullback } = vjp((b: Vector) => guessed(b, [1, 2, 3]), right);
    pullback(right);
    jvp((b: Vector) => guessed(b, [1, 2, 3]), right as Vector, right);
    expect(noted).toEqual([[1, 2, 3], [1, 2, 3], undefined, [1, 2, 3], undefined]);
  });

  test('gets no gradient, and changes none', () => {
    const [bBar, guessBar] = vjp(([b, guess]: readonly [Vector, Vector]) => guessed(b, guess), [right, [1, 2, 3]] as const).pullback(right);
    expectAllClose(bBar as number[], vjp((b: Vector) => solve(matrix, b), right).pullback(right) as number[], 1e-14);
    expect(guessBar).toEqual([0, 0, 0]);
    checkGradients((b: Vector) => guessed(b, [1, 2, 3]), right as Vector, { order: 2 });
  });

  test('of another structure is refused', () => {
    expect(() => guessed(right, [1, 2])).toThrow(TreeError);
  });

  test('of each member of a batch, whatever else is batched', () => {
    const both = (b: Scalar, guess: Scalar): Scalar => implicitLinearSolve((x: Scalar) => mul(2, x), b, { solver: watchedSolver, guess }).x;
    const list = new NumberList([1, 2]);
    const inputs: readonly ((t: Scalar) => Scalar)[] = [(t) => both(t, 5), (t) => both(3, t), (t) => both(t, mul(2, t))];
    noted.length = 0;
    expect(inputs.map((f) => unstack(vmap(f)(list)))).toEqual([[0.5, 1], [1.5, 1.5], [0.5, 1]]);
    expect(noted.map((guess) => unstack(guess![0] as never))).toEqual([[5, 5], [1, 2], [2, 4]]);
  });
});

describe('a preconditioner (seed 11)', () => {
  /** What the preconditioner makes of (1, 2, 3), or of the right-hand sides of a batch, whenever a solver runs. */
  const noted: (readonly unknown[] | undefined)[] = [];
  const watchedSolver: LinearSolver = (matvec, bs, context, _guess, precondition) => (noted.push(precondition?.(context.batchAxes > 0 ? bs : [1, 2, 3])), denseSolver(matvec, bs, context));
  const shift = ([a, b, c]: Vector): Vector => [mul(2, b!), mul(3, c!), a!];
  const run = (b: Vector, preconditioner?: (x: Vector) => Vector, symmetric = false): Vector => implicitLinearSolve(product(matrix), b, { solver: watchedSolver, symmetric, ...(preconditioner && { preconditioner }) }).x;

  test('reaches the solver of the system, and, transposed, that of its adjoint', () => {
    noted.length = 0;
    const { pullback } = vjp((b: Vector) => run(b, shift), right);
    expect(noted).toEqual([[4, 9, 1]]);
    pullback(right);
    jvp((b: Vector) => run(b, shift), right as Vector, right);
    run(right);
    // The transpose sends a to 2b, b to 3c and c to a.
    expect(noted).toEqual([[4, 9, 1], [3, 2, 6], [4, 9, 1], [4, 9, 1], undefined]);
    noted.length = 0;
    vjp((b: Vector) => run(b, shift, true), right).pullback(right);
    expect(noted).toEqual([[4, 9, 1], [4, 9, 1]]);
  });

  test('may depend on what is differentiated or batched; it gets no gradient, and changes none', () => {
    const scaled = (k: Scalar): Vector => run(right.map((b) => mul(b, k)), (x) => x.map((v) => mul(v, k)));
    const slope = eliminate(matrix, right);
    expectAllClose(jvp(scaled, 2 as Scalar, 1 as Scalar).tangent as number[], slope, 1e-14);
    checkGradients(scaled, 2 as Scalar, { order: 2 });
    const alone = grad((k: Scalar): Scalar => implicitLinearSolve((x: Scalar) => mul(2, x), 6 as Scalar, { solver: denseSolver, preconditioner: (x: Scalar) => mul(k, x) }).x)(3 as Scalar);
    expect(alone).toBe(0);
    noted.length = 0;
    const members = vmap((k: Scalar): Scalar => scaled(k)[0]!)(new NumberList([1, 2]));
    expectAllClose(unstack(members) as number[], [slope[0]!, 2 * slope[0]!], 1e-14);
    expect(noted[0]!.map((x) => unstack(x as never))).toEqual(right.map((b) => [b as number, 4 * (b as number)]));
  });

  test('of another structure is refused', () => {
    expect(() => run(right, ([a]) => [a!])).toThrow('linearSolve: the result of the preconditioner');
  });
});

describe('derivatives', () => {
  const entries = ([m, b]: readonly [Matrix, Vector]): Vector => solve(m, b);

  test('to the right-hand side: the adjoint identity against the transposed matrix', () => {
    const w = randomNumbers(12, size, -1, 1);
    const transposed = matrix.map((_, i) => matrix.map((row) => row[i]!));
    expectAllClose(vjp((b: Vector) => solve(matrix, b), right).pullback(w), eliminate(transposed, w), 1e-14);
    expectAllClose(jvp((b: Vector) => solve(matrix, b), right as Vector, w).tangent, eliminate(matrix, w), 1e-14);
  });

  test('to the matrix that the operator closes over: Ā = −λ xᵀ', () => {
    const w = randomNumbers(13, size, -1, 1);
    const transposed = matrix.map((_, i) => matrix.map((row) => row[i]!));
    const lambda = eliminate(transposed, w);
    const x = eliminate(matrix, right);
    const bar = vjp((m: Matrix) => solve(m, right), matrix).pullback(w);
    bar.forEach((row, i) => expectAllClose(row, x.map((value) => -lambda[i]! * value), 1e-14));
  });

  test('to both, to third order, in forward and reverse mode', () => {
    checkGradients(entries, [matrix, right], { order: 3 });
  });

  // [[3 + t², t], [1, 2]] u = [sin t, 1], and its solution by Cramer's rule.
  const scalarSolve: ScalarFunction = (t) => solve([[add(3, square(t)), t], [1, 2]], [sin(t), 1])[0]!;
  const byHand: ScalarFunction = (t) => div(sub(mul(2, sin(t)), t), sub(mul(2, add(3, square(t))), t));

  test('in all orders of nesting', () => {
    for (const [, outer] of derivativeModes) {
      for (const [, inner] of derivativeModes) {
        for (const [, innermost] of derivativeModes) {
          expectClose(outer(inner(innermost(scalarSolve)))(0.2), outer(inner(innermost(byHand)))(0.2) as number, 1e-11);
        }
      }
    }
  });

  test('of two levels at the very same value: d/dx [x · d/dy (x + y)] at y = x, through a solve', () => {
    const half = (x: Scalar): Scalar => implicitLinearSolve((u: Scalar) => mul(2, u), x, { solver: denseSolver }).x;
    for (const [, outer] of derivativeModes) for (const [, inner] of derivativeModes) expect(outer((x) => mul(x, inner((y) => mul(2, half(add(x, y))))(x)))(3)).toBe(1);
  });

  test('of members, inside and outside', () => {
    const list = new NumberList([0.1, 0.2]);
    const third = grad(grad(grad(scalarSolve)));
    unstack(vmap(third)(list)).forEach((value, k) => expectClose(value, third(list.values[k] as number) as number, 1e-12));
    const summed: ScalarFunction = (t) => unstack(vmap(scalarSolve)(stack([t, mul(2, t)]))).reduce((sum, value) => add(sum, value));
    expectClose(grad(grad(summed))(0.1), (grad(grad(scalarSolve))(0.1) as number) + 4 * (grad(grad(scalarSolve))(0.2) as number), 1e-12);
  });
});

describe('what is solved', () => {
  test('one more system per derivative; with the transposed operator, unless it is symmetric', () => {
    for (const [symmetric, m] of [[false, matrix], [true, [[4, 1], [1, 3]]]] as const) {
      const { solver, seen } = watched(denseSolver);
      const f = (b: Vector): Scalar => implicitLinearSolve(product(m), b, { solver, symmetric }).x.reduce<Scalar>((sum, x) => add(sum, square(x)), 0);
      const gradient = grad(f)(right.slice(0, m.length));
      expect(seen).toEqual([{ batchAxes: 0, transposed: false }, { batchAxes: 0, transposed: true }]);
      const x = eliminate(m, right.slice(0, m.length));
      const transposed = m.map((_, i) => m.map((row) => row[i]!));
      expectAllClose(gradient, eliminate(transposed, x.map((value) => 2 * value)), 1e-14);
    }
  });

  test('members together, with the number of batch axes', () => {
    const { solver, seen } = watched(denseSolver);
    vmap((t: Scalar) => solve([[add(3, t)]], [t], solver)[0]!)(new NumberList([1, 2]));
    expect(seen).toEqual([{ batchAxes: 1, transposed: false }]);
  });

  test('no adjoint system for a solution that is not used', () => {
    const { solver, seen } = watched(denseSolver);
    grad((t: Scalar) => (solve([[2]], [t], solver), square(t)))(3);
    expect(seen).toHaveLength(1);
  });

  test('what the solver reports has no derivative', () => {
    const number = abstractOf(0);
    const reporting: LinearSolver = (matvec, bs, context) => ({ ...denseSolver(matvec, bs, context), info: [42] });
    const f = (b: Scalar): Scalar => {
      const { x, info } = implicitLinearSolve((u: Scalar) => mul(2, u), b, { solver: reporting, info: () => [number] });
      expect(info).toHaveLength(1);
      return add(x, mul(1000, info[0] as Scalar));
    };
    expect(f(6)).toBe(3 + 42_000);
    expect(grad(f)(6)).toBe(0.5);
    expect(jvp(f, 6, 1).tangent).toBe(0.5);
  });

  describe('a first guess', () => {
    const guesses: unknown[] = [];
    const noting: LinearSolver = (matvec, bs, context, guess) => (guesses.push(guess), denseSolver(matvec, bs, context));
    const solveFrom = (b: Vector, guess: Vector): Scalar => mul(...(implicitLinearSolve(product([[3, 1], [1, 2]]), b, { solver: noting, guess }).x as [Scalar, Scalar]));

    test('is handed to the solver of the system itself, not to those of derivatives', () => {
      guesses.length = 0;
      grad(([x, y]: Vector) => solveFrom([x!, y!], [7, 8]))([1, 2]);
      expect(guesses).toEqual([[7, 8], undefined]);
    });

    test('has no influence on derivatives, in either mode', () => {
      const both = ([b, c, g, h]: Vector): Scalar => solveFrom([b!, c!], [g!, h!]);
      expect(grad(both)([1, 2, 7, 8]).slice(2)).toEqual([0, 0]);
      expect(jvp(both, [1, 2, 7, 8] as Vector, [0, 0, 1, 1]).tangent).toBe(0);
      checkGradients(both, [0.3, 0.7, 7, 8] as Vector, { order: 2 });
    });

    test('of members: own ones and shared ones', () => {
      guesses.length = 0;
      vmap((x: Scalar) => solveFrom([x, 1], [mul(10, x), 5]))(new NumberList([1, 2]));
      expect(guesses).toEqual([[new NumberList([10, 20]), new NumberList([5, 5])]]);
    });

    test('that is no tree like b is refused', () => {
      expect(() => solveFrom([1, 2], [1])).toThrow('linearSolve: the guess of structure [*] where [*,*] was expected');
      expect(() => solveFrom([1, 2], [1, stack([2]) as unknown as Scalar])).toThrow('at [1] of the guess: a list of 1 numbers where a number was expected');
    });
  });

  describe('a solver that closes over differentiated values', () => {
    // 4 u = t, with a guess of t that one step of Newton's method makes exact.
    const solver = (guess: Scalar): LinearSolver => (matvec, bs) => {
      const remainder = sub(bs[0] as Scalar, matvec([guess])[0] as Scalar);
      return { xs: [add(guess, mul(0.25, remainder))], info: [] };
    };
    const solveFrom = (guess: (t: Scalar) => Scalar): ScalarFunction => (t) => implicitLinearSolve((u: Scalar) => mul(4, u), t, { solver: solver(guess(t)) }).x;

    test('does not leak their derivative', () => {
      expect(jvp(solveFrom(exp), 3, 1).tangent).toBe(0.25);
      expect(grad(solveFrom((t) => stopGradient(exp(t))))(3)).toBe(0.25);
    });

    test('cannot run in the backward pass, and says so', () => {
      expect(() => grad(solveFrom(exp))(3)).toThrow(ClosedLevelError);
    });
  });

  test('stays one equation of a program', () => {
    const { program } = closeOver('test', (t: Scalar) => solve([[add(3, t)]], [cos(t)])[0]!, [1]);
    expect(program.equations.map(({ primitive: { name } }) => name)).toContain('linearSolve');
    expectClose(evaluateProgram(program, [0.5])[0], Math.cos(0.5) / 3.5, 1e-15);
  });
});

describe('refusals', () => {
  const run = (operator: unknown, solver: unknown = denseSolver) => (): unknown => implicitLinearSolve(operator as (x: Vector) => Vector, [1, 2], { solver: solver as LinearSolver });
  test.each<[string, unknown, string]>([
    ['fewer values', ([a]: Vector) => [a], 'the result of the operator of structure [*] where [*,*] was expected'],
    ['values of another type', ([a, b]: Vector) => [a, stack([b])], 'at [1] of the result of the operator: a list of 1 numbers where a number was expected'],
  ])('an operator that returns %s', (_name, operator, message) => {
    expect(run(operator)).toThrow(TreeError);
    expect(run(operator)).toThrow(`linearSolve: ${message}`);
    expect(run(operator)).toThrow('The operator must return a tree like b.');
  });

  test('solvers that return something else', () => {
    const identity = (x: Vector): Vector => x;
    expect(run(identity, () => ({ xs: [1], info: [] }))).toThrow(TapeflowError);
    expect(run(identity, () => ({ xs: [1], info: [] }))).toThrow('linearSolve: the solver returned 1 values where 2 were expected');
    expect(run(identity, async () => ({ xs: [1, 2], info: [] }))).toThrow(AsyncFunctionError);
    expect(run(async (x: Vector) => x)).toThrow(AsyncFunctionError);
  });
});
