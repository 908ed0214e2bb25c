/** @file Programs as printed JavaScript: with loops and solves inside, when they fail, and how the first number that is not finite is told. */
import { describe, expect, test } from 'vitest';
import { grad } from '@tapeflow/autodiff';
import { abstractOf, applyOne, primitive, traceProgram, type Value } from '@tapeflow/autodiff/extend';
import { arrayAbstract, arraySpace, NDArray } from '../../../src/array/ndarray.ts';
import type { ArrayType } from '../../../src/array/type.ts';
import { compile } from '../../../src/compile/executable.ts';
import { sin as sinArray } from '../../../src/primitives/elementwise.ts';
import {
  cond, DebugBackendError, div, exp, gather, greater, IndexError, inverse, jit, l2, less, log, mul, NotConverged, NotFiniteError, scalar, scan, scatter, sin, solveLinear, sum, tensor, whileLoop,
  type Scalar, type Tensor,
} from '../../../src/index.ts';
import { expectSame, numbersOf } from '../support.ts';

type Line = Tensor<'x'>;
const u: Line = tensor({ x: 6 }, [3, -1, 4, 1, -5, 9]);

/** What is thrown, which must be of this class. */
function thrownBy<E extends Error>(kind: new (...args: never[]) => E, f: () => unknown): E {
  try {
    f();
  } catch (error) {
    if (error instanceof kind) return error;
    throw error;
  }
  return expect.fail(`nothing was thrown instead of ${kind.name}`);
}

describe('the bits of operations one by one', () => {
  const stiffness = (a: Line): Line => mul(a, 3).sub(sum(a).mul(0.1));
  const functions: Readonly<Record<string, (a: Line) => unknown>> = {
    'a loop with stacks': (a) => scan((c: Line) => [sin(c).add(c.mul(0.5)), l2(c)] as const, a, 5),
    'a loop backwards': (a) => scan((c: Line, x: Scalar) => [c.mul(x), c] as const, a, tensor({ step: 3 }, [0.1, 0.2, 0.3]), { along: 'step', reverse: true }),
    'a branch': (a) => cond(greater(sum(a), 0), (b: Line) => sin(b), (b: Line) => b.mul(b), a),
    'a loop until': (a) => whileLoop((c: Line) => less(1, l2(c)) as never, (c: Line) => c.mul(0.7), a),
    'a solve': (a) => solveLinear(stiffness, a, { method: 'cg' }).value,
    'a gradient through a solve in a loop': grad((a: Line) => l2(scan((c: Line) => [solveLinear(stiffness, c, { method: 'cg' }).value, undefined] as const, a, 3)[0]) as Scalar),
  };
  test.each(Object.entries(functions))('%s', (_name, f) => {
    const compiled = jit(f, { backend: 'js' });
    expectSame(compiled(u), f(u), 0);
    expectSame(compiled(u.mul(-2)), f(u.mul(-2)), 0);
    expect(compiled.report().programs[0]!.steps).toContain('printed JavaScript');
    expectSame(jit(f, { debug: true })(u), f(u), 0);
  });
});

describe('failures', () => {
  test('a solve that does not converge is the same error as without jit, and the program can run again', () => {
    const solve = (b: Line): Line => solveLinear((a: Line) => a.mul(b), b, { method: 'cg', maxSteps: 1 }).value;
    const compiled = jit(solve, { backend: 'js' });
    const [seen, expected] = [() => compiled(u), () => solve(u)].map((f) => thrownBy(NotConverged, f));
    expect(seen!.message).toBe(expected!.message);
    expectSame(compiled(tensor({ x: 6 }, 2)), tensor({ x: 6 }, 1), 1e-6);
  });
  test('an index outside', () => {
    const take = jit((a: Line, k: Scalar) => gather(a, { x: k }), { backend: 'js' });
    expect(take(u, scalar(2, { dtype: 'i32' })).item()).toBe(4);
    expect(() => take(u, scalar(6, { dtype: 'i32' }))).toThrow(IndexError);
  });
});

