/** @file Products of matrices become fixed kernels, wherever their operands lie: in strides, in slices that move with a loop. */
import { expect, test } from 'vitest';
import { compile } from '../../../src/compile/executable.ts';
import { lower } from '../../../src/compile/lower/lower.ts';
import { stepsText } from '../../../src/compile/lower/step.ts';
import { arrayAbstract, NDArray } from '../../../src/array/ndarray.ts';
import { scanLeaves } from '../../../src/control/scan.ts';
import { add } from '../../../src/primitives/elementwise.ts';
import { dot } from '../../../src/primitives/dot.ts';
import { transpose } from '../../../src/primitives/structure.ts';
import { traceProgram, type Program, type Value } from '@tapeflow/autodiff/extend';
import { record } from '../programs.ts';
import '../whole-compiler.ts';

const square = (a: Value, b: Value): Value => dot(a, b, { batch: [], contract: [[1, 0]] });

function filled(seed: number, shape: readonly number[]): NDArray {
  const size = shape.reduce((product, length) => product * length, 1);
  return NDArray.of(Float64Array.from({ length: size }, (_, k) => ((k * 7 + seed * 3) % 11) - 5), shape, 'f64');
}

/** The product of two n × n matrices, by the definition. */
function product(a: readonly number[], b: readonly number[], n: number): number[] {
  return Array.from({ length: n * n }, (_, at) => Array.from({ length: n }, (__, k) => a[Math.floor(at / n) * n + k]! * b[k * n + (at % n)]!).reduce((sum, x) => sum + x, 0));
}

const run = (program: Program, ...inputs: NDArray[]): number[][] => (compile(program, 'wasm').executable.run(inputs) as NDArray[]).map((y) => [...y.contiguous()]);

test('a product is one step, which the text of the program shows', () => {
  const { steps } = lower(record((a, b) => [square(a, b)], 2, [5, 5]));
  expect(steps.map(({ kind }) => kind)).toEqual(['fixed']);
  expect(stepsText(steps).join('\n')).toMatch(/\(5 × 5\) · \(5 × 5\)/);
});
test('a transposed operand is not copied', () => {
  const program = record((a, b) => [square(transpose(a, [1, 0]), b)], 2, [3, 3]);
  expect(lower(program).steps.length).toBe(1);
  const [a, b] = [filled(1, [3, 3]), filled(2, [3, 3])];
  const flipped = [0, 3, 6, 1, 4, 7, 2, 5, 8].map((k) => a.data[k]!);
  expect(run(program, a, b)).toEqual([product(flipped, [...b.data], 3)]);
});
test('in a loop, with an operand that is a slice of a stack and with a carry', () => {
  const n = 3;
  const body = record((carry, slice) => [add(square(carry, slice), carry), square(slice, slice)], 2, [n, n]);
  const { program } = traceProgram('test', ([carry, slices]) => scanLeaves(body, [], [carry!], [slices!], 4), [[n, n], [4, n, n]].map((shape) => arrayAbstract({ shape, dtype: 'f64' })));
  const [start, stack] = [filled(3, [n, n]), filled(4, [4, n, n])];
  let carry = [...start.data];
  const squares: number[] = [];
  for (let k = 0; k < 4; k++) {
    const slice = [...stack.data].slice(k * n * n, (k + 1) * n * n);
    squares.push(...product(slice, slice, n));
    carry = product(carry, slice, n).map((x, i) => x + carry[i]!);
  }
  expect(run(program, start, stack)).toEqual([carry, squares]);
});
