/** @file Reductions in kernels: over every choice of axes, rows of every length, and as exact as sums of blocks can be. */
import { describe, expect, test } from 'vitest';
import { abstractOf, traceProgram, type Value } from '@tapeflow/autodiff/extend';
import { NDArray, reduceSum } from '../../../../src/array/ndarray.ts';
import { sizeOf, type Shape } from '../../../../src/array/strides.ts';
import { compile } from '../../../../src/compile/executable.ts';
import { sign, tanh } from '../../../../src/primitives/elementwise.ts';
import { reduceMax, reduceMin, reduceProd } from '../../../../src/primitives/reduce.ts';
import { randomNumbers } from '../../support.ts';
import { laneFunction } from '../math/lane-functions.ts';

function run(f: (x: Value) => Value, x: NDArray): number[] {
  const { program } = traceProgram('test', ([own]) => [f(own)], [abstractOf(x)]);
  return [...(compile(program, 'wasm').executable.run([x])[0] as NDArray).contiguous()];
}

/** By loops over all indices. */
function slow(x: NDArray, axes: readonly number[], combine: (a: number, b: number) => number, start: number): number[] {
  const kept = x.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const result = new Array<number>(sizeOf(kept.map((axis) => x.shape[axis]!))).fill(start);
  x.contiguous().forEach((value, flat) => {
    let rest = flat;
    const index = x.shape.map(() => 0);
    for (let axis = x.shape.length - 1; axis >= 0; axis--) {
      index[axis] = rest % x.shape[axis]!;
      rest = Math.floor(rest / x.shape[axis]!);
    }
    const at = kept.reduce((total, axis) => total * x.shape[axis]! + index[axis]!, 0);
    result[at] = combine(result[at]!, value);
  });
  return result;
}

const SHAPES: readonly Shape[] = [[9], [3, 5], [2, 3, 4], [4, 1, 9], [3, 2, 2, 7]];

describe('over every choice of axes', () => {
  for (const shape of SHAPES) {
    for (const dtype of ['f32', 'f64', 'i32'] as const) {
      test(`${dtype}[${shape.join(', ')}]`, () => {
        // Small whole numbers: exact in every order.
        const values = randomNumbers(7, sizeOf(shape), -4, 5).map(Math.floor);
        const data = dtype === 'f32' ? Float32Array.from(values) : dtype === 'f64' ? Float64Array.from(values) : Int32Array.from(values);
        const x = NDArray.of(data, shape, dtype);
        for (let choice = 1; choice < 2 ** shape.length; choice++) {
          const axes = shape.flatMap((_, axis) => ((choice >> axis) & 1 ? [axis] : []));
          expect(run((own) => reduceSum(own, axes), x), `sum over ${axes}`).toEqual(slow(x, axes, (a, b) => a + b, 0));
          expect(run((own) => reduceMin(own, axes), x), `min over ${axes}`).toEqual(slow(x, axes, Math.min, Infinity));
          expect(run((own) => reduceMax(own, axes), x), `max over ${axes}`).toEqual(slow(x, axes, Math.max, -Infinity));
          expect(run((own) => reduceProd(sign(own), axes), x).map(Math.abs), `product over ${axes}`).toEqual(slow(x, axes, (a, b) => Math.abs(a * Math.sign(b)), 1));
        }
      });
    }
  }
});

test('a long sum in f32 is as exact as its blocks: lanes of 64 numbers, collected in f64', () => {
  const size = 1_000_003;
  const x = NDArray.of(Float32Array.from(randomNumbers(11, size, 0, 1)), [size], 'f32');
  let exact = 0;
  for (const value of x.data) exact += value;
  const [seen] = run((own) => reduceSum(own, [0]), x);
  // 64 additions of numbers of one sign round by 64 · 2⁻²⁴ at most, whatever the length; the result rounds once more.
  expect(Math.abs(seen! - exact) / exact).toBeLessThan(65 * 2 ** -24);
});

test('the same bits in every run', () => {
  const x = NDArray.of(Float32Array.from(randomNumbers(13, 5000, -1, 1)), [5000], 'f32');
  const sums = Array.from({ length: 3 }, () => run((own) => reduceSum(own, [0]), x)[0]);
  expect(new Set(sums).size).toBe(1);
});

test('functions of two vectors side by side, of the vector left over, and of the end of the row: each number as alone', () => {
  for (const dtype of ['f32', 'f64'] as const) {
    const { one } = laneFunction('tanh', dtype);
    for (let size = 1; size <= 50; size++) {
      const numbers = randomNumbers(17, size, -2, 2);
      const data = dtype === 'f32' ? Float32Array.from(numbers) : Float64Array.from(numbers);
      expect(run((own) => tanh(own), NDArray.of(data, [size], dtype)), `${dtype}[${size}]`).toEqual([...data].map((x) => one(x)));
    }
  }
});

test('sums of functions add up two vectors side by side, then what is left over, in order', () => {
  const { one } = laneFunction('tanh', 'f32');
  const times = 13;
  for (const size of [32, 36, 40, 64, 100]) {
    const data = Float32Array.from(randomNumbers(19, size, -2, 2));
    const values = data.map((x) => {
      for (let round = 0; round < times; round++) x = one(x);
      return x;
    });
    const pairs = size - (size % 8);
    const both = new Float32Array(8);
    values.subarray(0, pairs).forEach((x, k) => (both[k % 8]! += x));
    const lanes = Float32Array.from({ length: 4 }, (_, k) => both[k]! + both[k + 4]!);
    values.subarray(pairs).forEach((x, k) => (lanes[k % 4]! += x));
    const seen = run((own) => reduceSum(Array.from({ length: times }).reduce<Value>((x) => tanh(x), own), [0]), NDArray.of(data, [size], 'f32'));
    expect(seen, `${size} numbers`).toEqual([Math.fround(lanes.reduce((total, lane) => total + lane, 0))]);
  }
});
