/** @file Printed reductions give the bits of those of the js backend, for rows of any length. */
import { expect, test } from 'vitest';
import { allocate, type DType } from '../../../src/array/dtype.ts';
import { reduceAxes } from '../../../src/backends/js/reduce.ts';
import { functionFrom } from '../../../src/compile/javascript/code-generation.ts';
import { printReduction, reductionName } from '../../../src/compile/javascript/print-reductions.ts';
import { randomNumbers } from '../support.ts';

const SEED = 20271;
const CASES = (['sum', 'prod', 'min', 'max', 'any', 'all'] as const).flatMap((operator) =>
  (operator === 'any' || operator === 'all' ? (['bool'] as const) : (['f32', 'f64', 'i32'] as const)).map((dtype): [typeof operator, DType] => [operator, dtype]),
);

test.each(CASES)(`%s of %s, seed ${SEED}`, (operator, dtype) => {
  const reduce = functionFrom([], `${printReduction(operator, dtype)}\nreturn ${reductionName(operator, dtype)};`)() as (terms: unknown, at: number, length: number) => number;
  for (const length of [0, 1, 2, 255, 256, 257, 300, 513, 2000]) {
    const data = allocate(dtype, length + 3);
    data.set(randomNumbers(SEED + length, length + 3, -2, 2).map((x) => (dtype === 'bool' ? Number(x > 1.9) : dtype === 'i32' ? Math.round(x * 1e9) : x)));
    const [expected] = reduceAxes(operator, { data, shape: [length], strides: [1], offset: 3 }, [0], dtype);
    const out = allocate(dtype, 1);
    out[0] = reduce(data, 3, length);
    expect(out[0]).toBe(expected);
  }
});
