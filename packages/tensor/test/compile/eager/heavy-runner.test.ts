/** @file Large operations by programs of their own: beside the js backend, and who performs what. */
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { Value } from '@tapeflow/autodiff/extend';
import { NDArray, reduceSum, slice } from '../../../src/array/ndarray.ts';
import { withAllHeavy } from '../../../src/backends/heavy.ts';
import { heavyPrograms, performHeavyOperations } from '../../../src/compile/eager/heavy-runner.ts';
import { backend } from '../../../src/context.ts';
import { ELEMENTWISE, type ElementwiseName } from '../../../src/elementwise/table.ts';
import { conv } from '../../../src/primitives/conv.ts';
import { dot } from '../../../src/primitives/dot.ts';
import { add, sub } from '../../../src/primitives/elementwise.ts';
import { fourier, realFourier, realTransform } from '../../../src/primitives/fourier.ts';
import { reduceMax, reduceMin, reduceProd } from '../../../src/primitives/reduce.ts';
import { transpose } from '../../../src/primitives/structure.ts';
import { applyElementwise } from '../all-operations.ts';
import { randomNumbers } from '../random-numbers.ts';

const SEED = Number(process.env['TAPEFLOW_SEED'] ?? 20262);
performHeavyOperations();

type Real = 'f32' | 'f64';
const ROUNDOFF: Readonly<Record<Real, number>> = { f32: 2 ** -24, f64: 2 ** -53 };

function random(seed: number, shape: readonly number[], dtype: Real, low = -1, high = 1): NDArray {
  const numbers = randomNumbers(seed, shape.reduce((size, length) => size * length, 1), low, high);
  return NDArray.of(dtype === 'f32' ? Float32Array.from(numbers) : Float64Array.from(numbers), shape, dtype);
}

/** Both backends; the error is counted in roundoffs of the largest number. */
function compare(dtype: Real, run: (...xs: Value[]) => Value | readonly Value[], inputs: readonly NDArray[], roundoffs: number): void {
  const values = (): NDArray[] => [run(...inputs)].flat() as NDArray[];
  const expected = backend('js', values);
  values().forEach((seen, k) => {
    const [a, b] = [seen.contiguous(), expected[k]!.contiguous()];
    expect([seen.shape, seen.dtype]).toEqual([expected[k]!.shape, expected[k]!.dtype]);
    let size = Number.MIN_VALUE;
    for (const value of b) size = Math.max(size, Math.abs(value));
    const bound = roundoffs * ROUNDOFF[dtype] * size;
    for (let i = 0; i < b.length; i++) if (!Object.is(a[i], b[i]) && !(Math.abs(a[i]! - b[i]!) <= bound)) expect.fail(`number ${i} of result ${k} is ${a[i]} instead of ${b[i]} (bound ${bound})`);
  });
}

describe.each<Real>(['f32', 'f64'])(`large operations of %s beside the js backend (seed ${SEED})`, (dtype) => {
  const plane = random(SEED, [150, 140], dtype);
  const matrix = random(SEED + 1, [140, 70], dtype);
  // Sums of n products round up to n times here and there [Higham2002, ch. 3]; the size is that of the sums, up to √n smaller than of the absolute values.
  test('contractions, also of transposed operands, in batches, with a vector', () => {
    compare(dtype, (x, y) => dot(x, y, { batch: [], contract: [[1, 0]] }), [plane, matrix], 2 * 140);
    compare(dtype, (x, y) => dot(transpose(x, [1, 0]), y, { batch: [], contract: [[0, 0]] }), [plane, matrix], 2 * 140);
    compare(dtype, (x, y) => dot(x, y, { batch: [[0, 0]], contract: [[1, 1]] }), [random(SEED, [9, 40, 15], dtype), random(SEED, [9, 40, 14], dtype)], 2 * 40);
    compare(dtype, (x, y) => dot(x, y, { batch: [], contract: [[1, 0]] }), [random(SEED, [300, 300], dtype), random(SEED + 1, [300], dtype)], 2 * 300);
  });
  test('convolutions', () => {
    const params = { stride: [1, 2], dilation: [1, 1], low: [1, 0], high: [1, 2], groups: 2 };
    compare(dtype, (x, kernel) => conv(x, kernel, params), [random(SEED, [2, 4, 40, 42], dtype), random(SEED + 1, [6, 2, 3, 3], dtype)], 2 * 18);
  });
  test('transforms', () => {
    // 7 u log₂ n relative to the norm of the result [Higham2002, thm 24.2], which is below √n times its largest number.
    const bound = 7 * Math.log2(150 * 140) * Math.sqrt(150 * 140);
    compare(dtype, (x) => fourier(x, x, { axes: [0, 1], backward: false }), [plane], bound);
    compare(dtype, (x) => realFourier(x, { axis: 0 }), [plane], bound);
    compare(dtype, (x) => realTransform(x, { axis: 1, kind: 'cosine2' }), [plane], bound);
  });
  test('reductions, of all and of some axes', () => {
    const large = random(SEED, [300, 260], dtype, 0.5, 1);
    for (const axes of [[0, 1], [0], [1]]) {
      compare(dtype, (x) => reduceSum(x, axes), [large], 2 * Math.log2(300 * 260));
      compare(dtype, (x) => reduceMax(x, axes), [large], 0);
      compare(dtype, (x) => reduceMin(transpose(x, [1, 0]), axes), [large], 0);
    }
    compare(dtype, (x) => reduceProd(x, [1]), [random(SEED, [300, 260], dtype, 0.98, 1.02)], 2 * 260);
  });
  test('every elementwise operation, over several blocks', () => {
    const positive = [0, 1, 2].map((k) => random(SEED + k, [3, 50, 151], dtype, 0.1, 0.9));
    const flags = applyElementwise('less', [positive[0]!, positive[1]!]) as NDArray;
    for (const [name, { arity, operands }] of Object.entries(ELEMENTWISE)) {
      const inputs = operands === 'bool' ? [flags, flags] : name === 'select' ? [flags, ...positive] : positive;
      // polygamma takes whole numbers first; acosh begins at 1. Errors of functions are those of docs/accuracy.md, of compositions a few more.
      const own = name === 'polygamma' ? [add(NDArray.filled(2, [], dtype), applyElementwise('floor', [positive[0]!])) as NDArray, positive[1]!] : name === 'acosh' ? [add(positive[0]!, NDArray.filled(1, [], dtype)) as NDArray] : inputs;
      compare(dtype, (...xs) => applyElementwise(name as ElementwiseName, xs), own.slice(0, arity), 8);
    }
  });
  test('elementwise operations on windows, columns and numbers: blocks are whole rows', () => {
    const wide = random(SEED, [131, 250], dtype);
    compare(dtype, (x) => sub(slice(x, [0, 1], [131, 249]), slice(x, [0, 0], [131, 249])), [wide], 0);
    compare(dtype, (x) => add(transpose(x, [1, 0]), transpose(x, [1, 0])), [wide], 0);
    compare(dtype, (x, y) => sub(y, x), [wide, NDArray.filled(0.25, [], dtype)], 0);
    compare(dtype, (x) => add(slice(x, [1, 0], [130, 250]), slice(x, [0, 0], [130, 250])), [wide], 0);
    // A row that is longer than a block.
    compare(dtype, (x) => add(slice(x, [0, 0], [2, 20_000]), slice(x, [0, 1], [2, 20_000])), [random(SEED, [2, 20_001], dtype)], 0);
  });
});

