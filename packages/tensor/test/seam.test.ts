/** @file Named tensors through the engine: values by name, and the derivative laws of their operations. */
import { expect, test } from 'vitest';
import { checkGradients, grad, valueAndGrad } from '@tapeflow/autodiff';
import { convert, floor, gather, l2, max, mul, padConstant, precision, roll, sin, sum, tensor, concat, select, less, prod, type Scalar, type Tensor } from '../src/index.ts';

test('named arithmetic', () => {
  const a = tensor({ y: 2, x: 3 }, [1, 2, 3, 4, 5, 6]);
  const b = tensor({ x: 3 }, [10, 20, 30]);
  const c = a.mul(b).add(1);
  expect([...c.data]).toEqual([11, 41, 91, 41, 101, 181]);
  console.log(String(c));
  expect(sum(c).item()).toBe(466);
  expect([...sum(a, 'y').data]).toEqual([5, 7, 9]);
});
test('gradients', () => precision(64, () => {
  const f = (t: Tensor<'x' | 'y'>): Scalar => l2(sin(t).mul(t).add(roll(t, 'x', 1)).sub(mul(2, padConstant(t.slice({ x: [0, 2] }), { x: [0, 1] }, 3))));
  const t = tensor({ y: 2, x: 3 }, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]);
  checkGradients(f, t, { order: 2 });
  checkGradients((u: Tensor<'x' | 'y'>) => max(u.mul(u), 'x'), t, { order: 2 });
  checkGradients((u: Tensor<'x' | 'y'>) => prod(u, 'x'), t, { order: 2 });
  checkGradients((u: Tensor<'x' | 'y'>) => concat([u, sin(u)], 'y'), t, { order: 2 });
  checkGradients((u: Tensor<'x' | 'y'>) => select(less(u, 0.35), sin(u), u.mul(u)), t, { order: 2 });
  checkGradients((u: Tensor<'x' | 'y'>) => gather(u.mul(u), { x: convert(floor(u.mul(3.7)), 'i32') }), t, { order: 2 });
  const { value, gradient } = valueAndGrad(f)(t);
  console.log(String(gradient), value.item());
  void grad;
}));
