/** @file Programs as JavaScript: what the text of small ones is, and that every statement is there. */
import { expect, test } from 'vitest';
import { traceProgram, type Program } from '@tapeflow/autodiff/extend';
import { add, arrayAbstract, full, pad, reduceSum, slice } from '../../../src/array/ndarray.ts';
import { condLeaves } from '../../../src/control/cond.ts';
import { whileLeaves } from '../../../src/control/while.ts';
import { functionFrom } from '../../../src/compile/javascript/code-generation.ts';
import { optimize } from '../../../src/compile/graph/optimize.ts';
import { printJavaScriptProgram, type Extra } from '../../../src/compile/javascript/print-program.ts';
import { lower } from '../../../src/compile/lower/lower.ts';
import { planMemory } from '../../../src/compile/memory-plan.ts';
import { cholesky } from '../../../src/primitives/dense.ts';
import { div, less, mul, sin } from '../../../src/primitives/elementwise.ts';
import { gather, scatterAdd } from '../../../src/primitives/gather.ts';
import { broadcast, iota } from '../../../src/primitives/structure.ts';
import { record } from '../programs.ts';

/** The text from the memory on, without comments. */
function textOf(program: Program, extra: Extra = 'nothing'): string {
  const optimized = optimize(program);
  const schedule = lower(optimized, { numerics: 'roundedOnce' });
  planMemory(schedule);
  const { text } = printJavaScriptProgram(optimized, schedule, extra);
  return text.slice(text.indexOf('// Memory')).split('\n').filter((line) => !line.trimStart().startsWith('//')).join('\n').trim();
}

test('a kernel is a loop over the axes, with the equations above it', () => {
  const program = optimize(record((x, y) => [add(mul(x!, y!), y!)], 2, [2, 3], 'f32'));
  const schedule = lower(program, { numerics: 'roundedOnce' });
  planMemory(schedule);
  expect(printJavaScriptProgram(program, schedule, 'nothing').text).toBe(`"use strict";
// program (a: f32[2, 3], b: f32[2, 3])
//   c: f32[2, 3] = mul(a, b)
//   d: f32[2, 3] = add(c, b)
//   return d

const f32 = Math.fround;

// Memory. Values that are not needed at the same time share it.
const input0 = new Float32Array(memory, 16, 6);
const input1 = new Float32Array(memory, 48, 6);
const result0 = new Float32Array(memory, 80, 6);

// c: f32[2, 3] = mul(a, b)
// d: f32[2, 3] = add(c, b)
function kernel0() {
  for (let x = 0; x < 6; x++) {
    const v0 = input1[x];
    result0[x] = f32(input0[x] * v0) + v0;
  }
}

return function main() {
  kernel0();
};
`);
});

test('edges are loops of their own, in the order of the elements', () => {
  expect(textOf(record((x) => [add(x!, slice(pad(x!, [1], [0], [0]), [0], [4]))], 1, [4]))).toContain(`
function kernel0() {
  {
    result0[0] = input0[0] + 0;
  }
  for (let x = 1; x < 4; x++) {
    result0[x] = input0[x] + input0[x - 1];
  }
}`.trim());
});

test('what does not change in a loop is computed before it, terms of sums are written down', () => {
  const types = [[4], []].map((shape) => arrayAbstract({ shape, dtype: 'f64' }));
  const { program } = traceProgram('test', ([x, y]) => [reduceSum(div(x!, broadcast(sin(y!), [4], [])), [0])], types);
  expect(textOf(program)).toContain(`
function kernel0() {
  const v0 = Math.sin(input1[0]);
  for (let x = 0; x < 4; x++) {
    terms0_f64[x] = input0[x] / v0;
  }
  result0[0] = sum_f64(terms0_f64, 0, 4);
}`.trim());
});

test('loops, branches, gathers, scatters and operations on matrices', () => {
  const one = full(1, [], 'i32');
  const loop = record((x) => whileLeaves(([k]) => less(k!, full(3, [], 'i32')), ([k, y]) => [add(k!, one), sin(y!)], [full(0, [], 'i32'), x!]), 1);
  expect(textOf(loop)).toMatch(/for \(;;\) \{\n {4}kernel\d\(\);\n {4}if \(!t\d\[0\]\) break;\n/);
  const branch = record((x) => condLeaves(less(reduceSum(x!), full(0, [], 'f64')), ([y]) => [sin(y!)], ([y]) => [mul(y!, y!)], [x!]), 1);
  expect(textOf(branch)).toMatch(/if \(t\d\[0\]\) \{\n {4}kernel2\(\);\n {2}\} else \{\n {4}kernel3\(\);\n {2}\}/);
  const moved = record((x) => [scatterAdd(x!, iota([3], 0, 'i32'), gather(x!, iota([3], 0, 'i32')))], 1);
  // Positions that are known to be inside are not checked.
  expect(textOf(moved)).toMatch(/result0\[x\] \+= input0\[x\];/);
  expect(textOf(record((x) => [cholesky(x!)], 1, [3, 3]))).toContain('cholesky_0();');
});

test('checks come before what they check is stored, and the clock after each piece of work', () => {
  expect(textOf(record((x) => [sin(x!)], 1), 'checks')).toMatch(/const v1 = Math.sin\(v0\);\n {4}if \(!Number.isFinite\(v1\)\) notFinite\(0, 0, v1, \[x\], \[\["input0\[x\]", v0\]\]\);\n {4}result0\[x\] = v1;/);
  expect(textOf(record((x) => [cholesky(sin(x!))], 1, [3, 3]), 'clock')).toMatch(/kernel0\(\);\n {2}tick\(0\);\n {2}cholesky_0\(\); .*\n {2}tick\(1\);/);
});

test('names of operations become names of functions', () => {
  const strange = record((x) => [cholesky(x!)], 1, [2, 2]);
  const [equation] = strange.equations;
  const renamed: Program = { ...strange, equations: [{ ...equation!, primitive: { ...equation!.primitive, name: '2nd */ operation\nof mine' } }] };
  const text = textOf(renamed);
  expect(text).toContain('_2nd____operation_of_mine_0();');
  expect(() => functionFrom(['memory', 'scratch', 'host'], text)).not.toThrow();
});
