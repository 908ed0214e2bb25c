/** @file Expansion leaves no composite operation behind, however deep they are nested, and changes no value. */
import { expect, test } from 'vitest';
import { checkpoint, customGradient, grad, implicitRoot, rollout, stopGradient } from '@tapeflow/autodiff';
import { evaluateProgram, innerPrograms, traceProgram, type Program, type Value } from '@tapeflow/autodiff/extend';
import { full } from '../../../src/array/ndarray.ts';
import { expand } from '../../../src/compile/graph/expand.ts';
import { CapturedValueError } from '../../../src/compile/errors.ts';
import { whileLeaves } from '../../../src/control/while.ts';
import { add, constantLike, div, less, mul, neg, sin, sub } from '../../../src/primitives/elementwise.ts';
import { reduceMax } from '../../../src/primitives/reduce.ts';
import { elements, operations, record, vector } from '../programs.ts';
import { scalar, solveLinear, type Scalar, type Tensor, tensor, l2 } from '../../../src/index.ts';
import { wrap } from '../../../src/named/tensor.ts';

function everyOperation(program: Program): string[] {
  return program.equations.flatMap((equation) => [equation.primitive.name, ...innerPrograms(equation).flatMap(({ program: inner }) => everyOperation(inner))]);
}

const COMPOSITE = ['linearSolve', 'root', 'custom', 'checkpoint', 'rollout', 'stopGradient', 'call'];
const cube = customGradient((x: Value) => ({ value: mul(mul(x, x), x), pullback: (bar: Value): [Value] => [mul(bar, x)] }));
/** √a by Newton's method, which a program can record. */
const root = (a: Value): Value =>
  implicitRoot((x: Value) => sub(mul(x, x), a), constantLike(1, a), {
    solver: (residual, guess) => {
      const [end] = whileLeaves(
        ([x]) => less(constantLike(1e-20, x), reduceMax(mul(residual([x])[0], residual([x])[0]))),
        ([x]) => [sub(x, div(residual([x])[0], add(x, x)))],
        guess,
      );
      return [end];
    },
    linearSolver: (matvec, bs) => ({ xs: bs.map((b) => div(b, matvec([constantLike(1, b)])[0])), info: [] }),
  });

const CASES: Record<string, (x: Value) => Value> = {
  'a custom gradient': (x) => cube(x),
  'one inside another, inside a checkpoint': (x) => checkpoint((y: Value) => cube(cube(y)))(x),
  'a rollout of a custom gradient': (x) => rollout((y: Value) => cube(sin(y)), x, 3),
  'a stopped gradient': (x) => mul(x, stopGradient(x)),
};

for (const [name, f] of Object.entries(CASES)) {
  test(name, () => {
    const program = record((x) => [f(x)], 1);
    expect(everyOperation(program).some((operation) => COMPOSITE.includes(operation))).toBe(true);
    const expanded = expand(program);
    expect(everyOperation(expanded).filter((operation) => COMPOSITE.includes(operation))).toEqual([]);
    const x = vector(0.3, 0.5, 0.9);
    expect(elements(evaluateProgram(expanded, [x]))).toEqual(elements([f(x)]));
  });
}

test('a root becomes the loop of its solver', () => {
  const program = record((a) => [root(a)], 1, []);
  expect(operations(program)).toContain('root');
  const expanded = expand(program);
  expect(operations(expanded)).toContain('while');
  expect(everyOperation(expanded)).not.toContain('root');
  expect(elements(evaluateProgram(expanded, [full(2, [], 'f64')]))[0]![0]).toBeCloseTo(Math.SQRT2, 10);
});

test('a solve becomes loops, also inside a loop of the program', () => {
  const b = tensor({ x: 2 }, [1, 2], { dtype: 'f64' });
  const solve = (value: Value): Value => solveLinear((p: Tensor<'x'>) => p.mul(tensor({ x: 2 }, [2, 3], { dtype: 'f64' })), wrap({ value, dims: b.dims }) as Tensor<'x'>).value.value;
  const program = record((x) => whileLeaves(([n]) => less(n, full(2, [], 'f64')), ([n, y]) => [add(n, constantLike(1, n)), solve(y)], [full(0, [], 'f64'), x]), 1, [2]);
  const expanded = expand(program);
  expect(everyOperation(expanded).filter((operation) => COMPOSITE.includes(operation))).toEqual([]);
  const [, y] = elements(evaluateProgram(expanded, [b.value]));
  expect(y).toEqual([expect.closeTo(1 / 4, 12), expect.closeTo(2 / 9, 12)]);
});

test('what is computed from plain values while a program is recorded is a plain value', () => {
  const b = tensor({ x: 2 }, [1, 2], { dtype: 'f64' });
  let solution: unknown;
  record((x) => {
    solution = solveLinear((p: Tensor<'x'>) => p.mul(2), b).value.data[1];
    return [neg(x)];
  }, 1);
  expect(solution).toBeCloseTo(1, 12);
});

test('a solver that closes over a running derivative is refused by name', () => {
  const f = (k: Scalar): Scalar => {
    const program = traceProgram('test', ([x]) => [implicitRoot((y: Value) => sub(y, x), x, { solver: (_residual, [guess]) => [mul(guess, k.value)], linearSolver: (_matvec, bs) => ({ xs: bs, info: [] }) })], [{ space: expectSpace(k), type: { shape: [], dtype: k.dtype } }]).program;
    expand(program);
    return l2(k);
  };
  expect(() => grad(f)(scalar(1))).toThrow(CapturedValueError);
});

const expectSpace = (k: Scalar): never => (k.value as { space: never }).space;