test('an operation that has no kernel is a call of its own function', () => {
  const flipSigns = primitive({
    name: 'flip signs',
    evaluate: ([x]) => [NDArray.of(Float64Array.from((x as NDArray).contiguous(), (value) => -value), (x as NDArray).shape, 'f64')],
    abstract: ([x]) => [arrayAbstract(x!.type as ArrayType)],
    outputSpace: () => arraySpace,
  });
  const x = NDArray.of(Float64Array.of(1, 2, 3), [3], 'f64');
  const f = (y: Value): Value => sinArray(applyOne(flipSigns, [sinArray(y)], {}));
  const { program } = traceProgram('test', ([y]) => [f(y!)], [x].map(abstractOf));
  const { executable } = compile(program, 'js');
  expect(executable.toString()).toContain('host flip signs');
  expectSame(executable.run([x]), [f(x)], 0);
});

describe('debug', () => {
  test('the first number that is not finite: kernel, equation, index and what it came from', () => {
    const f = jit((a: Line, b: Line) => sin(log(a).mul(b)), { backend: 'js', debug: true });
    expectSame(f(u.mul(u), u), sin(log(u.mul(u)).mul(u)), 0);
    const error = thrownBy(NotFiniteError, () => f(tensor({ x: 6 }, [1, 2, 3, 0, -1, 1]), u));
    expect(error.value).toBe(NaN);
    expect(error.index).toEqual([3]);
    expect(error.kernel).toBe('kernel0');
    expect(error.equations.at(-1)).toMatch(/ = sin\(/);
    expect(error.equations.some((text) => text.includes('log('))).toBe(true);
    expect(Object.values(error.inputs)).toEqual([0, 1]);
    expect(error.message).toMatch(/kernel0 stores NaN at \[3\]: .* = sin\(.*\)\.\n {2}input0\[x\] = 0\n {2}input1\[x\] = 1\n/);
  });
  test('inside of loops, in sums, in scatters and in results of operations on matrices', () => {
    const debug = { debug: true } as const;
    const growing = jit((a: Line) => scan((c: Line) => [exp(c), undefined] as const, a, 4)[0], debug);
    expect(thrownBy(NotFiniteError, () => growing(u)).equations.at(-1)).toContain('exp(');
    const total = jit((a: Line) => sum(a), debug);
    expect(thrownBy(NotFiniteError, () => total(tensor({ x: 6 }, 1e38))).value).toBe(Infinity);
    const spread = jit((a: Line, at: Line) => scatter(a, { x: at }, a, { mode: 'add' }), debug);
    const error = thrownBy(NotFiniteError, () => spread(tensor({ x: 6 }, 3e38), tensor({ x: 6 }, [0, 1, 2, 3, 4, 5], { dtype: 'i32' })));
    expect([error.value, error.index]).toEqual([Infinity, [0]]);
    const matrix = tensor({ i: 2, '~i': 2 }, [1e-30, 0, 0, 1e-30]);
    const inverted = jit((A: Tensor<'i' | '~i'>) => inverse(A), debug);
    expect(Number.isFinite(thrownBy(NotFiniteError, () => inverted(mul(matrix, 1e-10))).value)).toBe(false);
  });
  test('is on the js backend, and says so', () => {
    expect(jit((a: Line) => a, { debug: true }).report()).toMatchObject({ backend: 'js' });
    expect(() => jit((a: Line) => a, { debug: true, backend: 'wasm' })).toThrow(DebugBackendError);
  });
  test('derivatives of a function with debug are checked too', () => {
    const root = jit((a: Line) => sum(a.mul(a).pow(0.5)), { debug: true });
    expect(thrownBy(NotFiniteError, () => grad((a: Line) => root(a) as Scalar)(tensor({ x: 6 }, 0))).operation).toBe('jit');
    expect(numbersOf(grad((a: Line) => root(a) as Scalar)(tensor({ x: 6 }, 2)))).toEqual(new Array(6).fill(1));
  });
  test('the text is listed for debuggers', () => {
    const f = jit((a: Line) => div(a, a), { debug: true });
    const error = thrownBy(NotFiniteError, () => f(u.mul(0)));
    expect(error.stack).toMatch(/kernel0 \(tapeflow\/program\d+\.js:\d+/);
  });
});
