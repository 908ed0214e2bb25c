/** @file The memory plan: memory is used again as soon as it is free, constants lie outside, and loops protect what they read. */
import { jit, scan, tensor, zerosLike, type Tensor } from '../../src/index.ts';
import { expect, test } from 'vitest';
import type { Program, Value } from '@tapeflow/autodiff/extend';
import { lower } from '../../src/compile/lower/lower.ts';
import { innerSteps, regionsOf, type Step } from '../../src/compile/lower/step.ts';
import type { Region } from '../../src/compile/lower/view.ts';
import { planMemory } from '../../src/compile/memory-plan.ts';
import { scanLeaves } from '../../src/control/scan.ts';
import { add, mul, sin } from '../../src/primitives/elementwise.ts';
import { reduceSum } from '../../src/primitives/reduce.ts';
import { reverse } from '../../src/primitives/structure.ts';
import { record, vector } from './programs.ts';

const N = 1024;
const ROW = 8 * N;

function planned(program: Program): { bytes: number; regions: Region[]; constants: readonly Region[] } {
  const schedule = lower(program);
  const { bytes, constants } = planMemory(schedule);
  const all = (steps: readonly Step[]): Region[] => steps.flatMap((step) => [...regionsOf(step), ...innerSteps(step).flatMap(all)]);
  return { bytes, constants, regions: [...new Set([...schedule.inputs.map(({ region }) => region), ...all(schedule.steps)].map(({ root }) => root))] };
}

/** y ← sin(y) Σ y: each value needs the whole one before it, so none can become part of the next kernel. */
const chain = (x: Value, length: number): Value => Array.from({ length }).reduce<Value>((y) => mul(sin(y), reduceSum(y)), x);

test('a chain of forty values needs the room of a few', () => {
  expect(planned(record((x) => [chain(x, 40)], 1, [N])).bytes).toBeLessThan(3.1 * ROW);
});
test('a value that is read at the end keeps its memory', () => {
  const { bytes } = planned(record((x) => [add(x, chain(x, 40))], 1, [N]));
  expect(bytes).toBeGreaterThanOrEqual(3 * ROW);
  expect(bytes).toBeLessThan(4.1 * ROW);
});
test('regions begin at multiples of 16 bytes, and constants lie apart from everything that is written', () => {
  const { regions, constants } = planned(record((x) => [mul(sin(reverse(x, [0])), vector(1, 2, 3)), add(x, vector(5, 6, 7))], 1));
  for (const { address } of [...regions, ...constants]) expect(address % 16).toBe(0);
  expect(constants.length).toBe(2);
  const written = regions.filter(({ constant }) => constant === undefined);
  for (const constant of constants) for (const region of written) expect(constant.address + constant.bytes <= region.address || region.address + region.bytes <= constant.address).toBe(true);
});
test('large arrays of a power of two bytes differ in the last twelve bits of their addresses', () => {
  const { regions } = planned(record((x, y) => [add(x, y), chain(x, 2), chain(y, 2)], 2, [4 * N]));
  const places = regions.filter(({ size }) => size === 4 * N).map(({ address }) => address % 4096);
  expect(places.length).toBeGreaterThan(3);
  for (const [k, a] of places.entries()) for (const b of places.slice(0, k)) if (a !== b) expect(Math.abs(a - b)).toBeGreaterThanOrEqual(64);
  expect(new Set(places).size).toBeGreaterThan(3);
});
test('what a loop reads from outside lives to its end; what it makes inside is used again', () => {
  const body = record((k, c) => [chain(mul(c, k), 10)], 2, [N]);
  const program = record((x, k) => scanLeaves(body, [chain(k, 1)], [x], [], 5), 2, [N]);
  const { bytes } = planned(program);
  // x and k as given, what is made of k, the carry, two values inside.
  expect(bytes).toBeLessThan(6.1 * ROW);
  expect(bytes).toBeGreaterThanOrEqual(4 * ROW);
});

test('a loop over what is read from the end on stays in the memory, in the first bytes too', () => {
  const x = tensor({ y: 4, x: 7 }, Array.from({ length: 28 }, (_, k) => k), { dtype: 'f64' });
  const backwards = (u: Tensor<'x' | 'y'>): Tensor => scan((carry: Tensor<'y'>, part: Tensor<'y'>) => [carry.add(part), carry.mul(part)] as const, zerosLike(u.at({ x: 0 })), u.slice({ x: { step: -1 } }), { along: 'x' })[1] as Tensor;
  expect(jit(backwards)(x).data).toEqual(backwards(x).data);
});
