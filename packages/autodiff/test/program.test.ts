/** @file Programs: evaluation, printing, inner programs. */
import { describe, expect, test } from 'vitest';
import { checkpoint, stopGradient } from '../src/index.ts';
import { closeOver, countEquations, evaluateProgram, innerPrograms, primitive, printProgram, applyOne, spaceOf } from '../src/extend.ts';
import { add, mul, NumberList, sin, unstack, type Scalar } from '../src/scalar.ts';

describe('printing', () => {
  test('one equation a line, with types and constants', () => {
    const { program } = closeOver('test', (x: Scalar, y: Scalar) => [mul(sin(x), 0.5), y, 3], [1, 1]);
    expect(printProgram(program)).toBe(
      ['program (a: a number, b: a number)', '  c: a number = sin(a)', '  d: a number = mul(c, 0.5)', '  return d, b, 3'].join('\n'),
    );
  });

  test('inner programs are indented below their equation', () => {
    const { program } = closeOver('test', (x: Scalar) => add(1, checkpoint((y: Scalar) => mul(y, y))(x)), [1]);
    expect(printProgram(program)).toBe(
      [
        'program (a: a number)',
        '  b: a number = checkpoint(a)',
        '    program:',
        '      program (a: a number)',
        '        b: a number = mul(a, a)',
        '        return b',
        '  c: a number = add(1, b)',
        '  return c',
      ].join('\n'),
    );
    expect(countEquations(program)).toBe(3);
    expect(innerPrograms(program.equations[0]!).map(({ name }) => name)).toEqual(['program']);
  });

  test('plain parameters are shown, functions are not', () => {
    const scaled = primitive({ name: 'scaled', evaluate: (xs) => xs, abstract: (xs) => xs, outputSpace: () => spaceOf(0) });
    const { program } = closeOver('test', (x: Scalar) => applyOne(scaled, [x], { by: 3, over: [1, 2], how: () => 0 }) as Scalar, [1]);
    expect(printProgram(program)).toContain('b: a number = scaled(a) [by=3 over=(1,2)]');
  });

  test('more than 26 names', () => {
    const { program } = closeOver('test', (x: Scalar) => Array.from({ length: 30 }).reduce<Scalar>((y) => sin(y), x), [1]);
    expect(printProgram(program)).toContain('b1: a number = sin(a1)');
  });

  test('list constants do not hide their type', () => {
    const { program } = closeOver('test', (x: Scalar) => mul(x, unstack(stopGradient(new NumberList([1, 2])))[1]!), [1]);
    expect(evaluateProgram(program, [3])).toEqual([6]);
  });
});

test('values are let go after their last use', () => {
  const alive: WeakRef<object>[] = [];
  const live: number[] = [];
  const make = primitive({
    name: 'make',
    evaluate: ([x]) => {
      live.push(alive.length);
      return [x];
    },
    abstract: (xs) => xs,
    outputSpace: () => spaceOf(0),
  });
  const { program } = closeOver('test', (x: Scalar) => applyOne(make, [applyOne(make, [x])]) as Scalar, [1]);
  expect(evaluateProgram(program, [1])).toEqual([1]);
  // The same input may be used many times by one equation and still be needed by a later one.
  const reused = closeOver('test', (x: Scalar) => add(mul(x, x), mul(sin(x), x)), [1]);
  expect(evaluateProgram(reused.program, [2])).toEqual([4 + 2 * Math.sin(2)]);
});
