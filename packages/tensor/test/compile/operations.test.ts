/**
 * @file Every operation gives the same bits compiled as by itself: all dtypes, special values, long rows, indices, random numbers.
 * Where kernels round in another order (sums and products of real numbers, functions of several steps), the bound is that of rounding; the
 * functions that kernels compute by themselves may differ by their error (docs/accuracy.md) and half a unit for the js backend. Printed JavaScript gives
 * every bit.
 */
import { describe, expect, test } from 'vitest';
import { abstractOf, traceProgram, type Value } from '@tapeflow/autodiff/extend';
import { allocate, type DType, type TypedArray } from '../../src/array/dtype.ts';
import { add, NDArray, reduceSum } from '../../src/array/ndarray.ts';
import { Storage } from '../../src/array/storage.ts';
import { compile } from '../../src/compile/executable.ts';
import { applyElementwise, LINE_OPERATIONS, RANDOM_OPERATIONS, TRANSFORMS, WHOLE_OPERATIONS } from './all-operations.ts';
import { VECTOR_FUNCTIONS } from '../../src/compile/wasm/math/functions.ts';
import type { Operator } from '../../src/elementwise/expression.ts';
import { ELEMENTWISE, type ElementwiseName } from '../../src/elementwise/table.ts';
import { IndexError } from '../../src/errors.ts';
import { gather, scatterAdd } from '../../src/primitives/gather.ts';
import { scatterMax, scatterMean, scatterMin, scatterSet } from '../../src/primitives/scatter.ts';
import { reduceAll, reduceAny, reduceMax, reduceMin, reduceProd } from '../../src/primitives/reduce.ts';
import { convert, reverse, slice, transpose } from '../../src/primitives/structure.ts';
import { randomNumbers } from './support.ts';

const SEED = 20263;
const DTYPES: readonly DType[] = ['f32', 'f64', 'i32', 'bool'];
const SPECIAL = [0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, NaN, Infinity, -Infinity, 1e-310, -1e-42, 3e38, -1e300, 2 ** 31, -(2 ** 31), 2 ** 31 - 1, 7, -7, 3, 1e9];

function arrayOf(dtype: DType, numbers: readonly number[]): NDArray {
  const data = allocate(dtype, numbers.length);
  numbers.forEach((x, k) => {
    data[k] = dtype === 'bool' ? Number(x > 0) : x;
  });
  return NDArray.of(data, [data.length], dtype);
}

/** All pairs of special and random values. */
function operandsFor(dtype: DType): [NDArray, NDArray] {
  const numbers = [...SPECIAL, ...randomNumbers(SEED, 20, -5, 5), ...randomNumbers(SEED + 1, 6, -1e6, 1e6)];
  const first = numbers.flatMap((x) => numbers.map(() => x));
  const second = numbers.flatMap(() => numbers);
  return [arrayOf(dtype, first), arrayOf(dtype, second)];
}

const bits = (x: number): string => (Object.is(x, -0) ? '-0' : String(x));

/** The compiled function gives the bits of the plain one. */
function expectSameBits(f: (...xs: Value[]) => Value | readonly Value[], ...inputs: NDArray[]): void {
  expectWithin(() => 0, f, ...inputs);
}

const EPSILON: Readonly<Record<DType, number>> = { f32: 2 ** -23, f64: 2 ** -52, i32: 0, bool: 0 };

const SMALLEST: Readonly<Record<DType, number>> = { f32: 2 ** -149, f64: 2 ** -1074, i32: 0, bool: 0 };

/** Units in the last place between the results of a function of the table in a kernel and on the js backend, which are doubles rounded once. */
function roundings(name: ElementwiseName, dtype: DType, own: DType): number {
  if (dtype !== 'f32' && dtype !== 'f64') return 0;
  // Of several steps, each of which rounds in kernels: one or two functions, a sum or product, a quotient.
  const error = ['sigmoid', 'softplus', 'xlogy'].includes(name) ? 4 : VECTOR_FUNCTIONS[name as Operator]?.error[dtype];
  if (error === undefined) return 0;
  // Doubles that differ in their last bits may round to two neighbouring singles.
  return own === dtype ? error + 0.5 : 1;
}

/** The compiled function differs from the plain one by no more than `bound` says for a value of this dtype and index. */
function expectWithin(bound: (dtype: DType, value: number, i: number) => number, f: (...xs: Value[]) => Value | readonly Value[], ...inputs: NDArray[]): void {
  const list = (y: Value | readonly Value[]): NDArray[] => (Array.isArray(y) ? y : [y]) as NDArray[];
  const { program } = traceProgram('jit', (xs) => list(f(...xs)), inputs.map(abstractOf));
  const plain = list(f(...inputs));
  // Printed JavaScript rounds where operations by themselves do.
  for (const [backend, own] of [['wasm', bound], ['js', () => 0]] as const) {
    const seen = compile(program, backend).executable.run(inputs) as NDArray[];
    plain.forEach((expected, k) => {
      expect([seen[k]!.dtype, seen[k]!.shape]).toEqual([expected.dtype, expected.shape]);
      const xs = seen[k]!.contiguous();
      expected.contiguous().forEach((value, i) => {
        if (!Object.is(xs[i], value) && !(Math.abs(xs[i]! - value) <= own(expected.dtype, value, i))) expect.fail(`${backend}: element ${i} is ${bits(xs[i]!)} instead of ${bits(value)} for ${inputs.map((x) => bits(x.contiguous()[i] ?? NaN)).join(', ')}`);
      });
    });
  }
}

