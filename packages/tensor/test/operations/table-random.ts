/** @file Rows of the table of operations: random numbers from keys. */
import type { Value } from '@tapeflow/autodiff/extend';
import type { DType } from '../../src/array/dtype.ts';
import { ArgumentError, DTypeError, ShapeError } from '../../src/errors.ts';
import * as p from '../../src/primitives/random.ts';
import { build, list, toArray, type Nested } from './nested.ts';
import { normalQuantile, threefryByDefinition } from './oracles.ts';
import type { Case, Input, Misuse, Row } from './row.ts';

type Shape = readonly number[];

const key: Input = { shape: [2], low: -(2 ** 31), high: 2 ** 31 - 1, dtype: 'i32' };
const some = (shape: Shape, dtype: DType = 'i32'): Value => toArray(build(shape, () => 1), shape, dtype);
const SPLIT = 0x5350_4c54;

/** The words of a key, two for each block. */
function words(x: readonly number[], count: number): number[] {
  return list(Math.ceil(count / 2), (j) => threefryByDefinition([x[0]!, x[1]!], [j, 0])).flat().slice(0, count);
}
const signed = (word: number): number => word | 0;
const uniform = (x: readonly number[], count: number, dtype: DType): number[] => {
  if (dtype === 'f32') return words(x, count).map((word) => Math.floor(word / 256) / 2 ** 24);
  const all = words(x, 2 * count);
  return list(count, (k) => (Math.floor(all[2 * k]! / 32) * 2 ** 26 + Math.floor(all[2 * k + 1]! / 64)) / 2 ** 53);
};
/** Sign and tail probability of each number, and the quantile by bisection. */
const normal = (x: readonly number[], count: number, dtype: DType): number[] => {
  const half = 2 ** 31;
  const all = words(x, dtype === 'f64' ? 2 * count : count);
  return list(count, (k) => {
    const word = dtype === 'f64' ? all[2 * k]! : all[k]!;
    const tail = dtype === 'f64' ? ((word % half) * 2 ** 21 + Math.floor(all[2 * k + 1]! / 2048) + 0.5) / 2 ** 53 : ((word % half) + 0.5) / 2 ** 32;
    return word < half ? normalQuantile(tail) : -normalQuantile(tail);
  });
};

/** Gives a flat list the shape of an array. */
const shaped = (values: readonly number[], shape: Shape): Nested => build(shape, (index) => values[shape.reduce((k, length, axis) => k * length + index[axis]!, 0)]!);

/** Draws of one key, and of an array of keys. */
function draws(run: (keys: Value, shape: Shape) => Value, numbers: (x: readonly number[], count: number) => readonly number[], options: Partial<Case>): Case[] {
  const one = (title: string, shape: Shape): Case => ({
    title, inputs: [key], run: (keys) => run(keys, shape), derivative: 'none',
    expected: (x) => shaped(numbers(x as readonly number[], shape.reduce((a, b) => a * b, 1)), shape),
    ...(shape.includes(0) && { shape }), ...options,
  });
  return [
    one('a vector of odd length', [7]),
    one('a matrix', [2, 3]),
    one('one number', []),
    one('no numbers', [0, 2]),
    {
      title: 'several keys', inputs: [{ ...key, shape: [2, 2, 2] }], run: (keys) => run(keys, [3]), derivative: 'none',
      expected: (x) => (x as readonly (readonly (readonly number[])[])[]).map((row) => row.map((each) => numbers(each, 3))), ...options,
    },
  ];
}

function misuse(name: string, run: (keys: Value, shape: Shape) => Value): Misuse[] {
  return [
    { title: 'a key of three words', run: () => run(some([3]), [2]), error: ShapeError, fields: { operation: name, shapes: [[3]] } },
    { title: 'a key of rank 0', run: () => run(some([]), [2]), error: ShapeError, fields: { operation: name } },
    { title: 'a real key', run: () => run(some([2], 'f64'), [2]), error: DTypeError, fields: { operation: name, dtypes: ['f64'] } },
    { title: 'a negative length', run: () => run(some([2]), [-1]), error: ShapeError, fields: { operation: name } },
  ];
}

