/** @file The limit of a step: numbers at once, tensors wherever they are known, NaN never. */
import { scalar, tensor } from '@tapeflow/tensor';
import { expect, test } from 'vitest';
import { UnstableError } from '../src/index.ts';
import { requireStable, type StabilityLimit } from '../src/stability.ts';

const limit: StabilityLimit = { operation: 'test', quantity: 'a·dt', limit: 2, advice: (seen) => `It was ${seen}.` };

test.each([0, 1, 2])('%s lies within', (value) => {
  requireStable(limit, value);
  requireStable(limit, scalar(value));
  requireStable(limit, tensor({ x: 3 }, [0, value, 1]));
});

test.each([-1e-3, 2.001, NaN, Infinity])('%s does not, and is the value that the error names', (value) => {
  for (const numbers of [value, scalar(value, { dtype: 'f64' }), tensor({ x: 3 }, [0, value, 1], { dtype: 'f64' })]) {
    expect(() => requireStable(limit, numbers)).toThrow(expect.objectContaining({ operation: 'test', quantity: 'a·dt', limit: 2, seen: value, advice: `It was ${value}.` }));
    expect(() => requireStable(limit, numbers)).toThrow(UnstableError);
  }
});