describe('elementwise', () => {
  for (const name of Object.keys(ELEMENTWISE) as ElementwiseName[]) {
    const { arity, operands } = ELEMENTWISE[name];
    const accepted = DTYPES.filter((dtype) => (operands === 'any' ? true : operands === 'bool' ? dtype === 'bool' : operands === 'real' ? dtype === 'f32' || dtype === 'f64' : dtype !== 'bool'));
    test(`${name} of ${accepted.join(', ')}`, () => {
      for (const dtype of accepted) {
        const [, y] = operandsFor(dtype);
        // The order of a polygamma function is a small number: its cost grows with it.
        const x = name === 'polygamma' ? arrayOf(dtype, Array.from({ length: y.size }, (_, k) => k % 4)) : operandsFor(dtype)[0];
        const condition = arrayOf('bool', Array.from({ length: x.size }, (_, k) => k % 3));
        const inputs = arity === 1 ? [x] : arity === 2 ? [x, y] : [condition, x, y];
        const bound = (own: DType, value: number): number => roundings(name, dtype, own) * (EPSILON[own] * Math.abs(value) + SMALLEST[own]);
        expectWithin(bound, (...xs) => applyElementwise(name, xs), ...inputs);
        // Beside a scalar, and followed by another operation in the same kernel.
        const one = new NDArray(y.storage, [], [], 7, dtype);
        if (arity === 2) expectWithin(bound, (a, b) => applyElementwise(name, [a, b]), x, one);
        expectWithin(bound, (...xs) => convert(convert(applyElementwise(name, xs), 'f64'), 'f32'), ...inputs);
      }
    });
  }
});

describe('conversions', () => {
  for (const from of DTYPES) {
    for (const to of DTYPES) {
      test(`${from} to ${to}`, () => expectSameBits((x) => convert(x, to), arrayOf(from, [...SPECIAL, ...randomNumbers(SEED, 30, -1e4, 1e4), 4294967296, 1e-46])));
    }
  }
});

describe('reductions', () => {
  for (const length of [0, 1, 2, 7, 255, 256, 257, 300, 542, 1000, 4099]) {
    test(`rows of ${length}`, () => {
      for (const dtype of ['f32', 'f64', 'i32'] as const) {
        const x = arrayOf(dtype, randomNumbers(SEED + length, 3 * length, -1e3, 1e3).map((value) => (dtype === 'i32' ? Math.round(value * 1e5) : value)));
        const rows = new NDArray(x.storage, [3, length], [length, 1], 0, dtype);
        const columns = new NDArray(x.storage, [length, 3], [1, length], 0, dtype);
        for (const reduce of [reduceSum, reduceMin, reduceMax, reduceProd]) {
          // Sums and products of n numbers round n times, whatever their order [Higham2002, ch. 3 and 4].
          const size = dtype === 'i32' || reduce === reduceMin || reduce === reduceMax ? 0 : 3 * length;
          const magnitude = Array.from(x.data).reduce((total, value) => total + Math.abs(value), 0);
          const bound = (own: DType, value: number): number => size * EPSILON[own] * (reduce === reduceSum ? magnitude : Math.abs(value));
          expectWithin(bound, (a) => reduce(a, [1]), rows);
          expectWithin(bound, (a) => reduce(transpose(a, [1, 0]), [1]), columns);
          expectWithin(bound, (a) => reduce(a, [0]), columns);
          expectWithin(bound, (a) => reduce(a), columns);
        }
      }
      const flags = arrayOf('bool', randomNumbers(SEED, length));
      for (const reduce of [reduceAny, reduceAll]) expectSameBits((a) => reduce(a), flags);
    });
  }
});

