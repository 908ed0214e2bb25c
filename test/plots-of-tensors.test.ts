/** @file Tensors are drawn as they are: their names say which way is up. */
import { expect, test } from 'vitest';
import { range, sum, tensor, type Tensor } from '@tapeflow/tensor';
import { heatMap, rasterFromTensor, toSvg } from '@tapeflow/vis';

const u: Tensor<'x' | 'y'> = tensor({ y: 2, x: 3 }, [[1, 2, 3], [4, 5, 6]]);

test('a tensor fits rasterFromTensor, in whichever order its dimensions were given', () => {
  expect(rasterFromTensor(u)).toEqual({ width: 3, height: 2, values: Float64Array.of(1, 2, 3, 4, 5, 6) });
  const given: Tensor<'x' | 'y'> = tensor({ x: 3, y: 2 }, [[1, 4], [2, 5], [3, 6]]);
  expect(rasterFromTensor(given)).toEqual(rasterFromTensor(u));
});

test('slices, sums and integers too', () => {
  expect(Array.from(rasterFromTensor(u.slice({ x: { from: 0, to: 3, step: 2 } })).values)).toEqual([1, 3, 4, 6]);
  expect(rasterFromTensor(sum(u, 'x'))).toEqual({ width: 2, height: 1, values: Float64Array.of(6, 15) });
  expect(Array.from(rasterFromTensor(range({ i: 4 })).values)).toEqual([0, 1, 2, 3]);
});

test('and from there they are plots', () => {
  expect(toSvg(heatMap(rasterFromTensor(u)))).toContain('<svg');
});
