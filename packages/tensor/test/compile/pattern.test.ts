/** @file Patterns agree with the long way: they recognise what has the same key, with the same inputs, and nothing else. */
import { describe, expect, test } from 'vitest';
import { grad } from '@tapeflow/autodiff';
import { NDArray } from '../../src/array/ndarray.ts';
import { patternOf } from '../../src/compile/pattern.ts';
import { keyOf, signatureOf } from '../../src/compile/signature.ts';
import { complex, precision, sum, tensor, type Scalar, type Tensor } from '../../src/index.ts';

const u = tensor({ x: 3 }, [1, 2, 3]);
const v = tensor({ x: 3 }, [4, 5, 6]);
const array = NDArray.of(Float32Array.of(1, 2), [2], 'f32');
const f = (): number => 1;

/** Arguments of which each list is of another kind than the others, but has members of one kind. */
const KINDS: Readonly<Record<string, readonly (readonly unknown[])[]>> = {
  'a tensor': [[u], [v]],
  'another size': [[tensor({ x: 4 }, 1)]],
  'another name': [[tensor({ y: 3 }, 1)], [tensor({ y: 3 }, 2)]],
  'another dtype': [[tensor({ x: 3 }, 1, { dtype: 'f64' })]],
  'items': [[tensor({ x: ['a', 'b', 'c'] }, 1)], [tensor({ x: ['a', 'b', 'c'] }, 2)]],
  'two tensors': [[u, v], [v, v]],
  'a number': [[1], [2.5], [NaN], [-0]],
  'a tensor and a number': [[u, 1], [v, 2]],
  'no arguments': [[]],
  'a record': [[{ a: u, b: 1 }], [{ b: 2, a: v }]],
  'another key': [[{ a: u, c: 1 }]],
  'a key more': [[{ a: u, b: 1, c: undefined }]],
  'a key of another type': [[{ a: u, b: v }]],
  'a key that every object has': [[{ toString: 1 }], [{ toString: 2 }]],
  'an empty record': [[{}], [{}]],
  'lists': [[[u, 1]], [[v, 3]]],
  'a longer list': [[[u, 1, 1]]],
  'deeper': [[{ state: [{ u, k: 'north' }], dt: 1 }], [{ state: [{ u: v, k: 'north' }], dt: 0 }]],
  'deeper, another text': [[{ state: [{ u, k: 'south' }], dt: 1 }]],
  'a text': [['a']],
  'a truth': [[true]],
  'null': [[null]],
  'undefined': [[undefined]],
  'a function': [[f]],
  'another function': [[(): number => 1]],
  'an array': [[array], [NDArray.filled(3, [2], 'f32')]],
  'another array': [[NDArray.filled(3, [1, 2], 'f32')]],
  'a class that declares its leaves': [[complex(u, v)], [complex(v, v)]],
};
const ALL = Object.entries(KINDS).flatMap(([kind, list]) => list.map((args) => ({ kind, args })));

for (const [kind, [first]] of Object.entries(KINDS)) {
  test(`${kind} is told from all else`, () => {
    const signature = signatureOf(first!, []);
    const recognise = patternOf(first!, signature)!;
    for (const other of ALL) {
      const long = signatureOf(other.args, []);
      const inputs = recognise(other.args);
      expect(keyOf(long) === keyOf(signature), `${kind} beside ${other.kind}`).toBe(kind === other.kind);
      // Leaves of the long way are the oracle.
      expect(inputs, `${kind} beside ${other.kind}`).toEqual(kind === other.kind ? long.leaves : undefined);
    }
  });
}

describe('what else a program depends on', () => {
  test('numbers that are part of it', () => {
    const recognise = patternOf([u, { n: 3, dt: 1 }], signatureOf([u, { n: 3, dt: 1 }], ['1.n']))!;
    expect(recognise([v, { n: 3, dt: 2 }])).toEqual([2, v.value].reverse());
    expect(recognise([v, { n: 4, dt: 1 }])).toBeUndefined();
    const ofZero = patternOf([0], signatureOf([0], [0]))!;
    expect([ofZero([0]), ofZero([-0])]).toEqual([[], undefined]);
  });
  test('the precision', () => {
    const recognise = patternOf([1], signatureOf([1], []))!;
    expect(precision(64, () => recognise([1]))).toBeUndefined();
    expect(recognise([1])).toEqual([1]);
  });
  test('values of a transformation go the long way', () => {
    const recognise = patternOf([u], signatureOf([u], []))!;
    const seen: unknown[] = [];
    grad((x: Tensor<'x'>): Scalar => {
      seen.push(recognise([x]), patternOf([x], signatureOf([x], [])));
      return sum(x) as Scalar;
    })(u);
    expect(seen).toEqual([undefined, undefined]);
  });
  test('dimensions that are equal, but not the same list', () => {
    const recognise = patternOf([u], signatureOf([u], []))!;
    const like = [v, tensor({ x: 3 }, 1), u, tensor({ x: 3 }, 2)];
    for (const each of like) expect(recognise([each])).toEqual([each.value]);
  });
});
