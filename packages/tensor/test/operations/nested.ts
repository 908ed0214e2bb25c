/** @file Nested plain arrays: the slow, obvious world in which the tests say what operations should give. */
import type { Value } from '@tapeflow/autodiff/extend';
import { allocate, type DType } from '../../src/array/dtype.ts';
import { NDArray } from '../../src/array/ndarray.ts';

/** A number, a list of numbers, a list of lists, … */
export type Nested = number | readonly Nested[];

/** A list of the given length made by a function of the position. */
export const list = <T>(length: number, make: (k: number) => T): T[] => Array.from({ length }, (_, k) => make(k));

/** Builds a nested array of a shape from a function of the index. */
export function build(shape: readonly number[], value: (index: readonly number[]) => number, index: readonly number[] = []): Nested {
  if (index.length === shape.length) return value(index);
  return list(shape[index.length]!, (k) => build(shape, value, [...index, k]));
}

/** The number at an index. */
export function read(x: Nested, index: readonly number[]): number {
  let part = x;
  for (const k of index) part = (part as readonly Nested[])[k]!;
  return part as number;
}

/** Elements of a nested array, the last index fastest. */
export function flatten(x: Nested): number[] {
  return typeof x === 'number' ? [x] : x.flatMap(flatten);
}

/** Applies a function of numbers to nested arrays of one shape, or single numbers. */
export function zip(f: (...xs: number[]) => number, ...xs: readonly Nested[]): Nested {
  const model = xs.find((x) => typeof x !== 'number') as readonly Nested[] | undefined;
  if (model === undefined) return f(...(xs as number[]));
  return model.map((_, k) => zip(f, ...xs.map((x) => (typeof x === 'number' ? x : x[k]!))));
}

/** Every index of a shape, the last fastest. */
export function indicesOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>((all, length) => all.flatMap((index) => list(length, (k) => [...index, k])), [[]]);
}

/** A contiguous array with these elements. */
export function toArray(x: Nested, shape: readonly number[], dtype: DType): NDArray {
  const data = allocate(dtype, shape.reduce((a, b) => a * b, 1));
  data.set(flatten(x));
  return NDArray.of(data, shape, dtype);
}

/** The elements of an array, read one by one through its strides. */
export function fromArray(value: Value): Nested {
  const { shape, strides, offset, data } = value as NDArray;
  return build(shape, (index) => data[index.reduce((at, k, axis) => at + k * strides[axis]!, offset)]!);
}

/** Sum over some axes by a double loop: `combine` is folded over the reduced elements. */
export function reduceNested(x: Nested, shape: readonly number[], axes: readonly number[], start: number, combine: (total: number, x: number) => number): Nested {
  const kept = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  return build(kept.map((axis) => shape[axis]!), (index) => {
    let total = start;
    for (const inner of indicesOf(axes.map((axis) => shape[axis]!))) {
      const full = shape.map((_, axis) => (axes.includes(axis) ? inner[axes.indexOf(axis)]! : index[kept.indexOf(axis)]!));
      total = combine(total, read(x, full));
    }
    return total;
  });
}
