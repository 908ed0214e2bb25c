/** @file Recording programs: constants, captured values, traces inside traces, dead code. */
import { describe, expect, test } from 'vitest';
import { grad, jvp, rollout, vmap } from '../src/index.ts';
import { apply, applyOne, closeOver, discrete, evaluateProgram, primitive, printProgram, spaceOf, traceProgram, Variable, withoutDeadCode, type Box, type Program } from '../src/extend.ts';
import { add, div, exp, less, mul, NumberList, select, sin, square, stack, unstack, type Scalar } from '../src/scalar.ts';
import { expectClose, randomNumbers } from './support.ts';

const numberSpace = spaceOf(0);
const number = { space: numberSpace, type: 'number' };
const names = (program: Program): string[] => program.equations.map(({ primitive: { name } }) => name);

test('a recorded function agrees with the function, on numbers and inside transformations (seed 7)', () => {
  const f = (x: Scalar, y: Scalar): Scalar => select(less(x, y), mul(sin(x), exp(y)), div(x, add(2, square(y))));
  const { program, captured } = closeOver('test', f, [1, 1]);
  expect(captured).toEqual([]);
  const run = (x: Scalar, y: Scalar): Scalar => evaluateProgram(program, [x, y])[0] as Scalar;
  const points = randomNumbers(7, 20, -2, 2);
  for (let k = 0; k < points.length; k += 2) {
    const [x, y] = [points[k]!, points[k + 1]!];
    expect(run(x, y)).toBe(f(x, y));
    expectClose(grad(run)(x, y), grad(f)(x, y) as number, 1e-15);
    expectClose(jvp((z: Scalar) => run(x, z), y, 1).tangent, jvp((z: Scalar) => f(x, z), y, 1).tangent as number, 1e-15);
    expectClose(grad(grad(run))(x, y), grad(grad(f))(x, y) as number, 1e-14);
  }
  expect(vmap(run)(new NumberList([1, 2]), new NumberList([2, 1]))).toEqual(new NumberList([f(1, 2) as number, f(2, 1) as number]));
});

test('gradients can be recorded like anything else', () => {
  const { program } = closeOver('test', grad((x: Scalar) => mul(sin(x), x)), [1]);
  expectClose(evaluateProgram(program, [0.7])[0], 0.7 * Math.cos(0.7) + Math.sin(0.7), 1e-15);
  expectClose(grad((x: Scalar) => evaluateProgram(program, [x])[0] as Scalar)(0.7), 2 * Math.cos(0.7) - 0.7 * Math.sin(0.7), 1e-15);
});

describe('constants', () => {
  test('keep the sign of zero', () => {
    const { program } = closeOver('test', (x: Scalar) => [add(x, 0), div(1, mul(square(x), -0)), div(1, mul(square(x), 0))], [1]);
    expect(evaluateProgram(program, [2])).toEqual([2, -Infinity, Infinity]);
  });

  test('belong to the space that they name, not to that of the result', () => {
    const first = (list: unknown, x: Scalar): Scalar => mul(unstack(list)[0]!, x);
    const { program } = closeOver('test', (x: Scalar) => first(new NumberList([3, 4]), x), [1]);
    expect(evaluateProgram(program, [5])).toEqual([15]);
    const stacked = closeOver('test', (x: Scalar) => unstack(stack([x, 4]))[1]!, [1]);
    expect(evaluateProgram(stacked.program, [5])).toEqual([4]);
  });

  test('what does not depend on the arguments is computed once, outside', () => {
    const { program } = closeOver('test', (x: Scalar) => mul(x, sin(exp(1))), [1]);
    expect(names(program)).toEqual(['mul']);
  });
});

describe('captured values', () => {
  test('become inputs, once each, in the order of their first use', () => {
    grad(([a, b]: readonly Scalar[]) => {
      const { program, captured } = closeOver('test', (x: Scalar) => add(mul(b!, x), mul(a!, mul(b!, x))), [1]);
      expect(captured).toEqual([b, a]);
      expect(program.inputs).toHaveLength(3);
      return evaluateProgram(program, [...captured, 5])[0] as Scalar;
    })([2, 3]);
  });

  test('carry their gradient', () => {
    const f = (a: Scalar): Scalar => {
      const { program, captured } = closeOver('test', (x: Scalar) => mul(a, mul(a, x)), [1]);
      return evaluateProgram(program, [...captured, 5])[0] as Scalar;
    };
    expect(grad(f)(3)).toBe(30);
    expect(grad(grad(f))(3)).toBe(10);
  });

  test('a captured value that is returned untouched', () => {
    expect(grad((a: Scalar) => {
      const { program, captured } = closeOver('test', (x: Scalar) => [a, x, a], [1]);
      const [first, , last] = evaluateProgram(program, [...captured, 5]);
      return mul(first as Scalar, last as Scalar);
    })(3)).toBe(6);
  });

  test('of an outer trace become inputs of the inner program', () => {
    let inner: readonly Box[] = [];
    const { program } = closeOver('outer', (x: Scalar) => {
      const closed = closeOver('inner', (y: Scalar) => mul(x, y), [1]);
      inner = closed.captured;
      return evaluateProgram(closed.program, [...closed.captured, sin(x)])[0] as Scalar;
    }, [1]);
    expect(inner).toHaveLength(1);
    expect(names(program)).toEqual(['sin', 'mul']);
    expect(evaluateProgram(program, [0.5])).toEqual([0.5 * Math.sin(0.5)]);
  });
});

