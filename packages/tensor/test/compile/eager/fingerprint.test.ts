/** @file Fingerprints: the same text for the same operations, whatever the numbers; another for all else; none where a function decides. */
import { describe, expect, test } from 'vitest';
import { evaluateProgram, traceProgram, type Program, type Value } from '@tapeflow/autodiff/extend';
import { arrayAbstract, full, NDArray, pad } from '../../../src/array/ndarray.ts';
import { fingerprintOf, textOf, withValuesAsInputs } from '../../../src/compile/eager/fingerprint.ts';
import { checkLeaves } from '../../../src/control/check.ts';
import { scanLeaves } from '../../../src/control/scan.ts';
import { add, constantLike, lessEqual, mul } from '../../../src/primitives/elementwise.ts';
import { reduceAll } from '../../../src/primitives/reduce.ts';

const vector = (...numbers: number[]): NDArray => NDArray.of(Float64Array.from(numbers), [numbers.length], 'f64');
const traced = (f: (x: Value) => Value, like: NDArray = vector(1, 2, 3)): Program => traceProgram('test', ([x]) => [f(x)], [arrayAbstract(like)]).program;
const textFor = (f: (x: Value) => Value, like?: NDArray): string | undefined => fingerprintOf(traced(f, like))?.text;

const scaled = (by: number, plus: NDArray) => (x: Value): Value => add(mul(x, constantLike(by, x)), plus);

describe('one text', () => {
  test('for other arrays and numbers, which are the values', () => {
    const [a, b] = [traced(scaled(0.5, vector(1, 2, 3))), traced(scaled(0.25, vector(4, 5, 6)))].map(fingerprintOf);
    expect(a!.text).toBe(b!.text);
    expect([a, b].map((each) => each!.values.map((value) => [...value.contiguous()]))).toEqual([[[0.5], [1, 2, 3]], [[0.25], [4, 5, 6]]]);
  });
});

describe('another text', () => {
  const base = textFor(scaled(0.5, vector(1, 2, 3)));
  test.each<[string, (x: Value) => Value, NDArray?]>([
    ['operation', (x) => mul(mul(x, constantLike(0.5, x)), vector(1, 2, 3))],
    ['order of operands', (x) => add(vector(1, 2, 3), mul(x, constantLike(0.5, x)))],
    ['size', (x) => scaled(0.5, vector(1, 2))(x), vector(1, 2)],
    ['plain number, such as a sign', scaled(-1, vector(1, 2, 3))],
    ['use of one array', (x) => add(mul(x, constantLike(0.5, x)), x)],
  ])('for another %s', (_, f, like) => expect(textFor(f, like)).not.toBe(base));
  test('for other parameters, and for one array used twice beside two arrays', () => {
    expect(textFor((x) => pad(x, [1], [0]))).not.toBe(textFor((x) => pad(x, [0], [1])));
    const [p, q] = [vector(1, 2, 3), vector(1, 2, 3)];
    expect(textFor((x) => add(mul(x, p), p))).not.toBe(textFor((x) => add(mul(x, p), q)));
  });
  test('for another number inside a loop', () => {
    const body = (by: number): Program => traced((y) => mul(y, full(by, [], 'f64')));
    const texts = [2, 3, 2].map((by) => textFor((x) => scanLeaves(body(by), [], [x], [], 3)[0]));
    expect(texts[0]).toBe(texts[2]);
    expect(texts[0]).not.toBe(texts[1]);
  });
});

test('no text where a function decides what happens', () => {
  const checked = (x: Value): Value => {
    checkLeaves(reduceAll(lessEqual(x, constantLike(9, x))), [], () => new Error('large'));
    return mul(x, x);
  };
  expect(fingerprintOf(traced(checked))).toBeUndefined();
  expect(() => textOf({ f: () => 1 })).toThrow();
  expect(() => textOf(new Map())).toThrow();
});

test('text of parameters tells numbers, texts, zeros and lists apart', () => {
  const all = [0, -0, 1, '1', [1], ['1'], null, undefined, true, NaN, Infinity, { a: 1 }, { b: 1 }, { a: [1] }, [[], [1]], [[1], []]].map(textOf);
  expect(new Set(all).size).toBe(all.length);
});

test('the program with its values as inputs computes the same, and other values with other inputs', () => {
  const program = traced(scaled(0.5, vector(1, 2, 3)));
  const { values } = fingerprintOf(program)!;
  const lifted = withValuesAsInputs(program, values, 0);
  const x = vector(10, 20, 30);
  const run = (...inputs: NDArray[]): number[] => [...(evaluateProgram(lifted, inputs)[0] as NDArray).contiguous()];
  expect(run(...values, x)).toEqual([6, 12, 18]);
  expect(run(NDArray.filled(2, [], 'f64'), vector(0, 0, 1), x)).toEqual([20, 40, 61]);
});
