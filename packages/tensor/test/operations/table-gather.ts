/** @file Rows of the table of operations: gather and scatter-add. */
import type { Value } from '@tapeflow/autodiff/extend';
import { batchLeaves, spaceOf } from '@tapeflow/autodiff/extend';
import type { DType } from '../../src/array/dtype.ts';
import { DTypeError, IndexError, ShapeError } from '../../src/errors.ts';
import { gather as gatherArray, scatterAdd as scatterAddArray } from '../../src/primitives/gather.ts';
import { indexWithin as within } from '../../src/primitives/index-within.ts';
import { build, flatten, read, toArray, type Nested } from './nested.ts';
import type { Case, Row } from './row.ts';

type Shape = readonly number[];

const ints = (values: readonly number[]): Value => toArray(values, [values.length], 'i32');
const some = (shape: Shape, dtype: DType = 'f64'): Value => toArray(build(shape, () => 1), shape, dtype);
const asList = (x: Nested | undefined): readonly number[] => x as readonly number[];

/** Where in x the k-th of `count` indices looks: each of `members` equal parts of the indices looks into its own part of x. */
const place = (length: number, count: number, members: number, k: number, index: number): number => Math.floor((k * members) / count) * (length / members) + index;

function gathered(title: string, length: number, indices: Shape, members = 1, options: Partial<Case> = {}): Case {
  const count = indices.reduce((a, b) => a * b, 1);
  return {
    title,
    inputs: [{ shape: [length] }, { shape: indices, low: 0, high: length / members - 1, dtype: 'i32' }],
    run: (x, at) => gatherArray(x, at, members),
    expected: (x, at) => build(indices, (index) => {
      const k = indices.reduce((total, size, axis) => total * size + index[axis]!, 0);
      return asList(x)[place(length, count, members, k, read(at!, index))]!;
    }),
    derivative: indices.includes(0) ? 'none' : 'both',
    ...(indices.includes(0) && { shape: indices }),
    ...options,
  };
}

const both = [true, true];
const stackedIn = (run: (...xs: Value[]) => Value, ...xs: Value[]): readonly Value[] => batchLeaves((members) => [run(...members)], xs, xs.map(() => true), xs.map(spaceOf), both.length, spaceOf);
const matrix = (rows: readonly (readonly number[])[], dtype: DType = 'f64'): Value => toArray(rows, [rows.length, rows[0]!.length], dtype);

const gather: Row = {
  name: 'gather',
  cases: [
    gathered('a vector of indices', 5, [7]),
    gathered('a matrix of indices', 6, [2, 4]),
    gathered('rank 0', 4, []),
    gathered('no indices', 4, [0, 3]),
    gathered('no indices into nothing', 0, [0]),
    gathered('two members', 6, [8], 2),
    gathered('three members, indices of rank 2', 6, [3, 2], 3),
    {
      title: 'integers', inputs: [{ shape: [5], low: -2e9, high: 2e9, dtype: 'i32' }, { shape: [6], low: 0, high: 4, dtype: 'i32' }], run: (x, at) => gatherArray(x, at),
      expected: (x, at) => asList(at).map((k) => asList(x)[k]!), derivative: 'none', dtype: 'i32', tolerance: 0,
    },
    {
      title: 'indices that depend on the values', inputs: [{ shape: [4], values: [0.3, -0.6, 0.9, 0.2] }], run: (x) => gatherArray(x, ints([3, 3, 0, 1])),
      expected: (x) => [3, 3, 0, 1].map((k) => asList(x)[k]!), derivative: 'both',
    },
  ],
  errors: [
    { title: 'an index past the end', run: () => gatherArray(some([3]), ints([0, 3])), error: IndexError, fields: { operation: 'gather', index: 3, length: 3 }, says: /index 3 is outside .* of length 3/ },
    { title: 'a negative index', run: () => gatherArray(some([3]), ints([-1])), error: IndexError, fields: { operation: 'gather', index: -1, length: 3 } },
    { title: 'an index into nothing', run: () => gatherArray(some([0]), ints([0])), error: IndexError, fields: { index: 0, length: 0 } },
    { title: 'real indices', run: () => gatherArray(some([3]), some([1])), error: DTypeError, fields: { operation: 'gather', dtypes: ['f64'] } },
    { title: 'a matrix', run: () => gatherArray(some([3, 3]), ints([0])), error: ShapeError, fields: { operation: 'gather', shapes: [[3, 3]] } },
    { title: 'members that do not divide the array', run: () => gatherArray(some([3]), ints([0, 0]), 2), error: ShapeError, fields: { operation: 'gather' } },
    { title: 'an index that would reach the next member of a batch', run: () => stackedIn((x, at) => gatherArray(x, at), matrix([[1, 2], [3, 4]]), matrix([[0], [2]], 'i32')), error: IndexError, fields: { index: 2, length: 2 } },
  ],
};

