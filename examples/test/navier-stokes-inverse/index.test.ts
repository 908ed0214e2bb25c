/** @file navier-stokes-inverse as a whole, at a small size. */
import { expect, test } from 'vitest';
import { example } from '../../navier-stokes-inverse/index.ts';
import { expectResults } from '../report.ts';
import { runExample } from '../run-example.ts';

test('the loss falls, the gradient is right, the reference is left alone', async () => {
  const left = await runExample(example, { cells: 12, steps: 8, iterations: 12, rate: 0.1, precision: 64 });
  const { losses, share, gradientError, referenceMemberGradient } = left.summary as Record<string, number> & { losses: number[] };
  expect(losses).toHaveLength(13);
  expect(share).toBe(losses.at(-1)! / losses[0]!);
  expect(share).toBeLessThan(0.6);
  expect(gradientError).toBeLessThan(1e-4);
  expect(referenceMemberGradient).toBe(0);
  expectResults(left, ['Reference, inflow at (16, 5)', 'Inflow at (14, 5)', 'npm start -- navier-stokes-inverse --cells 12 --steps 8 --iterations 12 --rate 0.1 --precision 64']);
});
