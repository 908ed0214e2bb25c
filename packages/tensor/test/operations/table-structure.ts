/** @file Rows of the table of operations: those that place elements anew, and those that make arrays out of nothing. */
import type { Value } from '@tapeflow/autodiff/extend';
import type { DType } from '../../src/array/dtype.ts';
import { contextDType } from '../../src/context.ts';
import { DTypeError, ShapeError } from '../../src/errors.ts';
import { arrayTypeOf } from '../../src/array/ndarray.ts';
import { add, mul } from '../../src/primitives/elementwise.ts';
import * as p from '../../src/primitives/structure.ts';
import { build, flatten, read, toArray, type Nested } from './nested.ts';
import type { Case, Misuse, Row } from './row.ts';

type Shape = readonly number[];

/** An array of the given shape for misuse. */
const some = (shape: Shape, dtype: DType = 'f64'): Value => toArray(build(shape, () => 1), shape, dtype);
const refused = (title: string, run: () => unknown, fields: Readonly<Record<string, unknown>>, says?: RegExp): Misuse => ({ title, run, error: ShapeError, fields, ...(says && { says }) });

/** A case with one input; the result at each index is the element of x at `from(index)`, or 0 where that is undefined. */
function moved(title: string, shape: Shape, run: (x: Value) => Value, result: Shape, from: (index: Shape) => Shape | undefined, options: Partial<Case> = {}): Case {
  const isEmpty = result.includes(0);
  return {
    title,
    inputs: [{ shape }],
    run,
    expected: (x) => build(result, (index) => {
      const source = from(index);
      return source === undefined ? 0 : read(x!, source);
    }),
    derivative: isEmpty || shape.includes(0) ? 'none' : 'both',
    ...(isEmpty && { shape: result }),
    ...options,
  };
}

const broadcast: Row = {
  name: 'broadcast',
  cases: [
    moved('a row down a matrix', [3], (x) => p.broadcast(x, [2, 3], [1]), [2, 3], ([, j]) => [j!]),
    moved('a column along a matrix', [2], (x) => p.broadcast(x, [2, 3], [0]), [2, 3], ([i]) => [i!]),
    moved('axes between axes', [2, 3], (x) => p.broadcast(x, [4, 2, 2, 3], [1, 3]), [4, 2, 2, 3], ([, j, , l]) => [j!, l!]),
    moved('an axis of length 1 is stretched', [1, 3], (x) => p.broadcast(x, [4, 3], [0, 1]), [4, 3], ([, j]) => [0, j!]),
    moved('new and stretched axes together', [1, 2, 1], (x) => p.broadcast(x, [3, 4, 2, 2], [0, 2, 3]), [3, 4, 2, 2], ([, , k]) => [0, k!, 0]),
    moved('rank 0', [], (x) => p.broadcast(x, [2, 3], []), [2, 3], () => []),
    moved('to the same shape', [2, 3], (x) => p.broadcast(x, [2, 3], [0, 1]), [2, 3], (index) => index),
    moved('of nothing', [0], (x) => p.broadcast(x, [2, 0], [1]), [2, 0], (index) => index),
    moved('stretched to nothing', [1, 2], (x) => p.broadcast(x, [0, 2], [0, 1]), [0, 2], (index) => index),
  ],
  errors: [
    refused('axes that do not ascend', () => p.broadcast(some([2, 3]), [3, 2], [1, 0]), { operation: 'broadcast', shapes: [[2, 3], [3, 2]] }, /ascending/),
    refused('one axis too few', () => p.broadcast(some([2, 3]), [2, 3], [0]), { operation: 'broadcast' }),
    refused('an axis outside', () => p.broadcast(some([2]), [2], [1]), { operation: 'broadcast' }),
    refused('lengths that do not fit', () => p.broadcast(some([2]), [3], [0]), { operation: 'broadcast', shapes: [[2], [3]] }, /axis 0 does not fit axis 0/),
    refused('a length that is no integer', () => p.broadcast(some([]), [2.5], []), { operation: 'broadcast' }),
  ],
};

