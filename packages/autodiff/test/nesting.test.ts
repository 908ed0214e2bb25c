/** @file All orders of nesting of all transformations, on random functions: values and three derivatives agree with Taylor series. */
import { describe, expect, test } from 'vitest';
import { vmap } from '../src/index.ts';
import { NumberList, stack, unstack } from '../src/scalar.ts';
import { randomFunction } from './random-functions.ts';
import { derivativeModes, expectClose, randomNumbers, taylor, type ScalarFunction } from './support.ts';

const modes = derivativeModes.map(([, derivative]) => derivative);

/** A function of the given depth and a point, with value and derivatives to third order. */
function draw(seed: number, depth: number, wrapped: boolean): { f: ScalarFunction; text: string; x: number; expected: number[] } {
  const numbers = randomNumbers(100 + seed, 400, 0, 1);
  const { f, series, text } = randomFunction(() => numbers.pop()!, depth, wrapped);
  const x = 2 * numbers.pop()! - 1;
  return { f, text, x, expected: taylor.derivatives(series(taylor.variable(x, 3))) };
}

describe('random functions', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('in all eight orders of nesting, with members outside and inside (seed %i)', (seed) => {
    const { f, text, x, expected } = draw(seed, 4, false);
    expectClose(f(x), expected[0]!, 1e-14, text);
    for (const outer of modes) {
      expectClose(outer(f)(x), expected[1]!, 1e-13, `first derivative of ${text}`);
      for (const inner of modes) {
        expectClose(outer(inner(f))(x), expected[2]!, 1e-12, `second derivative of ${text}`);
        for (const innermost of modes) {
          const third = outer(inner(innermost(f)));
          expectClose(third(x), expected[3]!, 1e-11, `third derivative of ${text}`);
          expectClose(unstack(vmap(third)(new NumberList([x])))[0], expected[3]!, 1e-11, `of a member: ${text}`);
          const within: ScalarFunction = (y) => unstack(vmap(f)(stack([y, y])))[1]!;
          expectClose(outer(inner(innermost(within)))(x), expected[3]!, 1e-11, `with members inside: ${text}`);
        }
      }
    }
  });
});

describe('random functions with operations around their parts', () => {
  test.each(Array.from({ length: 60 }, (_, k) => k + 1))('in all orders of nesting (seed %i)', (seed) => {
    const { f, text, x, expected } = draw(seed, 3, true);
    expectClose(f(x), expected[0]!, 1e-13, text);
    for (const outer of modes) {
      expectClose(outer(f)(x), expected[1]!, 1e-12, `first derivative of ${text}`);
      for (const inner of modes) expectClose(outer(inner(f))(x), expected[2]!, 1e-11, `second derivative of ${text}`);
    }
    const [forward, reverse] = [modes[1]!, modes[0]!];
    expectClose(forward(reverse(forward(f)))(x), expected[3]!, 1e-10, `third derivative of ${text}`);
    expectClose(reverse(forward(reverse(f)))(x), expected[3]!, 1e-10, `third derivative of ${text}`);
    expectClose(unstack(vmap(reverse(reverse(f)))(new NumberList([0.3, x])))[1], expected[2]!, 1e-11, `of a member: ${text}`);
  });

  test('most of the operations occur', () => {
    const texts = Array.from({ length: 24 }, (_, k) => draw(k + 1, 3, true).text).join('\n');
    expect(new Set(texts.match(/[\w ]+(?=<)/g)).size).toBeGreaterThan(11);
  });
});
