/** @file Views: the elements that they show, against loops over the indices. */
import { expect, test } from 'vitest';
import { rowMajor, type Shape } from '../../src/array/strides.ts';
import { broadcastStrides, reshapedStrides, slicedWindow, type Window } from '../../src/array/views.ts';

const whole = (shape: Shape): Window => ({ shape, strides: rowMajor(shape), offset: 0 });
/** The position of each element, by indices in row-major order. */
const positions = ({ shape, strides, offset }: Window): number[] => shape.reduce<number[]>((list, size, axis) => list.flatMap((at) => Array.from({ length: size }, (_, k) => at + k * strides[axis]!)), [offset]);
const transposed: Window = { shape: [3, 2], strides: [1, 3], offset: 0 };

test('every step-th element from a start', () => {
  const seen: number[] = [];
  for (const i of [4, 2, 0]) for (const j of [1, 4]) seen.push(6 * i + j);
  expect(positions(slicedWindow(whole([5, 6]), [4, 1], [-2, 3], [3, 2]))).toEqual(seen);
  // Of a part again.
  expect(positions(slicedWindow(slicedWindow(whole([5, 6]), [1, 2], [1, 1], [4, 4]), [1, 0], [2, 3], [2, 2]))).toEqual([14, 17, 26, 29]);
});

test('a part without elements begins where the array does', () => {
  expect(slicedWindow(whole([3]), [3], [1], [0])).toEqual({ shape: [0], strides: [1], offset: 0 });
});

test('repeated along new axes and axes of length 1', () => {
  const x = whole([3, 1]);
  const shape = [2, 3, 4];
  expect(positions({ ...x, shape, strides: broadcastStrides(x, shape, [1, 2]) })).toEqual([0, 1].flatMap(() => [0, 1, 2].flatMap((i) => [i, i, i, i])));
});

test('another shape needs no copy where elements follow each other, or only axes of length 1 come and go', () => {
  expect(reshapedStrides(whole([4, 6]), [2, 12])).toEqual([12, 1]);
  expect(reshapedStrides(transposed, [3, 1, 2])).toEqual([1, 0, 3]);
  expect(reshapedStrides(transposed, [6])).toBeUndefined();
});
