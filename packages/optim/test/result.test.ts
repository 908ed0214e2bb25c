/** @file The sentence at the end of a minimisation, for every reason. */
import { describe, expect, test } from 'vitest';
import { describeOutcome, type Outcome } from '../src/result.ts';

const first = { step: 0, value: 24.2, gradientNorm: 232.8678, evaluations: 1 };
const last = { step: 23, value: 1.12345e-20, gradientNorm: 3.1e-9, evaluations: 31 };
const outcome: Outcome = { method: 'lbfgs()', reason: 'maxSteps', first, last, tolerances: { gradient: 1e-8, value: 1e-12, step: 1e-6 } };
const numbers = 'after 23 steps and 31 evaluations. Value 24.2 → 1.123e-20, gradient norm 232.9 → 3.1e-9.';

describe('why it stopped', () => {
  test.each<[Partial<Outcome>, string]>([
    [{ reason: 'gradient' }, 'the gradient norm 3.1e-9 is within 1e-8'],
    [{ reason: 'value' }, 'the last step changed the value by no more than 1e-12 of itself'],
    [{ reason: 'step' }, 'the last step moved x by no more than 0.000001 of itself'],
    [{ reason: 'maxSteps' }, 'stopped at maxSteps'],
    [{ reason: 'aborted' }, 'stopped by its signal'],
    [{ reason: 'nonFinite', nonFinite: { what: 'gradient', seen: NaN, path: 'u', index: 3 } }, 'stopped because the gradient is NaN at u, flat index 3 at the next point; x is the last good one'],
    [{ reason: 'lineSearch', explanation: 'rounding hides any further descent' }, 'no acceptable step: rounding hides any further descent'],
  ])('%j', (part, sentence) => {
    expect(describeOutcome({ ...outcome, ...part })).toBe(`lbfgs(): ${sentence}, ${numbers}`);
  });
});

test('a start that is not finite is called so', () => {
  const start = { ...first, value: NaN };
  expect(describeOutcome({ ...outcome, reason: 'nonFinite', first: start, last: start, nonFinite: { what: 'value', seen: NaN, path: '', index: 0 } })).toBe(
    'lbfgs(): stopped because the value is NaN at the start, after 0 steps and 1 evaluation. Value NaN → NaN, gradient norm 232.9 → 232.9.',
  );
});

test('one of a thing is singular', () => {
  expect(describeOutcome({ ...outcome, last: { ...last, step: 1, evaluations: 1 } })).toContain('after 1 step and 1 evaluation.');
});
