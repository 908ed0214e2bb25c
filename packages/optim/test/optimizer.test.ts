/** @file What all optimizers have in common: purity, states as plain trees, derivatives through them, integers carried along. */
import { describe, expect, test } from 'vitest';
import { checkpoint, grad, rollout } from '@tapeflow/autodiff';
import { jit, scalar, square, sub, sum, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { adam, gradientDescent, momentum, ResumeError, type Optimizer, type OptimizerState } from '../src/index.ts';
import { describeOptions, momentOf } from '../src/optimizer.ts';
import { fromJson, numbersIn, randomNumbers, relativeError, toJson, vector } from './functions.ts';

const OPTIMIZERS: readonly (readonly [string, (rate: number | Scalar) => Optimizer])[] = [
  ['gradientDescent', (rate) => gradientDescent({ rate })],
  ['momentum', (rate) => momentum({ rate, nesterov: true })],
  ['adam', (rate) => adam({ rate, weightDecay: 0.01 })],
];

const loss = (x: Tensor<'i'>): Scalar => sum(square(sub(square(x), 2)), 'i') as Scalar;

describe.each(OPTIMIZERS)('%s', (name, make) => {
  const start = { x: vector(randomNumbers(3, 4, -1, 1)), n: 2, steps: tensor({ i: 2 }, Int32Array.of(1, 2)) };
  const gradient = { x: vector([1, -2, 3, -4]), n: 0.5, steps: tensor({ i: 2 }, Int32Array.of(0, 0)) };

  test('says its name', () => {
    expect(make(0.1).name).toBe(name);
    expect(make(0.1).describe()).toMatch(new RegExp(`^${name}\\(rate = 0.1`));
  });

  test('is pure: the same input gives the same output, and the input is as before', () => {
    const optimizer = make(0.1);
    const state = optimizer.init(start);
    const before = numbersIn([start, gradient, state]);
    const [first, second] = [optimizer.update(gradient, state, start), optimizer.update(gradient, state, start)];
    expect(numbersIn(second)).toEqual(numbersIn(first));
    expect(numbersIn([start, gradient, state])).toEqual(before);
    expect(numbersIn(first[0])).not.toEqual(numbersIn(start));
  });

  test('carries integers along and counts its updates', () => {
    const [next, state] = make(0.1).update(gradient, make(0.1).init(start), start);
    expect(next.steps).toEqual(start.steps);
    expect(state.step).toBe(1);
  });

  test('goes on from a state that was written and read', () => {
    const optimizer = make(0.1);
    let [params, state] = optimizer.update(gradient, optimizer.init(start), start);
    let [copy, copyState] = [fromJson(toJson(params), params), fromJson(toJson(state), state)];
    for (let step = 0; step < 3; step++) {
      [params, state] = optimizer.update(gradient, state, params);
      [copy, copyState] = optimizer.update(gradient, copyState, copy);
    }
    expect(numbersIn([copy, copyState])).toEqual(numbersIn([params, state]));
  });

  test('the derivative to the rate of many updates is the same however they are recorded', () => {
    interface Carry { readonly x: Tensor<'i'>; readonly state: OptimizerState<Tensor<'i'>> }
    const advance = (rate: Scalar) => ({ x, state }: Carry): Carry => {
      const [next, nextState] = make(rate).update(grad(loss)(x), state, x);
      return { x: next, state: nextState };
    };
    const at = scalar(0.02, { dtype: 'f64' });
    const first = (rate: Scalar): Carry => ({ x: start.x, state: make(rate).init(start.x) });
    const steps = 6;
    const plain = grad((rate: Scalar) => {
      let carry = first(rate);
      for (let step = 0; step < steps; step++) carry = advance(rate)(carry);
      return loss(carry.x);
    })(at);
    const recomputed = grad((rate: Scalar) => {
      let carry = first(rate);
      for (let step = 0; step < steps; step++) carry = checkpoint(advance(rate))(carry);
      return loss(carry.x);
    })(at);
    const rolled = grad((rate: Scalar) => loss(rollout(advance(rate), first(rate), steps).x))(at);
    expect(Math.abs(plain.item())).toBeGreaterThan(0.1);
    expect(recomputed.item()).toBeCloseTo(plain.item(), 12);
    expect(rolled.item()).toBeCloseTo(plain.item(), 12);
  });

  test.each(['js', 'wasm'] as const)('compiled for %s it makes the same updates, from two programs: the count is a number first, then a scalar', (backend) => {
    const optimizer = make(0.05);
    const advance = (x: Tensor<'i'>, state: OptimizerState<Tensor<'i'>>): [Tensor<'i'>, OptimizerState<Tensor<'i'>>] => optimizer.update(grad(loss)(x), state, x);
    const compiled = jit(advance, { backend });
    let [x, state] = [start.x, optimizer.init(start.x)];
    let [y, stateOfY] = [x, state];
    for (let step = 0; step < 8; step++) {
      [x, state] = advance(x, state);
      [y, stateOfY] = compiled(y, stateOfY);
    }
    expect(relativeError(y.data, x.data)).toBeLessThan(1e-14);
    expect(numbersIn(stateOfY.step)).toEqual([[8]]);
    expect(compiled.report().traces).toBe(2);
  });

  test('the derivative to the rate can be compiled too', () => {
    const after = (rate: Scalar): Scalar => {
      const optimizer = make(rate);
      let [x, state] = [start.x, optimizer.init(start.x)];
      for (let step = 0; step < 3; step++) [x, state] = optimizer.update(grad(loss)(x), state, x);
      return loss(x);
    };
    const at = scalar(0.02, { dtype: 'f64' });
    expect(jit(grad(after))(at).item()).toBeCloseTo(grad(after)(at).item(), 12);
  });
});

test('momentOf names what is missing', () => {
  expect(momentOf('adam', { step: 0, moments: { mean: 3 } }, 'mean')).toBe(3);
  const missing = (moments: Record<string, number>) => () => momentOf('adam', { step: 0, moments }, 'mean');
  expect(missing({ velocity: 1, other: 2 })).toThrow("the state is one with 'velocity' and 'other', but one with 'mean' was expected.");
  expect(missing({})).toThrow(expect.objectContaining({ expected: "one with 'mean'", seen: 'one without moments' }));
  expect(missing({})).toThrow(ResumeError);
  // Not what records inherit.
  expect(() => momentOf('adam', { step: 0, moments: {} as Record<string, number> }, 'toString')).toThrow(ResumeError);
});

test('settings as text leave out what is not set', () => {
  expect(describeOptions('adam', { rate: 0.1, memory: undefined, nesterov: true })).toBe('adam(rate = 0.1, nesterov = true)');
});
