/** @file The workloads that peers perform, W1 to W10, a plume and the main job, as JSON lines: `npm run -s bench -- --jsonl [--only "W7 "] [--threads 2]`. */
import { jit } from '@tapeflow/tensor';
import { bench } from '../peers/common/harness.mjs';
import { advection, smoke } from './advection.ts';
import { burgers } from './burgers.ts';
import { mainJob } from './control.ts';
import { chain, memory, stencil } from './elementwise.ts';
import { convolution, matrixProduct, training } from './networks.ts';
import { plume } from './plume.ts';
import { poisson } from './poisson.ts';
import { inAllWays, withFused, type Compile, type Group } from './workload.ts';

/** Groups by the numbers of their tasks. */
const GROUPS: Readonly<Record<string, Group>> = { W1: chain, W2: stencil, W3: withFused(matrixProduct), W4: withFused(convolution), W5: withFused(training), W6: advection, W7: poisson, W8: burgers, W9: smoke, W10: memory, plume };

/** Prints a line per workload whose task begins with `only`. Groups without such a task are not even prepared. */
export async function runWorkloads(only: string, threads: number): Promise<void> {
  const compile: Compile = (f, options) => jit(f, { threads, ...options });
  for (const [number, group] of Object.entries(GROUPS)) {
    const prefix = `${number} `;
    if (!prefix.startsWith(only) && !only.startsWith(prefix)) continue;
    for (const { task, params, run, check } of inAllWays(group)(compile)) {
      if (task.startsWith(only)) await bench('tapeflow', task, params, run, check, threads);
    }
  }
  // Its program is compiled for one thread, so there is nothing else to see with more.
  if ('main job'.startsWith(only) && threads === 1) await mainJob();
}
