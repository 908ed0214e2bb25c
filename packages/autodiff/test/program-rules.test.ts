/** @file Derivatives and batches of programs, as primitives that hold programs use them. */
import { describe, expect, test } from 'vitest';
import { grad } from '../src/index.ts';
import { abstractOf, batchProgram, closeOver, evaluateProgram, materialize, programCotangents, programTangents } from '../src/extend.ts';
import { exp, mul, NumberList, sin, stack, type Scalar } from '../src/scalar.ts';
import { Pair, pairSpace } from './pairs.ts';
import { expectClose } from './support.ts';

// (x, y) → (sin x · y, eˣ, 3)
const { program } = closeOver('test', (x: Scalar, y: Scalar) => [mul(sin(x), y), exp(x), 3], [1, 1]);
const [x, y] = [0.7, 2];
const all = [true, true];

describe('programTangents', () => {
  test('gives outputs and tangents; undefined where nothing moves', () => {
    expect(programTangents(program, [x, y], [1, undefined])).toEqual({ outputs: [Math.sin(x) * y, Math.exp(x), 3], tangents: [Math.cos(x) * y, Math.exp(x), undefined] });
    expect(programTangents(program, [x, y], [undefined, 10]).tangents).toEqual([10 * Math.sin(x), undefined, undefined]);
  });

  test('may be differentiated', () => {
    const f = (z: Scalar): Scalar => programTangents(program, [z, y], [z, undefined]).tangents[0] as Scalar; // z cos z · y
    expectClose(grad(f)(x), (Math.cos(x) - x * Math.sin(x)) * y, 1e-15);
  });
});

describe('programCotangents', () => {
  test('gives cotangents of those inputs that are needed', () => {
    expect(programCotangents(program, [x, y], [1, 10, 100], all)).toEqual([Math.cos(x) * y + 10 * Math.exp(x), Math.sin(x)]);
    expect(programCotangents(program, [x, y], [1, 10, undefined], [false, true])).toEqual([undefined, Math.sin(x)]);
    expect(programCotangents(program, [x, y], [undefined, 10, undefined], all)).toEqual([10 * Math.exp(x), undefined]);
  });

  test('does nothing where nothing is needed or given', () => {
    expect(programCotangents(program, [x, y], [1, 1, 1], [false, false])).toEqual([undefined, undefined]);
    expect(programCotangents(program, [x, y], [undefined, undefined, undefined], all)).toEqual([undefined, undefined]);
  });

  test('may be differentiated, to its inputs and to the cotangents', () => {
    const f = (z: Scalar): Scalar => programCotangents(program, [z, y], [z, undefined, undefined], all)[0] as Scalar; // z cos z · y
    expectClose(grad(f)(x), (Math.cos(x) - x * Math.sin(x)) * y, 1e-15);
  });
});

test('materialize puts zeros where a derivative is missing', () => {
  const types = [abstractOf(1), abstractOf(new NumberList([1, 2])), { space: pairSpace, type: { members: undefined } }];
  expect(materialize([undefined, undefined, undefined], types)).toEqual([0, new NumberList([0, 0]), new Pair(0, 0)]);
  expect(materialize([5, undefined, undefined], types)[0]).toBe(5);
});

describe('batchProgram', () => {
  const xs = new NumberList([0.1, 0.2, 0.3]);
  const batched = (flags: readonly boolean[], inputs: readonly unknown[]): unknown[] => evaluateProgram(batchProgram(program, flags, 3, inputs.map(abstractOf)), inputs);

  test('is the program of all members; what they share stays as it is', () => {
    expect(batched([true, false], [xs, y])).toEqual([
      new NumberList(xs.values.map((value) => Math.sin(value as number) * y)),
      new NumberList(xs.values.map((value) => Math.exp(value as number))),
      new NumberList([3, 3, 3]),
    ]);
    expect(batched([true, true], [xs, xs])[0]).toEqual(new NumberList(xs.values.map((value) => Math.sin(value as number) * (value as number))));
  });

  test('is recorded once for each choice of inputs and number of members', () => {
    const types = [abstractOf(xs), abstractOf(y)];
    const first = batchProgram(program, [true, false], 3, types);
    expect(batchProgram(program, [true, false], 3, types)).toBe(first);
    expect(batchProgram(program, [true, true], 3, [types[0]!, types[0]!])).not.toBe(first);
    const two = new NumberList([1, 2]);
    expect(batchProgram(program, [true, false], 2, [abstractOf(two), types[1]!])).not.toBe(first);
  });

  test('may be batched again, and differentiated', () => {
    const once = batchProgram(program, [true, false], 2, [abstractOf(new NumberList([1, 2])), abstractOf(y)]);
    const table = new NumberList([new NumberList([0.1, 0.2]), new NumberList([0.3, 0.4])]);
    const twice = evaluateProgram(batchProgram(once, [true, false], 2, [abstractOf(table), abstractOf(y)]), [table, y]);
    expect(twice[1]).toEqual(new NumberList([[0.1, 0.2], [0.3, 0.4]].map((row) => new NumberList(row.map(Math.exp)))));
    const bars = programCotangents(once, [stack([x, 0.1]), y], [new NumberList([1, 0]), undefined, undefined], all);
    expect(bars).toEqual([new NumberList([Math.cos(x) * y, 0]), Math.sin(x)]);
  });
});
