/** @file Programs in WebAssembly: what happens to results and memory from call to call, loops, checks and failures inside. */
import v8 from 'node:v8';
import vm from 'node:vm';
import { describe, expect, test } from 'vitest';
import { grad, type TapeflowError } from '@tapeflow/autodiff';
import { applyOne, primitive, traceProgram } from '@tapeflow/autodiff/extend';
import { arrayAbstract, arraySpace, type NDArray } from '../../../src/array/ndarray.ts';
import type { ArrayType } from '../../../src/array/type.ts';
import { compile } from '../../../src/compile/executable.ts';
import { checkLeaves } from '../../../src/control/check.ts';
import { less, sin as sinArray } from '../../../src/primitives/elementwise.ts';
import { reduceAll } from '../../../src/primitives/reduce.ts';
import {
  add, cond, DTypeError, flip, fromNdarray, gather, greater, IndexError, jit, l2, LentResultError, less as lessThan, mul, NotConverged, precision, scalar, scan, sin, solveLinear, Tensor, tensor, UnsupportedOperationError, whileLoop,
  type Scalar,
} from '../../../src/index.ts';
import { expectSame, numbersOf, randomNumbers } from '../support.ts';
import { laneFunction } from './math/lane-functions.ts';

type Field = Tensor<'x'>;
const SEED = 20264;
const N = 500;
const field = (seed: number): Field => tensor({ x: N }, randomNumbers(SEED + seed, N));

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc') as () => void;
/** Bytes in use once nothing can be freed any more. */
function usedBytes(): number {
  collect();
  collect();
  const { heapUsed, arrayBuffers, external } = process.memoryUsage();
  return heapUsed + arrayBuffers + external;
}

describe('inputs', () => {
  test('the same array again is not copied in; another one, and one that was changed, are', () => {
    const shared = new Float32Array(N).fill(1);
    const double = jit((u: Field) => mul(u, 2));
    const wrapped = fromNdarray({ data: shared, shape: [N], stride: [1], offset: 0 }, ['x'], { share: true }) as Field;
    const plain = field(1);
    expect(numbersOf(double(plain))).toEqual(numbersOf(double(plain)));
    expect(numbersOf(double(field(2)))).toEqual(numbersOf(field(2)).map((x) => 2 * x));
    expect(numbersOf(double(plain))).toEqual(numbersOf(plain).map((x) => 2 * x));
    expect(numbersOf(double(wrapped))[7]).toBe(2);
    shared[7] = 5;
    expect(numbersOf(double(wrapped))[7]).toBe(10);
    expect(numbersOf(double(flip(plain, 'x')))).toEqual(numbersOf(plain).map((x) => 2 * x).reverse());
  });
  test('a loop that changes what lies where an input was does not see the change in the next run', () => {
    const run = jit((u: Field) => scan((c: Field) => [mul(c, 2), undefined] as const, u, 3)[0]);
    const x = field(3);
    expect(numbersOf(run(x))).toEqual(numbersOf(x).map((v) => 8 * v));
    expect(numbersOf(run(x))).toEqual(numbersOf(x).map((v) => 8 * v));
  });
});

