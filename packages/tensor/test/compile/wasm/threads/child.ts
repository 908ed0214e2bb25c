/** @file A process with threads, for threads.test.ts: prints what happened as JSON, and should then end by itself. */
import { Worker } from 'node:worker_threads';
import { flatten } from '@tapeflow/autodiff';
import { jit, sin, sum, tensor, type Tensor } from '../../../../src/index.ts';
import type { NDArray } from '../../../../src/array/ndarray.ts';

type Line = Tensor<'x'>;
const mode = process.argv[2]!;
const n = 200_000;
// Beyond 2¹⁷ sines are asked of Math.
const x = tensor({ x: n }, Float32Array.from({ length: n }, (_, k) => (mode === 'fails' ? 1e7 : 1) * Math.cos(k)));

/** Lets the library see another node:worker_threads. */
function replaceThreads(threads: unknown): void {
  process.getBuiltinModule = (() => threads) as typeof process.getBuiltinModule;
}

if (mode === 'none') {
  replaceThreads(undefined);
  (globalThis as { Worker?: unknown }).Worker = undefined;
} else if (mode === 'late' || mode === 'fails') {
  const first = mode === 'late' ? "throw new Error('refused to start');" : "Math.sin = () => { throw new Error('broken'); };";
  replaceThreads({
    Worker: class extends Worker {
      constructor(source: string, options: object) {
        super(`${first}\n${source}`, options);
      }
    },
  });
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
const formula = (t: Line): readonly unknown[] => [sin(t), sum(t.mul(t))];
const numbers = (tree: unknown): ArrayLike<number>[] => flatten(tree).leaves.map((leaf) => (leaf as NDArray).contiguous().slice());

if (mode === 'forgotten') {
  const before = process.memoryUsage().rss;
  for (let k = 0; k < 60; k++) {
    const f = jit((t: Line) => sin(t).mul(k), { threads: 2 });
    f(tensor({ x: 1_000_000 }, new Float32Array(1_000_000)));
    await pause();
  }
  console.log(JSON.stringify({ megabytes: Math.round((process.memoryUsage().rss - before) / 2 ** 20) }));
} else {
  const f = jit(formula, { threads: 2 });
  const alone = numbers(jit(formula)(x));
  const threads = (): { threads: number; byWorkers: number; problem: string | undefined } => f.report().programs[0]!.threads!;
  let error: string | undefined;
  let same = true;
  const end = performance.now() + 10_000;
  const isOver = (): boolean => (mode === 'fails' ? error !== undefined && threads().problem !== undefined : mode === 'late' ? threads().problem !== undefined : mode === 'none' || threads().byWorkers > 0);
  do {
    try {
      f(x);
    } catch (thrown) {
      error = (thrown as Error).constructor.name;
    }
    await pause();
  } while (!isOver() && performance.now() < end);
  for (let round = 0; round < 5; round++) {
    const seen = numbers(f(x));
    same &&= seen.every((values, k) => alone[k]!.length === values.length && Array.from(values).every((value, i) => Object.is(value, alone[k]![i])));
  }
  const { byWorkers, ...report } = threads();
  console.log(JSON.stringify({ ...report, same, error, joined: byWorkers > 0 }));
}
