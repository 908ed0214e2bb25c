/** @file solver-and-network as a whole: what holds for long simulations of unseen states. */
import { expect, test } from 'vitest';
import { example } from '../../solver-and-network/index.ts';
import { expectResults } from '../report.ts';
import { runExample } from '../run-example.ts';

test('networks help, and one trained through several steps helps most over many', async () => {
  const left = await runExample(example, { simulations: 16, iterations: 200, unroll: 4, seed: 1 });
  const { oneStep, noise, unrolled, networkFirst, oneStepAtOnce, unrolledAtOnce, iterations } = left.summary as Record<string, number>;
  for (const share of [oneStep, noise, unrolled, networkFirst, oneStepAtOnce, unrolledAtOnce]) expect(share).toBeLessThan(1);
  expect(unrolled).toBeLessThan(oneStep!);
  expect(unrolled).toBeLessThan(noise!);
  expect(iterations).toBe(2 * 200 + 4 * 100);
  expectResults(left, ['step by step', 'with noise', 'npm start -- solver-and-network --cells 32 --simulations 16 --iterations 200 --unroll 4 --noise 0.003 --rate 0.005 --seed 1 --precision 32']);
});

test('stopped by Ctrl-C it judges what it has', async () => {
  const left = await runExample(example, { cells: 8, simulations: 2, iterations: 100 }, 7);
  expect(left.summary['iterations']).toBe(7);
  expectResults(left, []);
});
