/** @file Adam against PyTorch's arithmetic written out in plain numbers, its bias correction, and derivatives of its update. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad, jvp } from '@tapeflow/autodiff';
import { mul, scalar, square, sub, sum, type Scalar, type Tensor } from '@tapeflow/tensor';
import { adam, OptionError, ResumeError, type AdamOptions, type Optimizer, type OptimizerState } from '../src/index.ts';
import { Body, numbersIn, randomNumbers, relativeError, vector } from './functions.ts';

/**
 * torch.optim.AdamW in its own order of operations: decay first, averages by linear interpolation, both bias corrections as
 * powers, one of them in the size of the step and one under the root.
 */
function pytorch(gradients: readonly (readonly number[])[], start: readonly number[], rateAt: (step: number) => number, { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }: AdamOptions = {}): number[] {
  const x = [...start];
  const m = start.map(() => 0);
  const v = start.map(() => 0);
  gradients.forEach((gradient, step) => {
    const rate = rateAt(step);
    const stepSize = rate / (1 - beta1 ** (step + 1));
    const rootOfCorrection2 = Math.sqrt(1 - beta2 ** (step + 1));
    gradient.forEach((g, k) => {
      x[k]! *= 1 - rate * weightDecay;
      m[k]! += (1 - beta1) * (g - m[k]!);
      v[k] = v[k]! * beta2 + (1 - beta2) * g * g;
      x[k]! -= (stepSize * m[k]!) / (Math.sqrt(v[k]!) / rootOfCorrection2 + epsilon);
    });
  });
  return x;
}

function run<P>(optimizer: Optimizer, gradients: readonly P[], start: P): { params: P; state: OptimizerState<P> } {
  let params = start;
  let state = optimizer.init(params);
  for (const gradient of gradients) [params, state] = optimizer.update(gradient, state, params);
  return { params, state };
}

const SEED = 20240607;
const N = 7;
const STEPS = 60;
/** Gradients over six orders of magnitude, as in networks. */
const GRADIENTS = Array.from({ length: STEPS }, (_, step) => randomNumbers(SEED + step, N, -1, 1).map((value, k) => value * 10 ** (k - 5)));
const START = randomNumbers(SEED, N, 1, 2);

describe(`PyTorch's numbers over ${STEPS} steps (seed ${SEED})`, () => {
  test.each<[string, AdamOptions, (step: number) => number]>([
    ['defaults', {}, () => 1e-3],
    ['a rate', { rate: 0.05 }, () => 0.05],
    ['other averages', { rate: 0.01, beta1: 0.5, beta2: 0.9, epsilon: 1e-3 }, () => 0.01],
    ['no averages', { rate: 0.01, beta1: 0, beta2: 0 }, () => 0.01],
    ['weight decay', { rate: 0.02, weightDecay: 0.1 }, () => 0.02],
    ['a schedule', { rate: (step) => 0.1 / (1 + step), weightDecay: 0.01 }, (step) => 0.1 / (1 + step)],
  ])('%s', (_name, options, rateAt) => {
    const { params } = run(adam(options), GRADIENTS.map((g) => vector(g)), vector(START));
    expect(relativeError(params.data, pytorch(GRADIENTS, START, rateAt, options))).toBeLessThan(1e-14);
  });

  test('numbers as parameters', () => {
    const { params } = run(adam({ rate: 0.05 }), GRADIENTS, START);
    expect(relativeError(params, pytorch(GRADIENTS, START, () => 0.05))).toBeLessThan(1e-14);
  });

  test('in single precision to single precision', () => {
    const { params, state } = run(adam({ rate: 0.05 }), GRADIENTS.map((g) => vector(g, 'f32')), vector(START, 'f32'));
    expect([params.dtype, state.moments['mean']!.dtype, state.moments['square']!.dtype]).toEqual(['f32', 'f32', 'f32']);
    // Each step rounds a handful of times; the error of x grows by less than one unit of 2⁻²³ each.
    expect(relativeError(params.data, pytorch(GRADIENTS, START, () => 0.05))).toBeLessThan(STEPS * 2 ** -23);
  });
});

test('constant gradients: the corrected averages are exact from the first step on, each step is rate · g / (|g| + ε)', () => {
  const [rate, epsilon] = [0.1, 1e-3];
  for (const g of [3, -0.02, 1e-4]) {
    let [x, state] = [0, adam({ rate, epsilon }).init(0)];
    for (let step = 1; step <= 50; step++) {
      const before = x;
      [x, state] = adam({ rate, epsilon }).update(g, state, x);
      expect(x - before).toBeCloseTo((-rate * g) / (Math.abs(g) + epsilon), 12);
    }
    expect(state.step).toBe(50);
  }
});

test('without ε steps do not depend on the unit of the gradient, bit for bit for powers of two', () => {
  const optimizer = adam({ rate: 0.1, epsilon: 1e-300 });
  const scaled = (factor: number) => run(optimizer, GRADIENTS.map((g) => vector(g).mul(factor)), vector(START)).params.data;
  expect(scaled(2 ** 30)).toEqual(scaled(1));
  expect(scaled(2 ** -30)).toEqual(scaled(1));
});

