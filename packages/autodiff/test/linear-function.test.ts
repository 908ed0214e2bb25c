/** @file linearize and linearTranspose: derivatives as linear functions, recorded once. */
import { describe, expect, test } from 'vitest';
import { AsyncFunctionError, grad, jvp, linearize, linearTranspose, TreeError, vjp, vmap } from '../src/index.ts';
import { closeOver, evaluateProgram, transposeProgram } from '../src/extend.ts';
import { add, cos, exp, mul, NumberList, sin, square, stack, sub, unstack, type Scalar } from '../src/scalar.ts';
import { expectAllClose, expectClose, plain, randomNumbers } from './support.ts';

type Vector = readonly Scalar[];
const f = ([x, y]: Vector): Vector => [mul(sin(x!), y!), exp(mul(x!, y!)), 4];
const at = [0.7, -1.2];

describe('linearize', () => {
  test('agrees with jvp in every direction (seed 23)', () => {
    const { value, pushforward } = linearize(f, at as Vector);
    expect(value).toEqual(f(at));
    for (let k = 0; k < 5; k++) {
      const dx = randomNumbers(23 + k, 2, -1, 1);
      expectAllClose(pushforward(dx), jvp(f, at as Vector, dx).tangent as number[], 1e-15);
    }
  });

  test('computes the function once, however often it is applied', () => {
    let runs = 0;
    const { pushforward } = linearize((x: Scalar) => (runs++, mul(sin(x), x)), 0.7);
    for (const dx of [1, 2, 3]) expectClose(pushforward(dx), dx * (Math.sin(0.7) + 0.7 * Math.cos(0.7)), 1e-15);
    expect(runs).toBe(1);
  });

  test('is linear', () => {
    const { pushforward } = linearize(f, at as Vector);
    const [a, b] = [pushforward([1, 2]), pushforward([-3, 5])];
    expectAllClose(pushforward([2 - 9, 4 + 15]), a.map((value, k) => 2 * plain(value) + 3 * plain(b[k])), 1e-15);
  });

  test('inside other derivatives, with captured values and at the very same value', () => {
    // d/dx [x · d/dy (x y)] at y = x
    expect(grad((x: Scalar) => mul(x, linearize((y: Scalar) => mul(x, y), x).pushforward(1)))(3)).toBe(6);
    expect(jvp((x: Scalar) => linearize((y: Scalar) => mul(square(x), sin(y)), x).pushforward(1), 0.7, 1).tangent).toBeCloseTo(2 * 0.7 * Math.cos(0.7) - 0.49 * Math.sin(0.7), 14);
    const second = (x: Scalar): Scalar => linearize((y: Scalar) => linearize((z: Scalar) => sin(z), y).pushforward(1), x).pushforward(1);
    expectClose(second(0.7), -Math.sin(0.7), 1e-15);
    expect(unstack(vmap(second)(new NumberList([0.1, 0.2])))).toEqual([-Math.sin(0.1), -Math.sin(0.2)]);
  });

  test('trees; values without influence have the tangent 0', () => {
    const { value, pushforward } = linearize(({ x, list }: { x: Scalar; list: unknown }) => ({ sum: add(x, unstack(list)[0]!), constant: 5 as Scalar }), { x: 1, list: new NumberList([2, 3]) as unknown });
    expect(value).toEqual({ sum: 3, constant: 5 });
    expect(pushforward({ x: 10, list: new NumberList([7, 9]) })).toEqual({ sum: 17, constant: 0 });
  });

  test('refuses directions unlike the argument, and promises', () => {
    const { pushforward } = linearize(f, at as Vector);
    expect(() => pushforward([1])).toThrow(TreeError);
    expect(() => pushforward([1])).toThrow('linearize: the derivatives of structure [*] where [*,*] was expected');
    expect(() => linearize(async (x: Scalar) => x, 1)).toThrow(AsyncFunctionError);
  });
});

describe('linearTranspose', () => {
  const matrix = [[1, 2, 3], [4, 5, 6]];
  const product = (x: Vector): Vector => matrix.map((row) => row.map((a, k) => mul(a, x[k]!)).reduce((sum, term) => add(sum, term)));

  test('is the transposed matrix', () => {
    expect(linearTranspose(product, [0, 0, 0] as Vector)([10, 100])).toEqual([410, 520, 630]);
  });

  test('⟨w, A x⟩ = ⟨Aᵀ w, x⟩, and the transpose of the transpose is the function (seed 29)', () => {
    const transpose = linearTranspose(product, [0, 0, 0] as Vector);
    const [x, w] = [randomNumbers(29, 3, -1, 1), randomNumbers(30, 2, -1, 1)];
    const dot = (a: Vector, b: Vector): number => a.reduce<number>((sum, value, k) => sum + plain(value) * plain(b[k]), 0);
    expectClose(dot(w, product(x)), dot(transpose(w), x), 1e-14);
    expectAllClose(linearTranspose(transpose, [0, 0] as Vector)(x), product(x).map(plain), 1e-14);
  });

  test('runs nothing of the function again, and drops its forward values', () => {
    let runs = 0;
    const transpose = linearTranspose((x: Vector) => (runs++, product(x)), [0, 0, 0] as Vector);
    transpose([1, 2]);
    transpose([3, 4]);
    expect(runs).toBe(1);
    const { program } = closeOver('test', (x: Scalar) => mul(3, mul(2, x)), [0]);
    const transposed = transposeProgram(program, 0);
    expect(transposed.equations).toHaveLength(2);
    expect(evaluateProgram(transposed, [5])).toEqual([30]);
    expect(transposeProgram(program, 0)).toBe(transposed);
  });

  test('the point at which it was recorded and constants that are added have no influence', () => {
    const affine = ([x, y]: Vector): Vector => [add(sub(x!, mul(2, y!)), 7)];
    expect(linearTranspose(affine, [5, 6] as Vector)([1])).toEqual([1, -2]);
  });

  test('derivatives reach what the function closes over', () => {
    const scaled = (k: Scalar): Scalar => linearTranspose((x: Scalar) => mul(square(k), x), 0 as Scalar)(5);
    expect(scaled(3)).toBe(45);
    expect(grad(scaled)(3)).toBe(30);
    expect(grad(grad(scaled))(3)).toBe(10);
    expect(jvp(scaled, 3, 1).tangent).toBe(30);
    expect(vmap(scaled)(new NumberList([1, 2]))).toEqual(new NumberList([5, 20]));
  });

  test('inputs and results without influence are zeros', () => {
    expect(linearTranspose(([x]: Vector): Vector => [x!, 0], [0, 0] as Vector)([5, 9])).toEqual([5, 0]);
  });

  test('pulls back like vjp', () => {
    const { value, pushforward } = linearize(f, at as Vector);
    const pull = linearTranspose(pushforward, at as Vector);
    expect(value).toHaveLength(3);
    expectAllClose(pull([1, 2, 3]), vjp(f, at as Vector).pullback([1, 2, 3]) as number[], 1e-15);
  });

  test('refuses cotangents unlike the result, functions of values, and promises', () => {
    expect(() => linearTranspose(product, [0, 0, 0] as Vector)([1, stack([1]) as unknown as Scalar])).toThrow('linearTranspose: at [1] of the derivatives: a list of 1 numbers where a number was expected');
    expect(() => linearTranspose((x: Scalar) => cos((x as number) + 0), 0 as Scalar)).toThrow('a value inside linearTranspose was used as a JavaScript number');
    expect(() => linearTranspose(async (x: Scalar) => x, 0)).toThrow(AsyncFunctionError);
  });
});
