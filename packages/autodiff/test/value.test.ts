/** @file Boxes do not pass for numbers: every coercion is refused with the cure, and printing says what they are. */
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { checkpoint, CoercionError, grad, jvp, stopGradient, valueAndGrad, vmap } from '../src/index.ts';
import { Box, spaceOf, typeIn } from '../src/extend.ts';
import { mul, NumberList, stack, type Scalar } from '../src/scalar.ts';

/** What a user who forgets that x is no number may write. */
type Loose = number;
const transformations: readonly (readonly [string, (f: (x: Loose) => unknown) => unknown])[] = [
  ['grad', (f) => grad(f as (x: Scalar) => Scalar)(2)],
  ['jvp', (f) => jvp(f as (x: Scalar) => Scalar, 2 as Scalar, 1)],
  ['vmap', (f) => vmap(f as (x: Scalar) => Scalar)(new NumberList([2]))],
  ['checkpoint', (f) => checkpoint(f as (x: Scalar) => Scalar)(2)],
];

describe.each(transformations)('inside %s', (name, run) => {
  test.each<[string, (x: Loose) => unknown]>([
    ['0.2 * x', (x) => 0.2 * x],
    ['x + 1', (x) => x + 1],
    ['-x', (x) => -x],
    ['x ** 2', (x) => x ** 2],
    ['x > 0', (x) => (x > 0 ? x : 0)],
    ['Math.sin(x)', (x) => Math.sin(x)],
    ['Number(x)', (x) => Number(x)],
    ['x == 2', (x) => (x as unknown) == '2'], // oxlint-disable-line eqeqeq -- what is tested
    ['an index', (x) => [1, 2, 3][x]],
  ])('%s', (_code, f) => {
    expect(() => run(f)).toThrow(CoercionError);
    expect(() => run(f)).toThrow(`a value inside ${name} was used as a JavaScript`);
    expect(() => run(f)).toThrow('write mul(0.2, x) or x.mul(0.2) for 0.2 * x, select(...) for a condition');
  });

  test('a text', () => {
    expect(() => run((x) => `${x}`)).toThrow(`a value inside ${name} was used as a JavaScript string`);
  });
});

test('the error carries what it says', () => {
  try {
    grad((x: Scalar) => 0.2 * (x as number))(1);
  } catch (error) {
    expect(error).toMatchObject({ name: 'CoercionError', operation: 'coercion', transformation: 'grad' });
  }
});

describe('printing', () => {
  const printed = (f: (x: Scalar) => unknown): unknown => valueAndGrad((x: Scalar) => [x, { text: f(x) as string }] as const, { aux: true })(2).aux.text;

  test('in a console, as a text and as JSON', () => {
    expect(printed((x) => inspect({ x }))).toBe('{ x: grad box of a number }');
    expect(printed((x) => x.toString())).toBe('grad box of a number');
    expect(printed((x) => JSON.stringify({ x, y: [x] }))).toBe('{"x":"grad box of a number","y":["grad box of a number"]}');
    expect(printed((x) => inspect(stack([x, x])))).toBe('grad box of a list of 2 numbers');
    let seen = '';
    vmap((x: Scalar) => ((seen = inspect(x)), x))(new NumberList([1]));
    expect(seen).toBe('vmap box of a number');
  });

  test('values are looked at through stopGradient or aux', () => {
    expect(printed((x) => String(stopGradient(mul(3, x)) as number))).toBe('6');
    expect(valueAndGrad((x: Scalar) => [mul(x, x), mul(3, x)] as const, { aux: true })(2).aux).toBe(6);
  });
});

test('typeIn tells the type of plain values and of boxes', () => {
  const numbers = spaceOf(0);
  expect(typeIn(numbers, 5)).toBe('number');
  grad((x: Scalar) => {
    expect(x).toBeInstanceOf(Box);
    expect(typeIn(numbers, x)).toBe('number');
    expect(typeIn(numbers, stack([x, x]))).toEqual({ size: 2, member: 'number' });
    return x;
  })(1);
});
