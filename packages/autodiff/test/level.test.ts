/** @file Derivatives of derivatives, in every order, also where two are taken at the very same value. */
import { describe, expect, test } from 'vitest';
import { checkpoint, ClosedLevelError, grad, jvp, vjp, vmap } from '../src/index.ts';
import { apply, applyOne, discrete } from '../src/extend.ts';
import { observeEvaluation } from '../src/level.ts';
import { add, cos, exp, mul, NumberList, sin, stack, unstack, type Scalar } from '../src/scalar.ts';
import { derivativeModes, expectClose, plain, type ScalarFunction } from './support.ts';

const total = (list: unknown): Scalar => unstack(list).reduce((sum, x) => add(sum, x));

/** exp(sin x) and its first three derivatives by hand. */
const waves = [
  (x: number) => Math.exp(Math.sin(x)),
  (x: number) => Math.cos(x) * Math.exp(Math.sin(x)),
  (x: number) => (Math.cos(x) ** 2 - Math.sin(x)) * Math.exp(Math.sin(x)),
  (x: number) => (Math.cos(x) ** 3 - 3 * Math.sin(x) * Math.cos(x) - Math.cos(x)) * Math.exp(Math.sin(x)),
];
const wave: ScalarFunction = (x) => exp(sin(x));

describe.each(derivativeModes)('%s over', (_outer, outer) => {
  describe.each(derivativeModes)('%s', (_inner, inner) => {
    test('d/dx [x · d/dy (x + y)] at y = x is 1', () => {
      expect(outer((x) => mul(x, inner((y) => add(x, y))(x)))(3)).toBe(1);
    });

    test('d/dx [x · d/dy (x y)] at y = x is 2x', () => {
      expect(outer((x) => mul(x, inner((y) => mul(x, y))(x)))(3)).toBe(6);
    });

    test('the second derivative', () => {
      for (const x of [-1.3, 0.4, 2.2]) expectClose(outer(inner(wave))(x), waves[2]!(x), 1e-14);
    });

    test('vmap outside: every member has its own derivative', () => {
      const f = outer((x) => mul(x, inner((y) => mul(x, mul(y, y)))(x)));
      // x · d/dy (x y²) = 2 x³ at y = x
      expect(vmap(f)(new NumberList([1, 2, 3]))).toEqual(new NumberList([6, 24, 54]));
    });

    test('vmap between the two', () => {
      // Σ d/dy (x y²) at y = x and y = 2x is 6 x²
      const f = outer((x) => total(vmap((y: Scalar) => inner((z) => mul(x, mul(z, z)))(y))(stack([x, mul(2, x)]))));
      expect(f(5)).toBe(60);
    });

    test('vmap inside both', () => {
      // f(x) = Σ sin(k x): f'' = −Σ k² sin(k x)
      const f: ScalarFunction = (x) => total(vmap((k: Scalar) => sin(mul(k, x)))(new NumberList([1, 2, 3])));
      expectClose(outer(inner(f))(0.7), -[1, 2, 3].reduce((sum, k) => sum + k * k * Math.sin(k * 0.7), 0), 1e-14);
    });

    describe.each(derivativeModes)('over %s', (_innermost, innermost) => {
      test('the third derivative', () => {
        for (const x of [-1.3, 0.4, 2.2]) expectClose(outer(inner(innermost(wave)))(x), waves[3]!(x), 1e-13);
      });

      test('d/dx [x · d/dy [y · d/dz (x y z)]] at y = x, z = y is 6x²', () => {
        const f: ScalarFunction = (x) => mul(x, inner((y) => mul(y, innermost((z) => mul(x, mul(y, z)))(y)))(x));
        expect(outer(f)(3)).toBe(54);
      });

      test('the third derivative of members, and of a function with vmap inside', () => {
        const third = vmap(outer(inner(innermost(wave))))(new NumberList([-1.3, 0.4])) as unknown as NumberList;
        third.values.forEach((value, k) => expectClose(value, waves[3]!([-1.3, 0.4][k]!), 1e-13));
        const f: ScalarFunction = (x) => total(vmap((k: Scalar) => wave(mul(k, x)))(new NumberList([1, 2])));
        expectClose(outer(inner(innermost(f)))(0.3), waves[3]!(0.3) + 8 * waves[3]!(0.6), 1e-13);
      });
    });
  });
});

describe('a value of a finished transformation', () => {
  test.each([
    ['grad', (f: ScalarFunction) => grad(f)(2)],
    ['jvp', (f: ScalarFunction) => jvp(f, 2 as Scalar, 1)],
    ['vmap', (f: ScalarFunction) => vmap(f)(new NumberList([2]))],
  ])('of %s is refused by name', (name, run) => {
    let kept: Scalar = 0;
    run((x) => {
      kept = x;
      return mul(x, x);
    });
    const use = (): Scalar => sin(kept);
    expect(use).toThrow(ClosedLevelError);
    expect(use).toThrow(`sin: a value of a ${name} that has already finished was used`);
    try {
      use();
    } catch (error) {
      expect(error).toMatchObject({ operation: 'sin', transformation: name });
    }
  });

  test.each([
    ['grad', (f: ScalarFunction) => grad(f)(2)],
    ['jvp', (f: ScalarFunction) => jvp(f, 2 as Scalar, 1)],
    ['vmap', (f: ScalarFunction) => vmap(f)(new NumberList([2]))],
    ['checkpoint', (f: ScalarFunction) => checkpoint(f)(2)],
  ])('is refused as the result of a function given to %s', (name, run) => {
    let kept: Scalar = 0;
    grad((x: Scalar) => (kept = x))(2);
    expect(() => run(() => kept)).toThrow(ClosedLevelError);
    expect(() => run(() => kept)).toThrow(`${name}: a value of a grad that has already finished was used`);
    expect(() => run((x) => mul(x, kept))).toThrow('mul: a value of a grad');
  });

  test('is refused in a pullback that outlived what its function closes over', () => {
    let pullback: ((yBar: Scalar) => Scalar) | undefined;
    grad((x: Scalar) => {
      pullback = vjp((y: Scalar) => mul(x, y), 2 as Scalar).pullback;
      return x;
    })(3);
    expect(() => pullback?.(1)).toThrow(ClosedLevelError);
  });

  test('is refused also after the function threw', () => {
    let kept: Scalar = 0;
    const fails: ScalarFunction = (x) => {
      kept = x;
      throw new Error('stop');
    };
    expect(() => grad(fails)(2)).toThrow('stop');
    expect(() => cos(kept)).toThrow(ClosedLevelError);
  });
});

describe('apply', () => {
  const ticket = discrete({ name: 'ticket', evaluate: () => [7, 8], abstract: () => [], outputSpace: () => undefined as never });

  test('evaluates plain values, and operations without inputs, where nothing is open', () => {
    expect(apply(ticket, [])).toEqual([7, 8]);
    expect(applyOne(ticket, [])).toBe(7);
  });

  test('shows every operation on plain values to an observer, also those of numbers', () => {
    const seen: string[] = [];
    const value = observeEvaluation(({ name }) => seen.push(name), () => grad((x: Scalar) => mul(sin(x), 2))(0.5));
    expect(plain(value)).toBe(2 * Math.cos(0.5));
    expect(seen.slice(0, 2)).toEqual(['sin', 'mul']);
    expect(seen).toContain('cos');
    sin(1);
    expect(seen.filter((name) => name === 'sin')).toHaveLength(1);
  });
});
