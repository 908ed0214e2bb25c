/** @file The gpu backend in gpu.js's cpu mode: every primitive that it lists passes, and every other one is refused by name. */
import { beforeAll, describe, expect, test } from 'vitest';
import { loadGpu, UnsupportedOperationError } from '../../../src/index.ts';
import { GPU_PRIMITIVES } from '../../../src/compile/gpu/supported.ts';
import { CASES, failureOf } from './conformance.ts';

beforeAll(async () => {
  await loadGpu({ mode: 'cpu' });
});

describe('cases', () => {
  for (const each of CASES) {
    test(each.label, () => {
      if (GPU_PRIMITIVES.has(each.primitive)) expect(failureOf(each, 'gpu')).toBeUndefined();
      else expect(() => failureOf(each, 'gpu')).toThrow(expect.objectContaining({ name: UnsupportedOperationError.name, primitive: each.primitive, backend: 'gpu' }));
    });
  }
  test('every primitive of the list has a case', () => {
    expect([...GPU_PRIMITIVES].filter((name) => !CASES.some(({ primitive }) => primitive === name))).toEqual([]);
  });
});
