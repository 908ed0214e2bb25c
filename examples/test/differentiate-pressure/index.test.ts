/** @file differentiate-pressure as a whole: monotone, and down to the least squares. */
import { expect, test } from 'vitest';
import { example } from '../../differentiate-pressure/index.ts';
import { expectResults } from '../report.ts';
import { runExample } from '../run-example.ts';

test('the loss never rises and ends at the optimum of the least squares', async () => {
  const left = await runExample(example, { cells: 10, iterations: 40 });
  const { losses, floor, leastSquares } = left.summary as { losses: number[]; floor: number; leastSquares: number };
  expect(losses).toHaveLength(41);
  losses.slice(1).forEach((loss, k) => expect(loss).toBeLessThanOrEqual(losses[k]!));
  expect(floor).toBe(losses.at(-1));
  expect(floor).toBeGreaterThanOrEqual(leastSquares * (1 - 1e-9));
  expect(floor / leastSquares - 1).toBeLessThan(1e-3);
  expect(floor).toBeLessThan(0.6 * losses[0]!);
  expectResults(left, ['Wanted flow', 'Least possible', 'npm start -- differentiate-pressure --cells 10 --control left --iterations 40 --rate 1 --seed 0 --precision 64']);
});

test('two discs, from another start, in single precision: also downhill, more slowly', async () => {
  const { summary } = await runExample(example, { cells: 20, control: 'discs', iterations: 5, seed: 7, precision: 32 });
  const losses = summary['losses'] as number[];
  losses.slice(1).forEach((loss, k) => expect(loss).toBeLessThanOrEqual(losses[k]!));
  expect(summary['floor'] as number).toBeGreaterThan(summary['leastSquares'] as number);
});
