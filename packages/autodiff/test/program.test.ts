/** @file Programs: evaluation, printing, inner programs. */
import { describe, expect, test } from 'vitest';
import { checkpoint, grad, stopGradient } from '../src/index.ts';
import { closeOver, countEquations, evaluateProgram, innerPrograms, primitive, printProgram, applyOne, spaceOf } from '../src/extend.ts';
import { add, mul, NumberList, sin, unstack, type Scalar } from '../src/scalar.ts';
import { heldObjects } from './support.ts';

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

describe('evaluation', () => {
  test('values are let go after their last use', () => {
    expect(heldObjects('program').most).toBeLessThanOrEqual(2);
  });

  test('a value may be used many times by one equation and still be needed by a later one, or returned', () => {
    const { program } = closeOver('test', (x: Scalar) => {
      const y = mul(x, x);
      return [add(y, mul(sin(x), y)), y, y, x];
    }, [1]);
    expect(evaluateProgram(program, [2])).toEqual([4 + 4 * Math.sin(2), 4, 4, 2]);
    // Programs hold nothing of an evaluation.
    expect(evaluateProgram(program, [0])).toEqual([0, 0, 0, 0]);
  });

  test('constants and inputs may be results', () => {
    const { program } = closeOver('test', (x: Scalar, y: Scalar) => [y, 5, x], [1, 2]);
    expect(program.equations).toEqual([]);
    expect(evaluateProgram(program, [3, 4])).toEqual([4, 5, 3]);
  });

  test('programs of a hundred thousand equations need no deep recursion', () => {
    const { program } = closeOver('test', (x: Scalar) => Array.from({ length: 100_000 }).reduce<Scalar>((y) => add(y, 1), x), [1]);
    expect(program.equations).toHaveLength(100_000);
    expect(evaluateProgram(program, [1])).toEqual([100_001]);
    expect(grad((x: Scalar) => evaluateProgram(program, [x])[0] as Scalar)(1)).toBe(1);
  });
});
