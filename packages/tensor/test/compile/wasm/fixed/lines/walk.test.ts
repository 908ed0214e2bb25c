/**
 * @file Walks along lines in WebAssembly give the bits that plain loops give: along inner and outer axes, fewer and more lines than
 * lanes, lengths around the number of lanes, all dtypes, with NaN, infinities, zeros of both signs and equal elements.
 */
import { describe, expect, test } from 'vitest';
import { abstractOf, traceProgram, type Value } from '@tapeflow/autodiff/extend';
import { allocate } from '../../../../../src/array/dtype.ts';
import { NDArray } from '../../../../../src/array/ndarray.ts';
import { compile } from '../../../../../src/compile/executable.ts';
import { argMax, argMin } from '../../../../../src/primitives/along.ts';
import { cumulativeArgMax, cumulativeArgMin, cumulativeSum, linearRecurrence } from '../../../../../src/primitives/cumulate.ts';
import { randomNumbers } from '../../../support.ts';

const SEED = 404;
type Line = readonly number[];
type DTypeName = 'f32' | 'f64' | 'i32';

/** The position of the extreme: the first NaN, or the first of equal ones. */
function extreme(x: Line, isBetter: (a: number, b: number) => boolean): number {
  const nan = x.findIndex(Number.isNaN);
  return nan >= 0 ? nan : x.findIndex((candidate) => x.every((other) => !isBetter(other, candidate)));
}
const larger = (a: number, b: number): boolean => a > b;
const smaller = (a: number, b: number): boolean => a < b;
const upTo = (x: Line, f: (start: Line) => number): number[] => x.map((_, k) => f(x.slice(0, k + 1)));
const wrapped = (x: number, dtype: DTypeName): number => (dtype === 'i32' ? Number(BigInt.asIntN(32, BigInt(x))) : x);

interface Walk {
  readonly run: (...xs: Value[]) => Value;
  readonly inputs: number;
  readonly expected: (dtype: DTypeName, ...lines: readonly Line[]) => number[];
}

const WALKS: Readonly<Record<string, Walk>> = {
  cumulativeSum: {
    run: (x) => cumulativeSum(x, 1), inputs: 1,
    expected(dtype, x) {
      let total = 0;
      return x!.map((value) => (total = wrapped(total + value, dtype)));
    },
  },
  linearRecurrence: {
    run: (a, b) => linearRecurrence(a, b, 1), inputs: 2,
    expected(dtype, a, b) {
      let y = 0;
      return b!.map((term, k) => (y = k === 0 ? term : dtype === 'i32' ? Number(BigInt.asIntN(32, BigInt(a![k]!) * BigInt(y) + BigInt(term))) : a![k]! * y + term));
    },
  },
  argMax: { run: (x) => argMax(x, 1), inputs: 1, expected: (_, x) => [extreme(x!, larger)] },
  argMin: { run: (x) => argMin(x, 1), inputs: 1, expected: (_, x) => [extreme(x!, smaller)] },
  cumulativeArgMax: { run: (x) => cumulativeArgMax(x, 1), inputs: 1, expected: (_, x) => upTo(x!, (start) => extreme(start, larger)) },
  cumulativeArgMin: { run: (x) => cumulativeArgMin(x, 1), inputs: 1, expected: (_, x) => upTo(x!, (start) => extreme(start, smaller)) },
};

const SPECIAL = [NaN, Infinity, -Infinity, 0, -0, 1, 1];

/** Small numbers that are often equal, here and there a special one; integers near the ends of their range. */
function numbersFor(dtype: DTypeName, seed: number, count: number): number[] {
  const draws = randomNumbers(seed, 2 * count, 0, 1);
  return Array.from({ length: count }, (_, k) => {
    const [x, which] = [draws[2 * k]!, draws[2 * k + 1]!];
    if (dtype === 'i32') return which < 0.2 ? (x < 0.5 ? 2 ** 31 - 1 : -(2 ** 31)) : Math.round(20 * x - 10);
    return which < 0.1 ? SPECIAL[Math.floor(7 * x)]! : Math.round(40 * x - 20) / 7;
  });
}

const LAYOUTS = [[1, 1], [2, 1], [3, 1], [9, 1], [1, 2], [2, 3], [1, 4], [1, 19], [2, 21]] as const;
const LENGTHS = [1, 2, 3, 4, 5, 6, 9, 33];

describe('walks along lines', () => {
  for (const [name, { run, inputs, expected }] of Object.entries(WALKS)) {
    for (const dtype of ['f32', 'f64', 'i32'] as const) {
      test(`${name} of ${dtype}`, () => {
        for (const [before, after] of LAYOUTS) {
          for (const n of LENGTHS) {
            const arrays = Array.from({ length: inputs }, (_, k) => {
              const data = allocate(dtype, before * n * after);
              data.set(numbersFor(dtype, SEED + 7 * n + 100 * k + before * after, data.length));
              return NDArray.of(data, [before, n, after], dtype);
            });
            const { program } = traceProgram('test', (xs) => [run(...xs)], arrays.map(abstractOf));
            const { executable } = compile(program, 'wasm');
            expect(String(executable)).not.toMatch(/host/);
            const seen = (executable.run(arrays)[0] as NDArray).contiguous();
            const perLine = seen.length / (before * after);
            for (let line = 0; line < before * after; line++) {
              const [outer, inner] = [Math.floor(line / after), line % after];
              const lines = arrays.map((x) => Array.from({ length: n }, (_, k) => x.data[(outer * n + k) * after + inner]!));
              const stored = allocate(seen instanceof Int32Array ? 'i32' : dtype, perLine);
              stored.set(expected(dtype, ...lines));
              for (let k = 0; k < perLine; k++) {
                const got = seen[(outer * perLine + k) * after + inner];
                if (!Object.is(got, stored[k])) expect.fail(`${name}, ${dtype}, ${before} × ${n} × ${after}, seed ${SEED}: line ${line}, element ${k} is ${got} instead of ${stored[k]} for ${lines.join(' and ')}`);
              }
            }
          }
        }
      });
    }
  }
});
