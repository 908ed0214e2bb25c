/** @file customGradient and customTangent: their rule counts, captured values keep their own, in any nesting. */
import { describe, expect, test } from 'vitest';
import { AsyncFunctionError, checkGradients, customGradient, customTangent, grad, jvp, TapeflowError, TreeError, vjp, vmap } from '../src/index.ts';
import { closeOver, countEquations, evaluateProgram } from '../src/extend.ts';
import { add, cos, div, exp, less, log, mul, NumberList, select, sin, sqrt, square, stack, sub, unstack, type Scalar } from '../src/scalar.ts';
import { derivativeModes, expectClose, type ScalarFunction } from './support.ts';

/** log(1 + eˣ) with a rule that does not divide ∞ by ∞: the classical use. */
const log1pExp: ScalarFunction = (x) => log(add(1, exp(x)));
const stableLog1pExp = customGradient((x: Scalar) => {
  const e = exp(x);
  return { value: log(add(1, e)), pullback: (yBar: Scalar): [Scalar] => [mul(yBar, sub(1, div(1, add(1, e))))] };
});

/** The same function twice: with its own rule, and without. */
const withGradient = customGradient((x: Scalar, y: Scalar) => {
  const s = sin(x);
  return { value: mul(s, square(y)), pullback: (bar: Scalar): [Scalar, Scalar] => [mul(bar, mul(cos(x), square(y))), mul(bar, mul(2, mul(s, y)))] };
});
const withTangent = customTangent((x: Scalar, y: Scalar) => {
  const s = sin(x);
  return { value: mul(s, square(y)), pushforward: (dx: Scalar, dy: Scalar): Scalar => add(mul(dx, mul(cos(x), square(y))), mul(dy, mul(2, mul(s, y)))) };
});
const ordinary = (x: Scalar, y: Scalar): Scalar => mul(sin(x), square(y));

describe.each([['customGradient', withGradient], ['customTangent', withTangent]] as const)('%s', (_name, custom) => {
  const at = [0.7, -1.3] as const;

  test('gives the value, and its derivatives to third order', () => {
    expect(custom(...at)).toBe(ordinary(...at));
    checkGradients(([x, y]: readonly [Scalar, Scalar]) => custom(x, y), at, { order: 3 });
  });

  test('in all orders of nesting', () => {
    for (const [, outer] of derivativeModes) {
      for (const [, inner] of derivativeModes) {
        for (const [, innermost] of derivativeModes) {
          const third = (f: typeof ordinary): unknown => outer(inner(innermost((x) => f(x, mul(2, x)))))(0.4);
          expectClose(third(custom), third(ordinary) as number, 1e-12);
        }
      }
    }
  });

  test('of members, inside and outside of derivatives', () => {
    const xs = new NumberList([0.1, 0.7]);
    const ys = new NumberList([2, 3]);
    expect(vmap(custom)(xs, ys)).toEqual(vmap(ordinary)(xs, ys));
    unstack(vmap(grad(grad((x: Scalar, y: Scalar) => custom(x, y))))(xs, ys)).forEach((value, k) =>
      expectClose(value, grad(grad(ordinary))(xs.values[k] as number, ys.values[k] as number) as number, 1e-14),
    );
    const summed = (f: typeof ordinary) => (x: Scalar): Scalar => unstack(vmap(f)(stack([x, mul(2, x)]), ys)).reduce((sum, value) => add(sum, value));
    expectClose(grad(grad(summed(custom)))(0.3), grad(grad(summed(ordinary)))(0.3) as number, 1e-13);
  });

  test('stays one equation of a program, so that its rule survives recording', () => {
    const { program } = closeOver('test', custom, [1, 1]);
    expect(program.equations.map(({ primitive }) => primitive.name)).toEqual(['custom']);
    expect(countEquations(program)).toBeGreaterThan(3);
    expectClose(grad((x: Scalar) => evaluateProgram(program, [x, 2])[0] as Scalar)(0.7), 4 * Math.cos(0.7), 1e-15);
  });
});

