/** @file upwind-advection as a whole: the gradients agree, and the loss falls a hundredfold. */
import { expect, test } from 'vitest';
import { UserError } from '../../cli/errors.ts';
import { example } from '../../upwind-advection/index.ts';
import { expectResults } from '../report.ts';
import { runExample } from '../run-example.ts';

test('with the published loss function, a hundredfold fall and gradients to 1e-6', async () => {
  const left = await runExample(example, { cells: 32, steps: 16, iterations: 200 });
  const { gradientError, tapeError, differenceError, lossStart, lossEnd } = left.summary as Record<string, number>;
  expect(gradientError).toBe(Math.max(tapeError!, differenceError!));
  expect(gradientError).toBeLessThan(1e-6);
  expect(lossStart! / lossEnd!).toBeGreaterThan(100);
  expectResults(left, ['Gradient at a random velocity', 'npm start -- upwind-advection --cells 32 --steps 16 --iterations 200 --rate 0.3 --precision 64']);
});

test('at the full size, in single precision, too', async () => {
  const { summary } = await runExample(example, { precision: 32 });
  expect((summary['lossStart'] as number) / (summary['lossEnd'] as number)).toBeGreaterThan(100);
  expect(summary['iterations']).toBe(300);
});

test('a rate that drives the velocity beyond what is stable is told in a sentence', async () => {
  await expect(runExample(example, { cells: 32, steps: 16, iterations: 200, rate: 50 })).rejects.toThrow(/^--rate 50: drives the velocity to .* beyond the 1 that is stable; lower it$/);
  await expect(runExample(example, { cells: 32, steps: 16, iterations: 200, rate: 50 })).rejects.toBeInstanceOf(UserError);
});
