/** @file What the tests of threads share: rules that cut everything, and waiting until workers take part. */
import { expect } from 'vitest';
import type { Value } from '@tapeflow/autodiff/extend';
import type { NDArray } from '../../../../src/array/ndarray.ts';
import type { Executable } from '../../../../src/compile/executable.ts';
import type { ChunkRules } from '../../../../src/compile/wasm/threads/chunks.ts';

/** Every kernel that can be cut is, into three parts or more, and workers are called for each. */
export const SMALL_CHUNKS: ChunkRules = { leastWork: 0, fewest: 3, waking: 0, bandShare: Infinity };

/** Runs a program until a worker has performed a chunk of it, or for some milliseconds: on a busy machine the caller may be faster every time. */
export async function whenWorkersJoined(executable: Executable, inputs: readonly Value[], patience: number): Promise<boolean> {
  if (executable.threads!.kernels === 0) return false;
  const end = performance.now() + patience;
  do {
    executable.run(inputs);
    if (executable.threads!.byWorkers > 0) return true;
    await new Promise((resolve) => setImmediate(resolve));
  } while (performance.now() < end);
  return false;
}

/** Fails unless all numbers have the same bits. */
export function expectSameBits(seen: readonly NDArray[], expected: readonly NDArray[], label: () => string): void {
  expect(seen.length).toBe(expected.length);
  expected.forEach((value, k) => {
    const [xs, ys] = [seen[k]!.contiguous(), value.contiguous()];
    expect([seen[k]!.dtype, seen[k]!.shape], label()).toEqual([value.dtype, value.shape]);
    const at = ys.findIndex((y: number, i: number) => !Object.is(xs[i], y));
    if (at >= 0) expect.fail(`output ${k}, element ${at}: ${xs[at]!} instead of ${ys[at]!}\n${label()}`);
  });
}