test('the rule counts, not the function', () => {
  const wrong = customGradient((x: Scalar) => ({ value: square(x), pullback: (bar: Scalar): [Scalar] => [mul(100, bar)] }));
  expect(grad(wrong)(3)).toBe(100);
  expect(jvp((x: Scalar) => wrong(x), 3, 2).tangent).toBe(200);
  expect(grad(grad(wrong))(3)).toBe(0);
  const wrongTangent = customTangent((x: Scalar) => ({ value: square(x), pushforward: (dx: Scalar) => mul(100, dx) }));
  expect(grad(wrongTangent)(3)).toBe(100);
  expect(jvp((x: Scalar) => wrongTangent(x), 3, 2).tangent).toBe(200);
});

test('a rule that is stable where the ordinary one is not', () => {
  expect(grad(log1pExp)(1000)).toBeNaN();
  expect(grad(stableLog1pExp)(1000)).toBe(1);
  expectClose(grad(stableLog1pExp)(0.3), grad(log1pExp)(0.3) as number, 1e-15);
});

test('straight-through rounding: clip the cotangent, pass the rest', () => {
  const clipped = customGradient((x: Scalar) => ({ value: x, pullback: (bar: Scalar): [Scalar] => [select(less(bar, 1), bar, 1)] }));
  expect(grad((x: Scalar) => mul(0.5, clipped(x)))(3)).toBe(0.5);
  expect(grad((x: Scalar) => mul(50, clipped(x)))(3)).toBe(1);
});

describe('captured values keep their ordinary derivative', () => {
  const captures: readonly (readonly [string, (x: Scalar, k: Scalar) => Scalar])[] = [
    ['in the value', (x, k) => customGradient((z: Scalar) => ({ value: mul(k, square(z)), pullback: (bar: Scalar): [Scalar] => [mul(bar, mul(2, mul(k, z)))] }))(x)],
    ['in the rule, through what the function computed', (x, k) => customGradient((z: Scalar) => {
      const doubled = mul(2, mul(k, z));
      return { value: mul(k, square(z)), pullback: (bar: Scalar): [Scalar] => [mul(bar, doubled)] };
    })(x)],
    ['of a tangent rule', (x, k) => customTangent((z: Scalar) => ({ value: mul(k, square(z)), pushforward: (dz: Scalar) => mul(dz, mul(2, mul(k, z))) }))(x)],
  ];
  test.each(captures)('%s', (_name, f) => {
    // f = k x²
    expect(grad(f, { wrt: [0, 1] })(3, 5)).toEqual([30, 9]);
    expect(jvp(([x, k]: readonly [Scalar, Scalar]) => f(x, k), [3, 5] as const, [1, 10] as const).tangent).toBe(30 + 90);
    // ∂²f/∂k∂x and ∂²f/∂x∂k
    expect(grad((k: Scalar) => grad(f)(3, k))(5)).toBe(6);
    expect(grad((x: Scalar) => grad(f, { wrt: 1 })(x, 5))(3)).toBe(6);
    checkGradients(([x, k]: readonly [Scalar, Scalar]) => f(x, k), [0.3, 0.8], { order: 3 });
  });

  test('of an outer and an inner transformation at once', () => {
    // d/dk [ d/dx (k x²) · k ] = 4 k x, with the same number for x and k.
    const f: ScalarFunction = (k) => mul(k, grad((x: Scalar) => captures[0]![1](x, k))(3));
    expect(grad(f)(5)).toBe(60);
  });

  test('where the argument is a constant', () => {
    expect(grad((k: Scalar) => captures[0]![1](3, k))(5)).toBe(9);
  });
});

test('trees in and out', () => {
  interface Ball { readonly x: Scalar; readonly v: readonly Scalar[] }
  const energy = customGradient(({ x, v }: Ball) => ({
    value: { kinetic: square(v[0]!), height: x, name: 'ball' },
    pullback: (bar: { kinetic: Scalar; height: Scalar }): [Ball] => [{ x: bar.height, v: [mul(bar.kinetic, mul(2, v[0]!))] }],
  }));
  const { value, pullback } = vjp((ball: Ball) => energy(ball), { x: 3, v: [5] });
  expect(value).toEqual({ kinetic: 25, height: 3, name: 'ball' });
  expect(pullback({ kinetic: 1, height: 7, name: 'ball' })).toEqual({ x: 7, v: [10] });
});

