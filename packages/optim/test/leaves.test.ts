/** @file Trees as lists of vectors: every kind of tree comes back as it was. */
import { describe, expect, test } from 'vitest';
import { TreeError } from '@tapeflow/autodiff';
import { NumberList } from '@tapeflow/autodiff/scalar';
import { batch, channel, scalar, tensor, Tensor } from '@tapeflow/tensor';
import { mul } from '../src/arithmetic.ts';
import { unpack, unpackLike, zerosOf } from '../src/leaves.ts';
import { Body, numbersIn, vector } from './functions.ts';

const tree = {
  velocity: tensor({ b: batch(2), v: channel(['x', 'y']) }, [1, 2, 3, 4]),
  parts: [new Body('moon', vector([5]), 6), 7] as const,
  label: 'run',
  empty: tensor({ i: 0 }, []),
  counts: tensor({ i: 2 }, Int32Array.of(8, 9)),
  none: null,
};

describe('unpack', () => {
  test('lists the real leaves, in the order of sorted keys, whatever holds them', () => {
    const { leaves, structure } = unpack('test', tree);
    expect(leaves.map((leaf) => (leaf instanceof Tensor ? Array.from(leaf.data) : leaf))).toEqual([[], [5], 6, 7, [1, 2, 3, 4]]);
    expect(structure.size).toBe(6);
  });

  test('rebuild gives back names, classes, dtypes, integers and constants', () => {
    const { leaves, rebuild } = unpack('test', tree);
    const doubled = rebuild(leaves.map((leaf) => mul(leaf, 2)));
    expect(doubled.velocity.dims).toEqual(tree.velocity.dims);
    expect(doubled.parts[0]).toBeInstanceOf(Body);
    expect(doubled).toMatchObject({ label: 'run', none: null, counts: tree.counts });
    expect(numbersIn(doubled)).toEqual([[8, 9], [], [10], [12], [14], [2, 4, 6, 8]]);
  });

  test('a batch is told apart by number, not treated as a batch', () => {
    const { leaves: [leaf] } = unpack('test', tree.velocity);
    expect((leaf as Tensor).dims.map(({ name, type }) => [name, type])).toEqual([['axis0', 'spatial'], ['axis1', 'spatial']]);
  });

  test.each([
    ['a list of numbers for vmap', { a: new NumberList([1, 2]) }, 'a'],
    ['an object of an unknown class', { a: { b: new Date() } }, 'a.b'],
  ])('refuses %s and says where', (_what, wrong, path) => {
    expect(() => unpack('adam', wrong)).toThrow(TreeError);
    expect(() => unpack('adam', wrong)).toThrow(expect.objectContaining({ operation: 'adam', path }));
  });
});

test.each<[string, unknown, unknown]>([
  ['keys', { a: 1 }, { b: 1 }],
  ['lengths', [1, 2], [1]],
  ['sizes', vector([1, 2]), vector([1])],
  ['names', vector([1]), tensor({ j: 1 }, [1])],
  ['a number and a scalar', 1, scalar(1)],
])('trees that differ in %s are refused', (_what, first, second) => {
  const { structure } = unpack('test', first);
  expect(() => unpackLike('momentum', second, structure)).toThrow(TreeError);
  expect(() => unpackLike('momentum', second, structure)).toThrow(/momentum.*different structure/);
});

test('zeros have the structure and dtypes of the tree', () => {
  const zeros = zerosOf('test', { ...tree, single: vector([1], 'f32') });
  expect(numbersIn(zeros)).toEqual([[0, 0], [], [0], [0], [0], [0], [0, 0, 0, 0]]);
  expect([zeros.single.dtype, zeros.counts.dtype, zeros.parts[0].position.dtype]).toEqual(['f32', 'i32', 'f64']);
});
