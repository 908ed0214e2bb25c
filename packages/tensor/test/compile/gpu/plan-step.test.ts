/** @file Passes of steps: few arrays each, constant bounds, functions as gpu.js wants them, and one source for equal kernels. */
import { expect, test } from 'vitest';
import type { Value } from '@tapeflow/autodiff/extend';
import { concat, reduceSum } from '../../../src/array/ndarray.ts';
import { lower } from '../../../src/compile/lower/lower.ts';
import { innerSteps, type RunStep, type Step } from '../../../src/compile/lower/step.ts';
import { MOST_OPERANDS, type Pass } from '../../../src/compile/gpu/pass.ts';
import { planStep } from '../../../src/compile/gpu/plan-step.ts';
import { add, exp, mul, sin } from '../../../src/primitives/elementwise.ts';
import { gather } from '../../../src/primitives/gather.ts';
import { convert, reverse } from '../../../src/primitives/structure.ts';
import { record } from '../programs.ts';

function passesOf(f: (...xs: Value[]) => readonly Value[], inputs: number, shape: readonly number[]): Pass[] {
  const all = (steps: readonly Step[]): RunStep[] => steps.flatMap((step) => (step.kind === 'run' ? [step] : innerSteps(step).flatMap(all)));
  return all(lower(record(f, inputs, shape, 'f32')).steps).flatMap((step) => planStep(step, (text) => text).flatMap(({ passes }) => passes));
}

const sumOf = (xs: readonly Value[]): Value => xs.reduce((total, x, k) => add(total, k % 2 === 0 ? sin(x) : reverse(x, [0])));

test('no pass reads more arrays than every device has room for, and each of thirty is read', () => {
  for (const f of [(xs: readonly Value[]) => sumOf(xs), (xs: readonly Value[]) => reduceSum(sumOf(xs)), (xs: readonly Value[]) => concat([sumOf(xs.slice(0, 12)), sumOf(xs.slice(12))], 0)]) {
    const passes = passesOf((...xs) => [f(xs)], 30, [50]);
    expect(Math.max(...passes.map(({ operands }) => operands.length))).toBeLessThanOrEqual(MOST_OPERANDS);
    const views = new Set(passes.flatMap(({ operands }) => operands.flatMap((operand) => (operand.kind === 'view' ? [operand.view] : []))));
    expect(views.size).toBeGreaterThanOrEqual(30);
  }
});
test('a value of few arrays is one pass', () => {
  expect(passesOf((a, b) => [exp(mul(add(a, b), a))], 2, [9])).toHaveLength(1);
});
test('sources are functions without arrows whose loops have constant bounds', () => {
  const passes = passesOf((a) => [reduceSum(a), reduceSum(exp(a), [0])], 1, [9000]);
  expect(passes.some(({ source }) => source.includes('for ('))).toBe(true);
  for (const { source } of passes) {
    expect(source.startsWith('function(')).toBe(true);
    expect(source).not.toContain('=>');
    for (const [loop] of source.matchAll(/for \([^)]*\)/g)) expect(loop).toMatch(/^for \(let step = 0; step < \d+; step\+\+\)$/);
  }
});
test('nothing is read inside of an index', () => {
  const passes = passesOf((a, b) => [mul(gather(a, convert(b, 'i32')), gather(b, convert(exp(a), 'i32')))], 2, [9]);
  expect(passes.some(({ source }) => source.includes('withinOf('))).toBe(true);
  for (const { source } of passes) expect(source).not.toMatch(/\[[^\]]*\[/);
});
test('long sums are made of stretches of about the square root of their length', () => {
  const passes = passesOf((a) => [reduceSum(a)], 1, [1_000_000]);
  expect(passes.map(({ size }) => size)).toEqual([1000, 1]);
  const loops = passes.map(({ source }) => Number(/step < (\d+)/.exec(source)![1]));
  expect(loops).toEqual([1000, 1000]);
});
test('equal kernels have one source', () => {
  const sources = passesOf((a, b) => [reduceSum(mul(a, b)), reduceSum(mul(reverse(a, [0]), b))], 2, [64]).map(({ source }) => source);
  const again = passesOf((a, b) => [reduceSum(mul(a, b)), reduceSum(mul(reverse(a, [0]), b))], 2, [64]).map(({ source }) => source);
  expect(again).toEqual(sources);
});