test('results that nobody uses cost no pullback of their own', () => {
  const both = customGradient((x: Scalar) => ({ value: [sin(x), cos(x)], pullback: ([s, c]: Scalar[]): [Scalar] => [add(mul(s!, cos(x)), mul(c!, mul(-1, sin(x))))] }));
  expect(grad((x: Scalar) => both(x)[0]!)(0.7)).toBe(Math.cos(0.7));
  expect(grad((x: Scalar) => both(x)[1]!)(0.7)).toBe(-Math.sin(0.7));
  expect(grad((x: Scalar) => add(mul(0, both(x)[1]!), square(x)))(0.7)).toBe(1.4);
});

describe('refusals', () => {
  const call = (f: (x: Scalar) => unknown) => (): unknown => customGradient(f as never)(1 as never);
  test.each<[string, (x: Scalar) => unknown, string]>([
    ['a bare cotangent', (x) => ({ value: x, pullback: (bar: Scalar) => bar }), 'the result of the pullback of structure * where [*] was expected'],
    ['two cotangents for one argument', (x) => ({ value: x, pullback: (bar: Scalar) => [bar, bar] }), 'of structure [*,*] where [*] was expected'],
    ['a record instead of a number', (x) => ({ value: x, pullback: (bar: Scalar) => [{ x: bar }] }), 'of structure [{x:*}] where [*] was expected'],
    ['a list instead of a number', (x) => ({ value: x, pullback: (bar: Scalar) => [stack([bar, bar])] }), 'at [0] of the result of the pullback: a list of 2 numbers where a number was expected'],
    ['nothing', (x) => ({ value: x, pullback: () => undefined }), 'of structure undefined:undefined where [*] was expected'],
  ])('a pullback that returns %s', (_name, f, message) => {
    expect(call(f)).toThrow(TreeError);
    expect(call(f)).toThrow('customGradient: ');
    expect(call(f)).toThrow(message);
    expect(call(f)).toThrow('Return a tuple with one cotangent per argument, each like its argument.');
    // At the call, not first in the backward pass.
    expect(() => grad((x: Scalar) => call(() => f(x))() as Scalar)(1)).toThrow(message);
  });

  test('a pushforward that does not return something like the value', () => {
    const f = customTangent(((x: Scalar) => ({ value: x, pushforward: (dx: Scalar) => [dx] })) as never);
    expect(() => f(1 as never)).toThrow('customTangent: the result of the pushforward of structure [*] where * was expected');
  });

  test('no rule at all', () => {
    expect(call((x) => x)).toThrow(TapeflowError);
    expect(call((x) => ({ value: x }))).toThrow('customGradient: the function did not return a value with its rule.\n  Return { value, pullback }.');
    expect(() => customTangent(((x: Scalar) => ({ value: x })) as never)(1 as never)).toThrow('Return { value, pushforward }.');
  });

  test('promises, of the function, the value and the rule', () => {
    expect(call(async (x) => ({ value: x, pullback: (bar: Scalar) => [bar] }))).toThrow(AsyncFunctionError);
    expect(call(() => ({ value: Promise.resolve(1), pullback: (bar: Scalar) => [bar] }))).toThrow('customGradient: the function returned a promise');
    expect(call((x) => ({ value: x, pullback: async (bar: Scalar) => [bar] }))).toThrow(AsyncFunctionError);
    expect(() => customTangent((async (x: Scalar) => ({ value: x, pushforward: (dx: Scalar) => dx })) as never)(1 as never)).toThrow('customTangent: the function returned a promise');
  });

  test('functions that look at values', () => {
    expect(call((x) => ({ value: (x as number) > 0 ? x : sqrt(x), pullback: (bar: Scalar) => [bar] }))).toThrow('a value inside customGradient was used as a JavaScript number');
  });
});
