/** @file Rows of the table of operations: along one axis (positions of extremes, orders, running results). */
import type { Value } from '@tapeflow/autodiff/extend';
import type { DType } from '../../src/array/dtype.ts';
import { DTypeError, IndexError, ShapeError } from '../../src/errors.ts';
import * as along from '../../src/primitives/along.ts';
import * as cumulate from '../../src/primitives/cumulate.ts';
import { concat, reshape, sliceAxis } from '../../src/primitives/structure.ts';
import { build, read, toArray, type Nested } from './nested.ts';
import type { Case, Input, Misuse, Row } from './row.ts';

type Shape = readonly number[];
type Line = readonly number[];

const some = (shape: Shape, dtype: DType = 'f64'): Value => toArray(build(shape, () => 1), shape, dtype);

/** The element `value(line, k)` at place k of every line along an axis; without `k` in the result for reductions. */
function overLines(x: Nested, shape: Shape, axis: number, value: (line: Line, k: number) => number, length: number | undefined): Nested {
  const result = shape.flatMap((own, k) => (k !== axis ? [own] : length === undefined ? [] : [length]));
  return build(result, (index) => {
    const outer = length === undefined ? index : index.filter((_, k) => k !== axis);
    const line = Array.from({ length: shape[axis]! }, (_, k) => read(x, [...outer.slice(0, axis), k, ...outer.slice(axis)]));
    return value(line, length === undefined ? 0 : index[axis]!);
  });
}

const resultShape = (shape: Shape, axis: number, keepsAxis: boolean): Shape => shape.filter((_, k) => keepsAxis || k !== axis);

/** A case whose result at each place follows from the line it stands in. */
function lines(title: string, input: Input, axis: number, run: (x: Value) => Value, value: (line: Line, k: number) => number, keepsAxis: boolean, options: Partial<Case> = {}): Case {
  const result = resultShape(input.shape, axis, keepsAxis);
  return {
    title, inputs: [input], run, expected: (x) => overLines(x!, input.shape, axis, value, keepsAxis ? input.shape[axis]! : undefined),
    derivative: result.includes(0) || input.shape.includes(0) ? 'none' : 'both', ...(result.includes(0) && { shape: result }), ...options,
  };
}

/** The shapes that every operation is tried on. */
function cases(run: (x: Value, axis: number) => Value, value: (line: Line, k: number) => number, keepsAxis: boolean, options: Partial<Case> = {}, range: Partial<Input> = {}): Case[] {
  const one = (title: string, shape: Shape, axis: number): Case => lines(title, { shape, ...range }, axis, (x) => run(x, axis), value, keepsAxis, options);
  return [
    one('a vector', [6], 0),
    one('rows', [3, 5], 1),
    one('columns', [5, 3], 0),
    one('a middle axis', [2, 4, 3], 1),
    one('lines of one element', [3, 1], 1),
    one('no lines', [0, 3], 1),
    ...(keepsAxis ? [one('empty lines', [2, 0], 1)] : []),
  ];
}

const ties = (dtype: 'i32' | undefined): Input => ({ shape: [4, 9], low: 0, high: 2, ...(dtype && { dtype }) });
const outside = (name: string, run: (x: Value, axis: number) => Value): Misuse => ({
  title: 'an axis outside', run: () => run(some([2, 3]), 2), error: ShapeError, fields: { operation: name, shapes: [[2, 3]] }, says: /no axis 2/,
});
const booleans = (name: string, run: (x: Value, axis: number) => Value): Misuse => ({ title: 'booleans', run: () => run(some([2], 'bool'), 0), error: DTypeError, fields: { operation: name, dtypes: ['bool'] } });
const rank0 = { rank0: 'there is no axis to go along' };
const POSITIONS: Partial<Case> = { derivative: 'none', dtype: 'i32', tolerance: 0 };

