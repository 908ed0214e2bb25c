/** @file The main job: forces that carry a disc of smoke into a heart, 64 × 64 cells, 16 steps, 120 iterations of Adam, compilation included. */
import { fileURLToPath } from 'node:url';
import { precision } from '@tapeflow/tensor';
import { readPicture } from '@tapeflow/vis/node';
import { disc, massOf } from '../../examples/smoke-control/density.ts';
import { overlap, relativeError } from '../../examples/smoke-control/metrics.ts';
import { targetFrom } from '../../examples/smoke-control/picture.ts';
import { search } from '../../examples/smoke-control/search.ts';
import { makeProblem, simulate } from '../../examples/smoke-control/simulation.ts';
import { rounded } from './workload.ts';

const [SIZE, STEPS, ITERATIONS] = [64, 16, 120];

/** Performs it once and prints its line. */
export async function mainJob(): Promise<void> {
  const picture = fileURLToPath(new URL('../../examples/smoke-control/pictures/heart.png', import.meta.url));
  const target = targetFrom(readPicture(picture), SIZE, picture);
  const started = performance.now();
  const problem = precision(32, () => makeProblem(SIZE, disc(SIZE, massOf(target)), target));
  const { x } = await search(problem, { steps: STEPS, iterations: ITERATIONS, rate: 0.1, precision: 32, backend: 'wasm', signal: new AbortController().signal, onStep: () => {} });
  const milliseconds = Math.round(performance.now() - started);
  const end = precision(32, () => simulate(problem, x)).at(-1)!.smoke.values.data;
  const check = { error: rounded(relativeError(end, target)), overlap: rounded(overlap(end, target)) };
  console.log(JSON.stringify({ peer: 'tapeflow', task: 'main job', params: `${STEPS} steps, ${ITERATIONS} iterations`, threads: 1, median_ms: milliseconds, min_ms: milliseconds, runs: 1, check }));
}
