/** @file Threads: the same bits for any number of them, errors as with one, and a process that ends when it is done. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { grad } from '@tapeflow/autodiff';
import { abstractOf, traceProgram, type Value } from '@tapeflow/autodiff/extend';
import { NDArray } from '../../../../src/array/ndarray.ts';
import { optimize } from '../../../../src/compile/graph/optimize.ts';
import { CHUNK_RULES, type ChunkRules } from '../../../../src/compile/wasm/threads/chunks.ts';
import { compileToWasm } from '../../../../src/compile/wasm/program.ts';
import {
  add, ArgumentError, argsort, convolve, cumulativeSum, dot, exp, gather, IndexError, jit, l2, max, mean, mul, padConstant, rfft, roll, round, scatter, sin, solveLinear, sum, tensor, zeros, type Scalar, type Tensor, type ThreadsReport,
} from '../../../../src/index.ts';
import { wrap } from '../../../../src/named/tensor.ts';
import { start, step } from '../../smoke.ts';
import { expectSame, randomNumbers } from '../../support.ts';
import { bundledScript } from '../../../child-process.ts';
import { expectSameBits, SMALL_CHUNKS, whenWorkersJoined } from './support.ts';

const SEED = 20265;
const THREADS = [2, 3];
type Plane = Tensor<'x' | 'y'>;
type Line = Tensor<'x'>;
type AnyTensor = Tensor<never>;

const line = (n: number, seed = 1): Line => tensor({ x: n }, randomNumbers(SEED + seed, n));
const plane = (rows: number, columns: number, seed = 2): Plane => tensor({ y: rows, x: columns }, randomNumbers(SEED + seed, rows * columns));

/** Runs a function of tensors with 1, 2 and 3 threads until workers have taken part, and gives the results of one thread. */
async function sameForAnyThreads(f: (...xs: never[]) => readonly AnyTensor[], xs: readonly AnyTensor[], rules: ChunkRules, label: string): Promise<readonly NDArray[]> {
  const inputs = xs.map((x) => x.value);
  const traced = traceProgram('test', (values) => f(...(values.map((value, k) => wrap({ value, dims: xs[k]!.dims })) as never[])).map((y): Value => y.value), inputs.map(abstractOf));
  const program = optimize(traced.program);
  const alone = compileToWasm(program, { rules }).run(inputs) as NDArray[];
  for (const threads of THREADS) {
    const executable = compileToWasm(program, { threads, rules });
    expect(executable.threads, label).toMatchObject({ threads, problem: undefined });
    await whenWorkersJoined(executable, inputs, 200);
    for (let round = 0; round < 3; round++) expectSameBits(executable.run(inputs) as NDArray[], alone, () => `${label}, ${threads} threads`);
  }
  return alone;
}

