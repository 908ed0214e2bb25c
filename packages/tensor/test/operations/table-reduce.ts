/** @file Rows of the table of operations: reductions. */
import type { Value } from '@tapeflow/autodiff/extend';
import type { DType } from '../../src/array/dtype.ts';
import { DTypeError, ShapeError } from '../../src/errors.ts';
import * as p from '../../src/primitives/reduce.ts';
import { concat, reshape } from '../../src/primitives/structure.ts';
import { build, reduceNested, toArray } from './nested.ts';
import type { Case, Input, Kink, Misuse, Row } from './row.ts';

type Shape = readonly number[];
type Reduce = (x: Value, axes?: readonly number[]) => Value;
type Fold = readonly [start: number, combine: (total: number, x: number) => number];

const some = (shape: Shape, dtype: DType): Value => toArray(build(shape, () => 1), shape, dtype);
/** A rank-0 result of rank-0 operands that are put into one vector first. */
const ofVector = (reduce: Reduce) => (...xs: Value[]): Value => reduce(concat(xs.map((x) => reshape(x, [1])), 0));

/** One reduction of a random array; no axes means all. */
function reduced(title: string, reduce: Reduce, [start, combine]: Fold, input: Input, axes: readonly number[] | undefined, options: Partial<Case> = {}): Case {
  const { shape } = input;
  const over = axes ?? shape.map((_, axis) => axis);
  const kept = shape.filter((_, axis) => !over.includes(axis));
  return {
    title, inputs: [input], run: (x) => reduce(x, axes), expected: (x) => reduceNested(x!, shape, over, start, combine),
    derivative: shape.includes(0) ? 'none' : 'both', ...(kept.includes(0) && { shape: kept }), ...options,
  };
}

/** The shapes and axes that every reduction is tried on, with elements in [low, high]. */
function cases(reduce: Reduce, fold: Fold, low: number, high: number, options: Partial<Case> = {}, input: Partial<Input> = {}): Case[] {
  const one = (title: string, shape: Shape, axes?: readonly number[]): Case => reduced(title, reduce, fold, { shape, low, high, ...input }, axes, options);
  return [
    one('all of a matrix', [3, 4]),
    one('the first axis', [3, 4], [0]),
    one('the last axis', [3, 4], [1]),
    one('a middle axis', [2, 3, 2], [1]),
    one('two axes apart', [2, 3, 4], [0, 2]),
    one('axes of length 1', [1, 3, 1], [0, 2]),
    one('no axis', [2, 2], []),
    one('rank 0', []),
    one('over nothing', [2, 0], [1]),
    one('of everything that is nothing', [0]),
    one('nothing is left', [0, 3], [1]),
  ];
}

/** `dtype` is the one that the reduction refuses. */
function misuse(name: string, reduce: Reduce, dtype: 'bool' | 'f64'): Misuse[] {
  const good = some([2, 3], dtype === 'bool' ? 'f64' : 'bool');
  return [
    { title: 'an axis outside', run: () => reduce(good, [2]), error: ShapeError, fields: { operation: name, shapes: [[2, 3]] }, says: /no axis 2/ },
    { title: 'an axis twice', run: () => reduce(good, [0, 0]), error: ShapeError, fields: { operation: name } },
    { title: `${dtype} elements`, run: () => reduce(some([2], dtype)), error: DTypeError, fields: { operation: name, dtypes: [dtype] } },
  ];
}

const integers = (reduce: Reduce, fold: Fold, options: Partial<Input> = {}): Case =>
  reduced('integers', reduce, fold, { shape: [3, 50], low: -2_000_000_000, high: 2_000_000_000, dtype: 'i32', ...options }, [1], { derivative: 'none', dtype: 'i32', tolerance: 0 });
/** Exact arithmetic modulo 2³², as numbers. */
const wrapped = (f: (a: bigint, b: bigint) => bigint) => (a: number, b: number): number => Number(BigInt.asIntN(32, f(BigInt(a), BigInt(b))));
const nan = (reduce: Reduce): Case => ({ title: 'NaN is handed on', inputs: [{ shape: [3], values: [1, NaN, 2] }], run: (x) => reduce(x), expected: () => NaN, derivative: 'none' });

const plus: Fold = [0, (a, b) => a + b];
const times: Fold = [1, (a, b) => a * b];
const least: Fold = [Infinity, (a, b) => (b < a ? b : a)];
const largest: Fold = [-Infinity, (a, b) => (b > a ? b : a)];

