/** @file The count of updates as a number and as a traced scalar, and the bias correction it gives. */
import { expect, test } from 'vitest';
import { grad } from '@tapeflow/autodiff';
import { scalar, Tensor } from '@tapeflow/tensor';
import { biasCorrection, nextStep } from '../src/count.ts';

test('counts numbers, and scalars in the place of numbers', () => {
  expect(nextStep(4)).toBe(5);
  const next = nextStep(scalar(4) as unknown as number /* what a compiled update is given */) as unknown as Tensor;
  expect(next).toBeInstanceOf(Tensor);
  expect(next.item()).toBe(5);
});

test('1 − βᵗ with all digits, also where βᵗ is close to 1', () => {
  for (const beta of [0, 0.5, 0.9, 0.999]) {
    for (const updates of [1, 2, 10, 1000]) expect(biasCorrection(beta, updates)).toBeCloseTo(1 - beta ** updates, 14);
  }
  // (1 − x)³ = 1 − 3 x + 3 x² − x³ with x = 2⁻⁴⁰, where 1 − β³ has lost twelve digits.
  const x = 2 ** -40;
  expect((biasCorrection(1 - x, 3) as number) / (3 * x - 3 * x * x)).toBeCloseTo(1, 14);
});

test('has the derivative −βᵗ log β to the count', () => {
  expect(grad((t: number) => biasCorrection(0.9, t) as number)(3)).toBeCloseTo(-(0.9 ** 3) * Math.log(0.9), 14);
});
