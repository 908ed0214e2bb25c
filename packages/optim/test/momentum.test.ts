/** @file Momentum: equal to the forms of its authors, with their rates on quadratics, and differentiable. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad, valueAndGrad } from '@tapeflow/autodiff';
import { scalar, square, sub, sum, type Scalar, type Tensor } from '@tapeflow/tensor';
import { gradientDescent, minimize, minimizeSteps, momentum, OptionError, ResumeError, type MomentumOptions, type Optimizer } from '../src/index.ts';
import { quadratic, vector } from './functions.ts';

/** x⁴/4 − x, by hand. */
const slope = (x: number): number => x ** 3 - 1;

function path(optimizer: Optimizer, start: number, steps: number): number[] {
  let [x, state] = [start, optimizer.init(start)];
  return Array.from({ length: steps }, () => {
    [x, state] = optimizer.update(slope(x), state, x);
    return x;
  });
}

test("Polyak's form: x_{k+1} = x_k − rate · g(x_k) + μ (x_k − x_{k−1})", () => {
  const [rate, share] = [0.05, 0.8];
  let [before, x] = [0.2, 0.2];
  for (const seen of path(momentum({ rate, momentum: share }), 0.2, 40)) {
    [before, x] = [x, x - rate * slope(x) + share * (x - before)];
    expect(seen).toBeCloseTo(x, 13);
  }
});

test("Nesterov's form: θ_{k+1} = y_k − rate · g(y_k), y_{k+1} = θ_{k+1} + μ (θ_{k+1} − θ_k)", () => {
  const [rate, share] = [0.05, 0.8];
  let [theta, y] = [0.2, 0.2];
  for (const seen of path(momentum({ rate, momentum: share, nesterov: true }), 0.2, 40)) {
    const next = y - rate * slope(y);
    [theta, y] = [next, next + share * (next - theta)];
    expect(seen).toBeCloseTo(y, 13);
  }
});

test('without momentum it is gradient descent', () => {
  for (const nesterov of [false, true]) {
    expect(path(momentum({ rate: 0.1, momentum: 0, nesterov }), 0.3, 20)).toEqual(path(gradientDescent({ rate: 0.1 }), 0.3, 20));
  }
});

test('the best rate and momentum for a quadratic converge by (√κ − 1) / (√κ + 1) per step', () => {
  // [Polyak1964]: rate 4 / (√L + √l)², momentum the square of that factor.
  const [low, high] = [1, 100];
  const factor = (Math.sqrt(high) - Math.sqrt(low)) / (Math.sqrt(high) + Math.sqrt(low));
  const method = momentum({ rate: 4 / (Math.sqrt(high) + Math.sqrt(low)) ** 2, momentum: factor ** 2 });
  const errors: number[] = [];
  for (const { x } of minimizeSteps(valueAndGrad(quadratic(vector([low, 10, high]))), vector([1, 1, 1]), { method, maxSteps: 120 })) errors.push(Math.hypot(...x.data));
  // At the ends of the spectrum the error is (a + b k) · factorᵏ: the linear term is divided out.
  const observed = ((errors[119]! / 120) / (errors[59]! / 60)) ** (1 / 60);
  expect(Math.abs(observed - factor)).toBeLessThan(0.01);
  const plain = minimize(valueAndGrad(quadratic(vector([low, 10, high]))), vector([1, 1, 1]), { method: gradientDescent({ rate: 2 / (low + high) }), maxSteps: 120 });
  expect(errors[119]!).toBeLessThan(1e-5 * Math.hypot(...plain.x.data));
});

test('a schedule acts at once, for the velocity is gathered without the rate', () => {
  const off = momentum({ rate: (step) => (step === 3 ? 0 : 0.1), momentum: 0.9 });
  const seen = path(off, 0.2, 5);
  expect(seen[3]).toBe(seen[2]);
  expect(seen[4]).not.toBe(seen[3]);
});

test.each([false, true])('the update is differentiable to rate and start, twice (nesterov %s)', (nesterov) => {
  const loss = (x: Tensor<'i'>): Scalar => sum(square(sub(square(x), 2)), 'i') as Scalar;
  const trained = ({ rate, x: start }: { rate: Scalar; x: Tensor<'i'> }): Scalar => {
    const optimizer = momentum({ rate, momentum: 0.7, nesterov });
    let [x, state] = [start, optimizer.init(start)];
    for (let step = 0; step < 3; step++) [x, state] = optimizer.update(grad(loss)(x), state, x);
    return loss(x);
  };
  checkGradients(trained, { rate: scalar(0.02, { dtype: 'f64' }), x: vector([0.5, 1.5]) }, { order: 2 });
});

test('f32 stays f32', () => {
  const start = vector([1, 2], 'f32');
  const [x, state] = momentum({ rate: scalar(0.1, { dtype: 'f64' }) }).update(start, momentum({ rate: 1 }).init(start), start);
  expect([x.dtype, state.moments['velocity']!.dtype]).toEqual(['f32', 'f32']);
});

test('a state of another optimizer is refused by name', () => {
  expect(() => momentum({ rate: 0.1 }).update(1, { step: 1, moments: { mean: 0, square: 0 } }, 1)).toThrow(ResumeError);
});

describe('bad options', () => {
  test.each<[object, string]>([
    [{}, 'rate'],
    [{ rate: -1 }, 'rate'],
    [{ rate: 1, momentum: 1 }, 'momentum'],
    [{ rate: 1, momentum: -0.5 }, 'momentum'],
    [{ rate: 1, nesterov: 1 }, 'nesterov'],
    [{ rate: 1, beta: 0.9 }, 'beta'],
  ])('%j', (options, option) => {
    expect(() => momentum(options as MomentumOptions)).toThrow(OptionError);
    expect(() => momentum(options as MomentumOptions)).toThrow(expect.objectContaining({ option, operation: 'momentum' }));
  });
});