describe('operations without inputs', () => {
  const ticket = discrete({ name: 'ticket', evaluate: () => [7], abstract: () => [number], outputSpace: () => numberSpace });
  test('are recorded in the innermost open trace', () => {
    const { program } = closeOver('test', (x: Scalar) => add(x, applyOne(ticket, []) as Scalar), [1]);
    expect(names(program)).toEqual(['ticket', 'add']);
    expect(evaluateProgram(program, [1])).toEqual([8]);
  });

  // A step that draws a ticket by itself.
  const tickets = (x: Scalar): Scalar => rollout((s: Scalar) => add(s, applyOne(ticket, []) as Scalar), x, 3);

  test('but not where they are part of an operation on plain values, which is performed at once', () => {
    const { program } = closeOver('test', (x: Scalar) => mul(x, tickets(1)), [1]);
    expect(names(program)).toEqual(['mul']);
    expect(evaluateProgram(program, [2])).toEqual([44]);
  });

  test('nor where they are part of an operation of an outer transformation', () => {
    const f = (x: Scalar): Scalar => {
      const { program, captured } = closeOver('test', (y: Scalar) => mul(y, tickets(x)), [1]);
      expect(names(program)).toEqual(['mul']);
      return evaluateProgram(program, [...captured, x])[0] as Scalar;
    };
    expect(grad(f)(2)).toBe(2 + 23); // x (x + 21)
    expect(jvp(f, 2, 1).tangent).toBe(25);
    expect(unstack(vmap(f)(new NumberList([1, 2])))).toEqual([22, 46]);
  });

  test('and are recorded again by a trace inside of such an operation', () => {
    const recording = primitive({
      name: 'recording',
      evaluate: ([x]) => [evaluateProgram(closeOver('inner', (y: Scalar) => add(y, applyOne(ticket, []) as Scalar), [1]).program, [x])[0]],
      abstract: (xs) => xs,
      outputSpace: () => numberSpace,
    });
    const { program } = closeOver('test', (x: Scalar) => mul(x, applyOne(recording, [1]) as Scalar), [1]);
    expect(names(program)).toEqual(['mul']);
    expect(evaluateProgram(program, [2])).toEqual([16]);
  });
});

describe('dead code', () => {
  test('is dropped', () => {
    const { program } = closeOver('test', (x: Scalar) => (exp(sin(x)), mul(2, x)), [1]);
    expect(names(program)).toEqual(['mul']);
  });

  test('but checks and effects stay', () => {
    const check = primitive({ name: 'check', evaluate: () => [], abstract: () => [], outputSpace: () => numberSpace });
    const print = primitive({ name: 'print', evaluate: (xs) => xs, abstract: (xs) => xs, outputSpace: () => numberSpace, effect: true });
    const { program } = traceProgram('test', ([x]) => (apply(check, [x]), apply(print, [x]), [mul(2, x as Scalar)]), [number]);
    expect(names(program)).toEqual(['check', 'print', 'mul']);
  });

  test('program with no outputs left has no equations', () => {
    const { program } = closeOver('test', (x: Scalar) => sin(x), [1]);
    expect(withoutDeadCode({ ...program, outputs: [], results: [] }).equations).toEqual([]);
  });
});

test('an operation may write itself as others', () => {
  const twice = primitive({ name: 'twice', evaluate: ([x]) => [2 * (x as number)], abstract: (xs) => xs, outputSpace: () => numberSpace, inline: ([x]) => [add(x as Scalar, x as Scalar)] });
  const { program } = closeOver('test', (x: Scalar) => applyOne(twice, [x]) as Scalar, [1]);
  expect(printProgram(program)).toBe(['program (a: a number)', '  b: a number = add(a, a)', '  return b'].join('\n'));
  expect(program.inputs[0]).toBeInstanceOf(Variable);
});
