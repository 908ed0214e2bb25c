/** @file Tensors become rasters by the names of their dimensions, whatever the order in which they are stored. */

import { describe, expect, test } from 'vitest';

import { PlotError } from '../src/errors.ts';
import { rasterFromTensor, type TensorLike } from '../src/from-tensor.ts';

/** A tensor whose value is the sum of weight · index, so that every value says where it came from. */
function numbered(sizes: Readonly<Record<string, number>>, weights: Readonly<Record<string, number>>): TensorLike {
  const dims = Object.entries(sizes).map(([name, size]) => ({ name, size }));
  let data = [0];
  for (const { name, size } of dims) data = data.flatMap((value) => Array.from({ length: size }, (_, k) => value + k * (weights[name] ?? 0)));
  return { dims, data };
}

const WEIGHTS = { x: 1, y: 10, time: 100 };
const rows = (t: TensorLike, axes?: Parameters<typeof rasterFromTensor>[1]): number[][] => {
  const { width, height, values } = rasterFromTensor(t, axes);
  return Array.from({ length: height }, (_, row) => Array.from(values).slice(row * width, (row + 1) * width));
};

describe('x goes to the right and y up, from the lower left', () => {
  test.each([[{ y: 2, x: 3 }], [{ x: 3, y: 2 }], [{ batch: 1, y: 2, x: 3 }], [{ x: 3, vector: 1, y: 2 }]])('%j', (sizes) => {
    expect(rows(numbered(sizes as Record<string, number>, WEIGHTS))).toEqual([[0, 1, 2], [10, 11, 12]]);
  });
});

test('other names: the last stored goes to the right, the one before it up', () => {
  expect(rows(numbered({ time: 2, x: 3 }, WEIGHTS))).toEqual([[0, 1, 2], [100, 101, 102]]);
  expect(rows(numbered({ j: 2, i: 3 }, { j: 10, i: 1 }))).toEqual([[0, 1, 2], [10, 11, 12]]);
  expect(rows(numbered({ j: 2, once: 1, i: 3, single: 1 }, { j: 10, i: 1 }))).toEqual([[0, 1, 2], [10, 11, 12]]);
});

test('named axes', () => {
  const t = numbered({ y: 2, x: 3 }, WEIGHTS);
  expect(rows(t, { right: 'y' })).toEqual([[0, 10], [1, 11], [2, 12]]);
  expect(rows(t, { up: 'x' })).toEqual([[0, 10], [1, 11], [2, 12]]);
  expect(rows(t, { right: 'x', up: 'y' })).toEqual(rows(t));
});

test('one dimension is a row, and a row of x by one y stays where x and y say', () => {
  expect(rows(numbered({ y: 3 }, WEIGHTS))).toEqual([[0, 10, 20]]);
  expect(rows(numbered({ y: 3, x: 1 }, WEIGHTS))).toEqual([[0], [10], [20]]);
});

test('the raster does not share memory with the tensor', () => {
  const data = Float64Array.of(1, 2);
  const { values } = rasterFromTensor({ dims: [{ name: 'x', size: 2 }], data });
  data[0] = 9;
  expect(values[0]).toBe(1);
});

describe('refused, with what is there', () => {
  test.each<[string, TensorLike, object, string]>([
    ['a third dimension', numbered({ time: 4, y: 2, x: 3 }, {}), {}, "Take one entry of 'time' first"],
    ['a name that is not there', numbered({ y: 2, x: 3 }, {}), { up: 'z' }, "there is no dimension 'z' (seen: (y=2, x=3))"],
    ['the same name twice', numbered({ y: 2, x: 3 }, {}), { right: 'x', up: 'x' }, 'one dimension cannot go both ways'],
    ['a scalar', { dims: [], data: [1] }, {}, 'a scalar has no dimension'],
    ['nothing', numbered({ y: 0, x: 3 }, {}), {}, 'at least one cell'],
  ])('%s', (_what, t, axes, message) => {
    expect(() => rasterFromTensor(t, axes)).toThrow(PlotError);
    expect(() => rasterFromTensor(t, axes)).toThrow(message);
  });
});