const rank0 = 'a key has two words';
const integerDraw: Misuse[] = ['i32', 'bool'].map((dtype) => ({ title: `${dtype} numbers`, run: () => p.randomUniform(some([2]), [2], dtype as never), error: DTypeError, fields: { operation: 'randomUniform', dtypes: [dtype] } }));

const single = (c: Case): Case => ({ ...c, title: `${c.title}, f32` });

const randomBits: Row = {
  name: 'randomBits',
  cases: draws(p.randomBits, (x, count) => words(x, count).map(signed), { dtype: 'i32', tolerance: 0 }),
  errors: misuse('randomBits', p.randomBits),
  exempt: { rank0 },
};
const randomUniform: Row = {
  name: 'randomUniform',
  cases: [
    ...draws((keys, shape) => p.randomUniform(keys, shape, 'f64'), (x, count) => uniform(x, count, 'f64'), { tolerance: 0 }),
    ...draws((keys, shape) => p.randomUniform(keys, shape, 'f32'), (x, count) => uniform(x, count, 'f32'), { dtype: 'f32', tolerance: 0 }).map(single),
  ],
  errors: [...misuse('randomUniform', (keys, shape) => p.randomUniform(keys, shape, 'f32')), ...integerDraw],
  exempt: { rank0 },
};
const randomNormal: Row = {
  name: 'randomNormal',
  cases: [
    ...draws((keys, shape) => p.randomNormal(keys, shape, 'f64'), (x, count) => normal(x, count, 'f64'), { tolerance: 2e-15 }),
    ...draws((keys, shape) => p.randomNormal(keys, shape, 'f32'), (x, count) => normal(x, count, 'f32'), { dtype: 'f32', tolerance: 2 ** -24 }).map(single),
  ],
  errors: misuse('randomNormal', (keys, shape) => p.randomNormal(keys, shape, 'f64')),
  exempt: { rank0 },
};

/** Words that a draw of a number in [0, range) may use, in their order: the own one, then both of each further block. */
function* candidates(x: readonly number[], count: number, k: number): Generator<number> {
  yield words(x, count)[k]!;
  for (let attempt = 0; ; attempt++) yield* threefryByDefinition([x[0]!, x[1]!], [k, 0x5245_5452 + attempt]);
}
/** The remainder of the first word that does not lie in the incomplete last block of `range` words. */
function remainder(x: readonly number[], count: number, k: number, range: number): number {
  const whole = BigInt(2 ** 32) / BigInt(range);
  for (const word of candidates(x, count, k)) if (BigInt(word >>> 0) / BigInt(range) < whole) return (word >>> 0) % range;
  return NaN;
}
const integers = (low: number, high: number) => (x: readonly number[], count: number): number[] => list(count, (k) => low + remainder(x, count, k, high - low));
const drawInteger = (low: number, high: number) => (keys: Value, shape: Shape): Value => p.randomInteger(keys, shape, low, high);
const exact: Partial<Case> = { dtype: 'i32', tolerance: 0 };
/** Of so many values every third word is refused. */
const [LOW, HIGH] = [-(2 ** 30), 2 ** 30 + 2 ** 29 + 7];
const randomInteger: Row = {
  name: 'randomInteger',
  cases: [
    ...draws(drawInteger(-3, 4), integers(-3, 4), exact),
    ...draws(drawInteger(LOW, HIGH), integers(LOW, HIGH), exact).map((c) => ({ ...c, title: `${c.title}, of many words that are refused` })),
    ...draws(drawInteger(-(2 ** 31), 2 ** 31), integers(-(2 ** 31), 2 ** 31), exact).slice(0, 1).map((c) => ({ ...c, title: 'all integers' })),
    ...draws(drawInteger(5, 6), () => [5, 5, 5, 5, 5, 5, 5], exact).slice(0, 1).map((c) => ({ ...c, title: 'one integer' })),
  ],
  errors: [
    ...misuse('randomInteger', drawInteger(0, 2)),
    { title: 'no range', run: () => p.randomInteger(some([2]), [2], 3, 3), error: ArgumentError, fields: { operation: 'randomInteger', argument: 'high', seen: 3 } },
    { title: 'an end that is no integer', run: () => p.randomInteger(some([2]), [2], 0.5, 3), error: ArgumentError, fields: { argument: 'low', seen: 0.5 } },
    { title: 'an end beyond 32 bits', run: () => p.randomInteger(some([2]), [2], 0, 2 ** 31 + 1), error: ArgumentError, fields: { argument: 'high' } },
  ],
  exempt: { rank0 },
};