/** The element of flat index k in a nested array. */
const flat = (x: Nested, k: number): number => flatten(x)[k]!;
const flatIndex = (shape: Shape, index: Shape): number => shape.reduce((k, length, axis) => k * length + index[axis]!, 0);
function reshaped(title: string, shape: Shape, result: Shape): Case {
  return {
    ...moved(title, shape, (x) => p.reshape(x, result), result, () => undefined),
    expected: (x) => build(result, (index) => flat(x!, flatIndex(result, index))),
  };
}

const reshape: Row = {
  name: 'reshape',
  cases: [
    reshaped('matrix to matrix', [2, 6], [3, 4]),
    reshaped('vector to cube', [8], [2, 1, 4]),
    reshaped('to a vector', [3, 2, 2], [12]),
    reshaped('axes of length 1 come and go', [2, 1, 3], [1, 2, 3, 1]),
    reshaped('rank 0 to rank 2', [], [1, 1]),
    reshaped('to rank 0', [1, 1], []),
    reshaped('size zero', [0, 3], [5, 0]),
  ],
  errors: [
    refused('another size', () => p.reshape(some([2, 3]), [5]), { operation: 'reshape', shapes: [[2, 3], [5]] }, /different sizes/),
    refused('a negative length', () => p.reshape(some([2]), [-1, -2]), { operation: 'reshape' }),
  ],
};

const transpose: Row = {
  name: 'transpose',
  cases: [
    moved('matrix', [2, 3], (x) => p.transpose(x, [1, 0]), [3, 2], ([i, j]) => [j!, i!]),
    moved('cyclic', [2, 3, 4], (x) => p.transpose(x, [2, 0, 1]), [4, 2, 3], ([k, i, j]) => [i!, j!, k!]),
    moved('nothing to do', [2, 3], (x) => p.transpose(x, [0, 1]), [2, 3], (index) => index),
    moved('rank 0', [], (x) => p.transpose(x, []), [], () => []),
    moved('size zero', [2, 0], (x) => p.transpose(x, [1, 0]), [0, 2], (index) => index),
  ],
  errors: [
    refused('an axis twice', () => p.transpose(some([2, 3]), [0, 0]), { operation: 'transpose', shapes: [[2, 3]] }, /axis 0 is given twice/),
    refused('an axis too few', () => p.transpose(some([2, 3]), [1]), { operation: 'transpose' }, /does not name every axis/),
    refused('an axis outside', () => p.transpose(some([2, 3]), [0, 2]), { operation: 'transpose' }, /no axis 2/),
  ],
};

function sliced(title: string, shape: Shape, start: Shape, result: Shape, step?: Shape): Case {
  return moved(title, shape, (x) => p.slice(x, start, result, step), result, (index) => index.map((k, axis) => start[axis]! + k * (step?.[axis] ?? 1)));
}

const slice: Row = {
  name: 'slice',
  cases: [
    sliced('a block', [4, 5], [1, 2], [2, 3]),
    sliced('in steps that end at the last element', [5, 6], [0, 2], [3, 2], [2, 3]),
    sliced('in steps that leave a rest', [7], [1], [2], [3]),
    sliced('one element', [3, 3], [2, 1], [1, 1]),
    sliced('everything', [2, 3], [0, 0], [2, 3]),
    sliced('rank 0', [], [], []),
    sliced('nothing, from the end', [4], [4], [0]),
    sliced('nothing of nothing', [0, 2], [0, 0], [0, 1]),
  ],
  errors: [
    refused('past the end', () => p.slice(some([4]), [2], [3]), { operation: 'slice', shapes: [[4], [3]] }, /axis 0 from 2 in steps of 1 reaches outside/),
    refused('past the end by a step', () => p.slice(some([4]), [0], [3], [2]), { operation: 'slice' }),
    refused('from a negative position', () => p.slice(some([4]), [-1], [2]), { operation: 'slice' }),
    refused('in steps of 0', () => p.slice(some([4]), [0], [2], [0]), { operation: 'slice' }),
    refused('another rank', () => p.slice(some([4, 4]), [0], [2]), { operation: 'slice' }, /one entry per axis/),
    refused('a fraction', () => p.slice(some([4]), [0.5], [2]), { operation: 'slice' }),
  ],
};