describe('results', () => {
  const step = jit((u: Field, dt: number | Scalar) => ({ u: add(u, mul(sin(u), dt)), half: u.slice({ x: [0, N / 2] }), energy: l2(u) }));

  test('keep their values when the program runs again, also as views and as arguments', () => {
    const first = step(field(1), 0.1);
    const [u1, half1, energy1] = [first.u, first.half, first.energy].map(numbersOf);
    const view = first.u.slice({ x: [10, 20] });
    const second = step(field(2), 0.2);
    const u2 = numbersOf(second.u);
    const third = step(second.u, 0.3);
    step(third.u, 0.1);
    step(field(3), 0.1);
    expect([first.u, first.half, first.energy].map(numbersOf)).toEqual([u1, half1, energy1]);
    expect(numbersOf(view)).toEqual(u1!.slice(10, 20));
    expect(numbersOf(second.u)).toEqual(u2);
    const sine = laneFunction('sin', 'f32');
    expect(numbersOf(third.u)).toEqual(u2.map((x) => Math.fround(x + Math.fround(sine.one(x) * Math.fround(0.3)))));
  });
  test('stay in the memory of the program until then', () => {
    const { u, energy } = step(field(1), 0.1);
    const { storage } = u.value as NDArray;
    expect(storage.owner?.name).toBe('program');
    expect((energy.value as NDArray).storage.owner, 'a small result does not keep the memory alive').toBeUndefined();
    step(field(2), 0.1);
    expect(storage.owner).toBeUndefined();
  });
  test('that are lent are not copied, may be arguments of the next call, and cannot be read after it', () => {
    const lent = jit((u: Field) => mul(u, 2), { results: 'lent' });
    const first = lent(field(1));
    const expected = numbersOf(field(1)).map((x) => Math.fround(4 * x));
    const second = lent(first);
    expect(numbersOf(second)).toEqual(expected);
    expect(() => first.data).toThrow(LentResultError);
    expect(() => add(first, 1)).toThrow(/before the next call/);
  });
  test('derivatives through a program that lends its results are those of the function', () => {
    const lent = jit((u: Field) => sin(mul(u, u)), { results: 'lent' });
    const x = field(1);
    const gradient = grad((u: Field) => l2(add(lent(u), lent(mul(u, 2)))) as Scalar);
    const plain = grad((u: Field) => l2(add(sin(mul(u, u)), sin(mul(mul(u, 2), mul(u, 2))))) as Scalar);
    expectSame(gradient(x), plain(x), 1e-5);
  });
  test('data is a copy that nothing changes', () => {
    const { u } = step(field(1), 0.1);
    const { data } = u;
    const before = [...data];
    step(field(2), 0.1);
    expect([...data]).toEqual(before);
    data.fill(0);
    expect(numbersOf(u)).toEqual(before);
  });
  test('a program that feeds on its own results', () => {
    let u = field(1);
    let expected = field(1);
    const sine = jit((x: Field) => sin(x));
    for (let k = 0; k < 20; k++) {
      ({ u } = step(u, 0.1));
      expected = add(expected, mul(sine(expected), 0.1));
    }
    expectSame(u, expected, 0);
  });
  test('10 000 calls leave no memory behind, in one run of the script', { timeout: 60_000 }, () => {
    let u = field(1);
    const run = (calls: number): void => {
      for (let k = 0; k < calls; k++) ({ u } = step(u, k % 2 === 0 ? 0.1 : -0.1));
    };
    run(2000);
    const before = usedBytes();
    run(10_000);
    expect(usedBytes() - before).toBeLessThan(2e6);
  });
  test('10 000 calls of a gradient through a program leave no memory behind', { timeout: 60_000 }, () => {
    const loss = jit((u: Field) => l2(sin(u)));
    const gradient = grad(loss);
    const run = (calls: number): void => {
      for (let k = 0; k < calls; k++) gradient(field(k % 3));
    };
    run(2000);
    const before = usedBytes();
    run(10_000);
    expect(usedBytes() - before).toBeLessThan(2e6);
  });
});