/** Whether b beats a: NaN beats all, and an equal one does not. */
type Beats = (a: number, b: number) => boolean;
const larger: Beats = (a, b) => !Number.isNaN(a) && (Number.isNaN(b) || b > a);
const smaller: Beats = (a, b) => !Number.isNaN(a) && (Number.isNaN(b) || b < a);
const best = (beats: Beats) => (line: Line): number => line.reduce((at, value, k) => (beats(line[at]!, value) ? k : at), 0);

const nan = (run: (x: Value) => Value, expected: Nested, dtype?: DType): Case => ({ title: 'the first NaN wins', inputs: [{ shape: [5], values: [1, NaN, 7, NaN, -3] }], run, expected: () => expected, derivative: 'none', ...(dtype && { dtype }) });

type Run = (x: Value, axis: number) => Value;
function extremeRow(name: string, run: Run, beats: Beats): Row {
  return {
    name,
    cases: [
      ...cases(run, best(beats), false, POSITIONS),
      lines('the first of equal integers', ties('i32'), 1, (x) => run(x, 1), best(beats), false, POSITIONS),
      lines('the first of equal booleans', { shape: [5, 4], dtype: 'bool' }, 1, (x) => run(x, 1), best(beats), false, POSITIONS),
      nan((x) => run(x, 0), 1, 'i32'),
    ],
    errors: [outside(name, run), { title: 'an empty axis', run: () => run(some([2, 0]), 1), error: ShapeError, fields: { operation: name, shapes: [[2, 0]] }, says: /no extreme/ }],
    exempt: rank0,
  };
}

/** Positions by insertion, one after another. */
function orderOf(line: Line, isDescending: boolean): number[] {
  const order: number[] = [];
  line.forEach((value, k) => {
    const after = order.findIndex((other) => (Number.isNaN(line[other]) ? !Number.isNaN(value) : isDescending ? value > line[other]! : value < line[other]!));
    order.splice(after < 0 ? order.length : after, 0, k);
  });
  return order;
}

const withGaps: Input = { shape: [9], values: [2, NaN, -1, 2, Infinity, NaN, -Infinity, 0, 2] };
const argsort: Row = {
  name: 'argsort',
  cases: [
    ...cases(along.argsort, (line, k) => orderOf(line, false)[k]!, true, POSITIONS),
    ...[false, true].flatMap((isDescending) => [
      lines(`equal integers keep their order, ${isDescending ? 'descending' : 'ascending'}`, { ...ties('i32'), shape: [3, 40] }, 1, (x) => along.argsort(x, 1, isDescending), (line, k) => orderOf(line, isDescending)[k]!, true, POSITIONS),
      lines(`NaN comes last, ${isDescending ? 'descending' : 'ascending'}`, withGaps, 0, (x) => along.argsort(x, 0, isDescending), (line, k) => orderOf(line, isDescending)[k]!, true, POSITIONS),
    ]),
  ],
  errors: [outside('argsort', along.argsort)],
  exempt: rank0,
};

const sort: Row = {
  name: 'sort',
  cases: [
    ...cases(along.sort, (line, k) => line[orderOf(line, false)[k]!]!, true),
    lines('descending', { shape: [3, 7] }, 1, (x) => along.sort(x, 1, true), (line, k) => line[orderOf(line, true)[k]!]!, true),
    lines('integers', { shape: [2, 9], low: -2e9, high: 2e9, dtype: 'i32' }, 1, (x) => along.sort(x, 1), (line, k) => line[orderOf(line, false)[k]!]!, true, { derivative: 'none', dtype: 'i32', tolerance: 0 }),
    lines('NaN comes last', withGaps, 0, (x) => along.sort(x, 0), (line, k) => line[orderOf(line, false)[k]!]!, true, { derivative: 'none' }),
  ],
  errors: [outside('argsort', along.sort)],
  exempt: rank0,
};

