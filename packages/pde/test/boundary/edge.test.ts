/** @file Edge: the outermost samples along one axis of a tensor with several. */
import { describe, expect, test } from 'vitest';
import { batch, precision, scalar, tensor, type Tensor } from '@tapeflow/tensor';
import { Edge } from '../../src/boundary/edge.ts';
import { BoundaryError } from '../../src/index.ts';
import { doubles, flat } from '../support.ts';

// (y, x): 1 2 3 / 4 5 6
const values = doubles({ y: 2, x: 3 }, [1, 2, 3, 4, 5, 6]);
const edge = (axis: string, end: 'lower' | 'upper'): Edge => new Edge(values, axis, end, 'center');

test('mirrored: the nearest sample nearest to the edge', () => {
  expect(flat(edge('x', 'lower').mirrored(2))).toEqual([2, 1, 5, 4]);
  expect(flat(edge('x', 'upper').mirrored(2))).toEqual([3, 2, 6, 5]);
  expect(flat(edge('x', 'lower').mirrored(2, 1))).toEqual([3, 2, 6, 5]);
  expect(flat(edge('x', 'upper').mirrored(1, 2))).toEqual([1, 4]);
  expect(flat(edge('y', 'upper').mirrored(2))).toEqual([4, 5, 6, 1, 2, 3]);
});

test('repeated and wrapped', () => {
  expect(flat(edge('x', 'lower').repeated(2))).toEqual([1, 1, 4, 4]);
  expect(flat(edge('y', 'upper').repeated(2))).toEqual([4, 5, 6, 4, 5, 6]);
  expect(flat(edge('x', 'lower').wrapped(2))).toEqual([2, 3, 5, 6]);
  expect(flat(edge('x', 'upper').wrapped(2))).toEqual([1, 2, 4, 5]);
});

test('outwards: from the edge to the outside, whatever the end', () => {
  const [near, far] = [doubles({ y: 2, x: 1 }, [10, 40]), doubles({ y: 2, x: 1 }, [20, 50])];
  expect(flat(edge('x', 'lower').outwards(near, far))).toEqual([20, 10, 50, 40]);
  expect(flat(edge('x', 'upper').outwards(near, far))).toEqual([10, 20, 40, 50]);
});

describe('filled', () => {
  test('keeps dtype, types and items of the other dimensions', () => {
    const vectors: Tensor<never> = tensor({ batch: batch(2), vector: ['x', 'y'], x: 3 }, new Float64Array(12), { dtype: 'f32' });
    const filled = new Edge(vectors as Tensor, 'x', 'lower', 'center').filled(2, 7);
    expect(filled.dims.map(({ name, size, type, items }) => [name, size, type, items])).toEqual([['batch', 2, 'batch', undefined], ['vector', 2, 'channel', ['x', 'y']], ['x', 2, 'spatial', undefined]]);
    expect(filled.dtype).toBe('f32');
    expect(flat(filled)).toEqual(new Array(8).fill(7));
  });

  test('takes scalars', () => {
    expect(flat(edge('x', 'upper').filled(1, precision(64, () => scalar(0.1))))).toEqual([0.1, 0.1]);
  });
});

test('what is not there is refused, with the axis and the end', () => {
  expect(() => edge('x', 'lower').mirrored(4)).toThrow(BoundaryError);
  expect(() => edge('x', 'upper').wrapped(4)).toThrow("the upper end of 'x' needs more samples than the 3 that are stored.");
  expect(() => new Edge(doubles({ x: 0 }, []), 'x', 'lower', 'face').repeated(1)).toThrow(BoundaryError);
});