const sliceAxis: Row = {
  name: 'sliceAxis',
  cases: [
    moved('every second column', [3, 5], (x) => p.sliceAxis(x, 1, 1, 2, 2), [3, 2], ([i, j]) => [i!, 1 + 2 * j!]),
    moved('a row', [3, 5], (x) => p.sliceAxis(x, 0, 2, 1, 1), [1, 5], ([, j]) => [2, j!]),
    moved('nothing', [3, 5], (x) => p.sliceAxis(x, 0, 3, 0, 1), [0, 5], (index) => index),
  ],
  errors: [
    refused('past the end', () => p.sliceAxis(some([3, 5]), 1, 4, 2, 1), { operation: 'slice' }),
    refused('an axis outside', () => p.sliceAxis(some([3, 5]), 2, 0, 1, 1), { operation: 'slice' }, /no axis 2/),
  ],
  exempt: { rank0: 'there is no axis to slice along' },
};

function padded(title: string, shape: Shape, low: Shape, high: Shape, interior: Shape = shape.map(() => 0)): Case {
  const result = shape.map((length, axis) => low[axis]! + length + Math.max(length - 1, 0) * interior[axis]! + high[axis]!);
  return moved(title, shape, (x) => p.pad(x, low, high, interior), result, (index) => {
    const source = index.map((k, axis) => (k - low[axis]!) / (interior[axis]! + 1));
    return source.every((k, axis) => Number.isInteger(k) && k >= 0 && k < shape[axis]!) ? source : undefined;
  });
}

const pad: Row = {
  name: 'pad',
  cases: [
    padded('around', [2, 3], [1, 0], [2, 1]),
    padded('between', [3, 2], [0, 0], [0, 0], [2, 1]),
    padded('around and between', [4], [2], [1], [1]),
    padded('by nothing', [2, 2], [0, 0], [0, 0]),
    padded('rank 0', [], [], []),
    padded('zeros around nothing', [0], [2], [1], [3]),
    padded('nothing remains nothing', [0, 2], [0, 1], [0, 1]),
  ],
  errors: [
    refused('a negative width', () => p.pad(some([3]), [-1], [0]), { operation: 'pad' }),
    refused('widths of another rank', () => p.pad(some([3, 3]), [1], [1]), { operation: 'pad' }, /one width per axis/),
  ],
};

/** Parts laid one after another along an axis. */
function concatenated(title: string, shapes: readonly Shape[], axis: number): Case {
  const total = shapes.reduce((sum, shape) => sum + shape[axis]!, 0);
  const result = shapes[0]!.map((length, k) => (k === axis ? total : length));
  return {
    title,
    inputs: shapes.map((shape) => ({ shape })),
    run: (...parts) => p.concat(parts, axis),
    expected: (...parts) => build(result, (index) => {
      let k = index[axis]!;
      let part = 0;
      while (k >= shapes[part]![axis]!) k -= shapes[part++]![axis]!;
      return read(parts[part]!, index.map((own, each) => (each === axis ? k : own)));
    }),
    derivative: result.includes(0) ? 'none' : 'both',
    ...(result.includes(0) && { shape: result }),
  };
}