function taken(title: string, shape: Shape, axis: number, count: number): Case {
  const result = shape.map((length, k) => (k === axis ? count : length));
  return {
    title, inputs: [{ shape }, { shape: result, low: 0, high: shape[axis]! - 1, dtype: 'i32' }], run: (x, at) => along.takeAlong(x, at, axis),
    expected: (x, at) => build(result, (index) => read(x!, index.map((own, k) => (k === axis ? read(at!, index) : own)))),
    derivative: result.includes(0) ? 'none' : 'both', ...(result.includes(0) && { shape: result }),
  };
}
const takeAlong: Row = {
  name: 'takeAlong',
  cases: [
    taken('more than there are', [3], 0, 5),
    taken('rows', [2, 4], 1, 3),
    taken('columns', [4, 2], 0, 3),
    taken('a middle axis', [2, 3, 2], 1, 4),
    taken('none', [2, 3], 1, 0),
    taken('of no lines', [0, 3], 1, 2),
  ],
  errors: [
    outside('takeAlong', (x, axis) => along.takeAlong(x, some([2, 3], 'i32'), axis)),
    { title: 'real indices', run: () => along.takeAlong(some([2]), some([2]), 0), error: DTypeError, fields: { operation: 'takeAlong', dtypes: ['f64'] } },
    { title: 'other lines', run: () => along.takeAlong(some([2, 3]), some([1, 3], 'i32'), 1), error: ShapeError, fields: { operation: 'takeAlong', shapes: [[2, 3], [1, 3]] } },
    { title: 'an index past the end of its line', run: () => along.takeAlong(some([2, 1]), some([2, 1], 'i32'), 1), error: IndexError, fields: { index: 1, length: 1 } },
  ],
  exempt: rank0,
};

const wrapped = (f: (a: bigint, b: bigint) => bigint) => (line: Line, k: number): number => Number(BigInt.asIntN(32, line.slice(0, k + 1).map(BigInt).reduce(f)));
const integers = (run: (x: Value, axis: number) => Value, value: (line: Line, k: number) => number): Case =>
  lines('integers wrap around', { shape: [3, 20], low: -2e9, high: 2e9, dtype: 'i32' }, 1, (x) => run(x, 1), value, true, { derivative: 'none', dtype: 'i32', tolerance: 0 });
const prefix = (line: Line, k: number): Line => line.slice(0, k + 1);

const cumulativeSum: Row = {
  name: 'cumulativeSum',
  cases: [...cases(cumulate.cumulativeSum, (line, k) => prefix(line, k).reduce((a, b) => a + b), true), integers(cumulate.cumulativeSum, wrapped((a, b) => a + b))],
  errors: [outside('cumulativeSum', cumulate.cumulativeSum), booleans('cumulativeSum', cumulate.cumulativeSum)],
  exempt: rank0,
};

const product = (line: Line, k: number): number => prefix(line, k).reduce((a, b) => a * b);
const cumulativeProduct: Row = {
  name: 'cumulativeProduct',
  cases: [
    ...cases(cumulate.cumulativeProduct, product, true, {}, { low: 0.5, high: 1.5 }),
    integers(cumulate.cumulativeProduct, wrapped((a, b) => a * b)),
    lines('zeros among factors', { shape: [5], values: [2, 0, 3, 0, -1.5] }, 0, (x) => cumulate.cumulativeProduct(x, 0), product, true),
    lines('a zero in front', { shape: [3], values: [0, 2, 3] }, 0, (x) => cumulate.cumulativeProduct(x, 0), product, true),
  ],
  errors: [outside('cumulativeProduct', cumulate.cumulativeProduct), booleans('cumulativeProduct', cumulate.cumulativeProduct)],
  exempt: rank0,
};

