/** @file Fixed kernels are data: equal ones have one key, and one function in a module. */
import { expect, test } from 'vitest';
import { fixedKey, fixedText, type MatrixProduct } from '../../../src/compile/kernels/fixed.ts';
import { ModuleBuilder } from '../../../src/compile/wasm/assembler.ts';
import { FixedFunctions } from '../../../src/compile/wasm/fixed/index.ts';
import '../whole-compiler.ts';

const kernelOf = (rows: number): MatrixProduct => ({
  kind: 'matrixProduct', dtype: 'f32', rows, terms: 2, columns: 4,
  left: { row: 2, column: 1 }, right: { row: 4, column: 1 }, result: { row: 4, column: 1 },
  batch: [{ length: 5, left: 2 * rows, right: 8, result: 4 * rows }],
});

test('kernels of equal data have one key, others do not', () => {
  expect(fixedKey(kernelOf(3))).toBe(fixedKey(kernelOf(3)));
  expect(fixedKey(kernelOf(3))).not.toBe(fixedKey(kernelOf(4)));
  expect(fixedKey(kernelOf(3))).not.toBe(fixedKey({ ...kernelOf(3), dtype: 'f64' }));
});
test('a module has one function per kernel', () => {
  const module = new ModuleBuilder();
  module.importMemory('host', 'memory', { min: 1 });
  const functions = new FixedFunctions(module);
  const first = functions.of(kernelOf(3));
  expect(functions.of(kernelOf(3))).toBe(first);
  expect(functions.of(kernelOf(4))).not.toBe(first);
  expect(WebAssembly.validate(module.toBytes())).toBe(true);
});
test('the text of a step names the views and the sizes', () => {
  expect(fixedText(kernelOf(3), ['a', 'b', 'c'])).toBe('c = a · b, 5 × (3 × 2) · (2 × 4)');
  expect(fixedText({ ...kernelOf(3), fused: true }, ['a', 'b', 'c'])).toBe('c = a · b, 5 × (3 × 2) · (2 × 4), fused');
});
