/** @file Forward mode: tangents travel along, and only where something moves. */
import { describe, expect, test } from 'vitest';
import { jvp, MissingRuleError } from '../src/index.ts';
import { applyOne, forwardLeaves, primitive, spaceOf } from '../src/extend.ts';
import { binary, floor, less, mul, sin, type Scalar } from '../src/scalar.ts';

const numberSpace = spaceOf(0);

describe('forwardLeaves', () => {
  test('gives values and tangents, undefined where nothing moves', () => {
    const { ys, dys } = forwardLeaves(([x, y]) => [mul(x as Scalar, y as Scalar), sin(y as Scalar), floor(x as Scalar), less(x as Scalar, 1)], [2, 3], [1, undefined], [numberSpace, numberSpace]);
    expect(ys).toEqual([6, Math.sin(3), 2, 0]);
    expect(dys).toEqual([3, undefined, undefined, undefined]);
  });

  test('a slope to an input that stands still is never computed', () => {
    const asked: string[] = [];
    const product = binary('product', (x, y) => x * y, (_x, y) => (asked.push('x'), y), (x) => (asked.push('y'), x));
    expect(jvp((x: Scalar) => product(x, 7), 2, 10).tangent).toBe(70);
    expect(asked).toEqual(['x']);
  });

  test('a missing rule is named with what to use instead', () => {
    const oneWay = primitive({ name: 'oneWay', evaluate: (xs) => xs, abstract: (xs) => xs, outputSpace: () => numberSpace, alternative: 'Use otherWay instead.' });
    const run = (): unknown => jvp((x: Scalar) => applyOne(oneWay, [x]) as Scalar, 1, 1);
    expect(run).toThrow(MissingRuleError);
    expect(run).toThrow('oneWay: there is no forward derivative for this operation.\n  Use otherWay instead.');
  });

  test('pushforward replaces the plain evaluation', () => {
    let evaluations = 0;
    const fused = primitive({
      name: 'fused',
      evaluate: ([x]) => (evaluations++, [2 * (x as number)]),
      abstract: (xs) => xs,
      outputSpace: () => numberSpace,
      pushforward: ([x], [dx]) => ({ outputs: [mul(2, x as Scalar)], tangents: [mul(2, dx as Scalar)] }),
    });
    expect(jvp((x: Scalar) => applyOne(fused, [x]) as Scalar, 3, 5)).toEqual({ value: 6, tangent: 10 });
    expect(evaluations).toBe(0);
  });
});
