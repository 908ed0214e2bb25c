/** @file Rewriting for a device: loops read their condition once per block, products of matrices store no products. */
import { beforeAll, expect, test } from 'vitest';
import { abstractOf, countEquations, traceProgram, type Value } from '@tapeflow/autodiff/extend';
import { add, full, mul, type NDArray } from '../../../src/array/ndarray.ts';
import { checkLeaves } from '../../../src/control/check.ts';
import { whileLeaves } from '../../../src/control/while.ts';
import { compile } from '../../../src/compile/executable.ts';
import { BLOCK, rewriteForGpu } from '../../../src/compile/gpu/rewrite.ts';
import { loadGpu, type Gpu } from '../../../src/index.ts';
import { dot } from '../../../src/primitives/dot.ts';
import { less } from '../../../src/primitives/elementwise.ts';
import { arrayOf } from './conformance.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await loadGpu({ mode: 'cpu' });
});

const executableOf = (f: (...xs: Value[]) => readonly Value[], ...inputs: NDArray[]) => compile(traceProgram('jit', (xs) => f(...xs), inputs.map(abstractOf)).program, 'gpu').executable;

const counting = (limit: Value, inside: (k: Value) => void = () => {}): readonly Value[] =>
  whileLeaves(
    ([k]) => less(k!, limit),
    ([k, x]) => {
      inside(k!);
      return [add(k, full(1, [], 'f32')), mul(x, full(2, [], 'f32'))];
    },
    [full(0, [], 'f32'), full(1, [], 'f32')],
  );

test('a loop of n steps reads its condition ⌈n / block⌉ + 1 times and takes n steps', () => {
  const program = executableOf((limit) => counting(limit), arrayOf('f32', [0], []));
  for (const steps of [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK, 60]) {
    const before = gpu.reads;
    const [k, x] = program.run([arrayOf('f32', [steps], [])]) as NDArray[];
    expect([steps, gpu.reads - before]).toEqual([steps, Math.ceil(steps / BLOCK) + 1]);
    expect([k!.data[0], x!.data[0]]).toEqual([steps, 2 ** steps]);
  }
});
test('a loop with a check inside reads after every step: no step may run that should not', () => {
  const program = executableOf((limit) => counting(limit, (k) => checkLeaves(less(k, full(6, [], 'f32')), [k], () => new Error('too far'))), arrayOf('f32', [0], []));
  const before = gpu.reads;
  expect((program.run([arrayOf('f32', [5], [])]) as NDArray[])[0]!.data[0]).toBe(5);
  // Six conditions, the flags of five checks together, the result.
  expect(gpu.reads - before).toBe(8);
  expect(() => program.run([arrayOf('f32', [9], [])])).toThrow('too far');
});
test('products of matrices become sums whose products take no memory', () => {
  const [a, b] = [arrayOf('f32', Array.from({ length: 60 * 50 }, (_, k) => Math.sin(k)), [60, 50]), arrayOf('f32', Array.from({ length: 50 * 40 }, (_, k) => Math.cos(k)), [50, 40])];
  const { program } = traceProgram('jit', ([x, y]) => [dot(x, y, { batch: [], contract: [[1, 0]] })], [a, b].map(abstractOf));
  const rewritten = rewriteForGpu(program);
  expect(rewritten.equations.map(({ primitive }) => primitive.name)).not.toContain('dot');
  expect(countEquations(rewritten)).toBeGreaterThan(2);
  const held = gpu.bytes;
  const [c] = compile(program, 'gpu').executable.run([a, b]) as NDArray[];
  expect(gpu.bytes - held).toBe(4 * (60 * 50 + 50 * 40 + 60 * 40));
  const expected = Array.from({ length: 50 }, (_, k) => a.data[7 * 50 + k]! * b.data[k * 40 + 9]!).reduce((total, each) => total + each);
  expect(Math.abs(c!.contiguous()[7 * 40 + 9]! - expected)).toBeLessThan(1e-4);
});