function scattered(title: string, length: number, indices: Shape, members = 1): Case {
  const count = indices.reduce((a, b) => a * b, 1);
  return {
    title,
    inputs: [{ shape: [length] }, { shape: indices, low: 0, high: length / members - 1, dtype: 'i32' }, { shape: indices }],
    run: (x, at, updates) => scatterAddArray(x, at, updates, members),
    expected: (x, at, updates) => {
      const result = [...asList(x)];
      flatten(at!).forEach((index, k) => (result[place(length, count, members, k, index)]! += flatten(updates!)[k]!));
      return result;
    },
    derivative: length === 0 || count === 0 ? 'none' : 'both',
    f32Error: 8,
    ...(length === 0 && { shape: [0] }),
  };
}

const scatterAdd: Row = {
  name: 'scatterAdd',
  cases: [
    scattered('equal indices add up', 3, [9]),
    scattered('a matrix of indices', 5, [2, 3]),
    scattered('rank 0', 4, []),
    scattered('no updates', 4, [0]),
    scattered('no updates of nothing', 0, [0]),
    scattered('two members', 4, [6], 2),
    {
      title: 'integers wrap around', inputs: [{ shape: [2], low: 1e9, high: 2e9, dtype: 'i32' }, { shape: [5], low: 0, high: 1, dtype: 'i32' }, { shape: [5], low: 1e9, high: 2e9, dtype: 'i32' }],
      run: (x, at, updates) => scatterAddArray(x, at, updates), derivative: 'none', dtype: 'i32', tolerance: 0,
      expected: (x, at, updates) => asList(x).map((start, k) => {
        const added = asList(at).reduce((total, index, j) => (index === k ? total + BigInt(asList(updates)[j]!) : total), BigInt(start));
        return Number(BigInt.asIntN(32, added));
      }),
    },
  ],
  errors: [
    { title: 'an index past the end', run: () => scatterAddArray(some([2]), ints([2]), some([1])), error: IndexError, fields: { operation: 'scatterAdd', index: 2, length: 2 } },
    { title: 'a negative index', run: () => scatterAddArray(some([2]), ints([-2]), some([1])), error: IndexError, fields: { index: -2 } },
    { title: 'other updates than indices', run: () => scatterAddArray(some([2]), ints([0]), some([2])), error: ShapeError, fields: { operation: 'scatterAdd', shapes: [[1], [2]] } },
    { title: 'updates of another dtype', run: () => scatterAddArray(some([2]), ints([0]), some([1], 'f32')), error: DTypeError, fields: { operation: 'scatterAdd', dtypes: ['f64', 'f32'] } },
    { title: 'booleans', run: () => scatterAddArray(some([2], 'bool'), ints([0]), some([1], 'bool')), error: DTypeError, fields: { operation: 'scatterAdd', dtypes: ['bool'] } },
    { title: 'real indices', run: () => scatterAddArray(some([2]), some([1]), some([1])), error: DTypeError },
    { title: 'a matrix', run: () => scatterAddArray(some([2, 2]), ints([0]), some([1])), error: ShapeError },
    { title: 'an index that would reach the next member of a batch', run: () => stackedIn((x, at, updates) => scatterAddArray(x, at, updates), matrix([[1, 2], [3, 4]]), matrix([[2], [0]], 'i32'), matrix([[1], [1]])), error: IndexError, fields: { index: 2, length: 2 } },
  ],
};

const site = { operation: 'pick', place: "dimension 'x'" };
const bounded = (title: string, shape: Shape, options: Partial<Case> = {}): Case => ({
  title, inputs: [{ shape, low: 0, high: 6, dtype: 'i32' }], run: (at) => within(at, 7, site), expected: (at) => at, derivative: 'none', dtype: 'i32', tolerance: 0, ...options,
});

const indexWithin: Row = {
  name: 'indexWithin',
  cases: [
    bounded('a vector', [9]),
    bounded('a matrix', [2, 3]),
    bounded('rank 0', []),
    bounded('nothing', [0, 2], { shape: [0, 2] }),
    { title: 'nothing among nothing', inputs: [{ shape: [0], dtype: 'i32' }], run: (at) => within(at, 0, site), expected: (at) => at, shape: [0], derivative: 'none', dtype: 'i32' },
  ],
  errors: [
    { title: 'one past the end', run: () => within(ints([0, 6, 7]), 7, site), error: IndexError, fields: { operation: 'pick', index: 7, length: 7 }, says: /index 7 is outside dimension 'x' of length 7/ },
    { title: 'a negative one', run: () => within(ints([-1]), 7, site), error: IndexError, fields: { operation: 'pick', index: -1, length: 7 } },
    { title: 'any among nothing', run: () => within(ints([0]), 0, site), error: IndexError, fields: { index: 0, length: 0 } },
    { title: 'reals', run: () => within(some([3]), 7, site), error: DTypeError, fields: { operation: 'pick', dtypes: ['f64'] } },
  ],
};

/** All rows of indexed operations. */
export const gatherRows: readonly Row[] = [gather, scatterAdd, indexWithin];
