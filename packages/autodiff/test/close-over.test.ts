/** @file closeOver: functions of any arguments become programs. */
import { describe, expect, test } from 'vitest';
import { AsyncFunctionError, checkpoint, grad } from '../src/index.ts';
import { closeOver, evaluateProgram, selectOutputs, TraceBox } from '../src/extend.ts';
import { add, mul, sin, type Scalar } from '../src/scalar.ts';

describe('closeOver', () => {
  test('of a function without arguments: all that it depends on is captured', () => {
    const f = (a: Scalar): Scalar => {
      const { program, captured } = closeOver('test', () => mul(a, sin(a)), []);
      return evaluateProgram(program, captured)[0] as Scalar;
    };
    expect(f(0.5)).toBe(0.5 * Math.sin(0.5));
    expect(grad(f)(0.5)).toBe(Math.sin(0.5) + 0.5 * Math.cos(0.5));
    expect(closeOver('test', () => [1, 2], []).program.outputs).toHaveLength(2);
    expect(checkpoint(() => mul(2, 3))()).toBe(6);
    expect(grad((a: Scalar) => checkpoint(() => mul(a, a))())(3)).toBe(6);
  });

  test('gives the structures of arguments and result', () => {
    const closed = closeOver('test', ({ x }: { x: Scalar }, k: Scalar) => ({ sum: add(x, k), both: [x, k] }), [{ x: 1 }, 2]);
    expect(closed.arguments.unflatten([5, 6])).toEqual([{ x: 5 }, 6]);
    expect(closed.result.unflatten(evaluateProgram(closed.program, [5, 6]))).toEqual({ sum: 11, both: [5, 6] });
  });

  test('the function sees no values', () => {
    closeOver('test', (x: Scalar) => {
      expect(x).toBeInstanceOf(TraceBox);
      return x;
    }, [1]);
  });

  test('a promise is refused', () => {
    expect(() => closeOver('test', async () => 1, [])).toThrow(AsyncFunctionError);
  });
});

test('selectOutputs keeps what its outputs need', () => {
  const { program } = closeOver('test', (x: Scalar) => [sin(x), mul(x, x), add(x, 1)], [1]);
  const selected = selectOutputs(program, [2, 0]);
  expect(selected.equations.map(({ primitive }) => primitive.name)).toEqual(['sin', 'add']);
  expect(evaluateProgram(selected, [0.5])).toEqual([1.5, Math.sin(0.5)]);
});
