/** @file stopGradient: the value stays, every derivative of it is zero. */
import { expect, test } from 'vitest';
import { grad, jvp, stopGradient, vjp, vmap } from '../src/index.ts';
import { closeOver, evaluateProgram } from '../src/extend.ts';
import { add, mul, NumberList, sin, square, stack, unstack, type Scalar } from '../src/scalar.ts';
import { derivativeModes, expectClose } from './support.ts';

test('counts as a constant in both modes and all orders of nesting', () => {
  const f = (x: Scalar): Scalar => mul(stopGradient(square(x)), sin(x)); // x² held fixed
  for (const [, outer] of derivativeModes) {
    expectClose(outer(f)(0.7), 0.49 * Math.cos(0.7), 1e-15);
    // Both derivatives see the constant: the derivative of what the first one gave is taken at a fixed x² too.
    for (const [, inner] of derivativeModes) expectClose(outer(inner(f))(0.7), -0.49 * Math.sin(0.7), 1e-15);
  }
});

test('of trees; strings and the like are carried along', () => {
  const tree = { x: 1, list: new NumberList([1, 2]), name: 'tree' };
  expect(stopGradient(tree)).toEqual(tree);
  expect(grad((s: { x: Scalar; y: Scalar }) => add(stopGradient(s).x, s.y))({ x: 1, y: 2 })).toEqual({ x: 0, y: 1 });
});

test('gives the plain value inside a derivative', () => {
  expect(grad((x: Scalar) => {
    expect(stopGradient(mul(3, x))).toBe(6);
    return x;
  })(2)).toBe(1);
});

test('of members, inside and outside', () => {
  const list = new NumberList([1, 2]);
  expect(vmap(grad((x: Scalar) => mul(stopGradient(x), x)))(list)).toEqual(list);
  const summed = (x: Scalar): Scalar => unstack(vmap((y: Scalar) => mul(stopGradient(y), y))(stack([x, mul(2, x)]))).reduce((sum, y) => add(sum, y));
  expect(grad(summed)(3)).toBe(3 + 2 * 6);
  expect(vmap((x: Scalar) => jvp((y: Scalar) => mul(stopGradient(y), y), x, 1).tangent)(list)).toEqual(list);
});

test('survives recording', () => {
  const { program } = closeOver('test', (x: Scalar) => mul(stopGradient(square(x)), x), [1]);
  expect(program.equations.map(({ primitive: { name } }) => name)).toContain('stopGradient');
  const f = (x: Scalar): Scalar => evaluateProgram(program, [x])[0] as Scalar;
  expect([f(3), grad(f)(3)]).toEqual([27, 9]);
});

test('straight-through estimator: round forwards, identity backwards', () => {
  const rounded = (x: Scalar): Scalar => add(x, stopGradient(add(Math.round(stopGradient(x) as number), mul(-1, x))));
  expect(rounded(2.3)).toBe(2);
  expect(vjp(rounded, 2.3 as Scalar).pullback(5)).toBe(5);
});
