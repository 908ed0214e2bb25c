/** @file Loading gpu.js: what is missing is said with its cure; results are counted, given back by scopes, and lost results say why. */
import { beforeEach, describe, expect, test } from 'vitest';
import { jit, GpuNotLoadedError, GpuUnavailableError, LentResultError, loadGpu, precision, ReleasedResultError, sum, tensor, type Gpu, type Tensor } from '../../../src/index.ts';
import { makeInstance } from '../../../src/compile/gpu/library.ts';

const vector = (...numbers: number[]): Tensor<'x'> => precision(32, () => tensor({ x: numbers.length }, numbers));
const double = (x: Tensor<'x'>): Tensor<'x'> => x.add(x);

test('a program before gpu.js is loaded, or after it was closed, names the cure', async () => {
  expect(() => jit(double, { backend: 'gpu' })).toThrow(GpuNotLoadedError);
  expect(() => jit(double, { backend: 'gpu' })).toThrow('await loadGpu()');
  const gpu = await loadGpu({ mode: 'cpu' });
  const f = jit(double, { backend: 'gpu' });
  expect([...f(vector(1, 2)).data]).toEqual([2, 4]);
  await gpu.close();
  expect(() => f(vector(1, 2))).toThrow(GpuNotLoadedError);
});
test('without gpu.js, with another package in its place, and without WebGL 2', async () => {
  await expect(makeInstance('cpu', () => Promise.reject(new Error('Cannot find package')))).rejects.toThrow(/Cannot find package[^]*npm install gpu.js/);
  await expect(makeInstance('cpu', () => Promise.resolve({ default: 3 }))).rejects.toThrow(GpuUnavailableError);
  await expect(loadGpu()).rejects.toThrow(expect.objectContaining({ name: GpuUnavailableError.name, mode: 'webgl2' }));
});

describe('results', () => {
  let gpu: Gpu;
  beforeEach(async () => {
    gpu = await loadGpu({ mode: 'cpu' });
  });

  test('stay on the device until they are read, and are not uploaded again', async () => {
    const f = jit(double, { backend: 'gpu' });
    let x = vector(1, 2, 3);
    for (let k = 0; k < 10; k++) x = f(x);
    expect(gpu.reads).toBe(0);
    expect([...(await x.read())]).toEqual([1024, 2048, 3072]);
    expect([...x.data]).toEqual([1024, 2048, 3072]);
    expect(gpu.reads).toBe(1);
  });
  test('can be inputs through views: slices, reversals, and arrays of other programs', () => {
    const f = jit((x: Tensor<'x'>) => ({ part: x.slice({ x: [1, 3] }), all: x.mul(10) }), { backend: 'gpu' });
    const { part, all } = f(vector(1, 2, 3, 4));
    expect([...jit(double, { backend: 'gpu' })(part).data]).toEqual([4, 6]);
    expect([...jit(double)(all).data]).toEqual([20, 40, 60, 80]);
    expect([...double(all).data]).toEqual([20, 40, 60, 80]);
  });
  test('a scope gives back what it does not return; reading that says so', async () => {
    const f = jit((x: Tensor<'x'>) => ({ y: double(x), total: sum(x) }), { backend: 'gpu' });
    const before = f(vector(1, 2));
    const held = gpu.textures;
    let lost: Tensor<'x'> | undefined;
    const kept = gpu.scope(() => {
      for (let k = 0; k < 5; k++) lost = f(vector(k, k)).y;
      return f(vector(5, 6)).y;
    });
    expect(gpu.textures).toBe(held + 1);
    expect([...kept.data, ...before.y.data]).toEqual([10, 12, 2, 4]);
    expect(() => lost!.data).toThrow(ReleasedResultError);
    const late = await gpu.scope(async () => [f(vector(7, 8)).total, await f(vector(1, 1)).y.read()] as const);
    expect([late[0].item(), ...late[1]]).toEqual([15, 2, 2]);
    expect(gpu.textures).toBe(held + 2);
    expect(() => gpu.scope(() => { lost = f(vector(1, 2)).y; throw new Error('inside'); })).toThrow('inside');
    expect(() => lost!.data).toThrow(ReleasedResultError);
  });
  test('lent results are deleted by the next run', () => {
    const f = jit(double, { backend: 'gpu', results: 'lent' });
    const first = f(vector(1, 2));
    const held = gpu.textures;
    const second = f(first);
    expect([...second.data]).toEqual([4, 8]);
    expect(() => first.data).toThrow(LentResultError);
    f(second);
    expect(gpu.textures).toBeLessThanOrEqual(held + 1);
  });
  test('what a program makes on the way is deleted, also when it fails', () => {
    const f = jit((x: Tensor<'x'>) => double(x.mul(sum(x)).add(sum(x.mul(sum(x))))), { backend: 'gpu', results: 'lent' });
    f(vector(1, 2));
    const held = gpu.textures;
    for (let k = 0; k < 4; k++) f(vector(1, k));
    expect(gpu.textures).toBe(held);
    expect(gpu.bytes).toBeGreaterThan(0);
  });
  test('another device runs the same function', async () => {
    const f = jit(double, { backend: 'gpu' });
    const old = f(vector(1, 2));
    const other = await loadGpu({ mode: 'cpu' });
    expect([...f(old).data]).toEqual([4, 8]);
    expect(other.textures).toBeGreaterThan(0);
    await gpu.close();
    expect([...f(vector(3)).data]).toEqual([6]);
  });
});
