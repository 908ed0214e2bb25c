/** @file Transforms become steps on lines, one per axis, without copies between them; in loops their operands move. */
import { expect, test } from 'vitest';
import { traceProgram, type Program, type Value } from '@tapeflow/autodiff/extend';
import { arrayAbstract, NDArray } from '../../../src/array/ndarray.ts';
import { compile } from '../../../src/compile/executable.ts';
import { lower } from '../../../src/compile/lower/lower.ts';
import { stepsText, type Step } from '../../../src/compile/lower/step.ts';
import { scanLeaves } from '../../../src/control/scan.ts';
import { fourier, realFourier, realTransform } from '../../../src/primitives/fourier.ts';
import { add } from '../../../src/primitives/elementwise.ts';
import { slice, transpose } from '../../../src/primitives/structure.ts';
import { record } from '../programs.ts';
import { expectSame, randomNumbers } from '../support.ts';

const kinds = (steps: readonly Step[]): string[] => steps.map(({ kind }) => kind);
const arrayOf = (seed: number, shape: readonly number[]): NDArray => NDArray.of(Float64Array.from(randomNumbers(seed, shape.reduce((product, n) => product * n, 1))), shape, 'f64');
const run = (program: Program, ...inputs: NDArray[]): NDArray[] => compile(program, 'wasm').executable.run(inputs) as NDArray[];

test('one step per axis, which the text of the program shows', () => {
  const { steps } = lower(record((re, im) => fourier(re, im, { axes: [2, 0], backward: true }), 2, [4, 3, 5]));
  expect(kinds(steps)).toEqual(['fixed', 'fixed']);
  expect(stepsText(steps).join('\n')).toMatch(/fourierBackward\(.*\), 12 lines of 5\n.*fourierBackward\(.*\), 15 lines of 4/);
});
test('a real transform in two dimensions is two steps, and its scratch memory is small', () => {
  const program = record((x) => { const [re, im] = realFourier(x, { axis: 1 }); return fourier(re, im, { axes: [0], backward: false }); }, 1, [64, 64], 'f32');
  expect(kinds(lower(program).steps)).toEqual(['fixed', 'fixed']);
  // Two pairs of planes with 33 columns, the input, tables, and less than 64 KiB beside.
  expect(compile(program, 'wasm').executable.bytes).toBeLessThan(4 * (64 * 64 + 4 * 64 * 33) + 2 * 65_536);
});
test('axes of length one and no axes need no step', () => {
  expect(lower(record((re, im) => fourier(re, im, { axes: [0], backward: false }), 2, [1, 3])).steps).toEqual([]);
  const program = record((re, im) => fourier(re, im, { axes: [], backward: false }), 2, [2, 2]);
  const [x, y] = [arrayOf(1, [2, 2]), arrayOf(2, [2, 2])];
  expectSame(run(program, x, y), [x, y], 0);
});
test('nothing is done for arrays without elements', () => {
  expect(kinds(lower(record((x) => [realTransform(x, { axis: 0, kind: 'sine1' })], 1, [0, 3])).steps)).toEqual([]);
});
test('operands that are windows onto other memory are copied once', () => {
  const f = (x: Value): Value => realTransform(transpose(slice(x, [1, 1], [4, 6]), [1, 0]), { axis: 1, kind: 'cosine2' });
  const program = record((x) => [f(x)], 1, [6, 7]);
  expect(kinds(lower(program).steps)).toEqual(['run', 'fixed']);
  const x = arrayOf(3, [6, 7]);
  expectSame(run(program, x), [f(x)], 1e-14);
});
test('in a loop, with an operand that is a slice of a stack and with a carry', () => {
  const shape = [5, 6];
  const f = (carry: Value, part: Value): Value[] => {
    const [re, im] = fourier(carry, part, { axes: [0, 1], backward: false });
    return [add(realTransform(re, { axis: 0, kind: 'sine2' }), part), im];
  };
  const body = record(f, 2, shape);
  const { program } = traceProgram('test', ([carry, parts]) => scanLeaves(body, [], [carry!], [parts!], 3), [shape, [3, ...shape]].map((own) => arrayAbstract({ shape: own, dtype: 'f64' })));
  const [start, stack] = [arrayOf(4, shape), arrayOf(5, [3, ...shape])];
  let carry: Value = start;
  const images: number[] = [];
  for (let k = 0; k < 3; k++) {
    const part = new NDArray(stack.storage, shape, [6, 1], 30 * k, 'f64');
    const [next, image] = f(carry, part) as [NDArray, NDArray];
    carry = next;
    images.push(...image.contiguous());
  }
  expectSame(run(program, start, stack), [carry, NDArray.of(Float64Array.from(images), [3, ...shape], 'f64')], 1e-14);
});
test('long lines are transformed as matrices, in two steps, with little scratch memory', () => {
  const program = record((re, im) => fourier(re, im, { axes: [1], backward: false }), 2, [1, 65_536], 'f32');
  expect(stepsText(lower(program).steps).join('\n')).toMatch(/fourier\(.*\), 256 lines of 256\n.*fourierTurned\(.*\), 256 lines of 256/);
  // Operands, what lies between, results and turns, and less than 256 KiB beside.
  expect(compile(program, 'wasm').executable.bytes).toBeLessThan(8 * 4 * 65_536 + 2 ** 18);
});
test('several long lines, forwards and backwards, give what JavaScript gives', () => {
  for (const backward of [false, true]) {
    for (const shape of [[3, 4320], [1, 1536], [1, 4096]]) {
      const f = (re: Value, im: Value): readonly Value[] => fourier(re, im, { axes: [1], backward });
      const [re, im] = [arrayOf(6, shape), arrayOf(7, shape)];
      const program = record(f, 2, shape);
      expect(String(compile(program, 'wasm').executable)).toMatch(/fourierTurned/);
      expectSame(run(program, re, im), f(re, im), 1e-14);
    }
  }
});
test('lines that would take very much scratch memory are left to JavaScript', () => {
  expect(kinds(lower(record((x) => [realTransform(x, { axis: 0, kind: 'cosine2' })], 1, [2 ** 20], 'f32')).steps)).toEqual(['host']);
});