describe('indices', () => {
  const x = arrayOf('f32', randomNumbers(SEED, 12));
  const backwards = new NDArray(x.storage, [12], [-1], 11, 'f32');
  const at = arrayOf('i32', [0, 3, 3, 5, 1, 3]);
  const square = new NDArray(at.storage, [3, 2], [1, 3], 0, 'i32');
  test('gather and scatter-add through strides and members; equal indices add up in order', () => {
    for (const source of [x, backwards]) {
      for (const indices of [at, square]) {
        for (const members of [1, 2]) {
          expectSameBits((a, k) => gather(a, k, members), source, indices);
          const updates = new NDArray(new Storage(Float32Array.from(randomNumbers(SEED + 2, 6))), indices.shape, indices.strides, 0, 'f32');
          expectSameBits((a, k, u) => scatterAdd(a, k, u, members), source, indices, updates);
        }
      }
    }
  });
  test('scatters that choose: the last update, the extreme one, the mean', () => {
    const updates = arrayOf('f32', [3, -1, 2, 2, 7, 2]);
    for (const scatter of [scatterSet, scatterMin, scatterMax, scatterMean]) {
      for (const members of [1, 2]) expectSameBits((a, k, u) => scatter(a, k, u, members), x, at, updates);
      expectSameBits((a, k, u) => scatter(applyElementwise('square', [a]), k, applyElementwise('square', [u])), backwards, at, updates);
    }
  });
  test('an index outside is the same error as without jit, and the program can run again', () => {
    for (const bad of [12, -1, 2 ** 31 - 1]) {
      const indices = arrayOf('i32', [1, bad]);
      const { program } = traceProgram('jit', ([a, k]) => [gather(a, k)], [x, indices].map(abstractOf));
      const { executable } = compile(program, 'wasm');
      expect(() => executable.run([x, indices])).toThrow(IndexError);
      expect(() => executable.run([x, indices])).toThrow(`gather: index ${bad} is outside an array of length 12`);
      expect([...(executable.run([x, arrayOf('i32', [1, 2])])[0] as NDArray).contiguous()]).toEqual([x.data[1], x.data[2]]);
    }
  });
});

describe('along an axis', () => {
  for (const [name, run] of Object.entries(LINE_OPERATIONS)) {
    test(`${name} of f32, f64, i32, through strides, between other operations`, () => {
      for (const dtype of ['f32', 'f64', 'i32'] as const) {
        // Many equal values.
        const x = arrayOf(dtype, randomNumbers(SEED, 3 * 7 * 2, -2, 3).map((value) => Math.round(2 * value) / (dtype === 'i32' ? 1 : 2)));
        for (const [strides, offset] of [[[14, 2, 1], 0], [[1, -3, 21], 18]] as const) {
          const view = new NDArray(x.storage, [3, 7, 2], strides, offset, dtype);
          expectSameBits(run, view);
          expectSameBits((y) => convert(run(applyElementwise('square', [y])), 'f64'), view);
          // A window onto other memory, without gaps between its elements.
          expectSameBits((y) => run(slice(y, [1, 0, 0], [2, 7, 2])), view);
        }
      }
    });
  }
});

describe('random numbers', () => {
  for (const [name, draw] of Object.entries(RANDOM_OPERATIONS)) {
    test(`${name} of one key and of several`, () => {
      expectSameBits(draw, arrayOf('i32', [17, -4]));
      expectSameBits(draw, new NDArray(new Storage(Int32Array.of(1, 2, 3, 4, 5, 6)), [3, 2], [1, 3], 0, 'i32'));
    });
  }
});

describe('rows and matrices', () => {
  for (const [name, { shapes, run, terms }] of Object.entries(WHOLE_OPERATIONS)) {
    test(`${name} of f32 and f64, by itself and between other operations`, () => {
      for (const dtype of ['f32', 'f64'] as const) {
        const inputs = shapes.map((shape, k) => {
          const size = shape.reduce((product, length) => product * length, 1);
          return NDArray.of(arrayOf(dtype, randomNumbers(SEED + k, size)).data, shape, dtype);
        });
        const backwards = (x: Value, k: number): Value => reverse(x, shapes[k]!.map((_, axis) => axis));
        const doubled = (...xs: Value[]): readonly Value[] => [run(...xs.map(backwards))].flat().map((y) => add(y, y));
        // A sum of n products rounds n times, here and there [Higham2002, ch. 3]; the sum of sizes is that of the absolute values.
        const sizes = (f: typeof run): TypedArray => ([f(...inputs.map((x) => applyElementwise('abs', [x])))].flat()[0] as NDArray).contiguous();
        const boundOf = (own: TypedArray) => (of: DType, _value: number, i: number): number => (terms === undefined ? 0 : (terms + 1) * EPSILON[of] * own[i]!);
        expectWithin(boundOf(sizes(run)), run, ...inputs);
        expectWithin(boundOf(sizes(doubled)), doubled, ...inputs);
      }
    });
  }
});

describe('transforms', () => {
  for (const [name, { shapes, run }] of Object.entries(TRANSFORMS)) {
    test(`${name} of f32 and f64, alone and with what comes before and after`, () => {
      for (const dtype of ['f32', 'f64'] as const) {
        const inputs = shapes.map((shape, k) => {
          const size = shape.reduce((product, length) => product * length, 1);
          return NDArray.of(arrayOf(dtype, randomNumbers(SEED + k, size)).data, shape, dtype);
        });
        // A fast transform of n numbers errs by 7 u log₂ n relative to the norm of the result, which is √n times that of the numbers [Higham2002, thm 24.2].
        const numbers = inputs.flatMap((x) => [...x.contiguous()]);
        const bound = (of: DType): number => 3.5 * EPSILON[of] * Math.log2(numbers.length) * Math.sqrt(numbers.length) * Math.hypot(...numbers);
        expectWithin(bound, run, ...inputs);
        const backwards = (x: Value, k: number): Value => reverse(x, shapes[k]!.map((_, axis) => axis));
        expectWithin((of) => 2 * bound(of), (...xs) => [run(...xs.map(backwards))].flat().map((y) => add(y, y)), ...inputs);
      }
    });
  }
});
