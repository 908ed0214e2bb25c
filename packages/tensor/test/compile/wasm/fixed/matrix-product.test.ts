/**
 * @file Products of matrices against loops in double precision: all sizes around the tile, operands in any order of axes, backwards and with
 * gaps, batches, no elements.
 */
import { describe, expect, test } from 'vitest';
import { traceProgram } from '@tapeflow/autodiff/extend';
import type { FloatDType } from '../../../../src/array/dtype.ts';
import { arrayAbstract, NDArray } from '../../../../src/array/ndarray.ts';
import { Storage } from '../../../../src/array/storage.ts';
import { compile } from '../../../../src/compile/executable.ts';
import { dot, type DotParams } from '../../../../src/primitives/dot.ts';
import { reverse, slice, transpose } from '../../../../src/primitives/structure.ts';
import { randomNumbers } from '../../support.ts';
import { faultOfDot, randomArray } from './product-oracle.ts';

const SEED = 40961;

function check(x: NDArray, y: NDArray, params: DotParams, label: string): void {
  const inputs = [x, y];
  const { program } = traceProgram('test', ([a, b]) => [dot(a!, b!, params)], inputs.map(({ shape, dtype }) => arrayAbstract({ shape, dtype })));
  compare(compile(program, 'wasm').executable.run(inputs)[0] as NDArray, x, y, params, label);
}

function compare(seen: NDArray, x: NDArray, y: NDArray, params: DotParams, label: string): void {
  const fault = faultOfDot(seen, x, y, params);
  if (fault !== undefined) expect.fail(`${label}: ${fault}`);
}

const MATRICES: DotParams = { batch: [], contract: [[1, 0]] };

describe('sizes around the tile', () => {
  for (const dtype of ['f32', 'f64'] as const) {
    for (const terms of [0, 1, 2, 3, 5, 8, 20]) {
      test(`${dtype}, ${terms} terms, 0 to 20 rows and columns`, () => {
        for (let rows = 0; rows <= 20; rows++) {
          // Every pair of remainders by 4 and 8 occurs among these.
          for (let columns = rows % 3; columns <= 20; columns += 3) check(randomArray(SEED + rows, [rows, terms], dtype), randomArray(SEED + columns + 50, [terms, columns], dtype), MATRICES, `${rows} × ${terms} × ${columns}`);
        }
      });
    }
    for (const [rows, terms, columns] of [[1, 700, 33], [4, 257, 8], [7, 513, 70], [300, 300, 9], [259, 258, 261], [2, 5000, 3], [1, 9001, 1], [33, 2100, 1], [1, 2049, 34], [35, 40, 2], [3, 1030, 3], [700, 2, 3]] as const) {
      test(`${dtype}, ${rows} × ${terms} × ${columns}`, () => check(randomArray(SEED, [rows, terms], dtype), randomArray(SEED + 1, [terms, columns], dtype), MATRICES, 'product'));
      test(`${dtype}, ${rows} × ${terms} × ${columns}, both factors transposed`, () => check(randomArray(SEED, [terms, rows], dtype), randomArray(SEED + 1, [columns, terms], dtype), { batch: [], contract: [[0, 1]] }, 'product'));
      test(`${dtype}, ${rows} × ${terms} × ${columns}, second factor transposed`, () => check(randomArray(SEED, [rows, terms], dtype), randomArray(SEED + 1, [columns, terms], dtype), { batch: [], contract: [[1, 1]] }, 'product'));
    }
  }
});

/** A generator of whole numbers. */
function chooser(seed: number): (below: number) => number {
  const numbers = randomNumbers(seed, 4096, 0, 1);
  let at = 0;
  return (below) => Math.floor(numbers[at++ % numbers.length]! * below);
}

/** Some order of the axes, some of them backwards, some with steps: of an array that is larger. */
function randomView(seed: number, shape: readonly number[], dtype: FloatDType, choose: (below: number) => number): NDArray {
  const order = shape.map((_, axis) => axis);
  for (let k = order.length - 1; k > 0; k--) {
    const other = choose(k + 1);
    [order[k], order[other]] = [order[other]!, order[k]!];
  }
  const steps = shape.map(() => 1 + Number(choose(4) === 0));
  const whole = shape.map((length, axis) => length * steps[axis]! + choose(2));
  const large = randomArray(seed, order.map((axis) => whole[axis]!), dtype);
  const straight = transpose(large, shape.map((_, axis) => order.indexOf(axis)));
  const cut = slice(straight, shape.map((_, axis) => (whole[axis]! > shape[axis]! * steps[axis]! ? 1 : 0)), shape, steps);
  return reverse(cut, shape.flatMap((_, axis) => (choose(4) === 0 ? [axis] : []))) as NDArray;
}

