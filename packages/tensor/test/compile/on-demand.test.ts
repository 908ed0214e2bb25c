/** @file Parts of the compiler that come with operations: with them there are kernels, without them JavaScript performs the operations. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import type { traceProgram as trace } from '@tapeflow/autodiff/extend';
import type { arrayAbstract as abstractArray, NDArray as NDArrayClass } from '../../src/array/ndarray.ts';
import type { compile as compileProgram } from '../../src/compile/executable.ts';
import { argsort, convolve, cumulativeSum, dot, fft, jit, tensor, type Tensor } from '../../src/index.ts';
import type { argsort as argsortArrays } from '../../src/primitives/along.ts';
import type { cumulativeSum as cumulativeSumArrays } from '../../src/primitives/cumulate.ts';
import type { conv as convArrays } from '../../src/primitives/conv.ts';
import type { dot as dotArrays } from '../../src/primitives/dot.ts';
import type { fourier as fourierArrays } from '../../src/primitives/fourier.ts';

/** What a user has who imports the compiler, and operations in another way than by the catalogue: no part is there. */
const SOURCE = `
export { compile } from '../../src/compile/executable.ts';
export { arrayAbstract, NDArray } from '../../src/array/ndarray.ts';
export { argsort } from '../../src/primitives/along.ts';
export { conv } from '../../src/primitives/conv.ts';
export { cumulativeSum } from '../../src/primitives/cumulate.ts';
export { dot } from '../../src/primitives/dot.ts';
export { fourier } from '../../src/primitives/fourier.ts';
export { traceProgram } from '@tapeflow/autodiff/extend';
`;

interface Bare {
  readonly compile: typeof compileProgram;
  readonly arrayAbstract: typeof abstractArray;
  readonly NDArray: typeof NDArrayClass;
  readonly argsort: typeof argsortArrays;
  readonly conv: typeof convArrays;
  readonly cumulativeSum: typeof cumulativeSumArrays;
  readonly dot: typeof dotArrays;
  readonly fourier: typeof fourierArrays;
  readonly traceProgram: typeof trace;
}

async function withoutParts(use: (bare: Bare) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tapeflow-parts-'));
  try {
    const { outputFiles } = await build({
      stdin: { contents: SOURCE, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
      bundle: true, write: false, format: 'esm', platform: 'node', conditions: ['tapeflow-source'], logLevel: 'silent',
    });
    const file = join(folder, 'bare.mjs');
    writeFileSync(file, outputFiles[0]!.contents);
    use((await import(/* @vite-ignore */ pathToFileURL(file).href)) as Bare);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, k) => ((k * 7) % 11) - 5);

test('without its part, an operation is performed by JavaScript, also inside a program', async () => {
  await withoutParts(({ compile, arrayAbstract, NDArray, argsort: order, conv, cumulativeSum: runningSum, dot: product, fourier, traceProgram }) => {
    const run = (f: Parameters<typeof traceProgram>[1], inputs: readonly (readonly [number[], number[]])[]): { steps: string; results: number[][] } => {
      const arrays = inputs.map(([data, shape]) => NDArray.of(Float64Array.from(data), shape, 'f64'));
      const { program } = traceProgram('test', f, arrays.map(({ shape }) => arrayAbstract({ shape, dtype: 'f64' })));
      const { executable } = compile(program, 'wasm');
      return { steps: executable.toString(), results: (executable.run(arrays) as NDArrayClass[]).map((y) => [...y.data.subarray(y.offset, y.offset + y.shape.reduce((a, b) => a * b, 1))]) };
    };
    const [a, b] = [numbers(6), numbers(12)];
    const multiplied = run(([x, y]) => [product(x, y, { batch: [], contract: [[1, 0]] })], [[a, [2, 3]], [b, [3, 4]]]);
    const expected = Array.from({ length: 8 }, (_, k) => [0, 1, 2].reduce((sum, term) => sum + a[3 * Math.floor(k / 4) + term]! * b[4 * term + (k % 4)]!, 0));
    expect(multiplied.results).toEqual([expected]);
    expect(multiplied.steps).toContain('host dot');

    const transform = run(([re, im]) => fourier(re, im, { axes: [0], backward: false }), [[a, [6]], [[0, 0, 0, 0, 0, 0], [6]]]);
    const [re, im] = [Math.cos, Math.sin].map((wave, part) => a.map((_, k) => a.reduce((sum, x, j) => sum + (part === 0 ? 1 : -1) * x * wave((2 * Math.PI * j * k) / 6), 0)));
    for (const [part, values] of [re!, im!].entries()) values.forEach((value, k) => expect(transform.results[part]![k]).toBeCloseTo(value, 12));
    expect(transform.steps).toContain('host fourier');

    // (examples, channels, x): one of each, kernel (features, channels, x).
    const convolved = run(([x, kernel]) => [conv(x, kernel, { stride: [1], dilation: [1], low: [0], high: [0], groups: 1 })], [[a, [1, 1, 6]], [[1, 2], [1, 1, 2]]]);
    expect(convolved.results).toEqual([[0, 1, 2, 3, 4].map((k) => a[k]! + 2 * a[k + 1]!)]);

    let total = 0;
    const summed = run(([x]) => [runningSum(x, 0)], [[a, [6]]]);
    expect(summed.results).toEqual([a.map((value) => (total += value))]);
    expect(summed.steps).toContain('host cumulativeSum');

    const ordered = run(([x]) => [order(x, 0)], [[a, [6]]]);
    expect(ordered.results).toEqual([a.map((_, k) => k).sort((j, k) => a[j]! - a[k]!)]);
    expect(ordered.steps).toContain('host argsort');
  });
}, 30_000);

test('the catalogue brings the parts: products, convolutions, transforms, running sums and orders are kernels', () => {
  const [a, b] = [tensor({ y: 4, x: 6 }, numbers(24)), tensor({ x: 6, z: 5 }, numbers(30))];
  const programs = [
    jit((s: Tensor<'y' | 'x'>, t: Tensor<'x' | 'z'>) => dot(s, t, 'x')),
    jit((s: Tensor<'y' | 'x'>) => convolve(s, tensor({ x: 3 }, [1, 2, 1]), 'x')),
    jit((s: Tensor<'y' | 'x'>) => fft(s, 'x')),
    jit((s: Tensor<'y' | 'x'>) => cumulativeSum(s, 'x')),
    jit((s: Tensor<'y' | 'x'>) => argsort(s, 'x')),
  ];
  for (const program of programs) {
    (program as (s: unknown, t: unknown) => unknown)(a, b);
    const { steps } = program.report().programs[0]!;
    expect(steps).not.toContain('host');
  }
});
