/** @file debugNaN names operation, direction, step and index of the first value that is not finite. */
import { describe, expect, test } from 'vitest';
import { AsyncFunctionError, checkpoint, debugNaN, describeTape, grad, jvp, NonFiniteError, vmap } from '../src/index.ts';
import { applyOne, primitive } from '../src/extend.ts';
import { add, div, exp, less, log, mul, NumberList, select, sin, sqrt, square, stack, sub, type Scalar } from '../src/scalar.ts';
import { Pair, pairMultiply, pairSpace, pairSum } from './pairs.ts';

function failure(run: () => unknown): NonFiniteError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(NonFiniteError);
    return error as NonFiniteError;
  }
  throw new Error('nothing was found');
}

describe('going forwards', () => {
  test('the first operation is named, not the last', () => {
    const f = (x: Scalar): Scalar => sin(mul(2, log(sub(x, 1))));
    expect(failure(() => debugNaN(f)(0.5))).toMatchObject({ operation: 'log', direction: 'forward', step: 1, index: 0 });
    expect(failure(() => debugNaN(f)(1)).message).toContain('log: forward step 1 gave a value that is not finite (-Infinity at flat index 0).');
    expect(failure(() => debugNaN(f)(1)).advice).toContain('a division by zero');
  });

  test('inside grad, jvp and vmap as well', () => {
    const f = (x: Scalar): Scalar => mul(2, log(x));
    expect(failure(() => debugNaN(grad(f))(-1))).toMatchObject({ operation: 'log', direction: 'forward', step: 0 });
    expect(failure(() => debugNaN((x: Scalar) => jvp(f, x, 1).tangent)(-1))).toMatchObject({ operation: 'log', direction: 'forward', step: 0 });
    expect(failure(() => debugNaN(vmap(f))(new NumberList([1, -1])))).toMatchObject({ operation: 'log', direction: 'forward', step: 1 });
  });

  test('the index inside larger values', () => {
    const f = (a: Pair): Scalar => pairSum(pairMultiply(a, new Pair(1, 1e200)));
    expect(failure(() => debugNaN(grad(f))(new Pair(1, 1e200)))).toMatchObject({ operation: 'pairMultiply', direction: 'forward', index: 1 });
    expect(failure(() => debugNaN((x: Scalar) => grad((y: Scalar) => mul(y, applyOne(listed, [stack([1, 2, y])]) as Scalar))(x))(-1))).toMatchObject({ operation: 'listed', index: 2 });
  });
  const listed = primitive({ name: 'listed', evaluate: () => [new NumberList([1, 2, NaN])], abstract: (xs) => xs, outputSpace: () => pairSpace });
});

describe('going backwards', () => {
  test('where the value is finite and its slope is not', () => {
    const f = (x: Scalar): Scalar => mul(3, sqrt(square(x)));
    const error = failure(() => debugNaN(grad(f))(0));
    expect(error).toMatchObject({ operation: 'sqrt', direction: 'backward', step: 1, index: 0 });
    expect(error.advice).toContain('a select before (not only after) the operation');
    // The step is the line of the tape.
    expect(describeTape(f, 0).lines[error.step]!.operation).toBe('sqrt');
  });

  test('after a step backwards, forward steps are forward again', () => {
    const f = (x: Scalar): Scalar => add(grad((y: Scalar) => square(y))(x), log(x));
    expect(failure(() => debugNaN(f)(0))).toMatchObject({ operation: 'log', direction: 'forward' });
  });

  test('and so they are after a rule that failed', () => {
    const moody = primitive({
      name: 'moody',
      evaluate: (xs) => xs,
      abstract: (xs) => xs,
      outputSpace: () => pairSpace,
      vjp: () => {
        throw new Error('not today');
      },
    });
    const f = (x: Scalar): Scalar => {
      try {
        grad((y: Scalar) => applyOne(moody, [y]) as Scalar)(x);
      } catch {
        // What follows must not be taken for a part of the backward step.
      }
      return log(x);
    };
    expect(failure(() => debugNaN(f)(0))).toMatchObject({ operation: 'log', direction: 'forward' });
  });

  test('inside a rule that pulls back a program', () => {
    const f = (x: Scalar): Scalar => checkpoint((y: Scalar) => sqrt(square(y)))(x);
    expect(failure(() => debugNaN(grad(f))(0))).toMatchObject({ operation: 'sqrt', direction: 'backward' });
  });

  test('where contributions are finite but their sum is not', () => {
    const f = (x: Scalar): Scalar => add(mul(1e308, x), mul(1e308, x));
    expect(failure(() => debugNaN(grad(f))(0.1))).toMatchObject({ direction: 'backward' });
  });
});

test('what is finite passes unchanged, with trees and several arguments', () => {
  const f = (state: { x: Scalar; name: string }, k: Scalar) => ({ y: div(exp(state.x), k), name: state.name });
  expect(debugNaN(f)({ x: 1, name: 'f' }, 2)).toEqual({ y: Math.E / 2, name: 'f' });
  const safe = (x: Scalar): Scalar => select(less(0, x), sqrt(select(less(0, x), x, 1)), 0);
  expect(debugNaN(grad(safe))(0)).toBe(0);
  expect(debugNaN(vmap(grad(safe)))(new NumberList([0, 4]))).toEqual(new NumberList([0, 0.25]));
});

test('looking ends with the call, also after an error, and may be nested', () => {
  expect(() => debugNaN(log)(0)).toThrow(NonFiniteError);
  expect(log(0)).toBe(-Infinity);
  const f = debugNaN((x: Scalar) => add(debugNaN(sin)(x), log(x)));
  expect(() => f(0)).toThrow('log: forward step');
});

test('a promise is refused: nobody would look any more when it is done', () => {
  expect(() => debugNaN(async (x: Scalar) => log(x))(1)).toThrow(AsyncFunctionError);
});
