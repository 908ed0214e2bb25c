/** @file Values that were to have memory and are read in their own pass only: no store, no memory; everything else keeps its place. */
import { expect, test } from 'vitest';
import { abstractOf, traceProgram, type Value } from '@tapeflow/autodiff/extend';
import { full, reduceSum, reshape } from '../../../src/array/ndarray.ts';
import { compile } from '../../../src/compile/executable.ts';
import { scanLeaves } from '../../../src/control/scan.ts';
import { add, cos, exp, less, mul, select, sub } from '../../../src/primitives/elementwise.ts';
import { gather, scatterAdd } from '../../../src/primitives/gather.ts';
import { convert } from '../../../src/primitives/structure.ts';
import { elements, vector } from '../programs.ts';

function compiled(f: (...xs: Value[]) => readonly Value[], ...inputs: ReturnType<typeof vector>[]): string {
  const { program } = traceProgram('test', (xs) => f(...xs), inputs.map(abstractOf));
  const { executable } = compile(program, 'wasm');
  const expected = elements(compile(program, 'js').executable.run(inputs)).flat();
  // Scatters that share a pass add up in another order.
  elements(executable.run(inputs)).flat().forEach((value, k) => expect(Math.abs(value - expected[k]!)).toBeLessThanOrEqual(1e-14 * Math.abs(expected[k]!)));
  return executable.toString();
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
const x = vector(0.3, 1.2, 2.9, 0.1, 3.7, 2.2, 1.5, 0.8);
/** Costs so much that reading it twice would store it. */
const costly = (a: Value): Value => [1, 2, 3, 4, 5, 6].reduce((sum) => add(mul(sum, a), mul(a, a)), mul(a, a));

test('an interpolation and its scatter share a pass, and store nothing else', () => {
  const text = compiled((a) => {
    const at = convert(a, 'i32');
    const weight = sub(a, convert(at, 'f64'));
    return [mul(gather(a, at), weight), scatterAdd(scatterAdd(full(0, [8], 'f64'), at, weight), at, mul(weight, a))];
  }, x);
  expect(count(text, /^for/gm)).toBe(2); // zeros, and all the rest
  expect(count(text, / \+= /g)).toBe(2);
  expect(count(text, /^ {2}f64@\S+\[x\] = /gm)).toBe(2); // zeros and the first result
});

test('what a later pass reads stays', () => {
  const text = compiled((a) => {
    const y = costly(a);
    return [add(y, reduceSum(y))];
  }, x);
  expect(count(text, /^for/gm)).toBe(2);
  expect(count(text, /\] = /g)).toBe(3);
});

test('branches, conditions and loops keep what they read', () => {
  compiled((a) => {
    const y = costly(a);
    const [end] = scanLeaves(traceProgram('scan', ([carry]) => [select(less(carry!, full(2, [], 'f64')), exp(mul(carry!, full(0.1, [], 'f64'))), cos(carry!))], [abstractOf(x)]).program, [], [y], [], 4);
    return [end!, reshape(y, [2, 4])];
  }, x);
});
