/** @file Dimensions: default types, item names, order of storage, and errors about names. */
import { describe, expect, test } from 'vitest';
import { batch, channel, DimensionError, dual, instance, spatial, sum, tensor, zeros } from '@tapeflow/tensor';
import { describeDims, isStorageOrder, makeDim, positionOf, storageOrder, unionDims } from '../../src/named/dims.ts';
import { closestName } from '../../src/errors.ts';
import { thrown } from './support.ts';

describe('the type of a dimension', () => {
  test.each([
    ['x', 3, 'spatial'], ['batch', 3, 'batch'], ['vector', 3, 'channel'], ['~vector', 3, 'dual'], ['c', ['r', 'g'], 'channel'], ['batch', ['a', 'b'], 'batch'],
  ] as const)('%s of extent %j is %s by default', (name, extent, type) => {
    expect(makeDim(name, extent).type).toBe(type);
  });

  test.each([['batch', batch], ['instance', instance], ['channel', channel], ['spatial', spatial], ['dual', dual]] as const)('%s says so itself', (type, make) => {
    expect(makeDim('anything', make(4))).toEqual({ name: 'anything', size: 4, type });
    expect(makeDim('anything', make(['a', 'b']))).toEqual({ name: 'anything', size: 2, type, items: ['a', 'b'] });
  });

  test('decides the order of storage; within a type the given order stays', () => {
    const dims = [makeDim('y', 1), makeDim('vector', 2), makeDim('x', 1), makeDim('batch', 3)];
    expect(isStorageOrder(dims)).toBe(false);
    expect(storageOrder(dims).map(({ name }) => name)).toEqual(['batch', 'vector', 'y', 'x']);
    expect(isStorageOrder(storageOrder(dims))).toBe(true);
  });
});

describe('bad dimensions are refused', () => {
  test.each([-1, 2.5, NaN, Infinity])('size %s', (size) => {
    expect(thrown(() => zeros({ x: size }))).toMatchObject({ name: 'DimensionError', dimension: 'x' });
  });

  test('an item named twice', () => {
    expect(thrown(() => zeros({ vector: ['x', 'y', 'x'] })).message).toMatchInlineSnapshot(`
      "zeros: dimension 'vector' names the item 'x' twice: x, y, x.
        Give every item its own name."
    `);
  });
});

describe('a name that is not there', () => {
  const t = zeros({ batch: 2, height: channel(3), width: channel(4) });
  test('is looked for among those that are', () => {
    const error = thrown(() => sum(t, 'hieght' as 'height'));
    expect(error).toBeInstanceOf(DimensionError);
    expect(error).toMatchObject({ operation: 'sum', dimension: 'hieght', inputs: ['(batch=2, height=3, width=4)'], advice: "Did you mean 'height'?" });
    expect(error.message).toMatchInlineSnapshot(`
      "sum: there is no dimension 'hieght'.
        input: (batch=2, height=3, width=4)
        Did you mean 'height'?"
    `);
  });

  test('and far from all of them, all are listed', () => {
    expect(thrown(() => sum(t, 'frequency' as 'width')).message).toMatchInlineSnapshot(`
      "sum: there is no dimension 'frequency'.
        input: (batch=2, height=3, width=4)
        Use one of batch, height, width."
    `);
  });

  test('in a scalar there is none', () => {
    expect(thrown(() => positionOf('sum', [], 'x'))).toMatchObject({ advice: 'The tensor is a scalar.' });
  });

  test('the closest name counts exchanged, missing and wrong letters', () => {
    expect(closestName('vectro', ['batch', 'vector'])).toBe('vector');
    expect(closestName('Vector', ['batch', 'vector'])).toBe('vector');
    expect(closestName('time', ['batch', 'vector'])).toBeUndefined();
    expect(closestName('y', ['x'])).toBeUndefined();
    expect(closestName('X', ['y', 'x'])).toBe('x');
    expect(closestName('x', [])).toBeUndefined();
  });
});

describe('dimensions of several tensors', () => {
  test('are united by name and described with sizes and items', () => {
    const union = unionDims('add', [[makeDim('x', 3)], [makeDim('vector', ['x', 'y']), makeDim('x', 3)]]);
    expect(describeDims(union)).toBe('(vector=x,y, x=3)');
    expect(describeDims([])).toBe('()');
  });

  test('equal dimensions are one list, not a copy', () => {
    const dims = [makeDim('x', 3)];
    expect(unionDims('add', [dims, [makeDim('x', 3)]])).toBe(dims);
  });
});

test('sizes are read by name', () => {
  const t = tensor({ y: 2, x: 3, vector: ['u', 'v'] }, 0);
  expect(t.sizes).toEqual({ vector: 2, y: 2, x: 3 });
  expect(t.size).toBe(12);
  expect(t.dims).toEqual([{ name: 'vector', size: 2, type: 'channel', items: ['u', 'v'] }, { name: 'y', size: 2, type: 'spatial' }, { name: 'x', size: 3, type: 'spatial' }]);
});
