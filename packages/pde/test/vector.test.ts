/** @file Vectors in tensors: components along one dimension, by name. */
import { expect, test } from 'vitest';
import { batch, type Tensor } from '@tapeflow/tensor';
import { componentNames, componentsOf, stackComponents } from '../src/vector.ts';
import { doubles, flat, randomTensor } from './support.ts';

test('what is stacked comes apart again', () => {
  const parts = { x: doubles({ y: 2, x: 2 }, [1, 2, 3, 4]), y: doubles({ y: 2, x: 2 }, [5, 6, 7, 8]) };
  const vector = stackComponents(parts);
  expect(componentNames(vector)).toEqual(['x', 'y']);
  const back = componentsOf(vector);
  expect(Object.keys(back)).toEqual(['x', 'y']);
  for (const name of ['x', 'y'] as const) {
    expect(flat(back[name]!)).toEqual(flat(parts[name]));
    expect(back[name]!.dims).toEqual(parts[name].dims);
  }
});

test('components lie between the batch and space', () => {
  const part = (seed: number): Tensor => randomTensor({ batch: batch(3), x: 2 }, seed);
  expect(stackComponents({ x: part(1), y: part(2) }).dims.map(({ name }) => name)).toEqual(['batch', 'vector', 'x']);
});

test('without the dimension there are none; without names they are numbered', () => {
  expect(componentNames(doubles({ x: 2 }, [1, 2]))).toBeUndefined();
  expect(componentsOf(doubles({ x: 2 }, [1, 2]))).toEqual({});
  expect(componentNames(randomTensor({ vector: 3 }, 1))).toEqual(['0', '1', '2']);
});
