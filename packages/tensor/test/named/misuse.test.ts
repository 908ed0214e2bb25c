/** @file Every public function refuses what it cannot do by a named error whose fields say what was wrong; every function has a row. */
import { describe, expect, test } from 'vitest';
import { TapeflowError } from '@tapeflow/autodiff';
import * as tf from '@tapeflow/tensor';
import { EXEMPT, MISUSE } from './misuse.ts';
import { thrown } from './support.ts';

const isError = (value: unknown): boolean => typeof value === 'function' && value.prototype instanceof Error;
/** Every exported function and class that is no error. */
const exported = Object.entries(tf).filter(([, value]) => typeof value === 'function' && !isError(value)).map(([name]) => name);

describe('the table of misuse', () => {
  test('has a row or a stated exemption for every exported function', () => {
    expect(exported.length).toBeGreaterThan(150);
    const known = new Set([...MISUSE.map(({ of }) => of), ...Object.keys(EXEMPT)]);
    expect(exported.filter((name) => !known.has(name))).toEqual([]);
  });
  test('names nothing that is not exported, and exempts nothing that has a row', () => {
    expect(MISUSE.map(({ of }) => of).filter((name) => !exported.includes(name))).toEqual([]);
    expect(Object.keys(EXEMPT).filter((name) => !exported.includes(name) || MISUSE.some(({ of }) => of === name))).toEqual([]);
  });
  test('meets every error class that a user may meet by misuse', () => {
    const met = new Set(MISUSE.map(({ error }) => error.name));
    for (const name of ['DimensionError', 'DTypeError', 'IndexError', 'ArgumentError', 'DataError', 'AllocationError', 'FileFormatError', 'LoopLimitError', 'SeedError', 'StaticArgumentError', 'TreeError']) expect(met, name).toContain(name);
  });
});

describe('misuse', () => {
  test.each(MISUSE.map((row) => [`${row.of}: ${row.title}`, row] as const))('%s', (_title, { run, error, fields }) => {
    const seen = thrown(run);
    expect(seen).toBeInstanceOf(error);
    expect(seen.name).toBe(error.name);
    if (fields !== undefined) expect(seen).toMatchObject(fields);
    if (!(seen instanceof TapeflowError)) return;
    // What, and what to do about it, in words and as fields.
    expect(seen.message.startsWith(`${seen.operation}: `)).toBe(true);
    expect(seen.advice).toMatch(/^[A-Z].*[.?]/);
    expect(seen.message.endsWith(seen.advice)).toBe(true);
    expect(seen.message).not.toMatch(/undefined|\[object|NaN is outside/);
  });
});

test('functions that refuse nothing take tensors of every dtype', () => {
  const elementwise = Object.entries(EXEMPT).filter(([, why]) => why.startsWith('takes every tensor'));
  expect(elementwise.length).toBeGreaterThan(30);
  for (const [name] of elementwise) {
    for (const dtype of ['f32', 'f64', 'i32', 'bool'] as const) {
      const f = (tf as unknown as Record<string, (x: unknown) => { size: number }>)[name]!;
      expect(f(tf.tensor({ x: 2 }, [0, 1], { dtype })).size, `${name} of ${dtype}`).toBe(2);
    }
  }
});
