/** @file Index maps against arrays: reading through a map finds what the operation puts there, and cuts lie where the answer changes. */
import { describe, expect, test } from 'vitest';
import { broadcast, NDArray, reshape, slice } from '../../../src/array/ndarray.ts';
import { rowMajor, sizeOf, type Shape } from '../../../src/array/strides.ts';
import { cutAt, extent, identityMap, throughBroadcast, throughReshape, throughReverse, throughSlice, throughTranspose, type AxisMap, type IndexMap } from '../../../src/compile/lower/index-map.ts';
import { reverse, transpose } from '../../../src/primitives/structure.ts';

const counted = (shape: Shape): NDArray => NDArray.of(Float64Array.from({ length: sizeOf(shape) }, (_, k) => k), shape, 'f64');

function indices(shape: Shape): number[][] {
  return shape.reduce<number[][]>((all, length) => all.flatMap((index) => Array.from({ length }, (_, k) => [...index, k])), [[]]);
}

/** Reads x at every index of the result through the map. */
function readThrough(x: NDArray, map: IndexMap, result: Shape): number[] {
  const strides = rowMajor(x.shape);
  return indices(result).map((index) => map.reduce((at, { axis, scale, offset }, k) => at + strides[k]! * ((axis < 0 ? 0 : scale * index[axis]!) + offset), 0));
}

describe('reading through a map is the operation', () => {
  const x = counted([3, 4, 5]);
  const cases: Record<string, [NDArray, (map: IndexMap) => IndexMap]> = {
    slice: [slice(x, [1, 0, 3], [2, 2, 1], [1, 3, 2]) as NDArray, (map) => throughSlice(map, [1, 0, 3], [1, 3, 2])],
    transpose: [transpose(x, [2, 0, 1]) as NDArray, (map) => throughTranspose(map, [2, 0, 1])],
    reverse: [reverse(x, [0, 2]) as NDArray, (map) => throughReverse(map, [3, 4, 5], [0, 2])],
    broadcast: [broadcast(x, [2, 3, 4, 5], [1, 2, 3]) as NDArray, (map) => throughBroadcast(map, [3, 4, 5], [2, 3, 4, 5], [1, 2, 3])],
    'axes of length 1': [reshape(x, [1, 3, 4, 1, 5]) as NDArray, (map) => throughReshape(map, [3, 4, 5], [1, 3, 4, 1, 5])!],
  };
  for (const [name, [result, through]] of Object.entries(cases)) {
    test(name, () => expect(readThrough(x, through(identityMap(result.shape.length)), result.shape)).toEqual([...result.contiguous()]));
  }
  test('one after another', () => {
    const seen = reverse(slice(transpose(x, [2, 0, 1]), [1, 0, 1], [2, 3, 2], [2, 1, 1]), [0, 2]) as NDArray;
    const map = throughTranspose(throughSlice(throughReverse(identityMap(3), [2, 3, 2], [0, 2]), [1, 0, 1], [2, 1, 1]), [2, 0, 1]);
    expect(readThrough(x, map, seen.shape)).toEqual([...seen.contiguous()]);
  });
  test('a reshape that mixes axes has no map', () => expect(throughReshape(identityMap(2), [3, 4, 5], [12, 5])).toBeUndefined());
});

test('a cut is where the position passes the bound, for every scale and offset', () => {
  const size = 9;
  for (const scale of [-3, -2, -1, 1, 2, 3]) {
    for (let offset = -6; offset <= 12; offset++) {
      for (let bound = -4; bound <= 10; bound++) {
        const map: AxisMap = { axis: 0, scale, offset };
        const isBelow = Array.from({ length: size }, (_, i) => scale * i + offset < bound);
        const changes = isBelow.flatMap((below, i) => (i > 0 && below !== isBelow[i - 1] ? [i] : []));
        expect(cutAt(map, bound, { from: 0, to: size }), `${scale}·i + ${offset} against ${bound}`).toBe(changes[0]);
      }
    }
  }
  expect(cutAt({ axis: -1, scale: 0, offset: 3 }, 3, { from: 0, to: size })).toBeUndefined();
});

test('the extent is the lowest and highest position of a part', () => {
  const part = [{ from: 2, to: 6 }];
  for (const scale of [-2, 1, 3]) {
    const positions = [2, 3, 4, 5].map((i) => scale * i + 1);
    expect(extent({ axis: 0, scale, offset: 1 }, part)).toEqual({ low: Math.min(...positions), high: Math.max(...positions) });
  }
});
