/** @file Carries of loops: all ways in which a new value can overlap an old one, and that simple updates need no copy. */
import { describe, expect, test } from 'vitest';
import { abstractOf, traceProgram, type Value } from '@tapeflow/autodiff/extend';
import { broadcast, concat, full, pad, reduceSum, reshape, slice } from '../../../src/array/ndarray.ts';
import { compile } from '../../../src/compile/executable.ts';
import { scanLeaves } from '../../../src/control/scan.ts';
import { whileLeaves } from '../../../src/control/while.ts';
import { convInput } from '../../../src/primitives/conv.ts';
import { add, constantLike, cos, less, mul, sin } from '../../../src/primitives/elementwise.ts';
import { scatterAdd } from '../../../src/primitives/gather.ts';
import { iota, reverse, transpose } from '../../../src/primitives/structure.ts';
import { elements, vector } from '../programs.ts';

type Body = (carries: readonly Value[], outside: Value) => readonly Value[];

const SQUARE = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const OUTSIDE = [0.5, -0.25, 2, 1, 3, -1, 0.1, 0.2, 0.3];

/** Repeats what makes new carries of the present ones. */
type Loop = (trips: number, body: (carries: readonly Value[]) => readonly Value[], start: readonly Value[]) => readonly Value[];

const LOOPS: Readonly<Record<'while' | 'scan' | 'scan in a scan', Loop>> = {
  while: (trips, body, start) =>
    whileLeaves(([n]) => less(n, full(trips, [], 'f64')), ([n, ...own]) => [add(n, constantLike(1, n)), ...body(own)], [full(0, [], 'f64'), ...start]).slice(1),
  scan: (trips, body, start) => {
    const { program, captured } = traceProgram('scan', body, start.map(abstractOf));
    return scanLeaves(program, captured, start, [], trips);
  },
  'scan in a scan': (trips, body, start) => LOOPS.scan(2, (carries) => LOOPS.scan(trips, body, carries), start),
};

/** Runs a body some times on carries that begin as 1 … 9, 2 … 10, …: results of the plain loop, and the program. */
function loopOf(body: Body, count: number, trips: number = 3, loop: Loop = LOOPS.while): { expected: number[][]; seen: number[][]; steps: string } {
  const f = ([x, outside]: readonly Value[]): readonly Value[] => {
    const start = Array.from({ length: count }, (_, k) => add(x, full(k, [], 'f64')));
    return loop(trips, (own) => body(own, outside), start);
  };
  const inputs = [vector(...SQUARE), vector(...OUTSIDE)];
  const { executable } = compile(traceProgram('test', f, inputs.map(abstractOf)).program, 'wasm');
  return { expected: elements(f(inputs)), seen: elements(executable.run(inputs)), steps: executable.toString() };
}

const turned = (x: Value): Value => reshape(transpose(reshape(x, [3, 3]), [1, 0]), [9]);
const shifted = (x: Value): Value => concat([slice(x, [1], [8]), slice(x, [0], [1])], 0);

const everySecond = (x: Value): Value => slice(x, [0], [5], [2]);
/** Every second element of the result, the others are 0. */
const spreadOut = (x: Value): Value => reshape(convInput(full(2, [1, 1, 1], 'f64'), reshape(x, [1, 1, 5]), { stride: [2], dilation: [1], low: [0], high: [0], groups: 1, lengths: [9] }), [9]);

