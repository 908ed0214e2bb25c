/** @file The tape: rows of numbers in columns, other rows as boxes, and what they take. */
import { describe, expect, test } from 'vitest';
import { grad, jvp } from '../src/index.ts';
import { applyOne, elementwise, spaceOf, type Value } from '../src/extend.ts';
import { recordLeaves } from '../src/reverse.ts';
import { add, mul, NumberList, stack, unstack, type Scalar } from '../src/scalar.ts';
import { bytesOn } from '../src/tape-entries.ts';
import { expectClose } from './support.ts';

const numberSpace = spaceOf(0);
const record = (f: (x: Scalar) => readonly Value[]): ReturnType<typeof recordLeaves> => recordLeaves(([x]) => f(x as Scalar), [0.5], [numberSpace]);

describe('rows', () => {
  test('hold operations with several results and lists', () => {
    const { level } = record((x) => unstack(stack([x, mul(2, x)])));
    expect(bytesOn(level)).toBe(8 + 16 + 16);
    expect(level.valueAt(2)).toEqual(new NumberList([0.5, 1]));
  });

  test('keep their numbers when the columns grow', () => {
    // x ← x + k for 1000 rounds, then the sum of squares of all of them.
    const f = (x: Scalar): Scalar => {
      const all: Scalar[] = [x];
      for (let k = 0; k < 1000; k++) all.push(add(all[k]!, 0.001));
      return all.reduce<Scalar>((sum, y) => add(sum, mul(y, y)), 0);
    };
    let expected = 0;
    for (let k = 0; k <= 1000; k++) expected += 2 * (0.5 + 0.001 * k);
    expectClose(grad(f)(0.5), expected, 1e-12);
  });
});

test('operations on numbers mix with boxes of lower levels on one tape', () => {
  // In the inner grad x is a box of the outer level, 3 a number: rows of both kinds.
  const inner = (x: Scalar): Scalar => grad(([y, z]: readonly Scalar[]) => mul(mul(y!, z!), mul(z!, 2)))([x, 3] as const)[1]!;
  expect(inner(5)).toBe(4 * 5 * 3);
  expect(grad(inner)(5)).toBe(12);
  expect(jvp(inner, 5, 1).tangent).toBe(12);
});

test('elementwise operations of three inputs are recorded too', () => {
  const fused = elementwise({
    name: 'multiplyAdd',
    space: numberSpace,
    evaluate: ([a, b, c]) => (a as number) * (b as number) + (c as number),
    abstract: () => ({ space: numberSpace, type: 'number' }),
    slopes: [(_a, b) => b, (a) => a, () => 1],
  });
  const f = ([a, b, c]: readonly Scalar[]): Scalar => applyOne(fused, [a, b, c]) as Scalar;
  expect(grad(f)([2, 3, 4])).toEqual([3, 2, 1]);
  expect(jvp(f, [2, 3, 4] as readonly Scalar[], [1, 10, 100]).tangent).toBe(3 + 20 + 100);
  const second = (a: Scalar): Scalar => grad((x: Scalar) => applyOne(fused, [x, mul(x, a), x]) as Scalar)(2);
  expect(second(3)).toBe(13);
  expect(grad(second)(3)).toBe(4);
});