const concat: Row = {
  name: 'concat',
  cases: [
    concatenated('rows', [[2, 3], [1, 3]], 0),
    concatenated('columns of three', [[2, 1], [2, 2], [2, 3]], 1),
    concatenated('a middle axis', [[2, 1, 2], [2, 2, 2]], 1),
    concatenated('one part', [[2, 3]], 0),
    concatenated('an empty part between', [[2], [0], [3]], 0),
    concatenated('nothing and nothing', [[0, 2], [0, 2]], 0),
    {
      title: 'one array twice', inputs: [{ shape: [3] }], run: (x) => p.concat([x, x], 0),
      expected: (x) => [...(x as readonly Nested[]), ...(x as readonly Nested[])], derivative: 'both',
    },
  ],
  errors: [
    { title: 'no parts', run: () => p.concat([], 0), error: ShapeError, fields: { operation: 'concat' } },
    refused('parts that differ elsewhere', () => p.concat([some([2, 3]), some([2, 2])], 0), { operation: 'concat', shapes: [[2, 3], [2, 2]] }),
    refused('parts of different rank', () => p.concat([some([2, 3]), some([2])], 0), { operation: 'concat' }),
    refused('an axis outside', () => p.concat([some([2]), some([2])], 1), { operation: 'concat' }, /no axis 1/),
    { title: 'dtypes that differ', run: () => p.concat([some([2]), some([2], 'i32')], 0), error: DTypeError, fields: { operation: 'concat', dtypes: ['f64', 'i32'] } },
  ],
  exempt: { rank0: 'there is no axis to go along' },
};

const reverse: Row = {
  name: 'reverse',
  cases: [
    moved('rows', [3, 4], (x) => p.reverse(x, [0]), [3, 4], ([i, j]) => [2 - i!, j!]),
    moved('two axes', [2, 2, 3], (x) => p.reverse(x, [0, 2]), [2, 2, 3], ([i, j, k]) => [1 - i!, j!, 2 - k!]),
    moved('rank 0', [], (x) => p.reverse(x, []), [], () => []),
    moved('size zero', [0, 3], (x) => p.reverse(x, [0, 1]), [0, 3], (index) => index),
  ],
  errors: [
    refused('an axis twice', () => p.reverse(some([2, 3]), [1, 1]), { operation: 'reverse' }, /axis 1 is given twice/),
    refused('an axis outside', () => p.reverse(some([2, 3]), [-1]), { operation: 'reverse' }),
  ],
};

const LIMIT = 2 ** 31;
/** A conversion, element by element. */
function converted(title: string, input: Case['inputs'][number], dtype: DType, expected: (x: number) => number, options: Partial<Case> = {}): Case {
  return {
    title, inputs: [input], run: (x) => p.convert(x, dtype),
    expected: (x) => build(input.shape, (index) => expected(read(x!, index))),
    derivative: 'none', dtype, ...(input.shape.includes(0) && { shape: input.shape }), ...options,
  };
}
const dtypeOf = (x: Value): DType => arrayTypeOf(x).dtype;
const there = (x: Value, dtype: DType): Value => p.convert(p.convert(x, dtype), 'f64');

const convert: Row = {
  name: 'convert',
  cases: [
    converted('real to f32', { shape: [3, 2] }, 'f32', Math.fround),
    { ...converted('real to f64', { shape: [3, 2] }, 'f64', (x) => x), derivative: 'both' },
    converted('real to integer: towards zero', { shape: [40], low: -9, high: 9 }, 'i32', (x) => (x < 0 ? -Math.floor(-x) : Math.floor(x)), { tolerance: 0 }),
    converted('real to integer: limits', { shape: [7], values: [NaN, Infinity, -Infinity, 3e9, -3e9, -0.9, 0.9] }, 'i32', (x) => (Number.isNaN(x) ? 0 : x > 1 ? LIMIT - 1 : x < -1 ? -LIMIT : 0), { tolerance: 0 }),
    converted('real to boolean', { shape: [4], values: [0, -0, 0.1, NaN] }, 'bool', (x) => (x === 0 ? 0 : 1)),
    converted('integer to f64', { shape: [20], low: -2e9, high: 2e9, dtype: 'i32' }, 'f64', (x) => x, { tolerance: 0 }),
    converted('integer to f32', { shape: [20], low: -2e9, high: 2e9, dtype: 'i32' }, 'f32', Math.fround, { tolerance: 0 }),
    converted('integer to boolean', { shape: [4], values: [0, 256, -1, 1], dtype: 'i32' }, 'bool', (x) => (x === 0 ? 0 : 1)),
    converted('boolean to real', { shape: [6], dtype: 'bool' }, 'f64', (x) => x),
    converted('boolean to integer', { shape: [6], dtype: 'bool' }, 'i32', (x) => x),
    converted('rank 0', { shape: [] }, 'i32', Math.trunc),
    converted('size zero', { shape: [0, 2] }, 'f32', (x) => x),
  ],
  kinks: [
    { title: 'between real dtypes the slope is 1', at: [2.5], run: (x) => there(x, 'f32'), gradient: [1] },
    { title: 'through integers nothing passes', at: [2.5], run: (x) => add(x, there(x, 'i32')), gradient: [1] },
  ],
  exempt: { errors: 'every dtype converts to every other' },
};

