/** @file Elementwise functions of named tensors: each does what its name says, on tensors, scalars and numbers, and keeps names and dtypes. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad } from '@tapeflow/autodiff';
import { convert, DTypeError, precision, scalar, sum, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import * as arithmetic from '../../src/named/arithmetic.ts';
import { digammaBySum, erfBySimpson, lgammaByStirling, polygammaBySum, sincByProduct } from '../operations/oracles.ts';
import { expectElements, element, random, thrown } from './support.ts';

type Unary = (x: number) => number;
type Binary = (x: number, y: number) => number;

const roundEven: Unary = (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));
const unary: Record<string, Unary> = {
  neg: (x) => -x, abs: Math.abs, sign: Math.sign, square: (x) => x * x, floor: Math.floor, ceil: Math.ceil, round: roundEven, trunc: Math.trunc,
  sqrt: Math.sqrt, cbrt: Math.cbrt, exp: Math.exp, expm1: Math.expm1, log: Math.log, log1p: Math.log1p,
  sin: Math.sin, cos: Math.cos, tan: Math.tan, asin: Math.asin, acos: Math.acos, atan: Math.atan,
  sinh: Math.sinh, cosh: Math.cosh, tanh: Math.tanh, asinh: Math.asinh, acosh: Math.acosh, atanh: Math.atanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)), softplus: (x) => Math.log(1 + Math.exp(x)),
  erf: erfBySimpson, erfc: (x) => 1 - erfBySimpson(x), lgamma: lgammaByStirling, digamma: digammaBySum, gamma: (x) => Math.exp(lgammaByStirling(x)), sinc: sincByProduct,
};
const binary: Record<string, Binary> = {
  add: (x, y) => x + y, sub: (x, y) => x - y, mul: (x, y) => x * y, div: (x, y) => x / y, mod: (x, y) => x - y * Math.floor(x / y),
  minimum: Math.min, maximum: Math.max, pow: Math.pow, hypot: Math.hypot, atan2: Math.atan2, xlogy: (x, y) => x * Math.log(y),
};
const comparisons: Record<string, (x: number, y: number) => boolean> = {
  less: (x, y) => x < y, lessEqual: (x, y) => x <= y, greater: (x, y) => x > y, greaterEqual: (x, y) => x >= y, equal: (x, y) => x === y, notEqual: (x, y) => x !== y,
};
const logic: Record<string, (x: number, y: number) => boolean> = { and: (x, y) => x === 1 && y === 1, or: (x, y) => x === 1 || y === 1, xor: (x, y) => x !== y };
// Functions are looked up by name here, and every overload is used.
const functions = arithmetic as unknown as Record<string, (x: unknown, y?: unknown) => Tensor>;
const OTHERS = ['isFinite', 'isNaN', 'not', 'clip', 'polygamma'];

test('every function is tested', () => {
  const tested = [unary, binary, comparisons, logic].flatMap(Object.keys).concat(OTHERS);
  expect(Object.keys(arithmetic).filter((name) => !tested.includes(name))).toEqual([]);
});

describe('functions of one tensor', () => {
  test.each(Object.keys(unary))('%s (seed 5)', (name) => precision(64, () => {
    const x = random({ y: 3, x: 4 }, 5).mul(0.45).add(name === 'acosh' ? 1.5 : 0.5);
    expectElements(functions[name]!(x), { y: 3, x: 4 }, (index) => unary[name]!(element(x, index)), 10);
    const value = element(x, { y: 0, x: 0 });
    expect(functions[name]!(scalar(value)).item()).toBeCloseTo(unary[name]!(value), 10);
    expect(functions[name]!(value).dims).toEqual([]);
  }));

  test('isFinite, isNaN and not', () => {
    expect([...arithmetic.isNaN(tensor({ x: 4 }, [1, NaN, Infinity, -Infinity])).data]).toEqual([0, 1, 0, 0]);
    expect([...arithmetic.isFinite(tensor({ x: 4 }, [1, NaN, Infinity, -Infinity])).data]).toEqual([1, 0, 0, 0]);
    expect([...arithmetic.not(tensor({ x: 2 }, [true, false])).data]).toEqual([0, 1]);
  });
});

describe('functions of two tensors', () => {
  const operands = { ...binary, ...comparisons };
  test.each(Object.keys(operands))('%s (seeds 6, 7)', (name) => precision(64, () => {
    const f = (x: number, y: number): number => Number(operands[name]!(x, y));
    const x = random({ x: 4 }, 6).add(2);
    const y = random({ y: 3 }, 7).add(2);
    expectElements(functions[name]!(x, y), { x: 4, y: 3 }, (index) => f(element(x, { x: index['x']! }), element(y, { y: index['y']! })));
    expectElements(functions[name]!(x, 1.5), { x: 4 }, (index) => f(element(x, index), 1.5));
    expectElements(functions[name]!(1.5, x), { x: 4 }, (index) => f(1.5, element(x, index)));
    expect(functions[name]!(scalar(1.2), 2.5).item()).toBeCloseTo(f(1.2, 2.5), 12);
    expect(functions[name]!(1.2, 2.5).item()).toBeCloseTo(f(1.2, 2.5), 12);
  }));

  test('comparisons at equality', () => {
    const x = tensor({ x: 3 }, [1, 2, 3]);
    const at2 = (name: string): number[] => [...functions[name]!(x, 2).data];
    expect(Object.fromEntries(Object.keys(comparisons).map((name) => [name, at2(name)]))).toEqual({
      less: [1, 0, 0], lessEqual: [1, 1, 0], greater: [0, 0, 1], greaterEqual: [0, 1, 1], equal: [0, 1, 0], notEqual: [1, 0, 1],
    });
  });

  test.each(Object.keys(logic))('%s', (name) => {
    const x = tensor({ x: 2 }, [true, false]);
    const y = tensor({ y: 2 }, [true, false]);
    expectElements(functions[name]!(x, y), { x: 2, y: 2 }, (index) => Number(logic[name]!(1 - index['x']!, 1 - index['y']!)));
  });

  test('polygamma: the order is a number', () => precision(64, () => {
    const x = tensor({ x: 2 }, [0.7, 1.9]);
    expectElements(arithmetic.polygamma(2, x), { x: 2 }, (index) => polygammaBySum(2, element(x, index)), 10);
  }));

  test('clip', () => {
    const x = tensor({ x: 4 }, [-2, 0.5, 3, NaN]);
    expect([...arithmetic.clip(x, 0, scalar(1)).data]).toEqual([0, 0.5, 1, NaN]);
    expect(arithmetic.clip(7, 0, 1).item()).toBe(1);
  });
});

describe('integers and booleans', () => {
  const n = tensor({ x: 3 }, [7, -7, 2], { dtype: 'i32' });
  test('stay integers where that makes sense, and wrap around', () => {
    expect([n.add(1).dtype, [...n.add(1).data]]).toEqual(['i32', [8, -6, 3]]);
    expect([...arithmetic.mod(n, 4).data]).toEqual([3, 1, 2]);
    expect([...n.mul(2 ** 30).data]).toEqual([-(2 ** 30), 2 ** 30, -(2 ** 31)]);
    expect([arithmetic.neg(n).dtype, arithmetic.abs(n).dtype, arithmetic.square(n).dtype, n.pow(2).dtype]).toEqual(['i32', 'i32', 'i32', 'i32']);
  });

  test('become real where that makes sense, in the precision of the context', () => {
    expect([n.div(2).dtype, [...n.div(2).data]]).toEqual(['f32', [3.5, -3.5, 1]]);
    expect(precision(64, () => arithmetic.sqrt(n).dtype)).toBe('f64');
    expect([n.mul(0.5).dtype, [...n.mul(0.5).data]]).toEqual(['f32', [3.5, -3.5, 1]]);
    expect(n.pow(3).dtype).toBe('f32');
  });

  test('booleans count as 0 and 1', () => {
    const b = tensor({ x: 3 }, [true, false, true]);
    expect([b.add(b).dtype, [...b.add(b).data]]).toEqual(['i32', [2, 0, 2]]);
    expect([...b.mul(0.5).data]).toEqual([0.5, 0, 0.5]);
    expect(b.mul(n).dtype).toBe('i32');
  });

  test('numbers are no conditions', () => {
    const error = thrown(() => arithmetic.and(n, n));
    expect(error).toBeInstanceOf(DTypeError);
    expect(error.message).toMatchInlineSnapshot(`
      "and: the operands must be bool. (i32)
        Compare first: less(x, y), equal(x, y)."
    `);
    expect(() => arithmetic.not(n)).toThrow(DTypeError);
  });
});

describe('derivatives', () => {
  test('reach both operands by name (seeds 8, 9)', () => precision(64, () => {
    const at = { u: random({ x: 3 }, 8).add(2), v: random({ y: 2 }, 9).add(2) };
    checkGradients(({ u, v }: typeof at) => arithmetic.sin(u.mul(v)).add(arithmetic.pow(u, v)).sub(v.div(u)), at, { order: 2 });
    const gradient = grad(({ u, v }: typeof at): Scalar => sum(u.mul(v)))(at);
    expect(gradient.u.sizes).toEqual({ x: 3 });
    expectElements(gradient.u, { x: 3 }, () => sum(at.v).item());
  }));

  test('a square written as a power has slope 2x also at 0 and below', () => precision(64, () => {
    const slope = grad((x: Tensor<'x'>) => sum(x.pow(2)))(tensor({ x: 3 }, [-1.5, 0, 2]));
    expect([...slope.data]).toEqual([-3, 0, 4]);
  }));

  test('a cotangent has the dtype of its primal', () => {
    const single = tensor({ x: 2 }, [1, 2]);
    const double = tensor({ x: 2 }, [3, 4], { dtype: 'f64' });
    const gradient = grad(({ a, b }: { a: Tensor<'x'>; b: Tensor<'x'> }) => sum(a.mul(b)))({ a: single, b: double });
    expect([gradient.a.dtype, gradient.b.dtype]).toEqual(['f32', 'f64']);
    expect(grad((a: Tensor<'x'>) => sum(convert(a, 'f64')))(single).dtype).toBe('f32');
  });
});
