/** @file Rows of the table of operations: Fourier and real transforms, against the sums that define them. */
import type { Value } from '@tapeflow/autodiff/extend';
import type { DType } from '../../src/array/dtype.ts';
import { DTypeError, ShapeError } from '../../src/errors.ts';
import * as p from '../../src/primitives/fourier.ts';
import { build, indicesOf, list, read, toArray, type Nested } from './nested.ts';
import type { Case, Row } from './row.ts';
import '../compile/whole-compiler.ts';

type Shape = readonly number[];
type Complex = readonly [re: number, im: number];

const some = (shape: Shape, dtype: DType = 'f64'): Value => toArray(build(shape, () => 1), shape, dtype);
const count = (n: number): number[] => list(n, (k) => k);
/** e^(2πi a/n), with the argument brought near 0 first. */
const wave = (a: number, n: number): Complex => [Math.cos((2 * Math.PI * (a % n)) / n), Math.sin((2 * Math.PI * (a % n)) / n)];

function slowFourier(re: Nested, im: Nested, shape: Shape, axes: readonly number[], sign: number): Nested {
  const at = (index: Shape): Complex => indicesOf(axes.map((axis) => shape[axis]!)).reduce<Complex>(([r, i], summed) => {
    const from = index.map((k, axis) => (axes.includes(axis) ? summed[axes.indexOf(axis)]! : k));
    const turns = axes.reduce((total, axis, k) => total + ((index[axis]! * summed[k]!) % shape[axis]!) / shape[axis]!, 0);
    const [c, s] = wave(turns, 1);
    const [x, y] = [read(re, from), sign * read(im, from)];
    return [r + x * c + y * s, i + sign * (y * c - x * s)];
  }, [0, 0]);
  return [build(shape, (index) => at(index)[0]), build(shape, (index) => at(index)[1])];
}

function fouriers(title: string, shape: Shape, axes: readonly number[], backward = false, options: Partial<Case> = {}): Case {
  return {
    title, inputs: [{ shape }, { shape }], run: (re, im) => p.fourier(re, im, { axes, backward }), expected: (re, im) => slowFourier(re!, im!, shape, axes, backward ? -1 : 1),
    derivative: shape.includes(0) ? 'none' : 'both', tolerance: 4e-15, f32Error: 4, ...(shape.includes(0) && { shape }), ...options,
  };
}

/** Lengths of all kinds: powers, small primes and their products, and primes that go through a convolution. */
const LENGTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 22, 25, 29, 30, 31, 58, 60, 64, 100, 101];
/** The slow sum has n terms, each of which is rounded. */
const long = (n: number): Partial<Case> => ({ tolerance: Math.max(n, 16) * 2 ** -52, ...(n > 30 && { derivative: 'none', notBatched: 'long' }) });

const fourier: Row = {
  name: 'fourier',
  cases: [
    ...LENGTHS.map((n) => fouriers(`length ${n}`, [n], [0], false, long(n))),
    ...[6, 29, 60].map((n) => fouriers(`backward, length ${n}`, [n], [0], true, long(n))),
    fouriers('the first axis', [4, 3], [0]),
    fouriers('two axes', [3, 2, 4], [2, 0]),
    fouriers('all axes, backward', [2, 3, 2], [0, 1, 2], true),
    fouriers('more lines than are worked on together', [3, 37], [0], false, { derivative: 'none' }),
    fouriers('many short lines', [37, 3], [1], false, { derivative: 'none' }),
    fouriers('no axis', [2, 2], []),
    fouriers('rank 0', [], []),
    fouriers('of nothing', [2, 0], [0, 1]),
  ],
  errors: [
    { title: 'parts of different shapes', run: () => p.fourier(some([2]), some([3]), { axes: [0], backward: false }), error: ShapeError, fields: { operation: 'fourier', shapes: [[2], [3]] } },
    { title: 'parts of different dtypes', run: () => p.fourier(some([2]), some([2], 'f32'), { axes: [0], backward: false }), error: DTypeError, fields: { operation: 'fourier', dtypes: ['f64', 'f32'] } },
    { title: 'integers', run: () => p.fourier(some([2], 'i32'), some([2], 'i32'), { axes: [0], backward: false }), error: DTypeError },
    { title: 'an axis outside', run: () => p.fourier(some([2]), some([2]), { axes: [1], backward: false }), error: ShapeError, says: /no axis 1/ },
    { title: 'an axis twice', run: () => p.fourier(some([2]), some([2]), { axes: [0, 0], backward: false }), error: ShapeError },
  ],
};

function realFouriers(title: string, shape: Shape, axis: number, options: Partial<Case> = {}): Case {
  const half = shape.map((length, k) => (k === axis ? Math.floor(length / 2) + 1 : length));
  return {
    title, inputs: [{ shape }], run: (x) => p.realFourier(x, { axis }), derivative: shape.includes(0) ? 'none' : 'both', tolerance: 4e-15, f32Error: 4,
    expected: (x) => {
      const whole = slowFourier(x!, build(shape, () => 0), shape, [axis], 1) as readonly Nested[];
      return whole.map((part) => build(half, (index) => read(part, index)));
    },
    ...(shape.includes(0) && { shape: half }), ...options,
  };
}

