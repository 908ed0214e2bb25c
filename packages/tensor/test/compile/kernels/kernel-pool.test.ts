/** @file Equal kernels are one, whatever differs in what they compute tells them apart, and repeated steps are printed once. */
import { describe, expect, test } from 'vitest';
import { grad } from '@tapeflow/autodiff';
import { closeOver } from '@tapeflow/autodiff/extend';
import { optimize } from '../../../src/compile/graph/optimize.ts';
import { KernelPool } from '../../../src/compile/kernels/kernel-pool.ts';
import type { Kernel, Output } from '../../../src/compile/kernels/kernel.ts';
import { NodeTable, type Node } from '../../../src/compile/kernels/node.ts';
import { lower } from '../../../src/compile/lower/lower.ts';
import { printWasm } from '../../../src/compile/wasm/program.ts';
import { l2, scalar, scan } from '../../../src/index.ts';
import { start, step, type Grid, type Smoke } from '../smoke.ts';

const STORE: Output = { kind: 'store', buffer: 1, access: { coefficients: [1], offset: 0 } };

/** Each kernel with a table of its own, in which other nodes may have been made before. */
function kernelOf(value: (table: NodeTable) => Node, own: Partial<Kernel> = {}, before = 0): Kernel {
  const table = new NodeTable();
  for (let k = 0; k < before; k++) table.literal(1000 + k, 'f32');
  const root = value(table);
  return { name: 'k', shape: [8], buffers: ['f32', 'f32'], outputs: [STORE], cuts: [[0, 8]], roots: [[{ value: root }]], ...own };
}

const load = (table: NodeTable, offset = 0, coefficient = 1): Node => table.load(0, 'f32', { coefficients: [coefficient], offset });
const sum = (number: number) => (table: NodeTable): Node => table.operation('add', [load(table), table.literal(number, 'f32')], 'f32');

test('kernels that do the same are one, whatever their names and the history of their tables', () => {
  const pool = new KernelPool();
  const first = kernelOf(sum(2));
  expect(pool.shared(first)).toBe(first);
  expect(pool.shared(kernelOf(sum(2), { name: 'other' }, 5))).toBe(first);
});

const clamped = (high: number) => (table: NodeTable): Node => table.gather(0, 'f32', table.operation('min', [table.index(0, 0, 7), table.literal(high, 'i32')], 'i32'), 8, undefined);

test.each<[string, Kernel, Kernel]>([
  ['a number', kernelOf(sum(2)), kernelOf(sum(3))],
  ['the sign of zero', kernelOf((table) => table.operation('atan2', [load(table), table.literal(0, 'f32')], 'f32')), kernelOf((table) => table.operation('atan2', [load(table), table.literal(-0, 'f32')], 'f32'))],
  ['the order of operands', kernelOf((table) => table.operation('sub', [load(table), load(table, 1)], 'f32')), kernelOf((table) => table.operation('sub', [load(table, 1), load(table)], 'f32'))],
  ['an operator', kernelOf((table) => table.operation('min', [load(table), load(table, 1)], 'f32')), kernelOf((table) => table.operation('max', [load(table), load(table, 1)], 'f32'))],
  ['a stride', kernelOf((table) => load(table)), kernelOf((table) => load(table, 0, 2))],
  ['a position', kernelOf((table) => load(table)), kernelOf((table) => load(table, 1))],
  ['a dtype', kernelOf((table) => load(table)), kernelOf((table) => load(table), { buffers: ['f32', 'f64'] })],
  ['a size', kernelOf((table) => load(table)), kernelOf((table) => load(table), { shape: [9], cuts: [[0, 9]] })],
  ['a cut', kernelOf((table) => load(table)), kernelOf((table) => load(table), { cuts: [[0, 3, 8]] })],
  ['what becomes of the value', kernelOf((table) => load(table)), kernelOf((table) => load(table), { outputs: [{ kind: 'reduce', buffer: 1, operator: 'sum', axes: [0], access: { coefficients: [0], offset: 0 } }] })],
  ['an index that may be out of range', kernelOf(clamped(7)), kernelOf(clamped(8))],
  ['what is shared between the operands', kernelOf((table) => table.operation('add', [sum(1)(table), sum(1)(table)], 'f32')), kernelOf((table) => table.operation('add', [sum(1)(table), load(table)], 'f32'))],
])('kernels are told apart by %s', (_what, first, second) => {
  const pool = new KernelPool();
  expect(pool.shared(first)).toBe(first);
  expect(pool.shared(second)).toBe(second);
});

describe('the code of programs', () => {
  /** Kernels and bytes of a program of a smoke simulation. */
  function codeOf(f: (smoke: Smoke) => unknown): { kernels: number; bytes: number } {
    const schedule = lower(optimize(closeOver('test', f, [start()]).program));
    const { kernels, bytes } = printWasm(schedule).printed;
    return { kernels, bytes: bytes.length };
  }
  const dt = scalar(0.1);
  const scanned = (count: number) => (smoke: Smoke): Smoke => scan((carry: Smoke) => [step(carry, dt), undefined] as const, smoke, count)[0];
  const unrolled = (count: number) => (smoke: Smoke): Smoke => Array.from({ length: count }).reduce<Smoke>((carry) => step(carry, dt), smoke);
  const gradient = (run: (smoke: Smoke) => Smoke) => (smoke: Smoke): Grid => grad((d: Grid) => l2(run({ ...smoke, d }).d))(smoke.d);

  test('32 steps by scan are as much code as 8', () => {
    const [few, many] = [codeOf(scanned(8)), codeOf(scanned(32))];
    expect(many.kernels).toBe(few.kernels);
    expect(Math.abs(many.bytes - few.bytes)).toBeLessThan(200);
  });
  test('the gradient of 32 steps by scan is as much code as that of 8', () => {
    const [few, many] = [codeOf(gradient(scanned(8))), codeOf(gradient(scanned(32)))];
    expect(many.kernels).toBe(few.kernels);
    expect(Math.abs(many.bytes - few.bytes)).toBeLessThan(2000);
  });
  test('8 steps written out are hardly more code than 2: equal kernels are printed once', () => {
    const [few, many] = [codeOf(unrolled(2)), codeOf(unrolled(8))];
    expect(many.kernels - few.kernels).toBeLessThan(8);
    expect(many.bytes).toBeLessThan(1.6 * few.bytes);
  });
});