function recurred(title: string, shape: Shape, axis: number, options: Partial<Case> = {}): Case {
  return {
    title, inputs: [{ shape }, { shape }], run: (a, b) => cumulate.linearRecurrence(a, b, axis),
    expected: (a, b) => {
      const value = (index: Shape): number => {
        const own = read(b!, index);
        return index[axis] === 0 ? own : read(a!, index) * value(index.map((at, k) => (k === axis ? at - 1 : at))) + own;
      };
      return build(shape, value);
    },
    derivative: shape.includes(0) ? 'none' : 'both', ...(shape.includes(0) && { shape }), ...options,
  };
}
const linearRecurrence: Row = {
  name: 'linearRecurrence',
  cases: [
    recurred('a vector', [6], 0),
    recurred('rows', [2, 4], 1),
    recurred('a middle axis', [2, 3, 2], 1),
    recurred('one step', [3, 1], 1),
    recurred('no steps', [2, 0], 1),
    {
      title: 'integers wrap around', inputs: [{ shape: [9], low: -9, high: 9, dtype: 'i32' }, { shape: [9], low: -2e9, high: 2e9, dtype: 'i32' }], run: (a, b) => cumulate.linearRecurrence(a, b, 0),
      expected: (a, b) => {
        let y = 0n;
        return (b as Line).map((term, k) => Number((y = BigInt.asIntN(32, (k === 0 ? 0n : BigInt((a as Line)[k]!) * y) + BigInt(term)))));
      },
      derivative: 'none', dtype: 'i32', tolerance: 0,
    },
    { title: 'the first factor is not used', inputs: [{ shape: [2], values: [NaN, 2] }, { shape: [2], values: [3, 1] }], run: (a, b) => cumulate.linearRecurrence(a, b, 0), expected: () => [3, 7], derivative: 'none' },
  ],
  errors: [
    outside('linearRecurrence', (x, axis) => cumulate.linearRecurrence(x, x, axis)),
    booleans('linearRecurrence', (x, axis) => cumulate.linearRecurrence(x, x, axis)),
    { title: 'shapes that differ', run: () => cumulate.linearRecurrence(some([2]), some([3]), 0), error: ShapeError, fields: { operation: 'linearRecurrence', shapes: [[2], [3]] } },
    { title: 'dtypes that differ', run: () => cumulate.linearRecurrence(some([2]), some([2], 'f32'), 0), error: DTypeError, fields: { operation: 'linearRecurrence', dtypes: ['f64', 'f32'] } },
  ],
  exempt: rank0,
};

function runningRows(name: string, run: Run, positions: string, at: Run, beats: Beats): Row[] {
  const value = (line: Line, k: number): number => prefix(line, k)[best(beats)(prefix(line, k))]!;
  return [
    {
      name,
      cases: [...cases(run, value, true), lines('many ups and downs', { shape: [2, 12] }, 1, (x) => run(x, 1), value, true), nan((x) => run(x, 0), [1, NaN, NaN, NaN, NaN])],
      kinks: [{ title: 'of equal extremes the first gets the derivative', at: [2, 2], run: (x, y) => reshape(sliceAxis(run(concat([reshape(x, [1]), reshape(y, [1])], 0), 0), 0, 1, 1, 1), []), gradient: [1, 0] }],
      errors: [outside(positions, run)],
      exempt: rank0,
    },
    {
      name: positions,
      cases: [
        ...cases(at, (line, k) => best(beats)(prefix(line, k)), true, POSITIONS),
        lines('the first of equal integers', ties('i32'), 1, (x) => at(x, 1), (line, k) => best(beats)(prefix(line, k)), true, POSITIONS),
        nan((x) => at(x, 0), [0, 1, 1, 1, 1], 'i32'),
      ],
      errors: [outside(positions, at)],
      exempt: rank0,
    },
  ];
}

/** All rows of operations along one axis. */
export const alongRows: readonly Row[] = [
  extremeRow('argMax', along.argMax, larger), extremeRow('argMin', along.argMin, smaller), argsort, sort, takeAlong,
  cumulativeSum, cumulativeProduct, linearRecurrence,
  ...runningRows('cumulativeMax', cumulate.cumulativeMax, 'cumulativeArgMax', cumulate.cumulativeArgMax, larger),
  ...runningRows('cumulativeMin', cumulate.cumulativeMin, 'cumulativeArgMin', cumulate.cumulativeArgMin, smaller),
];
