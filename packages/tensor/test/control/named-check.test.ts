/** @file check for named tensors: at once, in programs, in derivatives and in batches. */
import { grad, jvp, TapeflowError, vmap } from '@tapeflow/autodiff';
import { describe, expect, test } from 'vitest';
import { check, DTypeError, isFinite, jit, less, mul, scalar, sum, tensor, type Scalar, type Tensor } from '../../src/index.ts';

class TooLarge extends TapeflowError {
  readonly seen: readonly number[];
  constructor(seen: readonly number[]) {
    super('test', `too large: ${seen.join(', ')}`, 'Take less.');
    this.seen = seen;
  }
}

const checked = (x: Tensor<'x'>): Scalar => {
  check(less(x, 3), (values) => new TooLarge([...values!]), [x]);
  return sum(mul(x, x));
};
const good = (): Tensor<'x'> => tensor({ x: 3 }, [0, 1, 2]);
const bad = (): Tensor<'x'> => tensor({ x: 3 }, [0, 5, 2]);

function errorOf(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('a condition that holds nowhere or everywhere', () => {
  const program = jit(checked);
  test.each<[string, (x: Tensor<'x'>) => unknown]>([
    ['at once', checked],
    ['in a gradient', (x) => grad(checked)(x)],
    ['in a tangent', (x) => jvp(checked, x, x)],
    ['in a program', program],
    ['in the gradient of a program', (x) => grad(program)(x)],
    ['in the program of a gradient', jit((x: Tensor<'x'>) => grad(checked)(x))],
  ])('%s', (_, run) => {
    run(good());
    const error = errorOf(() => run(bad()));
    expect(error).toBeInstanceOf(TooLarge);
    expect((error as TooLarge).seen).toEqual([0, 5, 2]);
    run(good());
  });

  test('has no influence on the derivative', () => {
    expect([...grad(checked)(good()).data]).toEqual([0, 2, 4]);
  });

  test('of one member of a batch is an error of all', () => {
    const members = vmap((x: Tensor<'x'>) => checked(x));
    const stacked = (values: readonly number[]): Tensor<'x'> => tensor({ x: 2 }, values) as Tensor<'x'>;
    expect(errorOf(() => members(stacked([1, 2])))).not.toBeInstanceOf(TooLarge);
  });
});

test('a condition of rank 0, without values to be seen', () => {
  check(isFinite(scalar(1)), () => new TooLarge([]));
  expect(() => check(isFinite(scalar(NaN)), () => new TooLarge([]))).toThrow(TooLarge);
});

test('numbers are no condition', () => {
  expect(() => check(scalar(1), () => new TooLarge([]))).toThrow(DTypeError);
});
