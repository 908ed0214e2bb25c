/** @file burgers-inverse as a whole, at a small size: what it returns and what it leaves. */
import { expect, test } from 'vitest';
import { example } from '../../burgers-inverse/index.ts';
import { expectResults } from '../report.ts';
import { runExample } from '../run-example.ts';

test('one loss per iteration from 0, falling; and the usual files', async () => {
  const left = await runExample(example, { cells: 16, iterations: 12, rate: 1 });
  const { losses, iterations, initialStateError } = left.summary as { losses: number[]; iterations: number; initialStateError: number };
  expect(iterations).toBe(12);
  expect(losses).toHaveLength(13);
  losses.slice(1).forEach((loss, k) => expect(loss).toBeLessThan(losses[k]!));
  expect(initialStateError).toBeLessThan(0.6); // mean |sin| is 0.637, the error of the state of rest
  expectResults(left, ['Initial state', 'State at t = 0.5', 'npm start -- burgers-inverse --cells 16 --iterations 12 --rate 1 --precision 64']);
});

test('single precision finds the same to its digits', async () => {
  const options = { cells: 32, iterations: 5 } as const;
  const [single, double] = [await runExample(example, { ...options, precision: 32 }), await runExample(example, options)];
  const [a, b] = [single.summary['losses'] as number[], double.summary['losses'] as number[]];
  a.forEach((loss, k) => expect(loss / b[k]!).toBeCloseTo(1, 4));
  expect(a).not.toEqual(b);
});

test('stopped by Ctrl-C it leaves what it has', async () => {
  const left = await runExample(example, { cells: 16, iterations: 1000 }, 4);
  expect(left.summary['iterations']).toBe(4);
  expectResults(left, []);
});
