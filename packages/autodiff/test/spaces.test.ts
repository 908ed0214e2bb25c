/** @file Which vector space a value belongs to, and what belongs to none. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { grad, TreeError, TwoCopiesError } from '../src/index.ts';
import { abstractOf, spaceOf } from '../src/extend.ts';
import { isDifferentiable, orZeros } from '../src/spaces.ts';
import { add, mul, NumberList, sin, stack, type Scalar } from '../src/scalar.ts';
import { Pair, pairSpace } from './pairs.ts';

test('numbers, lists and boxes of them, and values that name their space', () => {
  const numbers = spaceOf(0);
  expect(spaceOf(new NumberList([1]))).toBe(numbers);
  expect(spaceOf(new Pair(1, 2))).toBe(pairSpace);
  grad((x: Scalar) => {
    expect(spaceOf(x)).toBe(numbers);
    expect(abstractOf(stack([x, x]))).toEqual({ space: numbers, type: { size: 2, member: 'number' } });
    return x;
  })(1);
});

test('derivatives that are missing are zeros of the type of the value', () => {
  expect(orZeros([undefined, 3, undefined, undefined], [5, 6, new NumberList([1, 2]), new Pair(1, 2)])).toEqual([0, 3, new NumberList([0, 0]), new Pair(0, 0)]);
  expect([5, new Pair(1, 2)].map(isDifferentiable)).toEqual([true, true]);
});

test.each([[null, 'null'], [undefined, 'undefined'], ['text', 'string'], [true, 'boolean'], [{}, 'object'], [() => 1, 'function'], [5n, 'bigint']])('%s belongs to no space', (value, seen) => {
  expect(() => spaceOf(value)).toThrow(TreeError);
  expect(() => spaceOf(value)).toThrow(`spaceOf: ${seen} is not a value that can be differentiated`);
});

describe('two copies of the package', () => {
  let otherGrad: typeof grad;
  let otherSin: typeof sin;
  beforeAll(async () => {
    vi.resetModules();
    otherGrad = ((await import('../src/index.ts')) as { grad: typeof grad }).grad;
    otherSin = ((await import('../src/scalar.ts')) as { sin: typeof sin }).sin;
  });
  afterAll(() => vi.resetModules());

  test('each works alone', () => {
    expect(otherGrad).not.toBe(grad);
    expect(otherGrad((x: Scalar) => otherSin(x))(0)).toBe(1);
  });

  test.each<[string, (x: Scalar) => Scalar]>([
    ['operations on numbers', (x) => sin(x)],
    ['operations on two numbers', (x) => add(1, mul(x, 2))],
    ['transformations inside', (x) => grad((y: Scalar) => sin(y))(x)],
    ['trees', (x) => grad((t: readonly Scalar[]) => t[0]!)([x])[0]!],
    ['spaces', (x) => orZeros([], [x])[0] as Scalar],
  ])('are told by name: %s', (_name, f) => {
    const run = (): unknown => otherGrad(f)(1);
    expect(run).toThrow('a value was made by another copy of @tapeflow/autodiff.\n  Install one version only (npm ls @tapeflow/autodiff shows them; npm dedupe removes the second).');
    try {
      run();
    } catch (error) {
      expect(error).toBeInstanceOf(TwoCopiesError);
    }
  });
});
