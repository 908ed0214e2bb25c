/** @file The cache of programs: bounds, what goes first, results of what has gone, and programs that ask JavaScript. */
import { expect, test } from 'vitest';
import { traceProgram, type Program, type Value } from '@tapeflow/autodiff/extend';
import { arrayAbstract, NDArray } from '../../../src/array/ndarray.ts';
import { ProgramCache } from '../../../src/compile/eager/program-cache.ts';
import { dot } from '../../../src/primitives/dot.ts';
import { mul } from '../../../src/primitives/elementwise.ts';
import '../whole-compiler.ts';

const SIZE = 1000;
const x = NDArray.of(Float32Array.from({ length: SIZE }, (_, k) => k), [SIZE], 'f32');
const square = (): Program => traceProgram('square', ([a]) => [mul(a, a)], [arrayAbstract(x)]).program;
const values = (results: readonly Value[] | undefined): number[] => [...(results![0] as NDArray).contiguous()];
const expected = Array.from({ length: SIZE }, (_, k) => k * k);

test('a program is made once, and runs with other numbers', () => {
  const cache = new ProgramCache({ programs: 4, bytes: 2 ** 20 });
  let made = 0;
  const make = (): Program => (made++, square());
  expect(values(cache.run('a', make, [x]))).toEqual(expected);
  expect(values(cache.run('a', make, [NDArray.of(new Float32Array(SIZE).fill(3), [SIZE], 'f32')]))).toEqual(expected.map(() => 9));
  expect(made).toBe(1);
  expect(cache.used).toEqual({ programs: 1, bytes: 65_536 });
});

test('what was used longest ago goes first, by number and by bytes, and its results leave its memory', () => {
  for (const limits of [{ programs: 2, bytes: 2 ** 20 }, { programs: 9, bytes: 2 * 65_536 }]) {
    const cache = new ProgramCache(limits);
    const made: string[] = [];
    const run = (key: string): NDArray => cache.run(key, () => (made.push(key), square()), [x])![0] as NDArray;
    const [a, b] = [run('a'), run('b')];
    run('a');
    const again = run('a');
    run('c');
    expect(b.storage.owner).toBeUndefined();
    expect(again.storage.owner?.name).toBe('program');
    for (const result of [a, b, again]) expect([...result.contiguous()]).toEqual(expected);
    run('a');
    run('b');
    expect(made.join('')).toBe('abcb');
    expect(cache.used.programs).toBe(2);
  }
});

test('a program that takes more than half of the memory is not kept', () => {
  const cache = new ProgramCache({ programs: 9, bytes: 100_000 });
  expect(cache.run('a', square, [x])).toBeUndefined();
  expect(cache.used.bytes).toBe(0);
});

test('an operation that JavaScript performs for the program is given up, after a right result', () => {
  const cache = new ProgramCache({ programs: 9, bytes: 2 ** 20 });
  let asked = 0;
  // The primitive asks who is busy while it is performed, as all heavy operations do.
  const integers = NDArray.of(Int32Array.from([1, 2, 3, 4]), [2, 2], 'i32');
  const product = (): Program => {
    const { program } = traceProgram('dot', ([a]) => [dot(a, a, { batch: [], contract: [[1, 0]] })], [arrayAbstract(integers)]);
    const [equation] = program.equations;
    const evaluate: typeof equation extends undefined ? never : NonNullable<typeof equation>['primitive']['evaluate'] = (inputs, params) => {
      if (cache.isBusy) asked++;
      return equation!.primitive.evaluate(inputs, params);
    };
    return { ...program, equations: [{ ...equation!, primitive: { ...equation!.primitive, evaluate } }] };
  };
  expect(values(cache.runOperation('a', product, [integers]))).toEqual([7, 10, 15, 22]);
  expect(asked).toBeGreaterThan(0);
  expect(cache.runOperation('a', product, [integers])).toBeUndefined();
  expect(cache.isBusy).toBe(false);
});

test('a program that cannot be made is not tried again; errors of running programs are handed on', () => {
  const cache = new ProgramCache({ programs: 9, bytes: 2 ** 20 });
  let made = 0;
  const bad = (): Program => {
    made++;
    throw new RangeError('no memory');
  };
  expect(cache.run('a', bad, [x])).toBeUndefined();
  expect(cache.run('a', bad, [x])).toBeUndefined();
  expect(made).toBe(1);
  expect(cache.isUnavailable).toBe(false);
  expect(() => cache.run('b', square, [])).not.toThrow();
  expect(cache.isBusy).toBe(false);
});

test('where there is no WebAssembly, that is remembered', () => {
  const cache = new ProgramCache({ programs: 9, bytes: 2 ** 20 });
  const missing = (): Program => {
    throw new WebAssembly.CompileError('refused');
  };
  expect(cache.run('a', missing, [x])).toBeUndefined();
  expect(cache.isUnavailable).toBe(true);
});
