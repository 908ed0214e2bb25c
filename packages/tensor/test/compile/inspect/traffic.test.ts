/** @file Bytes that work reads and writes, counted against the arrays that the loops touch. */
import { expect, test } from 'vitest';
import { traceProgram, type Program } from '@tapeflow/autodiff/extend';
import { add, arrayAbstract, pad, reduceSum, reshape, slice } from '../../../src/array/ndarray.ts';
import { optimize } from '../../../src/compile/graph/optimize.ts';
import { trafficOf } from '../../../src/compile/inspect/traffic.ts';
import { lower } from '../../../src/compile/lower/lower.ts';
import { workOf } from '../../../src/compile/lower/step.ts';
import { cholesky } from '../../../src/primitives/dense.ts';
import { dot } from '../../../src/primitives/dot.ts';
import { mul, neg } from '../../../src/primitives/elementwise.ts';
import { gather, scatterAdd } from '../../../src/primitives/gather.ts';
import { broadcast, iota } from '../../../src/primitives/structure.ts';
import { record } from '../programs.ts';
import '../whole-compiler.ts';

/** Bytes read and written by each piece of work. */
function bytesOf(program: Program): [read: number, written: number][] {
  return workOf(lower(optimize(program)).steps).map((work) => trafficOf(work).reduce(([r, w], { read, written }) => [r + read, w + written], [0, 0]));
}

test('elementwise: each operand once, also one that is used twice', () => {
  expect(bytesOf(record((x, y) => [mul(add(x!, y!), x!)], 2, [5, 7], 'f32'))).toEqual([[2 * 35 * 4, 35 * 4]]);
});
test('a stencil reads its neighbours once', () => {
  const program = record((x) => {
    const wide = pad(x!, [1, 1], [1, 1], [0, 0]);
    const neighbours = [[0, 1], [2, 1], [1, 0], [1, 2]].map((start) => slice(wide, start, [16, 16]));
    return [neighbours.reduce((sum, y) => add(sum, y))];
  }, 1, [16, 16]);
  expect(bytesOf(program)).toEqual([[16 * 16 * 8, 16 * 16 * 8]]);
});
test('a slice reads what it shows, an operand that is repeated is read once', () => {
  expect(bytesOf(record((x) => [neg(slice(x!, [2], [5]))], 1, [20]))).toEqual([[5 * 8, 5 * 8]]);
  expect(bytesOf(record((x) => [add(broadcast(x!, [6, 4], [1]), broadcast(reshape(x!, [4]), [6, 4], [1]))], 1, [4]))).toEqual([[4 * 8, 24 * 8]]);
});
test('reductions write their results, gathers read an element a round, scatters read and write', () => {
  expect(bytesOf(record((x) => [reduceSum(x!, [1])], 1, [3, 8]))).toEqual([[24 * 8, 3 * 8]]);
  const at = [arrayAbstract({ shape: [100], dtype: 'f64' }), arrayAbstract({ shape: [5], dtype: 'i32' })];
  expect(bytesOf(traceProgram('test', ([x, k]) => [gather(x!, k!)], at).program)).toEqual([[5 * 8 + 5 * 4, 5 * 8]]);
  const scatter = record((x) => [scatterAdd(neg(x!), iota([4], 0, 'i32'), slice(x!, [0], [4]))], 1, [10]);
  // The copy of x with its sign changed, then four elements to which four of x are added.
  expect(bytesOf(scatter).reduce(([r, w], [read, written]) => [r + read, w + written])).toEqual([10 * 8 + 2 * 4 * 8, 10 * 8 + 4 * 8]);
});
test('products and operations on matrices read and write them whole', () => {
  const [[read, written]] = bytesOf(record((x, y) => [dot(x!, y!, { batch: [], contract: [[1, 0]] })], 2, [8, 8])) as [[number, number]];
  expect(read).toBe(2 * 64 * 8);
  expect(written).toBeGreaterThanOrEqual(64 * 8);
  expect(bytesOf(record((x) => [cholesky(x!)], 1, [4, 4]))).toEqual([[16 * 8, 16 * 8]]);
});
