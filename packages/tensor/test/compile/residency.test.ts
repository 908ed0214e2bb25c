/** @file Results of heavy single operations stay in the memory of a program until it runs again, and need not be freed by anybody. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { NDArray } from '../../src/array/ndarray.ts';
import { performHeavyOperations } from '../../src/compile/eager/heavy-runner.ts';
import { dot } from '../../src/primitives/dot.ts';
import { reverse } from '../../src/primitives/structure.ts';
import { randomNumbers } from './random-numbers.ts';
import { bundledScript } from '../child-process.ts';
import './whole-compiler.ts';

performHeavyOperations();

const MB = 2 ** 20;

// The same script, run by hand, makes 100 000 calls: npm run residency
test('500 calls with results of 4 MB, 16 of them held: memory is bounded, and what is held keeps its values', { timeout: 120_000 }, () => {
  const output = execFileSync(process.execPath, [bundledScript(new URL('./residency.ts', import.meta.url)), '500'], { encoding: 'utf8' });
  const seen = JSON.parse(output) as { calls: number; held: number; changed: number; rss: number; arrayBuffers: number };
  console.log(`500 calls of 4 MB: ${(seen.rss / MB).toFixed(0)} MB resident, ${(seen.arrayBuffers / MB).toFixed(0)} MB in array buffers`);
  expect(seen).toMatchObject({ calls: 500, held: 16, changed: 0 });
  // 64 MB are held; what the collector has not come to yet may be as much again. All results together are 2000 MB.
  expect(seen.arrayBuffers).toBeLessThan(256 * MB);
  expect(seen.rss).toBeLessThan(512 * MB);
});

const matrix = (seed: number, size = 64): NDArray => NDArray.of(Float32Array.from(randomNumbers(seed, size * size)), [size, size], 'f32');
const product = (x: NDArray, y: NDArray): NDArray => dot(x, y, { batch: [], contract: [[1, 0]] }) as NDArray;

test('a result lies in the memory of the program until the next run, then on the heap, with the same values', () => {
  const [x, y] = [matrix(1), matrix(2)];
  const first = product(x, y);
  const view = reverse(first, [0]) as NDArray;
  expect(first.storage.owner?.name).toBe('program');
  const values = [...first.contiguous()];
  const second = product(y, x);
  expect(first.storage.owner).toBeUndefined();
  expect(second.storage.owner?.name).toBe('program');
  expect([...first.contiguous()]).toEqual(values);
  expect([...view.contiguous().subarray(0, 64)]).toEqual(values.slice(-64));
  expect([...second.contiguous()]).not.toEqual(values);
});

test('a result may be the operand of the next run, on either side, and of itself', () => {
  let power = matrix(3);
  const base = power;
  const expected = new Float64Array(power.contiguous());
  for (let k = 0; k < 3; k++) {
    power = product(power, base);
    const next = new Float64Array(64 * 64);
    for (let i = 0; i < 64; i++) for (let j = 0; j < 64; j++) for (let t = 0; t < 64; t++) next[i * 64 + j]! += expected[i * 64 + t]! * base.data[t * 64 + j]!;
    expected.set(next);
  }
  const size = Math.max(...expected.map(Math.abs));
  const values = power.contiguous();
  // Each of three products of 64 terms rounds at most 65 times.
  for (let k = 0; k < expected.length; k++) expect(Math.abs(values[k]! - expected[k]!)).toBeLessThan(3 * 65 * 64 * 2 ** -24 * size);
  const square = product(power, power);
  const again = product(power, power);
  expect([...again.contiguous()]).toEqual([...square.contiguous()]);
});
