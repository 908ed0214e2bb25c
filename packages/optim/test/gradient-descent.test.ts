/** @file Gradient descent: the closed form of its steps on quadratics, the best rate, and derivatives of the update. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad, valueAndGrad } from '@tapeflow/autodiff';
import { scalar, square, sub, sum, type Scalar, type Tensor } from '@tapeflow/tensor';
import { gradientDescent, minimize, minimizeSteps, OptionError } from '../src/index.ts';
import { quadratic, relativeError, vector } from './functions.ts';

const EIGENVALUES = [1, 2, 5, 10];

test('on a quadratic each eigendirection shrinks by 1 − rate · λ per step', () => {
  const [rate, steps] = [0.15, 25];
  const { x } = minimize(valueAndGrad(quadratic(vector(EIGENVALUES))), vector([1, 2, 3, 4]), { method: gradientDescent({ rate }), maxSteps: steps });
  const expected = EIGENVALUES.map((eigenvalue, k) => (k + 1) * (1 - rate * eigenvalue) ** steps);
  expect(relativeError(x.data, expected)).toBeLessThan(1e-12);
});

test('the rate 2 / (l + L) contracts by (κ − 1) / (κ + 1)', () => {
  const [low, high] = [EIGENVALUES[0]!, EIGENVALUES.at(-1)!];
  const kappa = high / low;
  let before = Math.sqrt(2);
  for (const { x } of minimizeSteps(valueAndGrad(quadratic(vector(EIGENVALUES))), vector([1, 0, 0, 1]), { method: gradientDescent({ rate: 2 / (low + high) }), maxSteps: 40 })) {
    const error = Math.hypot(...x.data);
    expect(error / before).toBeCloseTo((kappa - 1) / (kappa + 1), 12);
    before = error;
  }
});

test('above the rate 2 / L the value grows, below it falls', () => {
  const after = (rate: number): number => minimize(valueAndGrad(quadratic(vector([10]))), vector([1]), { method: gradientDescent({ rate }), maxSteps: 10 }).value;
  expect(after(0.201)).toBeGreaterThan(5);
  expect(after(0.199)).toBeLessThan(5);
});

test('f32 stays f32, also with a rate in f64', () => {
  const [x] = gradientDescent({ rate: scalar(0.1, { dtype: 'f64' }) }).update(vector([1], 'f32'), { step: 0, moments: {} }, vector([2], 'f32'));
  expect(x.dtype).toBe('f32');
  expect(x.item()).toBe(Math.fround(2 - 0.1));
});

test('the update is differentiable: to the rate by hand, to rate and start by the laws', () => {
  // x₁ = (1 − r λ) x₀, so d(½ λ x₁²)/dr = −λ² x₀² (1 − r λ).
  const [eigenvalue, start, rate] = [3, 2, 0.1];
  const half = (x: Scalar): Scalar => square(x).mul(eigenvalue / 2);
  const at = (value: number): Scalar => scalar(value, { dtype: 'f64' });
  const after = (r: Scalar): Scalar => {
    const optimizer = gradientDescent({ rate: r });
    return half(optimizer.update(grad(half)(at(start)), optimizer.init(at(start)), at(start))[0]);
  };
  expect(grad(after)(at(rate)).item()).toBeCloseTo(-(eigenvalue ** 2) * start ** 2 * (1 - rate * eigenvalue), 12);

  const loss = (x: Tensor<'i'>): Scalar => sum(square(sub(square(x), 2)), 'i') as Scalar;
  const trained = ({ rate: r, x: x0 }: { rate: Scalar; x: Tensor<'i'> }): Scalar => {
    const optimizer = gradientDescent({ rate: r });
    let [x, state] = [x0, optimizer.init(x0)];
    for (let step = 0; step < 3; step++) [x, state] = optimizer.update(grad(loss)(x), state, x);
    return loss(x);
  };
  checkGradients(trained, { rate: scalar(0.02, { dtype: 'f64' }), x: vector([0.5, 1.5]) }, { order: 2 });
});

describe('bad options', () => {
  test.each<[object | undefined, string]>([
    [{}, 'rate'],
    [{ rate: -0.1 }, 'rate'],
    [{ rate: Infinity }, 'rate'],
    [{ rate: vector([1, 2]) }, 'rate'],
    [{ rate: 0.1, momentum: 0.9 }, 'momentum'],
    [undefined, 'options'],
  ])('%#', (options, option) => {
    const make = gradientDescent as (options: unknown) => unknown;
    expect(() => make(options)).toThrow(OptionError);
    expect(() => make(options)).toThrow(expect.objectContaining({ option, operation: 'gradientDescent' }));
  });
});
