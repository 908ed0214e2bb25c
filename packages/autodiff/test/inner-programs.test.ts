/** @file Calls of the host inside programs: recorded wherever they stand, found in inner programs, left out where something is computed again. */
import { describe, expect, test } from 'vitest';
import { checkpoint, customGradient, grad, hvp, jvp, linearize, linearTranspose, rollout, vmap } from '../src/index.ts';
import { apply, callsHost, closeOver, discrete, evaluateProgram, hasEffect, innerPrograms, spaceOf, withoutHostCalls, type Primitive, type Value } from '../src/extend.ts';
import { add, mul, NumberList, sin, type Scalar } from '../src/scalar.ts';

const calls: Value[] = [];
const caller = (host: 'once' | 'always'): Primitive =>
  discrete({
    name: `call ${host}`,
    effect: true,
    host,
    evaluate([value]) {
      calls.push(value);
      return [];
    },
    abstract: () => [],
    outputSpace: () => spaceOf(0),
  });
const once = caller('once');
const always = caller('always');

/** What `run` makes the host see. */
function seen(run: () => unknown): Value[] {
  calls.length = 0;
  run();
  return [...calls];
}

const see = (x: Scalar, primitive: Primitive = once): Scalar => {
  apply(primitive, [x]);
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
    expect([callsHost(once, undefined), callsHost(equation!.primitive, undefined), callsHost(equation!.primitive, { host: true })]).toEqual([true, false, true]);
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

  test('calls that count how often something is computed stay', () => {
    const { program } = closeOver('test', (x: Scalar) => see(see(x), always), [0]);
    expect(withoutHostCalls(program).equations.map(({ primitive }) => primitive.name)).toEqual(['call always']);
    expect(withoutHostCalls(withoutHostCalls(program))).toBe(withoutHostCalls(withoutHostCalls(program)));
    expect(seen(() => grad(checkpoint((x: Scalar) => sin(see(x, always))))(1))).toEqual([1, 1]);
  });
});
