/** @file Merged axes: what may become one axis, what may not, and that the elements touched stay the same. */
import { describe, expect, test } from 'vitest';
import { partsOf, type Kernel, type Output } from '../../../src/compile/kernels/kernel.ts';
import { mergeAxes } from '../../../src/compile/kernels/merge-axes.ts';
import { NodeTable, type Access, type Node } from '../../../src/compile/kernels/node.ts';

const table = new NodeTable();
const at = (coefficients: readonly number[], offset = 0): Access => ({ coefficients, offset });
const load = (access: Access): Node => table.load(0, 'f32', access);

function kernelOf(shape: readonly number[], value: Node, output: Output, cuts: readonly (readonly number[])[] = shape.map((size) => [0, size])): Kernel {
  return { name: 'k', shape, buffers: ['f32', 'f32'], outputs: [output], cuts, roots: partsOf(cuts).map(() => [{ value }]) };
}

/** All element positions that an access visits, in the order of the loops. */
function visited(shape: readonly number[], { coefficients, offset }: Access): number[] {
  return shape.reduce<number[]>((list, size, axis) => list.flatMap((start) => Array.from({ length: size }, (_, k) => start + k * coefficients[axis]!)), [offset]);
}

const store = (access: Access): Output => ({ kind: 'store', buffer: 1, access });

describe('axes without gaps', () => {
  test.each<[string, readonly number[], Access, Access, number]>([
    ['rows', [4, 6], at([6, 1]), at([6, 1]), 1],
    ['three axes', [2, 3, 5], at([15, 5, 1], 7), at([15, 5, 1]), 1],
    ['an axis of length 1 outside', [1, 6], at([100, 1]), at([0, 1]), 1],
    ['an axis of length 1 inside', [6, 1], at([2, 50]), at([1, 9]), 1],
    ['backwards', [4, 6], at([-6, -1], 23), at([6, 1]), 1],
    ['the same number everywhere', [4, 6], at([0, 0], 3), at([6, 1]), 1],
    ['a window with gaps', [4, 6], at([8, 1]), at([6, 1]), 2],
    ['a transposed array', [4, 6], at([1, 4]), at([6, 1]), 2],
    ['only the outer two', [2, 3, 5], at([18, 6, 1]), at([15, 5, 1]), 2],
  ])('%s', (_title, shape, read, write, rank) => {
    const merged = mergeAxes(kernelOf(shape, load(read), store(write)));
    expect(merged.shape).toHaveLength(rank);
    const root = merged.roots[0]![0];
    expect(visited(merged.shape, (root!.value as Node & { access: Access }).access)).toEqual(visited(shape, read));
    expect(visited(merged.shape, (merged.outputs[0] as Output & { access: Access }).access)).toEqual(visited(shape, write));
  });
});

describe('what keeps axes apart', () => {
  test('an edge', () => expect(mergeAxes(kernelOf([4, 6], load(at([6, 1])), store(at([6, 1])), [[0, 4], [0, 1, 6]])).shape).toEqual([4, 6]));
  test('the index along one of them', () => {
    const index = table.convert(table.index(1, 0, 5), 'f32');
    expect(mergeAxes(kernelOf([4, 6], index, store(at([6, 1])))).shape).toEqual([4, 6]);
    expect(mergeAxes(kernelOf([3, 4, 6], index, store(at([24, 6, 1])))).shape).toEqual([3, 4, 6]);
    expect(mergeAxes(kernelOf([3, 4, 6], table.convert(table.index(0, 0, 2), 'f32'), store(at([24, 6, 1])))).shape).toEqual([3, 24]);
  });
  test('the index along an axis of length 1 is 0', () => {
    const merged = mergeAxes(kernelOf([1, 6], table.convert(table.index(0, 0, 0), 'f32'), store(at([6, 1]))));
    expect(merged.shape).toEqual([6]);
    expect(merged.roots[0]![0]!.value).toMatchObject({ kind: 'literal', value: 0 });
  });
  test('a reduction over one of them; over both it is one over the merged axis', () => {
    const reduce = (axes: readonly number[], access: Access): Output => ({ kind: 'reduce', buffer: 1, access, operator: 'sum', axes });
    expect(mergeAxes(kernelOf([4, 6], load(at([6, 1])), reduce([1], at([1, 0])))).shape).toEqual([4, 6]);
    expect(mergeAxes(kernelOf([4, 6], load(at([6, 1])), reduce([0, 1], at([0, 0]))))).toMatchObject({ shape: [24], outputs: [{ axes: [0], access: at([0]) }] });
    expect(mergeAxes(kernelOf([3, 4, 6], load(at([24, 6, 1])), reduce([1, 2], at([1, 0, 0]))))).toMatchObject({ shape: [3, 24], outputs: [{ axes: [1], access: at([1, 0]) }] });
  });
});
