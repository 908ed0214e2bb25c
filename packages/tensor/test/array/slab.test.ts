/** @file Small results share slabs without meeting, and what is handed out has a buffer of its own. */
import { describe, expect, test } from 'vitest';
import { add, tensor, toNdarray } from '@tapeflow/tensor';
import { allocateResult } from '../../src/array/slab.ts';

describe('windows onto slabs', () => {
  test('are zero, aligned, and do not overlap', () => {
    const dtypes = ['f32', 'f64', 'i32', 'bool'] as const;
    const arrays = Array.from({ length: 400 }, (_, k) => allocateResult(dtypes[k % 4]!, 1 + ((k * 37) % 127)));
    arrays.forEach((array, k) => {
      expect(array.every((value) => value === 0)).toBe(true);
      array.fill(1 + (k % 100));
    });
    arrays.forEach((array, k) => expect(array.every((value) => value === 1 + (k % 100)), `array ${k}`).toBe(true));
    expect(new Set(arrays.map(({ buffer }) => buffer)).size).toBeLessThan(arrays.length / 2);
  });

  test('small and large arrays have buffers of their own', () => {
    for (const size of [0, 16, 129, 10_000]) expect(allocateResult('f32', size).buffer.byteLength, String(size)).toBe(4 * size);
  });
});

describe('what is handed out', () => {
  const sum = add(tensor({ y: 8, x: 8 }, 1), 1);
  test('is alone in its buffer: values, also of views', () => {
    for (const t of [sum, sum.slice({ x: [2, 6] }), sum.slice({ y: { step: -1 } })]) {
      expect(t.data.buffer.byteLength).toBe(4 * t.size);
      expect([...t.data].every((value) => value === 2)).toBe(true);
    }
  });

  test('is alone in its buffer: shared memory, which stays that of the tensor', () => {
    const { data } = toNdarray(sum, { share: true });
    expect(data.buffer.byteLength).toBe(4 * 64);
    data[0] = 9;
    expect(sum.at({ y: 0, x: 0 }).item()).toBe(9);
    expect(toNdarray(sum, { share: true }).data).toBe(data);
  });
});
