/** @file Rows of the table of operations: scatters that choose among updates or take their mean. */
import type { Value } from '@tapeflow/autodiff/extend';
import type { DType } from '../../src/array/dtype.ts';
import { DTypeError, IndexError, ShapeError } from '../../src/errors.ts';
import * as p from '../../src/primitives/scatter.ts';
import { concat, reshape } from '../../src/primitives/structure.ts';
import { build, flatten, toArray, type Nested } from './nested.ts';
import type { Case, Kink, Misuse, Row } from './row.ts';

type Shape = readonly number[];
type Scatter = (x: Value, indices: Value, updates: Value, members?: number) => Value;
/** The new value of an element that has some updates, in their order. */
type Choose = (own: number, updates: readonly number[]) => number;

const some = (shape: Shape, dtype: DType = 'f64'): Value => toArray(build(shape, () => 1), shape, dtype);
const ints = (values: readonly number[]): Value => toArray(values, [values.length], 'i32');
const asList = (x: Nested | undefined): readonly number[] => x as readonly number[];

/** The updates of each element; each of `members` equal parts of the indices looks into its own part of the array. */
function updatesOf(length: number, at: readonly number[], updates: readonly number[], members: number): number[][] {
  const found: number[][] = Array.from({ length }, () => []);
  at.forEach((index, k) => found[Math.floor((k * members) / at.length) * (length / members) + index]!.push(updates[k]!));
  return found;
}

function scattered(title: string, run: Scatter, choose: Choose, length: number, indices: Shape, members = 1, options: Partial<Case> = {}): Case {
  const count = indices.reduce((a, b) => a * b, 1);
  return {
    title,
    inputs: [{ shape: [length] }, { shape: indices, low: 0, high: length / members - 1, dtype: 'i32' }, { shape: indices }],
    run: (x, at, updates) => run(x, at, updates, members),
    expected: (x, at, updates) => updatesOf(length, flatten(at!), flatten(updates!), members).map((own, k) => (own.length === 0 ? asList(x)[k]! : choose(asList(x)[k]!, own))),
    derivative: length === 0 || count === 0 ? 'none' : 'both',
    ...(length === 0 && { shape: [0] }),
    ...options,
  };
}

function cases(run: Scatter, choose: Choose): Case[] {
  const one = (title: string, length: number, indices: Shape, members = 1): Case => scattered(title, run, choose, length, indices, members);
  return [
    one('several updates for most elements', 3, [11]),
    one('none for some', 9, [5]),
    one('a matrix of indices', 5, [2, 3]),
    one('rank 0', 4, []),
    one('no updates', 4, [0]),
    one('no updates of nothing', 0, [0]),
    one('two members', 4, [6], 2),
    one('three members, indices of rank 2', 6, [3, 4], 3),
  ];
}

const integers = (run: Scatter, choose: Choose): Case => ({
  ...scattered('integers', run, choose, 4, [9]), derivative: 'none', dtype: 'i32', tolerance: 0,
  inputs: [{ shape: [4], low: -2e9, high: 2e9, dtype: 'i32' }, { shape: [9], low: 0, high: 3, dtype: 'i32' }, { shape: [9], low: -2e9, high: 2e9, dtype: 'i32' }],
});

function misuse(name: string, run: Scatter): Misuse[] {
  return [
    { title: 'an index past the end', run: () => run(some([2]), ints([2]), some([1])), error: IndexError, fields: { index: 2, length: 2 } },
    { title: 'a negative index', run: () => run(some([2]), ints([-1]), some([1])), error: IndexError, fields: { index: -1, length: 2 } },
    { title: 'real indices', run: () => run(some([2]), some([1]), some([1])), error: DTypeError, fields: { dtypes: ['f64'] } },
    { title: 'other updates than indices', run: () => run(some([2]), ints([0]), some([2])), error: ShapeError, fields: { shapes: [[1], [2]] } },
    { title: 'updates of another dtype', run: () => run(some([2]), ints([0]), some([1], 'f32')), error: DTypeError, fields: { dtypes: ['f64', 'f32'] } },
    { title: 'a matrix', run: () => run(some([2, 2]), ints([0]), some([1])), error: ShapeError, fields: { shapes: [[2, 2]] } },
    { title: 'members that do not divide', run: () => run(some([3]), ints([0, 0]), some([2]), 2), error: ShapeError, says: new RegExp(`${name}.*do not divide into 2 members`) },
  ];
}