const full: Row = {
  name: 'full',
  cases: [
    { title: 'a number everywhere', inputs: [], run: () => p.full(2.5, [2, 3], contextDType()), expected: () => build([2, 3], () => 2.5), derivative: 'none' },
    { title: 'rank 0', inputs: [], run: () => p.full(-1, [], contextDType()), expected: () => -1, derivative: 'none' },
    { title: 'integers', inputs: [], run: () => p.full(7, [3], 'i32'), expected: () => [7, 7, 7], derivative: 'none', dtype: 'i32' },
    { title: 'booleans are 0 or 1', inputs: [], run: () => p.full(5, [2], 'bool'), expected: () => [1, 1], derivative: 'none', dtype: 'bool' },
    { title: 'size zero', inputs: [], run: () => p.full(1, [2, 0], contextDType()), expected: () => [[], []], derivative: 'none', shape: [2, 0] },
    { title: 'beside an input', inputs: [{ shape: [3] }], run: (x) => add(x, p.full(1, [3], dtypeOf(x))), expected: (x) => (x as readonly number[]).map((v) => v + 1), derivative: 'both' },
  ],
  errors: [refused('a negative length', () => p.full(1, [-2], 'f64'), { operation: 'full', shapes: [[-2]] })],
  exempt: { rank0: 'it has no inputs; a case makes rank 0' },
};

const iota: Row = {
  name: 'iota',
  cases: [
    { title: 'along the last axis', inputs: [], run: () => p.iota([2, 4], 1, contextDType()), expected: () => build([2, 4], ([, j]) => j!), derivative: 'none' },
    { title: 'along the first axis', inputs: [], run: () => p.iota([3, 2], 0, 'i32'), expected: () => build([3, 2], ([i]) => i!), derivative: 'none', dtype: 'i32' },
    { title: 'length 1', inputs: [], run: () => p.iota([1], 0, contextDType()), expected: () => [0], derivative: 'none' },
    { title: 'size zero', inputs: [], run: () => p.iota([0, 2], 0, 'i32'), expected: () => [], derivative: 'none', dtype: 'i32', shape: [0, 2] },
    { title: 'beside an input', inputs: [{ shape: [4] }], run: (x) => mul(x, p.iota([4], 0, dtypeOf(x))), expected: (x) => (x as readonly number[]).map((v, k) => v * k), derivative: 'both' },
  ],
  errors: [
    refused('an axis outside', () => p.iota([2], 1, 'f64'), { operation: 'iota' }, /no axis 1/),
    refused('rank 0', () => p.iota([], 0, 'f64'), { operation: 'iota' }),
    { title: 'booleans', run: () => p.iota([2], 0, 'bool'), error: DTypeError, fields: { operation: 'iota', dtypes: ['bool'] } },
  ],
  exempt: { rank0: 'there is no axis to count along' },
};

/** All rows of operations that place elements. */
export const structureRows: readonly Row[] = [broadcast, reshape, transpose, slice, sliceAxis, pad, concat, reverse, convert, full, iota];