describe('loops, branches and solves inside programs', () => {
  const at64 = (name: string, body: () => void): void => test(name, () => precision(64, body));
  at64('scan, whileLoop and cond', () => {
    const f = (u: Tensor<'x'>, k: Scalar): { end: Tensor<'x'>; path: Tensor<'x' | 't'>; root: Scalar; chosen: Scalar } => {
      const [end, path] = scan((c: Tensor<'x'>, i) => [sin(c.mul(k)).add(i), c] as const, u, 5, { along: 't' });
      const root = whileLoop((x: Scalar) => greater(x.mul(x).sub(k), 1e-13), (x) => x.add(k.div(x)).mul(0.5), k);
      const [chosen] = scan((c: Scalar) => [cond(lessThan(c, 1), (a: Scalar) => a.mul(3), (a: Scalar) => a.div(2), c), undefined] as const, k, 4);
      return { end, path, root, chosen };
    };
    const u = tensor({ x: 4 }, randomNumbers(SEED, 4));
    const fast = jit(f);
    for (const k of [1.5, 2, 40]) expectSame(fast(u, scalar(k)), f(u, scalar(k)), 0);
    const loss = (a: Tensor<'x'>, k: Scalar): Scalar => l2(f(a, k).path).add(f(a, k).chosen);
    expectSame(jit(grad(loss))(u, scalar(2)), grad(loss)(u, scalar(2)), 0);
    expectSame(grad(jit(loss))(u, scalar(2)), grad(loss)(u, scalar(2)), 1e-14);
    expect(fast.report().programs[0]!.steps).toMatch(/repeat 5 times[\s\S]*while[\s\S]*repeat 4 times[\s\S]*if[\s\S]*else/);
  });
  at64('a solve, its report discarded, and its failure with the partial solution', () => {
    const solve = (b: Tensor<'x'>, k: number | Scalar, maxSteps: number): Tensor<'x'> => solveLinear((p: Tensor<'x'>) => p.mul(add(k as Scalar, tensor({ x: 4 }, [1, 2, 3, 4]))), b, { method: 'cg', maxSteps }).value;
    const b = tensor({ x: 4 }, randomNumbers(SEED, 4));
    const fast = jit(solve, { static: [2] });
    expectSame(fast(b, 0.5, 50), solve(b, scalar(0.5), 50), 1e-15);
    const failure = (f: () => unknown): NotConverged => {
      try {
        f();
      } catch (error) {
        return error as NotConverged;
      }
      return expect.fail('nothing was thrown');
    };
    const inside = failure(() => fast(b, 0.5, 2));
    const outside = failure(() => solve(b, scalar(0.5), 2));
    expect(inside).toBeInstanceOf(NotConverged);
    expect(inside.operation).toBe('solveLinear (cg)');
    expect(inside).toMatchObject({ status: 'maxSteps', steps: 2, residual: outside.residual, history: outside.history });
    expectSame(inside.value, outside.value, 1e-15);
    // The program itself is not harmed.
    expectSame(fast(b, 0.5, 50), solve(b, scalar(0.5), 50), 1e-15);
  });
  at64('a check that fails in the third step of a loop throws its own error, with the values of that step', () => {
    class TooLarge extends Error {
      readonly seen: number;
      constructor(seen: number) {
        super(`the value is ${seen}`);
        this.seen = seen;
      }
    }
    const f = (u: Scalar): Scalar =>
      scan((c: Scalar) => {
        checkLeaves(less(c.value, scalar(10).value), [c.value], ([seen]) => new TooLarge(seen!.contiguous()[0]!));
        return [c.mul(3), undefined] as const;
      }, u, 5)[0];
    const fast = jit(f);
    expect(fast(scalar(0.01)).item()).toBeCloseTo(2.43, 12);
    expect(() => fast(scalar(1.5))).toThrow(expect.objectContaining({ seen: 13.5 }));
    expect(fast(scalar(0.01)).item()).toBeCloseTo(2.43, 12);
  });
  at64('a check whose result nobody reads is not removed', () => {
    const f = (u: Tensor<'x'>): Tensor<'x'> => {
      checkLeaves(reduceAll(less(u.value, scalar(1).value)), [], () => new RangeError('not below 1'));
      return u.add(1);
    };
    const fast = jit(f);
    fast(tensor({ x: 2 }, [0, 0.5]));
    expect(() => fast(tensor({ x: 2 }, [0, 1.5]))).toThrow(RangeError);
  });
});

describe('what is refused', () => {
  test('an operation without code, by name, when the program is compiled; the js backend runs it', () => {
    const strange = primitive({ name: 'strange', evaluate: ([x]) => [sinArray(x)], abstract: ([x]) => [x!], outputSpace: () => arraySpace as never });
    const f = (u: Field): Field => new Tensor(applyOne(strange, [u.value]), u.dims) as Field;
    let refused: unknown;
    try {
      jit(f)(field(1));
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(UnsupportedOperationError);
    expect(refused).toMatchObject({ primitive: 'strange', backend: 'wasm' });
    expect((refused as TapeflowError).message).toContain("'strange' of (f32[500])");
    expect((refused as TapeflowError).advice).toContain("backend: 'js'");
    expectSame(jit(f, { backend: 'js' })(field(1)), sin(field(1)), 0);
  });
  test('arrays of one operation in different dtypes, as without jit', () => {
    const positional = jit((a: { value: unknown }) => ({ value: less(a.value, tensor({ x: 1 }, 1, { dtype: 'f64' }).value) }));
    expect(() => positional({ value: tensor({ x: 1 }, 1).value })).toThrow(DTypeError);
  });
  test('positions outside, as without jit', () => {
    const f = (u: Field, at: Tensor<'k'>): Tensor<'k'> => gather(u, { x: at });
    const at = tensor({ k: 3 }, [0, 7, N], { dtype: 'i32' });
    expect(() => f(field(1), at)).toThrow(IndexError);
    expect(() => jit(f)(field(1), at)).toThrow(IndexError);
  });
  test('a program that needs more memory than there is', () => {
    const { program } = traceProgram('jit', ([x]) => [sinArray(sinArray(x)), x], [arrayAbstract({ shape: [2 ** 29], dtype: 'f64' } satisfies ArrayType)]);
    expect(() => compile(program, 'wasm')).toThrow(/WebAssembly addresses/);
  });
});