describe('who performs what', () => {
  const x = random(SEED + 5, [80, 80], 'f32');
  const product = (): NDArray => dot(x, x, { batch: [], contract: [[1, 0]] }) as NDArray;
  test('inside backend(js, …) nothing is handed on; inside backend(wasm, …) it is, again', () => {
    backend('js', () => {
      expect(product().storage.owner).toBeUndefined();
      backend('wasm', () => expect(product().storage.owner?.name).toBe('program'));
      expect(product().storage.owner).toBeUndefined();
    });
    expect(product().storage.owner?.name).toBe('program');
  });
  test('small operations stay in JavaScript', () => {
    const { programs } = heavyPrograms.used;
    const small = random(SEED, [8, 8], 'f32');
    expect((dot(small, small, { batch: [], contract: [[1, 0]] }) as NDArray).storage.owner).toBeUndefined();
    expect((add(small, small) as NDArray).storage.owner).toBeUndefined();
    expect(heavyPrograms.used.programs).toBe(programs);
  });
  test('an operation without code in WebAssembly is given up after one call, and right', () => {
    const integers = NDArray.of(Int32Array.from({ length: 6400 }, (_, k) => (k * 7919) % 100_003), [80, 80], 'i32');
    const run = (): NDArray => dot(integers, integers, { batch: [], contract: [[1, 0]] }) as NDArray;
    const expected = backend('js', () => [...run().contiguous()]);
    expect([...run().contiguous()]).toEqual(expected);
    expect(run().storage.owner).toBeUndefined();
    expect([...run().contiguous()]).toEqual(expected);
  });
  test('programs of operations stay within their bounds', () => {
    for (let k = 0; k < 300; k++) withAllHeavy(() => reduceSum(random(SEED, [k + 1], 'f32')));
    expect(heavyPrograms.used.programs).toBeLessThanOrEqual(256);
    expect(heavyPrograms.used.bytes).toBeLessThanOrEqual(2 ** 28);
  });
  test('without WebAssembly, and without permission to use it, JavaScript performs all', { timeout: 120_000 }, () => {
    const script = (before: string): string => `
      ${before}
      const { dot, solveLinear, sum, tensor } = await import('@tapeflow/tensor');
      const options = { dtype: 'f64' };
      const a = tensor({ i: 100, j: 100 }, Float64Array.from({ length: 10000 }, (_, k) => (k % 100) + 1), options);
      const b = tensor({ j: 100, k: 100 }, Float64Array.from({ length: 10000 }, () => 2), options);
      const u = tensor({ x: 20000 }, Float64Array.from({ length: 20000 }, (_, k) => k), options);
      const product = dot(a, b, 'j');
      console.log(JSON.stringify([product.value.storage.owner?.name ?? 'heap', product.data[0], sum(u.mul(u)).item(), solveLinear((x) => x.mul(4), u, { method: 'cg' }).value.data[1000]]));`;
    const run = (before: string, ...flags: string[]): unknown =>
      JSON.parse(execFileSync(process.execPath, [...flags, '--import', 'tsx', '--conditions=tapeflow-source', '--input-type=module', '-e', script(before)], { encoding: 'utf8' }));
    // Σ k² for k < n is (n − 1) n (2n − 1) / 6.
    const numbers = [10_100, (19_999 * 20_000 * 39_999) / 6, 250];
    expect(run('')).toEqual(['program', ...numbers]);
    expect(run('', '--noexpose-wasm')).toEqual(['heap', ...numbers]);
    // What a page whose policy allows no WebAssembly sees.
    expect(run("WebAssembly.Module = class { constructor() { throw new WebAssembly.CompileError('refused'); } };")).toEqual(['heap', ...numbers]);
  });
});