/** What an element of value x becomes under two updates y and z. */
const ofThree = (run: Scatter) => (x: Value, y: Value, z: Value): Value => reshape(run(reshape(x, [1]), ints([0, 0]), concat([reshape(y, [1]), reshape(z, [1])], 0)), []);
const ties = (run: Scatter): Kink[] => [
  { title: 'a tie with the array gives the derivative to it', at: [2, 2, 2], run: ofThree(run), gradient: [1, 0, 0] },
  { title: 'a tie of updates gives it to the first', at: [run === p.scatterMax ? 1 : 3, 2, 2], run: ofThree(run), gradient: [0, 1, 0] },
];

const last: Choose = (_own, updates) => updates[updates.length - 1]!;
const smallest: Choose = (own, updates) => Math.min(own, ...updates);
const largest: Choose = (own, updates) => Math.max(own, ...updates);
const mean: Choose = (_own, updates) => updates.reduce((a, b) => a + b, 0) / updates.length;
const extreme = (name: string, run: Scatter, choose: Choose): Row => ({
  name,
  cases: [
    ...cases(run, choose), integers(run, choose),
    { title: 'NaN is handed on', inputs: [{ shape: [3], values: [1, NaN, 3] }, { shape: [4], values: [0, 0, 0, 1], dtype: 'i32' }, { shape: [4], values: [5, NaN, -7, 2] }], run: (x, at, updates) => run(x, at, updates), expected: () => [NaN, NaN, 3], derivative: 'none' },
  ],
  kinks: ties(run), errors: misuse(name, run),
});

const source: Row = {
  name: 'scatterSource',
  cases: (['last', 'min', 'max'] as const).flatMap((rule): Case[] => {
    const chosen = (updates: readonly number[]): number => (rule === 'last' ? updates.length - 1 : updates.indexOf(rule === 'min' ? Math.min(...updates) : Math.max(...updates)));
    const one = (title: string, length: number, indices: Shape, members: number): Case => ({
      title: `${rule}, ${title}`, inputs: [{ shape: indices, low: 0, high: length / members - 1, dtype: 'i32' }, { shape: indices, low: -2, high: 2, dtype: 'i32' }],
      run: (at, updates) => p.scatterSource(at, updates, { length, members, rule }), derivative: 'none', dtype: 'i32', tolerance: 0, ...(length === 0 && { shape: [0] }),
      expected: (at, updates) => {
        const [where, values] = [flatten(at!), flatten(updates!)];
        const per = where.length / members;
        const numbers = updatesOf(length, where, where.map((_, k) => k), members);
        return numbers.map((own) => (own.length === 0 ? -1 : own[chosen(own.map((k) => values[k]!))]! % per));
      },
    });
    return [one('many updates', 3, [12], 1), one('members', 6, [3, 5], 3), one('rank 0', 2, [], 1), one('nothing', 0, [0], 1)];
  }),
  errors: [
    { title: 'an index past the end', run: () => p.scatterSource(ints([2]), some([1]), { length: 2, members: 1, rule: 'last' }), error: IndexError, fields: { operation: 'scatterSource', index: 2, length: 2 } },
    { title: 'shapes that differ', run: () => p.scatterSource(ints([1]), some([2]), { length: 2, members: 1, rule: 'last' }), error: ShapeError, fields: { operation: 'scatterSource', shapes: [[1], [2]] } },
    { title: 'real indices', run: () => p.scatterSource(some([1]), some([1]), { length: 2, members: 1, rule: 'last' }), error: DTypeError, fields: { operation: 'scatterSource' } },
  ],
};

/** All rows of scatters. */
export const scatterRows: readonly Row[] = [
  source,
  {
    name: 'scatterSet',
    cases: [
      ...cases(p.scatterSet, last), integers(p.scatterSet, last),
      {
        title: 'booleans', inputs: [{ shape: [3], dtype: 'bool' }, { shape: [2], values: [2, 0], dtype: 'i32' }, { shape: [2], dtype: 'bool' }], run: (x, at, updates) => p.scatterSet(x, at, updates),
        expected: (x, _at, updates) => [asList(updates)[1]!, asList(x)[1]!, asList(updates)[0]!], derivative: 'none', dtype: 'bool',
      },
    ],
    errors: misuse('scatterSet', p.scatterSet),
  },
  extreme('scatterMin', p.scatterMin, smallest),
  extreme('scatterMax', p.scatterMax, largest),
  {
    name: 'scatterMean',
    cases: cases(p.scatterMean, mean),
    errors: [
      ...misuse('scatterAdd', p.scatterMean),
      { title: 'integers', run: () => p.scatterMean(some([2], 'i32'), ints([0]), some([1], 'i32')), error: DTypeError, fields: { operation: 'scatterMean', dtypes: ['i32'] } },
    ],
  },
];