describe('operands that lie anyhow', () => {
  for (let round = 0; round < 12; round++) {
    test(`30 random products with batches, seed ${SEED + round}`, () => {
      const choose = chooser(SEED + round);
      for (let k = 0; k < 30; k++) {
        const dtype = choose(2) === 0 ? 'f32' : 'f64';
        const length = (): number => 1 + choose(choose(3) === 0 ? 14 : 5);
        const common = Array.from({ length: choose(3) }, () => ({ length: 1 + choose(3), isBatch: true })).concat(Array.from({ length: choose(3) }, () => ({ length: length(), isBatch: false })));
        const sides = [0, 1].map(() => {
          const axes: (number | undefined)[] = [...common.map((_, at) => at), ...Array.from({ length: choose(3) }, () => undefined)];
          for (let n = axes.length - 1; n > 0; n--) {
            const other = choose(n + 1);
            [axes[n], axes[other]] = [axes[other], axes[n]];
          }
          return axes;
        });
        const [x, y] = sides.map((axes, side) => randomView(SEED + 100 * round + 2 * k + side, axes.map((at) => (at === undefined ? length() : common[at]!.length)), dtype, choose)) as [NDArray, NDArray];
        const pairs = (isBatch: boolean): [number, number][] => common.flatMap((axis, at) => (axis.isBatch === isBatch ? [[sides[0]!.indexOf(at), sides[1]!.indexOf(at)] as [number, number]] : []));
        check(x, y, { batch: pairs(true), contract: pairs(false) }, `seed ${SEED + round}, product ${k}: ${x.shape.join('×')} and ${y.shape.join('×')}`);
      }
    });
  }
  for (const dtype of ['f32', 'f64'] as const) {
    test(`${dtype}: views inside of a program are read where they lie`, () => {
      const [x, y] = [randomArray(SEED, [40, 300], dtype), randomArray(SEED + 1, [35, 300], dtype)];
      const { program } = traceProgram('test', ([a, b]) => [dot(reverse(transpose(a!, [1, 0]), [1]), reverse(b!, [0, 1]), { batch: [], contract: [[0, 1]] })], [x, y].map((array) => arrayAbstract({ shape: array.shape, dtype })));
      const [left, right] = [new NDArray(x.storage, [40, 300], [-300, 1], 39 * 300, dtype), new NDArray(y.storage, [35, 300], [-300, -1], 35 * 300 - 1, dtype)];
      compare(compile(program, 'wasm').executable.run([x, y])[0] as NDArray, left, right, { batch: [], contract: [[1, 1]] }, 'reversed');
      // Few rows of a matrix that goes backwards, and few columns: the sums lie along the terms.
      const [narrow, wide] = [(array: NDArray): NDArray => reverse(slice(array, [3, 0], [3, 300], [1, 1]), [0]) as NDArray, y];
      const few = traceProgram('test', ([a, b]) => [dot(narrow(a as NDArray), b!, { batch: [], contract: [[1, 1]] }), dot(b!, narrow(a as NDArray), { batch: [], contract: [[1, 1]] })], [x, y].map((array) => arrayAbstract({ shape: array.shape, dtype })));
      const [first, second] = compile(few.program, 'wasm').executable.run([x, y]) as NDArray[];
      compare(first!, narrow(x), wide, { batch: [], contract: [[1, 1]] }, 'few rows');
      compare(second!, wide, narrow(x), { batch: [], contract: [[1, 1]] }, 'few columns');
    });
  }
});

test('infinities and numbers that are none stay in their rows and columns', () => {
  const x = randomArray(SEED, [9, 20], 'f32');
  const y = randomArray(SEED + 1, [20, 13], 'f32');
  (x.data as Float32Array)[3 * 20 + 4] = NaN;
  (y.data as Float32Array)[7 * 13 + 12] = Infinity;
  const { program } = traceProgram('test', ([a, b]) => [dot(a!, b!, MATRICES)], [x, y].map(({ shape, dtype }) => arrayAbstract({ shape, dtype })));
  const seen = (compile(program, 'wasm').executable.run([x, y])[0] as NDArray).contiguous();
  seen.forEach((value, k) => {
    const [row, column] = [Math.floor(k / 13), k % 13];
    if (row === 3) expect(value).toBeNaN();
    else if (column === 12) expect(Math.abs(value)).toBe(Infinity);
    else expect(Number.isFinite(value)).toBe(true);
  });
});

test('memory behind an operand is not touched', () => {
  // An array without a storage of its own: the result lies at the end of the memory of the program.
  const [x, y] = [randomArray(SEED, [5, 3], 'f32'), new NDArray(new Storage(Float32Array.from(randomNumbers(SEED, 3 * 11))), [3, 11], [11, 1], 0, 'f32')];
  check(x, y, MATRICES, 'small');
});
