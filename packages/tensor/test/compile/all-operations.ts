/** @file The positional operations by name. */
import type { Value } from '@tapeflow/autodiff/extend';
import { arrayTypeOf, full } from '../../src/array/ndarray.ts';
import type { ElementwiseName } from '../../src/elementwise/table.ts';
import { argMax, argMin, argsort, sort, takeAlong } from '../../src/primitives/along.ts';
import { cumulativeArgMax, cumulativeArgMin, cumulativeMax, cumulativeMin, cumulativeProduct, cumulativeSum, linearRecurrence } from '../../src/primitives/cumulate.ts';
import * as elementwise from '../../src/primitives/elementwise.ts';
import { conv, convInput, convKernel, type ConvParams } from '../../src/primitives/conv.ts';
import { cholesky, choleskySolve, lu, luSolve, triangularSolve } from '../../src/primitives/dense.ts';
import { dot } from '../../src/primitives/dot.ts';
import { fourier, realFourier, realFourierTransposed, realTransform } from '../../src/primitives/fourier.ts';
import { childKey, randomBits, randomInteger, randomNormal, randomPermutation, randomUniform } from '../../src/primitives/random.ts';
import { broadcast, iota } from '../../src/primitives/structure.ts';
import './whole-compiler.ts';

const OPERATIONS: Readonly<Record<string, unknown>> = { ...elementwise };

/** An operation of the table on its operands. */
export function applyElementwise(name: ElementwiseName, xs: readonly Value[]): Value {
  return (OPERATIONS[name] as (...inputs: readonly Value[]) => Value)(...xs);
}

/** Operations along the middle axis of an array of numbers, which walk each line by itself. */
export const LINE_OPERATIONS: Readonly<Record<string, (x: Value) => Value>> = {
  argMax: (x) => argMax(x, 1),
  argMin: (x) => argMin(x, 1),
  argsort: (x) => argsort(x, 1),
  'argsort, descending': (x) => argsort(x, 1, true),
  sort: (x) => sort(x, 1),
  takeAlong: (x) => takeAlong(x, argsort(x, 1), 1),
  cumulativeSum: (x) => cumulativeSum(x, 1),
  linearRecurrence: (x) => linearRecurrence(x, x, 1),
  cumulativeProduct: (x) => cumulativeProduct(x, 1),
  cumulativeArgMax: (x) => cumulativeArgMax(x, 1),
  cumulativeArgMin: (x) => cumulativeArgMin(x, 1),
  cumulativeMax: (x) => cumulativeMax(x, 1),
  cumulativeMin: (x) => cumulativeMin(x, 1),
};

/** Draws from keys. */
export const RANDOM_OPERATIONS: Readonly<Record<string, (keys: Value) => Value>> = {
  randomBits: (keys) => randomBits(keys, [5]),
  randomUniform: (keys) => randomUniform(keys, [2, 3], 'f32'),
  'randomUniform in f64': (keys) => randomUniform(keys, [2, 3], 'f64'),
  randomNormal: (keys) => randomNormal(keys, [7], 'f32'),
  randomInteger: (keys) => randomInteger(keys, [9], -5, 2 ** 31),
  randomPermutation: (keys) => randomPermutation(keys, 8),
  childKey: (keys) => {
    const shape = arrayTypeOf(keys).shape.slice(0, -1);
    return childKey(keys, shape.length === 0 ? full(3, [], 'i32') : iota(shape, 0, 'i32'));
  },
};

/** An operation on whole rows or matrices of real numbers, with the shapes of its operands. */
export interface WholeOperation {
  readonly shapes: readonly (readonly number[])[];
  readonly run: (...xs: Value[]) => Value | readonly Value[];
  /** Products per sum, of operations whose sums are formed in another order in kernels. */
  readonly terms?: number;
}

const STEPS: ConvParams = { stride: [2, 1], dilation: [1, 2], low: [1, 0], high: [0, 2], groups: 2 };

/** Operations that are not computed element by element. */
export const WHOLE_OPERATIONS: Readonly<Record<string, WholeOperation>> = {
  conv: { shapes: [[2, 4, 5, 6], [6, 2, 3, 2]], run: (x, kernel) => conv(x, kernel, STEPS), terms: 12 },
  convInput: { shapes: [[6, 2, 3, 2], [2, 6, 2, 6]], run: (kernel, y) => convInput(kernel, y, { ...STEPS, lengths: [5, 6] }), terms: 18 },
  convKernel: { shapes: [[2, 4, 5, 6], [2, 6, 2, 6]], run: (x, y) => convKernel(x, y, { ...STEPS, lengths: [3, 2] }), terms: 24 },
  dot: { shapes: [[2, 3, 4], [4, 5, 2]], run: (x, y) => dot(x, y, { batch: [[0, 2]], contract: [[2, 0]] }), terms: 4 },
  lu: { shapes: [[2, 4, 4]], run: (A) => lu(A) },
  luSolve: {
    shapes: [[4, 4], [4, 2]],
    run: (A, B) => {
      const [packed, order] = lu(A);
      return luSolve(A, B, packed, order, { transposed: true });
    },
  },
  cholesky: { shapes: [[3, 2, 2]], run: (A) => cholesky(positive(A)) },
  choleskySolve: { shapes: [[2, 4, 4], [2, 4, 3]], run: (A, B) => choleskySolve(positive(A), B, cholesky(positive(A))) },
  triangularSolve: { shapes: [[5, 5], [5, 2]], run: (A, B) => triangularSolve(positive(A), B, { lower: true, transposed: false, unit: false }) },
};

/** Transforms of lines, which have at most as many elements as all operands together. */
export const TRANSFORMS: Readonly<Record<string, WholeOperation>> = {
  fourier: { shapes: [[6, 5], [6, 5]], run: (re, im) => fourier(re, im, { axes: [0, 1], backward: false }) },
  realFourier: { shapes: [[3, 10]], run: (x) => realFourier(x, { axis: 1 }) },
  realFourierTransposed: { shapes: [[4, 3], [4, 3]], run: (re, im) => realFourierTransposed(re, im, { axis: 0, length: 7 }) },
  realTransform: { shapes: [[3, 10]], run: (x) => realTransform(x, { axis: 1, kind: 'cosine2' }) },
};

/** Matrices with a diagonal so large that they are positive definite. */
function positive(A: Value): Value {
  const { shape, dtype } = arrayTypeOf(A);
  const matrix = shape.slice(-2);
  const diagonal = elementwise.indicator(elementwise.equal(iota(matrix, 0, 'i32'), iota(matrix, 1, 'i32')), full(0, [], dtype));
  return elementwise.add(A, broadcast(elementwise.mul(diagonal, full(10, [], dtype)), shape, [shape.length - 2, shape.length - 1]));
}