describe('any number of threads gives the same bits', { timeout: 60_000 }, () => {
  const laplacian = (p: Plane): Plane => padConstant(p, { y: [1, 1] }).slice({ y: [2, p.sizes.y! + 2] }).add(roll(p, 'x', 1)).sub(p.mul(2)) as Plane;

  test('elementwise and stencils, odd sizes', async () => {
    for (const n of [17, 32, 100, 1023]) await sameForAnyThreads((x: Line, y: Line) => [add(mul(sin(x), y), 1), exp(x)], [line(n), line(n, 2)], SMALL_CHUNKS, `elementwise ${n}`);
    for (const [rows, columns] of [[5, 3], [2, 40], [31, 33]] as const) await sameForAnyThreads((p: Plane) => [laplacian(p)], [plane(rows, columns)], SMALL_CHUNKS, `stencil ${rows}×${columns}`);
  });

  test('sums, extremes and means whose sizes lie around the borders of chunks; the sums are close to those in double precision', async () => {
    for (const n of [17, 31, 32, 33, 48, 49, 1023, 1024, 1025, 4099]) {
      const x = line(n);
      const [total, square, mostly] = await sameForAnyThreads((t: Line) => [sum(t), sum(t.mul(t)), max(t)] as AnyTensor[], [x], SMALL_CHUNKS, `reductions of ${n}`);
      const numbers = [...x.data] as number[];
      const scale = numbers.reduce((all, v) => all + Math.abs(v), 0);
      expect(Math.abs(total!.contiguous()[0]! - numbers.reduce((all, v) => all + v, 0))).toBeLessThan(1e-6 * scale);
      const squares = numbers.reduce((all, v) => all + v * v, 0);
      expect(Math.abs(square!.contiguous()[0]! / squares - 1)).toBeLessThan(1e-6);
      expect(mostly!.contiguous()[0]).toBe(Math.max(...numbers));
    }
    for (const [rows, columns] of [[2, 40], [7, 65], [3, 300]] as const) {
      await sameForAnyThreads((p: Plane) => [sum(p), sum(p, 'x'), mean(p, 'y'), max(p, 'y')] as AnyTensor[], [plane(rows, columns)], SMALL_CHUNKS, `reductions of ${rows}×${columns}`);
    }
  });

  test('sums as large as chunks are made for: one thread adds the same chunks', async () => {
    for (const n of [40_000, 131_073, 500_001]) {
      const x = line(n);
      const [total] = await sameForAnyThreads((t: Line) => [sum(t.mul(t))] as AnyTensor[], [x], CHUNK_RULES, `sum of ${n} squares`);
      const exact = [...x.data].reduce((all, v) => all + Number(v) ** 2, 0);
      expect(Math.abs(total!.contiguous()[0]! / exact - 1)).toBeLessThan(1e-6);
    }
  });

  test('in place, in loops', async () => {
    const iterate = (p: Plane): readonly AnyTensor[] => {
      let q = p;
      for (let k = 0; k < 3; k++) q = q.add(laplacian(q).mul(0.1));
      return [q, sum(q)] as AnyTensor[];
    };
    await sameForAnyThreads(iterate, [plane(37, 21)], SMALL_CHUNKS, 'steps');
  });

  test('products of matrices, convolutions, transforms, sorting, running sums', async () => {
    const a = (i: number, k: number, seed: number): Tensor<'i' | 'k'> => tensor({ i, k }, randomNumbers(SEED + seed, i * k));
    for (const [i, k, j] of [[64, 30, 40], [3, 50, 170], [130, 7, 2]] as const) {
      const b = tensor({ k, j }, randomNumbers(SEED + 9, k * j));
      await sameForAnyThreads((x: Tensor<'i' | 'k'>, y: Tensor<'k' | 'j'>) => [dot(x, y, 'k')] as AnyTensor[], [a(i, k, 8), b], SMALL_CHUNKS, `product ${i}×${k}×${j}`);
    }
    await sameForAnyThreads((p: Plane) => { const c = rfft(p, ['y', 'x']); return [c.re, c.im]; }, [plane(48, 40)], SMALL_CHUNKS, 'transform');
    await sameForAnyThreads((p: Plane) => [argsort(p, 'x'), argsort(p, 'y'), cumulativeSum(p, 'x'), cumulativeSum(p, 'y')] as AnyTensor[], [plane(37, 50)], SMALL_CHUNKS, 'lines');
    const image = tensor({ batch: 3, in: 2, y: 12, x: 20 }, randomNumbers(SEED + 10, 3 * 2 * 12 * 20));
    const kernel = tensor({ out: 5, in: 2, y: 3, x: 3 }, randomNumbers(SEED + 11, 90));
    type Image = Tensor<'batch' | 'in' | 'y' | 'x'>;
    type Weights = Tensor<'out' | 'in' | 'y' | 'x'>;
    const convolution = (i: Image, k: Weights): AnyTensor => convolve(i, k, ['y', 'x'], { contract: 'in', padding: 'same' });
    await sameForAnyThreads((i: Image, k: Weights) => [convolution(i, k), grad((own: Weights) => sum(convolution(i, own) as Image, ['batch', 'out', 'y', 'x'] as never) as unknown as Scalar)(k)], [image, kernel], SMALL_CHUNKS, 'convolution');
  });

  test('gathers and scatter-adds', async () => {
    const n = 200;
    const places = tensor({ x: n }, Int32Array.from(randomNumbers(SEED + 12, n), (v) => Math.floor(Math.abs(v) * 1e6) % 17));
    await sameForAnyThreads((table: Tensor<'t'>, at: Line, x: Line) => [gather(table, { t: at }).mul(x), scatter(table, { t: at }, x)] as AnyTensor[], [tensor({ t: 17 }, randomNumbers(SEED + 13, 17)) as AnyTensor, places, line(n)], SMALL_CHUNKS, 'gather');
    const many = 300_000;
    const bins = tensor({ x: many }, Int32Array.from(randomNumbers(SEED + 14, many), (v) => Math.floor(Math.abs(v) * 1e6) % 50));
    const table = zeros({ t: 50 }) as Tensor<'t'>;
    const x = line(many);
    const both = (t: Tensor<'t'>, at: Line, u: Line): AnyTensor[] => [scatter(t, { t: at }, u), scatter(t, { t: at }, round(u.mul(8)))];
    const [filled, whole] = await sameForAnyThreads(both, [table, bins, x], CHUNK_RULES, 'bands');
    const exact = new Float64Array(50);
    const exactWhole = new Float64Array(50);
    const values = x.data;
    bins.data.forEach((bin: number, k: number) => {
      exact[bin]! += values[k]!;
      exactWhole[bin]! += Math.round(Math.fround(values[k]! * 8));
    });
    exact.forEach((value, k) => expect(Math.abs(filled!.contiguous()[k]! - value)).toBeLessThan(1e-2));
    expect([...whole!.contiguous()]).toEqual([...exactWhole]);
  });

  test('conjugate gradients, a step of smoke, and their derivatives', async () => {
    const b = plane(24, 24);
    const shifted = (p: Plane): Plane => p.mul(5).sub(roll(p, 'x', 1)).sub(roll(p, 'x', -1)).sub(roll(p, 'y', 1)).sub(roll(p, 'y', -1));
    await sameForAnyThreads((right: Plane) => [solveLinear(shifted, right, { method: 'cg', relative: 1e-5 }).value], [b], SMALL_CHUNKS, 'cg');
    const { d, u, v } = start();
    const forward = (dd: Plane, uu: Plane, vv: Plane): readonly AnyTensor[] => Object.values(step({ d: dd, u: uu, v: vv }, wrap({ value: NDArray.filled(0.1, [], 'f32'), dims: [] }) as Scalar));
    await sameForAnyThreads(forward, [d, u, v], SMALL_CHUNKS, 'smoke');
    await sameForAnyThreads((dd: Plane, uu: Plane, vv: Plane) => [grad((q: Plane) => l2(forward(q, uu, vv)[1] as Plane) as Scalar)(dd)], [d, u, v], SMALL_CHUNKS, 'gradient of smoke');
  });
});

