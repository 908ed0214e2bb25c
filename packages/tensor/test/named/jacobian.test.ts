/** @file jacobian and hessian of tensors: against closed forms and derivatives in single directions, in both modes, nested and in programs. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad, hvp, jvp, TreeError } from '@tapeflow/autodiff';
import { batch, dot, exp, greater, hessian, jacobian, jit, mul, precision, sin, sum, tensor, vmap, type Scalar, type Tensor } from '@tapeflow/tensor';
import { element, expectElements, random, thrown } from './support.ts';

const at64 = (name: string, body: () => void): void => test(name, () => precision(64, body));
const MODES = ['forward', 'reverse'] as const;
const weights = (): Tensor<'i' | 'x' | 'y'> => random({ i: 3, y: 2, x: 3 }, 421);
/** f(u) over i is Σ w sin u. */
const f = (u: Tensor<'y' | 'x'>): Tensor<'i'> => dot(weights(), sin(u), ['y', 'x']);

describe('jacobian', () => {
  at64('is the closed form, in both modes (seeds 421, 422)', () => {
    const [u, w] = [random({ y: 2, x: 3 }, 422), weights()];
    for (const mode of [...MODES, undefined]) {
      const seen = jacobian(f, mode === undefined ? {} : { mode })(u);
      expectElements(seen, { '~y': 2, '~x': 3, i: 3 }, (index) => element(w, { i: index['i']!, y: index['~y']!, x: index['~x']! }) * Math.cos(element(u, { y: index['~y']!, x: index['~x']! })));
      expect(seen.dims.map(({ type }) => type)).toEqual(['dual', 'dual', 'spatial']);
    }
  });

  at64('times a direction is the derivative in that direction, where names are those of the argument, too (seeds 423, 424)', () => {
    const [u, du] = [random({ x: 4 }, 423), random({ x: 4 }, 424)];
    const g = (v: Tensor<'x'>): Tensor<'x'> => exp(v).mul(sum(v));
    const seen = dot(jacobian(g)(u), du) as Tensor<never>;
    const { tangent } = jvp(g, u, du);
    expectElements(seen, { x: 4 }, (index) => element(tangent, index), 13);
  });

  at64('of scalars on either side', () => {
    expect(jacobian((v: Tensor<'x'>): Scalar => sum(v.mul(v)))(tensor({ x: 2 }, [3, 4])).data).toEqual(new Float64Array([6, 8]));
    expect(jacobian((s: Scalar) => mul(tensor({ x: 2 }, [3, 4]), s))(tensor({}, 1) as Scalar).data).toEqual(new Float64Array([3, 4]));
  });

  at64('of each entry of a batch by vmap (seed 425)', () => {
    const u = random({ b: 2, x: 3 }, 425);
    const g = (v: Tensor<'x'>): Tensor<'x'> => v.mul(sum(v));
    const seen = vmap(jacobian(g), 'b')(u) as Tensor<never>;
    expectElements(seen, { b: 2, '~x': 3, x: 3 }, (index) => {
      const total = [0, 1, 2].reduce((all, x) => all + element(u, { b: index['b']!, x }), 0);
      return element(u, { b: index['b']!, x: index['x']! }) + (index['x'] === index['~x'] ? total : 0);
    });
    const whole = jacobian((v: Tensor<'b' | 'x'>) => v.mul(v))(tensor({ b: batch(2), x: 1 }, [3, 4]));
    expectElements(whole, { '~b': 2, '~x': 1, b: 2, x: 1 }, (index) => (index['b'] === index['~b'] ? [6, 8][index['b']!]! : 0));
  });

  at64('is differentiable, and the same in programs (seeds 421, 426)', () => {
    const u = random({ y: 2, x: 3 }, 426);
    for (const mode of MODES) {
      checkGradients((v: Tensor<'y' | 'x'>) => jacobian(f, { mode })(v), u, { order: 1 });
      const [eager, compiled] = [jacobian(f, { mode })(u), jit(jacobian(f, { mode }))(u)];
      expectElements(compiled, { '~y': 2, '~x': 3, i: 3 }, (index) => element(eager, index), 13);
    }
  });
});

describe('hessian', () => {
  at64('is symmetric, and times a direction the change of the gradient (seeds 427, 428)', () => {
    const [u, du] = [random({ x: 4 }, 427), random({ x: 4 }, 428)];
    const g = (v: Tensor<'x'>): Scalar => sum(exp(v.mul(v))).mul(sum(v));
    const seen = hessian(g)(u);
    expectElements(seen, { '~x': 4, x: 4 }, (index) => element(seen, { '~x': index['x']!, x: index['~x']! }), 12);
    const product = hvp(g, u, du);
    expectElements(dot(seen, du) as Tensor<never>, { x: 4 }, (index) => element(product, index), 12);
    expect(grad(g)(u).sizes).toEqual({ x: 4 });
  });
});

test('what has no Jacobian is refused', () => {
  const u = tensor({ x: 2 }, [1, 2]);
  expect(thrown(() => jacobian((v: Tensor<'x'>) => greater(v, 1))(u))).toMatchObject({ name: 'DTypeError', operation: 'jacobian', dtypes: ['bool'] });
  expect(thrown(() => jacobian((v: Tensor<'x'>) => v)(tensor({ x: 2 }, 1, { dtype: 'i32' })))).toMatchObject({ name: 'DTypeError', dtypes: ['i32'] });
  expect(thrown(() => jacobian((v: Tensor) => v)(tensor({ '~x': 2 }, 1) as Tensor<never> as Tensor))).toMatchObject({ name: 'DimensionError', operation: 'jacobian', dimension: '~x' });
  expect(() => jacobian((v: Tensor<'x'>) => [v] as unknown as Tensor)(u)).toThrow(TreeError);
});
