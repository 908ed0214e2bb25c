/** @file Updates of whole trees: one program for all tensors gives the bits of operation by operation, and comes when it pays. */
import { describe, expect, test, vi } from 'vitest';
import { jvp, TreeError } from '@tapeflow/autodiff';
import { backend, scalar, tensor, zerosLike, type Tensor } from '@tapeflow/tensor';
import { adam, gradientDescent, momentum, type Optimizer, type OptimizerState } from '../src/index.ts';
import { Body, numbersIn, randomNumbers, vector } from './functions.ts';

const SEED = 20251129;

interface Params {
  readonly wide: Tensor<'y' | 'x'>;
  readonly double: Tensor<'i'>;
  readonly body: Body;
  readonly count: Tensor<'i'>;
  readonly number: number;
}

const paramsFrom = (seed: number): Params => ({
  wide: tensor({ y: 70, x: 1001 }, randomNumbers(seed, 70 * 1001, -1, 1), { dtype: 'f32' }),
  double: vector(randomNumbers(seed + 1, 40_003, -1, 1)),
  body: new Body('moon', vector(randomNumbers(seed + 2, 3, -1, 1)), 0.25),
  count: tensor({ i: 2 }, Int32Array.of(8, 9)),
  number: 0.5,
});

const METHODS: readonly [string, Optimizer][] = [
  ['adam', adam({ rate: 0.05 })],
  ['adam with all options', adam({ rate: (step) => 0.1 / (1 + step), beta1: 0.8, beta2: 0.95, epsilon: 1e-5, weightDecay: 0.01 })],
  ['adam with a scalar rate of another precision', adam({ rate: scalar(0.05, { dtype: 'f64' }) })],
  ['momentum', momentum({ rate: 0.1 })],
  ['momentum with look-ahead', momentum({ rate: 0.1, nesterov: true })],
  ['gradientDescent', gradientDescent({ rate: 0.1 })],
];

/** Parameters and state after a few updates with gradients that depend on the seed alone. */
function after(optimizer: Optimizer, updates: number): [Params, OptimizerState<Params>] {
  let params = paramsFrom(SEED);
  let state = optimizer.init(params);
  for (let step = 0; step < updates; step++) [params, state] = optimizer.update(paramsFrom(SEED + 10 * step), state, params);
  return [params, state];
}

describe(`the bits of operation by operation (seed ${SEED})`, () => {
  test.each(METHODS)('%s', (_name, optimizer) => {
    const seen = after(optimizer, 4);
    const inJavaScript = backend('js', () => after(optimizer, 4));
    expect(numbersIn(seen)).toEqual(numbersIn(inJavaScript));
  });

  test('of a differentiated update, which is never a program of its own', () => {
    const optimizer = adam({ rate: 0.05 });
    const [params, state] = after(optimizer, 3);
    const gradients = paramsFrom(SEED + 99);
    const [{ wide }] = optimizer.update(gradients, state, params);
    const { value } = jvp((own: Tensor<'y' | 'x'>) => optimizer.update({ ...gradients, wide: own }, state, params)[0].wide, gradients.wide, zerosLike(gradients.wide));
    expect(Array.from(value.data)).toEqual(Array.from(wide.data));
  });
});

test('a program is made once for trees of one kind, at once where they are large, and for small ones after many updates', () => {
  const modules = vi.spyOn(WebAssembly, 'Module');
  /** The updates, counted from 0, that compiled something. */
  const compiling = (optimizer: Optimizer, start: Tensor<'i'>, updates: number): number[] => {
    const steps = [];
    let [params, state] = [start, optimizer.init(start)];
    for (let step = 0; step < updates; step++) {
      modules.mockClear();
      [params, state] = optimizer.update(start, state, params);
      if (modules.mock.calls.length > 0) steps.push(step);
    }
    return steps;
  };
  // Settings that no other test has: programs are shared.
  const optimizer = adam({ rate: 0.01, epsilon: 3e-7 });
  expect(compiling(optimizer, vector(randomNumbers(SEED, 100_000, -1, 1)), 5)).toEqual([0]);
  const [first, ...others] = compiling(optimizer, vector([1, 2, 3]), 300);
  expect(first).toBeGreaterThan(50);
  expect(others).toEqual([]);
  expect(compiling(optimizer, vector([4, 5, 6]), 300)).toEqual([]);
  modules.mockRestore();
});

test('names, classes, dtypes and integers stay; the old trees keep their values', () => {
  const optimizer = adam({ rate: 0.05 });
  const [params, state] = after(optimizer, 2);
  const before = numbersIn([params, state]);
  const [next, { moments }] = optimizer.update(paramsFrom(SEED + 7), state, params);
  optimizer.update(paramsFrom(SEED + 8), state, params);
  expect(numbersIn([params, state])).toEqual(before);
  expect(next.wide.dims).toEqual(params.wide.dims);
  expect([next.wide.dtype, next.double.dtype, moments['mean']!.wide.dtype]).toEqual(['f32', 'f64', 'f32']);
  expect(next.body).toBeInstanceOf(Body);
  expect(Array.from(next.count.data)).toEqual([8, 9]);
});

test.each(METHODS)('%s refuses gradients of another structure', (_name, optimizer) => {
  const params = vector([1, 2]);
  expect(() => optimizer.update(vector([1]) as typeof params, optimizer.init(params), params)).toThrow(TreeError);
});
