/** @file Calls of the host inside programs: recorded wherever they stand, found in inner programs, left out where something is computed again. */
import { describe, expect, test } from 'vitest';
import { checkpoint, customGradient, grad, hvp, implicitLinearSolve, jvp, linearize, linearTranspose, rollout, vmap, type LinearSolver } from '../src/index.ts';
import { apply, callsHost, closeOver, discrete, evaluateProgram, hasEffect, innerPrograms, isCaller, spaceOf, withoutHostCalls, type Primitive, type Value } from '../src/extend.ts';
import { add, mul, NumberList, sin, type Scalar } from '../src/scalar.ts';

const calls: Value[] = [];
const caller: Primitive = discrete({
  name: 'call',
  effect: true,
  host: true,
  evaluate([value]) {
    calls.push(value);
    return [];
  },
  abstract: () => [],
  outputSpace: () => spaceOf(0),
});

/** What `run` makes the host see. */
function seen(run: () => unknown): Value[] {
  calls.length = 0;
  run();
  return [...calls];
}

const see = (x: Scalar): Scalar => {
  apply(caller, [x]);
  return x;
};
const f = (x: Scalar): Scalar => sin(see(mul(x, 2)));

describe('where calls belong', () => {
  test('a call that depends on no input is recorded with the program, and made each time', () => {
    const { program } = closeOver('test', (x: Scalar) => {
      see(5);
      return add(x, 1);
    }, [0]);
    expect(seen(() => evaluateProgram(program, [1]))).toEqual([5]);
    expect(seen(() => evaluateProgram(program, [1]))).toEqual([5]);
  });

  test('the same for an operation with calls inside', () => {
    const { program } = closeOver('test', (x: Scalar) => add(x, rollout(f, 3, 1)), [0]);
    expect(seen(() => evaluateProgram(program, [1]))).toEqual([6]);
  });

  test('operations, inner programs and parameters that say so', () => {
    const { program } = closeOver('test', (x: Scalar) => rollout(f, x, 2), [0]);
    const [equation] = program.equations;
    expect(innerPrograms(equation!).map(({ name }) => name)).toEqual(['program']);
    expect([callsHost(equation!.primitive, equation!.params), hasEffect(equation!)]).toEqual([true, true]);
    expect([callsHost(caller, undefined), callsHost(equation!.primitive, undefined), callsHost(equation!.primitive, { silent: {} })]).toEqual([true, false, true]);
  });
});

describe('derivatives do not call again', () => {
  const twice = [2, 2 * Math.sin(2)];
  const rolled = (budget?: number) => (x: Scalar): Scalar => rollout(f, x, 2, budget === undefined ? {} : { budget });
  const functions: Readonly<Record<string, (x: Scalar) => Scalar>> = {
    plain: (x) => f(f(x)),
    rollout: rolled(),
    'rollout within a budget': rolled(64),
    checkpoint: checkpoint((x: Scalar) => f(f(x))),
    'checkpoint in checkpoint': checkpoint((x: Scalar) => f(checkpoint(f)(x))),
    customGradient: customGradient((x: Scalar) => {
      const y = f(f(x));
      return { value: y, pullback: (bar: Scalar): [Scalar] => [mul(bar, x)] };
    }),
  };
  for (const [name, run] of Object.entries(functions)) {
    test(name, () => {
      for (const mode of [run, grad(run), (x: Scalar) => jvp(run, x, 1), (x: Scalar) => hvp(run, x, 1), grad(grad(run))] as ((x: Scalar) => unknown)[]) {
        expect(seen(() => mode(1))).toEqual(twice);
      }
    });
  }

  test('linearize calls while it computes the value, its pushforward does not; a transpose does not call at all', () => {
    expect(seen(() => linearize(f, 1).pushforward(1))).toEqual([2]);
    expect(seen(() => linearTranspose((x: Scalar) => see(mul(x, 3)), 1)(1))).toEqual([]);
  });

  test('vmap without a rule calls for each member', () => {
    expect(seen(() => vmap(f)(new NumberList([1, 2])))).toEqual([2, 4]);
  });

  test('what is silent has no calls at any depth, and is found again', () => {
    const { program } = closeOver('test', (x: Scalar) => rollout((state: Scalar) => see(rollout(f, state, 2)), see(x), 3), [0]);
    const silent = withoutHostCalls(program);
    expect([isCaller(program), isCaller(silent)]).toEqual([true, false]);
    expect([withoutHostCalls(program), withoutHostCalls(silent)].every((again) => again === silent)).toBe(true);
    expect(seen(() => evaluateProgram(silent, [1]))).toEqual([]);
    expect(evaluateProgram(silent, [1])).toEqual(evaluateProgram(program, [1]));
  });

  test('an equation that calls by itself is performed with its silent parameters', () => {
    const solver = (own: boolean): LinearSolver => (_matvec, [b]) => {
      if (own) calls.push('solved');
      return { xs: [mul(b as Scalar, 0.5)], info: [] };
    };
    const solve = (x: Scalar): Scalar => implicitLinearSolve((y: Scalar) => mul(y, 2), x, { solver: solver(true), silentSolver: solver(false) }).x;
    expect(seen(() => grad(checkpoint((x: Scalar) => sin(solve(x))))(1))).toEqual(['solved', 'solved']);
    // It is recorded, though it depends on no input and nobody reads it.
    const { program } = closeOver('test', (x: Scalar) => (solve(3), x), [0]);
    expect(seen(() => evaluateProgram(program, [1]))).toEqual(['solved']);
  });
});