describe('jit with threads', () => {
  const n = 100_000;
  const formula = (x: Line): Line => sin(x).mul(x);

  test('says how many threads take part and what they do', () => {
    const f = jit(formula, { threads: 2 });
    f(line(n));
    expect(f.report().programs[0]!.threads).toMatchObject({ threads: 2, kernels: 1, problem: undefined });
    f(line(8));
    expect(f.report().programs[1]!.threads).toMatchObject({ threads: 1, kernels: 0, problem: expect.stringContaining('large enough') as string });
  });
  test('one thread is the default, and has chunks only where sums need them', () => {
    const f = jit((x: Line) => [formula(x), sum(x)] as const);
    f(line(n));
    expect(f.report().programs[0]!.threads).toEqual({ threads: 1, kernels: 1, byWorkers: 0, problem: undefined });
  });
  test('derivatives have as many', () => {
    const f = jit((x: Line) => sum(formula(x)) as Scalar, { threads: 2 });
    expectSame(grad(f)(line(n)), grad((x: Line) => sum(formula(x)) as Scalar)(line(n)), 1e-5);
  });
  test('results keep their values, and are on the heap, when the program runs again', () => {
    const f = jit(formula, { threads: 2 });
    const [first, other] = [f(line(n)), jit(formula)(line(n))];
    f(line(n, 7));
    expectSame(first, other, 0);
    expect(((first.value as NDArray).storage.data.buffer as unknown) instanceof SharedArrayBuffer).toBe(false);
  });
  test('other numbers of threads are refused', () => {
    for (const threads of [0, -1, 1.5, 65, NaN]) expect(() => jit(formula, { threads })).toThrow(ArgumentError);
    expect(() => jit(formula, { threads: 2, backend: 'js' })).toThrow(/Only the backend 'wasm'/);
  });
  test('an index out of range is an error as with one thread, and the program goes on', async () => {
    const table = line(10, 3);
    const places = Int32Array.from({ length: n }, (_, k) => (k > 30_000 ? k - 30_000 : k % 10));
    for (const threads of [1, ...THREADS]) {
      const f = jit((t: Line, at: Tensor<'i'>) => gather(t, { x: at }), { threads });
      for (let round = 0; round < 5; round++) {
        let seen: unknown;
        try {
          f(table, tensor({ i: n }, places));
        } catch (error) {
          seen = error;
        }
        expect(seen).toBeInstanceOf(IndexError);
        expect(seen).toMatchObject({ operation: 'gather', length: 10 });
        // Which of them is named may depend on the chunks.
        expect((seen as IndexError).index).toBeGreaterThanOrEqual(10);
        const good = f(table, tensor({ i: n }, places.map((k) => k % 10)));
        expect(good.at({ i: 30_017 }).item()).toBe(table.at({ x: 17 % 10 }).item());
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  });
  test('whether threads gain anything is tried out; all runs have the same bits, and errors are the same after that', async () => {
    const table = line(10, 3);
    const good = tensor({ i: n }, Int32Array.from({ length: n }, (_, k) => k % 10));
    const bad = tensor({ i: n }, Int32Array.from({ length: n }, (_, k) => (k === n - 3 ? 12 : k % 10)));
    const f = jit((t: Line, at: Tensor<'i'>) => sum(gather(t, { x: at })), { threads: 2 });
    const expected = jit((t: Line, at: Tensor<'i'>) => sum(gather(t, { x: at })))(table, good);
    const threads = (): ThreadsReport => f.report().programs[0]!.threads!;
    for (const end = performance.now() + 3000; performance.now() < end; ) {
      expectSame(f(table, good), expected, 0);
      if (threads().trial !== undefined) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    // On a busy machine no worker may come, and then there is nothing to try.
    if (threads().byWorkers > 20) expect(threads().trial).toMatchObject({ shared: expect.any(Number), alone: expect.any(Number) });
    for (let round = 0; round < 20; round++) expectSame(f(table, good), expected, 0);
    expect(() => f(table, bad)).toThrow(expect.objectContaining({ name: 'IndexError', index: 12 }));
    expectSame(f(table, good), expected, 0);
  });
  test('more threads than cores, in a loop of small kernels, come to an end', { timeout: 60_000 }, async () => {
    const b = plane(64, 64);
    const operator = (p: Plane): Plane => p.mul(4.1).sub(roll(p, 'x', 1)).sub(roll(p, 'x', -1)).sub(roll(p, 'y', 1)).sub(roll(p, 'y', -1));
    await sameForAnyThreads((right: Plane) => [solveLinear(operator, right, { method: 'cg', relative: 1e-5 }).value], [b], SMALL_CHUNKS, 'cg');
    const solve = jit((right: Plane) => solveLinear(operator, right, { method: 'cg', relative: 1e-5 }).value, { threads: 7 });
    const first = solve(b);
    for (let round = 0; round < 20; round++) {
      expectSame(solve(b), first, 0);
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
});

/** Not bundled: the loader leaves garbage, so that the collector comes early, and what it finds is soon seen. */
const FROM_SOURCES: readonly string[] = ['--conditions=tapeflow-source', '--import', 'tsx'];

/** Runs child.ts in a process of its own, which has to end by itself. */
function child(mode: string, flags: readonly string[] = []): Record<string, unknown> {
  const script = new URL('./child.ts', import.meta.url);
  const program = flags === FROM_SOURCES ? fileURLToPath(script) : bundledScript(script);
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [...flags, program, mode], { encoding: 'utf8', timeout: 60_000 });
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('processes', { timeout: 90_000 }, () => {
  test('one that has used threads ends, while workers sleep or look for work', () => {
    expect(child('ends')).toMatchObject({ same: true, joined: true, threads: 2 });
  });
  test('code generation from strings may be forbidden', () => {
    expect(child('ends', ['--disallow-code-generation-from-strings'])).toMatchObject({ same: true, joined: true, threads: 2 });
  });
  test('where there are no workers one thread does everything, and the report says so', () => {
    expect(child('none')).toMatchObject({ same: true, joined: false, threads: 1, problem: expect.stringContaining('no workers') as string });
  });
  test('a worker that cannot start costs nothing', () => {
    expect(child('late')).toMatchObject({ same: true, joined: false, problem: expect.stringContaining('refused to start') as string });
  });
  test('a worker that fails in the middle of its part makes that run fail, and the following ones go on without it', () => {
    expect(child('fails')).toMatchObject({ same: true, error: 'WorkerError', problem: expect.stringContaining('broken') as string });
  });
  test('programs that are gone are forgotten by the workers, too', () => {
    const { megabytes } = child('forgotten', FROM_SOURCES) as { megabytes: number };
    console.log(`60 programs of 8 MB: ${megabytes} MB are left`);
    expect(megabytes).toBeLessThan(320);
  });
});
