/** @file Vectors in which parts meet whose values do not change along the row: every dtype, with other values between them, and without. */
import { abstractOf, traceProgram, type Value } from '@tapeflow/autodiff/extend';
import { describe, expect, test } from 'vitest';
import { broadcast, concat, NDArray } from '../../../../src/array/ndarray.ts';
import { allocate, DTYPES, type DType } from '../../../../src/array/dtype.ts';
import { compileToWasm } from '../../../../src/compile/wasm/program.ts';
import { add, and, mul, not } from '../../../../src/primitives/elementwise.ts';
import { reverse } from '../../../../src/primitives/structure.ts';
import '../../whole-compiler.ts';

const ROWS = 3;

function arrayOf(dtype: DType, shape: readonly number[], seed: number): NDArray {
  const data = allocate(dtype, shape.reduce((a, b) => a * b, 1));
  for (let k = 0; k < data.length; k++) data[k] = dtype === 'bool' ? ((seed + k * k) >> 1) & 1 : ((seed + 7 * k) % 13) - 5;
  return NDArray.of(data, shape, dtype);
}

/** One more step of computation. */
const changed = (dtype: DType, x: Value): Value => (dtype === 'bool' ? not(and(x, x)) : add(mul(x, x), x));

/** Joins of columns that are repeated `width` times, as they are and upside down. */
const joins: Readonly<Record<string, (dtype: DType, column: Value, wide: Value) => Value>> = {
  'the same values': (dtype, column) => changed(dtype, concat([column, reverse(column, [0]), column], 1)),
  'values that are computed once for each row': (dtype, column) => concat([changed(dtype, column), changed(dtype, reverse(column, [0])), changed(dtype, column)], 1),
  'values that differ between them': (dtype, column, wide) => changed(dtype, concat([changed(dtype, column), wide, changed(dtype, reverse(column, [0]))], 1)),
};

describe.each(DTYPES)('%s', (dtype) => {
  describe.each(Object.entries(joins))('%s', (_, join) => {
    test.each([1, 2, 3, 5, 9])('%s columns each', (width) => {
      const inputs = [arrayOf(dtype, [ROWS], 1), arrayOf(dtype, [ROWS, width], 2)];
      const f = ([x, wide]: readonly Value[]): Value[] => [join(dtype, broadcast(x, [ROWS, width], [0]), wide)];
      const { program } = traceProgram('test', f, inputs.map(abstractOf));
      const [seen, expected] = [compileToWasm(program).run(inputs), f(inputs)].map(([y]) => [...(y as NDArray).contiguous()]);
      expect(seen).toEqual(expected);
    });
  });
});
