/** @file What the tests of the named layer share: values by index, errors with their fields, random numbers. */
import { expect } from 'vitest';
import { directionGenerator } from '@tapeflow/autodiff/extend';
import { tensor, type Tensor } from '@tapeflow/tensor';

/** The element at an index by name, read from the data by the order of the dimensions. */
export function element(t: Tensor<never>, index: Readonly<Record<string, number>>): number {
  return t.data[t.dims.reduce((flat, { name, size }) => flat * size + index[name]!, 0)]!;
}

/** Every index by name of some sizes, the last fastest. */
export function indices(sizes: Readonly<Record<string, number>>): Record<string, number>[] {
  return Object.entries(sizes).reduce<Record<string, number>[]>((all, [name, size]) => all.flatMap((index) => Array.from({ length: size }, (_, k) => ({ ...index, [name]: k }))), [{}]);
}

/** Checks every element of a tensor, whose sizes must be these, against a function of the index. */
export function expectElements(t: Tensor<never>, sizes: Readonly<Record<string, number>>, expected: (index: Readonly<Record<string, number>>) => number, digits = 12): void {
  expect(t.sizes).toEqual(sizes);
  for (const index of indices(sizes)) expect(element(t, index), `at ${JSON.stringify(index)}`).toBeCloseTo(expected(index), digits);
}

/** Random real numbers in (−1, 1) with a seed, which belongs into the name of the test. */
export function random<const S extends Readonly<Record<string, number>>>(sizes: S, seed: number): Tensor<Extract<keyof S, string>> {
  const next = directionGenerator(seed);
  return tensor(sizes, Array.from({ length: Object.values(sizes).reduce((a, b) => a * b, 1) }, next));
}

/** The error that a function throws. */
export function thrown(run: () => unknown): Error & Record<string, unknown> {
  try {
    run();
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error('nothing was thrown');
}

/** All values of a tensor whose index agrees with `kept`, in storage order. */
export function valuesAt(t: Tensor<never>, kept: Readonly<Record<string, number>>): number[] {
  return indices(t.sizes).filter((index) => Object.entries(kept).every(([name, k]) => index[name] === undefined || index[name] === k)).map((index) => element(t, index));
}