/** From the end, each place is exchanged with one at or before it. */
function shuffled(x: readonly number[], count: number): number[] {
  const order = list(count, (k) => k);
  for (let k = count - 1; k > 0; k--) {
    const other = remainder(x, count, k, k + 1);
    [order[k], order[other]] = [order[other]!, order[k]!];
  }
  return order;
}
const randomPermutation: Row = {
  name: 'randomPermutation',
  cases: [
    { title: 'of nine', inputs: [key], run: (keys) => p.randomPermutation(keys, 9), expected: (x) => shuffled(x as readonly number[], 9), derivative: 'none', ...exact },
    { title: 'of one', inputs: [key], run: (keys) => p.randomPermutation(keys, 1), expected: () => [0], derivative: 'none', ...exact },
    { title: 'of none', inputs: [key], run: (keys) => p.randomPermutation(keys, 0), expected: () => [], shape: [0], derivative: 'none', ...exact },
    {
      title: 'by several keys', inputs: [{ ...key, shape: [3, 2] }], run: (keys) => p.randomPermutation(keys, 4), derivative: 'none',
      expected: (x) => (x as readonly (readonly number[])[]).map((each) => shuffled(each, 4)), ...exact,
    },
  ],
  errors: misuse('randomPermutation', (keys, [count]) => p.randomPermutation(keys, count!)),
  exempt: { rank0 },
};

const child = (x: readonly number[], index: number): number[] => threefryByDefinition([x[0]!, x[1]!], [index, SPLIT]).map(signed);
const childKey: Row = {
  name: 'childKey',
  cases: [
    {
      title: 'one key and one number', inputs: [key, { shape: [], low: 0, high: 2 ** 31 - 1, dtype: 'i32' }], run: (keys, at) => p.childKey(keys, at),
      expected: (x, at) => child(x as readonly number[], at as number), derivative: 'none', dtype: 'i32', tolerance: 0,
    },
    {
      title: 'several keys', inputs: [{ ...key, shape: [3, 2] }, { shape: [3], low: 0, high: 9, dtype: 'i32' }], run: (keys, at) => p.childKey(keys, at),
      expected: (x, at) => (x as readonly (readonly number[])[]).map((each, k) => child(each, (at as readonly number[])[k]!)), derivative: 'none', dtype: 'i32', tolerance: 0,
    },
    {
      title: 'no keys', inputs: [{ ...key, shape: [0, 2] }, { shape: [0], low: 0, high: 9, dtype: 'i32' }], run: (keys, at) => p.childKey(keys, at),
      expected: () => [], shape: [0, 2], derivative: 'none', dtype: 'i32',
    },
  ],
  errors: [
    { title: 'real numbers', run: () => p.childKey(some([2]), some([], 'f32')), error: DTypeError, fields: { operation: 'childKey', dtypes: ['f32'] } },
    { title: 'more numbers than keys', run: () => p.childKey(some([3, 2]), some([4])), error: ShapeError, fields: { operation: 'childKey', shapes: [[3, 2], [4]] } },
  ],
};
const childKeys: Row = {
  name: 'childKeys',
  cases: [
    { title: 'three', inputs: [key], run: (x) => p.childKeys(x, 3), expected: (x) => [0, 1, 2].map((k) => child(x as readonly number[], k)), derivative: 'none', dtype: 'i32', tolerance: 0 },
    { title: 'none', inputs: [key], run: (x) => p.childKeys(x, 0), expected: () => [], shape: [0, 2], derivative: 'none', dtype: 'i32' },
  ],
  errors: [{ title: 'a negative number of them', run: () => p.childKeys(some([2]), -1), error: ShapeError }],
  exempt: { rank0 },
};

/** All rows of random operations. */
export const randomRows: readonly Row[] = [randomBits, randomUniform, randomNormal, randomInteger, randomPermutation, childKey, childKeys];