const CASES: Record<string, readonly [number, Body]> = {
  'two carries change places': [2, ([a, b]) => [b, a]],
  'three carries move on in a ring': [3, ([a, b, c]) => [b, c, a]],
  'a ring in which one is also computed': [3, ([a, b, c]) => [b, sin(c), a]],
  'a carry is turned around': [1, ([a]) => [reverse(a, [0])]],
  'a computed value is turned around': [1, ([a]) => [reverse(sin(a), [0])]],
  'a carry is transposed': [1, ([a]) => [turned(a)]],
  'a carry is shifted': [1, ([a]) => [shifted(a)]],
  'a carry is added to its mirror image': [1, ([a]) => [add(a, reverse(a, [0]))]],
  'a carry is added to its sum': [1, ([a]) => [add(a, reduceSum(a))]],
  'a sum of a carry that another one still needs': [2, ([a, b]) => [mul(a, constantLike(0.5, a)), add(b, a)]],
  'the other order': [2, ([a, b]) => [add(b, a), mul(a, constantLike(0.5, a))]],
  'one computed value for two carries': [2, ([a]) => { const y = sin(a); return [y, y]; }],
  'a value from outside': [2, ([a], outside) => [outside, add(a, outside)]],
  'a constant, and a broadcast one': [2, ([a]) => [vector(...OUTSIDE), broadcast(reduceSum(a), [9], [])]],
  'a scatter into a carry': [1, ([a]) => [scatterAdd(a, iota([9], 0, 'i32'), sin(a))]],
  'a scatter that reads the carry backwards': [1, ([a]) => [scatterAdd(a, iota([9], 0, 'i32'), reverse(a, [0]))]],
  'the transpose of a convolution with steps, of part of the carry': [1, ([a]) => [spreadOut(everySecond(a))]],
  'the same, and another carry that reads the places it fills': [2, ([a, b]) => [spreadOut(everySecond(a)), add(b, reduceSum(reshape(sin(everySecond(a)), [1, 1, 5])))]],
  'zeros between the elements, and another carry that reads the places they fill': [2, ([a, b]) => [pad(reduceSum(broadcast(everySecond(a), [5, 3], [0]), [1]), [0], [0], [1]), add(b, reduceSum(sin(everySecond(a))))]],
  'the carry of an inner loop': [2, ([a, b]) => whileLeaves(([n]) => less(reduceSum(n), full(500, [], 'f64')), ([n, m]) => [add(n, n), add(m, b)], [a, b])],
  'an inner loop that reads what it replaces': [1, ([a]) => whileLeaves(([n]) => less(reduceSum(n), full(500, [], 'f64')), ([n]) => [add(n, a)], [a])],
};

describe.each(Object.entries(LOOPS))('every loop gives what the plain one gives: %s', (_, loop) => {
  for (const [name, [count, body]] of Object.entries(CASES)) {
    test.each([0, 1, 2, 3])(`${name}, %i trips`, (trips) => {
      const { expected, seen } = loopOf(body, count, trips, loop);
      expect(seen.map((own) => own.length)).toEqual(expected.map((own) => own.length));
      // Sines differ in their last bits.
      const error = Math.max(0, ...seen.flatMap((own, k) => own.map((value, at) => Math.abs(value - expected[k]![at]!) / Math.max(1, Math.abs(value)))));
      expect(error).toBeLessThan(1e-14);
    });
  }
});

/** Steps of the loop that only copy. */
function copies(steps: string): number {
  const lines = steps.split('\n');
  const rest = lines.slice(lines.findIndex((line) => /^(while|repeat)/.test(line)) + 1);
  const end = rest.findIndex((line) => !line.startsWith(' '));
  return rest.slice(0, end < 0 ? rest.length : end).filter((line) => /^\s*\w+@\d+'?\[x\] = \w+@\d+'?\[x\]$/.test(line)).length;
}

test('updates element by element need no copy', () => {
  expect(copies(loopOf(([a, b], outside) => [add(a, mul(b, outside)), cos(b)], 2).steps)).toBe(0);
});
test.each(['while', 'scan'] as const)('where the old value is still read, the new one lies beside it: %s', (kind) => {
  const loop = LOOPS[kind];
  expect(copies(loopOf(([a]) => [add(a, reverse(a, [0]))], 1, 3, loop).steps)).toBe(0);
  expect(copies(loopOf(([a, b]) => [add(a, reverse(b, [0])), add(b, reverse(a, [0]))], 2, 3, loop).steps)).toBe(0);
});
test('what is not computed in the loop is copied', () => {
  expect(copies(loopOf(([a, b]) => [b, a], 2).steps), 'one is set aside').toBe(3);
});