test('no gradient: x stays where it is, or shrinks by 1 − rate · weightDecay', () => {
  const zeros = new Array<Tensor<'i'>>(10).fill(vector(START.map(() => 0)));
  expect(Array.from(run(adam({ rate: 0.1 }), zeros, vector(START)).params.data)).toEqual(START);
  const decayed = run(adam({ rate: 0.1, weightDecay: 0.5 }), zeros, vector(START)).params;
  expect(relativeError(decayed.data, START.map((x) => x * 0.95 ** 10))).toBeLessThan(1e-14);
});

describe('derivatives of the update', () => {
  // Four steps on Σ (x² − 2)², whose gradient is taken inside.
  const loss = (x: Tensor<'i'>): Scalar => sum(square(sub(square(x), 2)), 'i') as Scalar;
  const trained = (optimizer: Optimizer, start: Tensor<'i'>): Scalar => {
    let [x, state] = [start, optimizer.init(start)];
    for (let step = 0; step < 4; step++) [x, state] = optimizer.update(grad(loss)(x), state, x);
    return loss(x);
  };
  const start = vector([0.3, -1.1, 2.2]);

  test('to the rate and the start, twice', () => {
    checkGradients(({ rate, x }: { rate: Scalar; x: Tensor<'i'> }) => trained(adam({ rate, weightDecay: 0.1 }), x), { rate: scalar(0.1, { dtype: 'f64' }), x: start }, { order: 2 });
  });

  test('to a rate that is a number beside tensors', () => {
    const ofNumber = grad((rate: number) => trained(adam({ rate }), start))(0.1);
    const ofScalar = grad((rate: Scalar) => trained(adam({ rate }), start))(scalar(0.1, { dtype: 'f64' })).item();
    expect(ofNumber).toBeCloseTo(ofScalar, 12);
  });

  test('to the gradients, the whole state and the parameters', () => {
    const optimizer = adam({ rate: 0.1, epsilon: 0.01 });
    const moments = { mean: vector([0.1, -0.2, 0.3]), square: vector([0.2, 0.1, 0.4]) };
    checkGradients(
      ({ g, state, x }: { g: Tensor<'i'>; state: OptimizerState<Tensor<'i'>>; x: Tensor<'i'> }) => optimizer.update(g, state, x),
      { g: vector([0.5, 0.7, -0.9]), state: { step: 3, moments }, x: start },
      { order: 2 },
    );
  });

  test('at a parameter that never had a gradient they are finite', () => {
    const frozen = (x: Tensor<'i'>): Scalar => sum(mul(vector([1, 0, 1]), square(x)), 'i') as Scalar;
    const after = (rate: Scalar): Scalar => {
      const [x] = adam({ rate }).update(grad(frozen)(start), adam().init(start), start);
      return frozen(x);
    };
    expect(Number.isFinite(grad(after)(scalar(0.1, { dtype: 'f64' })).item())).toBe(true);
    const { tangent } = jvp((x: Tensor<'i'>) => adam().update(grad(frozen)(x), adam().init(x), x)[0], start, vector([0, 1, 0]));
    expect(Array.from(tangent.data)).toEqual([0, 1, 0]);
  });
});

test('trees and classes: every leaf moves as it would alone', () => {
  const optimizer = adam({ rate: 0.1 });
  const tree = { bodies: [new Body('sun', vector([1, 2]), 3)], label: 'kept', count: vector([5]) };
  const gradients = { bodies: [new Body('sun', vector([0.1, -4]), 0.5)], label: 'kept', count: vector([-1e-3]) };
  const [moved, state] = optimizer.update(gradients, optimizer.init(tree), tree);
  expect(moved.label).toBe('kept');
  expect(moved.bodies[0]).toBeInstanceOf(Body);
  expect(numbersIn(moved)).toEqual([[1, 2], [3], [5]].map((start, k) => start.map((x, j) => optimizer.update(numbersIn(gradients)[k]![j]!, optimizer.init(x), x)[0])));
  expect(state.moments['mean']!.bodies[0]).toBeInstanceOf(Body);
});

describe('bad options', () => {
  test.each<[object, string]>([
    [{ rate: -1 }, 'rate'],
    [{ rate: NaN }, 'rate'],
    [{ rate: '0.1' }, 'rate'],
    [{ beta1: 1 }, 'beta1'],
    [{ beta2: -0.1 }, 'beta2'],
    [{ epsilon: 0 }, 'epsilon'],
    [{ weightDecay: Infinity }, 'weightDecay'],
    [{ lr: 0.1 }, 'lr'],
  ])('%j', (options, option) => {
    expect(() => adam(options)).toThrow(OptionError);
    expect(() => adam(options)).toThrow(expect.objectContaining({ option, operation: 'adam' }));
  });
});

test('a state of another optimizer is refused by name', () => {
  expect(() => adam().update(1, { step: 1, moments: { velocity: 0 } }, 1)).toThrow(ResumeError);
});

test('describe tells all settings', () => {
  expect(adam({ rate: 0.1 }).describe()).toBe('adam(rate = 0.1, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0)');
  expect(adam({ rate: () => 1 }).describe()).toContain('rate = schedule');
});