const realFourier: Row = {
  name: 'realFourier',
  cases: [
    ...LENGTHS.map((n) => realFouriers(`length ${n}`, [n], 0, long(n))),
    realFouriers('the first axis', [6, 2], 0),
    realFouriers('a middle axis', [2, 5, 2], 1),
    realFouriers('of nothing', [0, 3], 1),
  ],
  errors: [
    { title: 'lines without elements', run: () => p.realFourier(some([2, 0]), { axis: 1 }), error: ShapeError, fields: { operation: 'realFourier' } },
    { title: 'integers', run: () => p.realFourier(some([2], 'i32'), { axis: 0 }), error: DTypeError },
    { title: 'an axis outside', run: () => p.realFourier(some([2]), { axis: 1 }), error: ShapeError },
  ],
  exempt: { rank0: 'there is no axis to go along' },
};

function transposed(title: string, shape: Shape, axis: number, options: Partial<Case> = {}): Case {
  const half = shape.map((length, k) => (k === axis ? Math.floor(length / 2) + 1 : length));
  return {
    title, inputs: [{ shape: half }, { shape: half }], run: (re, im) => p.realFourierTransposed(re, im, { axis, length: shape[axis]! }),
    expected: (re, im) => build(shape, (index) => count(half[axis]!).reduce((total, k) => {
      const at = index.map((own, each) => (each === axis ? k : own));
      const [c, s] = wave(k * index[axis]!, shape[axis]!);
      return total + read(re!, at) * c - read(im!, at) * s;
    }, 0)),
    derivative: shape.includes(0) ? 'none' : 'both', tolerance: 4e-15, f32Error: 4, ...(shape.includes(0) && { shape }), ...options,
  };
}

const realFourierTransposed: Row = {
  name: 'realFourierTransposed',
  cases: [
    ...LENGTHS.map((n) => transposed(`length ${n}`, [n], 0, long(n))),
    transposed('the first axis', [6, 2], 0),
    transposed('a middle axis', [2, 5, 2], 1),
    transposed('of nothing', [0, 3], 1),
  ],
  errors: [
    { title: 'a length with other coefficients', run: () => p.realFourierTransposed(some([3]), some([3]), { axis: 0, length: 6 }), error: ShapeError, fields: { operation: 'realFourierTransposed' }, says: /length 6 do not have 3/ },
    { title: 'a fraction', run: () => p.realFourierTransposed(some([3]), some([3]), { axis: 0, length: 4.5 }), error: ShapeError },
    { title: 'parts of different shapes', run: () => p.realFourierTransposed(some([3]), some([2]), { axis: 0, length: 4 }), error: ShapeError },
  ],
  exempt: { rank0: 'there is no axis to go along' },
};

/** The factor of x[j] in y[k], by the definition. */
const FACTORS: Readonly<Record<p.RealTransform, (j: number, k: number, n: number) => number>> = {
  cosine1: (j, k, n) => (n === 1 ? 1 : Math.cos((Math.PI * j * k) / (n - 1))),
  cosine2: (j, k, n) => Math.cos((Math.PI * (j + 0.5) * k) / n),
  cosine3: (j, k, n) => Math.cos((Math.PI * j * (k + 0.5)) / n),
  cosine4: (j, k, n) => Math.cos((Math.PI * (j + 0.5) * (k + 0.5)) / n),
  sine1: (j, k, n) => Math.sin((Math.PI * (j + 1) * (k + 1)) / (n + 1)),
  sine2: (j, k, n) => Math.sin((Math.PI * (j + 0.5) * (k + 1)) / n),
  sine3: (j, k, n) => Math.sin((Math.PI * (j + 1) * (k + 0.5)) / n),
  sine4: (j, k, n) => Math.sin((Math.PI * (j + 0.5) * (k + 0.5)) / n),
  hartley: (j, k, n) => Math.cos((2 * Math.PI * j * k) / n) + Math.sin((2 * Math.PI * j * k) / n),
};
const KINDS = Object.keys(FACTORS) as p.RealTransform[];

function transforms(title: string, kind: p.RealTransform, shape: Shape, axis: number, options: Partial<Case> = {}): Case {
  const n = shape[axis]!;
  return {
    title: `${kind}, ${title}`, inputs: [{ shape }], run: (x) => p.realTransform(x, { axis, kind }), derivative: shape.includes(0) ? 'none' : 'both', tolerance: 1e-14, f32Error: 4,
    expected: (x) => build(shape, (index) => count(n).reduce((total, j) => total + FACTORS[kind](j, index[axis]!, n) * read(x!, index.map((own, each) => (each === axis ? j : own))), 0)),
    ...(shape.includes(0) && { shape }), ...options,
  };
}

const realTransform: Row = {
  name: 'realTransform',
  cases: [
    ...KINDS.flatMap((kind) => [1, 2, 3, 4, 5, 6].map((n) => transforms(`length ${n}`, kind, [n], 0))),
    ...KINDS.flatMap((kind) => [29, 48, 75].map((n) => transforms(`length ${n}`, kind, [n], 0, { derivative: 'none', notBatched: 'long', tolerance: 1e-13 }))),
    ...KINDS.map((kind) => transforms('lines along a middle axis', kind, [2, 3, 2], 1)),
    ...KINDS.map((kind) => transforms('of nothing', kind, [0], 0)),
  ],
  errors: [
    { title: 'integers', run: () => p.realTransform(some([2], 'i32'), { axis: 0, kind: 'cosine2' }), error: DTypeError, fields: { operation: 'realTransform' } },
    { title: 'an axis outside', run: () => p.realTransform(some([2]), { axis: -1, kind: 'sine1' }), error: ShapeError },
  ],
  exempt: { rank0: 'there is no axis to go along' },
};

/** All rows of transforms. */
export const fourierRows: readonly Row[] = [fourier, realFourier, realFourierTransposed, realTransform];