const reduceSum: Row = {
  name: 'reduceSum',
  cases: [
    ...cases(p.reduceSum, plus, -1, 1, { f32Error: 4 }),
    reduced('long rows, which are halved', p.reduceSum, plus, { shape: [2, 3001], low: 0.5, high: 1 }, [1], { tolerance: 1e-13 }),
    integers(p.reduceSum, [0, wrapped((a, b) => a + b)]),
  ],
  errors: misuse('reduceSum', p.reduceSum, 'bool'),
};

const reduceProd: Row = {
  name: 'reduceProd',
  cases: [
    ...cases(p.reduceProd, times, 0.5, 1.5, { tolerance: 1e-13, f32Error: 8 }),
    { title: 'a zero among factors', inputs: [{ shape: [4], values: [2, 0, -3, 0.5] }], run: (x) => p.reduceProd(x), expected: () => 0, derivative: 'both' },
    { title: 'two zeros among factors', inputs: [{ shape: [4], values: [2, 0, 0, 0.5] }], run: (x) => p.reduceProd(x), expected: () => 0, derivative: 'both' },
    reduced('negative factors', p.reduceProd, times, { shape: [2, 5], low: -1.5, high: -0.5 }, [1], { tolerance: 1e-13, f32Error: 8 }),
    integers(p.reduceProd, [1, wrapped((a, b) => a * b)]),
  ],
  kinks: [
    { title: 'one zero gets the product of the others', at: [2, 0, -3], run: ofVector(p.reduceProd), gradient: [0, -6, 0] },
    { title: 'two zeros get nothing', at: [2, 0, 0], run: ofVector(p.reduceProd), gradient: [0, 0, 0] },
  ],
  errors: misuse('reduceProd', p.reduceProd, 'bool'),
};

const ties = (reduce: Reduce, extreme: number): Kink[] => [
  { title: 'two equal extremes share', at: [extreme, 0, extreme], run: ofVector(reduce), gradient: [0.5, 0, 0.5] },
  { title: 'all equal share', at: [1, 1, 1, 1], run: ofVector(reduce), gradient: [0.25, 0.25, 0.25, 0.25] },
  { title: 'the only extreme gets all', at: [0, extreme], run: ofVector(reduce), gradient: [0, 1] },
];

const reduceMin: Row = {
  name: 'reduceMin',
  cases: [
    ...cases(p.reduceMin, least, -1, 1, {}, { apart: true }),
    integers(p.reduceMin, [2 ** 31 - 1, least[1]]),
    { ...integers(p.reduceMin, [2 ** 31 - 1, least[1]], { shape: [3, 0] }), title: 'the least of no integers is the largest one', expected: () => [2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1] },
    nan(p.reduceMin),
  ],
  kinks: ties(p.reduceMin, -1),
  errors: misuse('reduceMin', p.reduceMin, 'bool'),
};

const reduceMax: Row = {
  name: 'reduceMax',
  cases: [
    ...cases(p.reduceMax, largest, -1, 1, {}, { apart: true }),
    integers(p.reduceMax, [-(2 ** 31), largest[1]]),
    { ...integers(p.reduceMax, [-(2 ** 31), largest[1]], { shape: [2, 0] }), title: 'the largest of no integers is the least one', expected: () => [-(2 ** 31), -(2 ** 31)] },
    nan(p.reduceMax),
  ],
  kinks: ties(p.reduceMax, 3),
  errors: misuse('reduceMax', p.reduceMax, 'bool'),
};

const logical: Partial<Case> = { derivative: 'none', dtype: 'bool' };
const reduceAny: Row = {
  name: 'reduceAny',
  cases: cases(p.reduceAny, [0, (a, b) => (a === 1 || b === 1 ? 1 : 0)], 0, 1, logical, { dtype: 'bool' }),
  errors: misuse('reduceAny', p.reduceAny, 'f64'),
};
const reduceAll: Row = {
  name: 'reduceAll',
  cases: cases(p.reduceAll, [1, (a, b) => (a === 1 && b === 1 ? 1 : 0)], 0, 1, logical, { dtype: 'bool' }),
  errors: misuse('reduceAll', p.reduceAll, 'f64'),
};

/** All rows of reductions. */
export const reduceRows: readonly Row[] = [reduceSum, reduceProd, reduceMin, reduceMax, reduceAny, reduceAll];
