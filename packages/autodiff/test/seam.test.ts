/** @file The engine end to end: nesting, batches, custom rules, checkpoints and rollouts. */
import { describe, expect, test } from 'vitest';
import { checkGradients, checkpoint, customGradient, grad, hessian, hvp, jacobian, jvp, rollout, vjp, vmap, type RolloutReport } from '../src/index.ts';
import { add, mul, NumberList, sin, tanh, type Scalar } from '../src/scalar.ts';

const d = (f: (x: Scalar) => Scalar) => grad(f as (x: Scalar) => Scalar);
const fwd = (f: (x: Scalar) => Scalar) => (x: Scalar) => jvp(f, x, 1 as Scalar).tangent;
describe('nesting', () => {
  for (const [a, outer] of [['rev', d], ['fwd', fwd]] as const)
    for (const [b, inner] of [['rev', d], ['fwd', fwd]] as const)
      test(`d/dx [x d/dy (x+y)] at y = x, ${a} over ${b}`, () => {
        expect(outer((x) => mul(x, inner((y) => add(x, y))(x)))(3)).toBe(1);
        expect(outer((x) => mul(x, inner((y) => mul(x, y))(x)))(3)).toBe(6);
      });
});
test('third derivative', () => { expect(d(d(d(sin)))(0.3)).toBeCloseTo(-Math.cos(0.3), 14); });
test('vmap of grad', () => {
  const r = vmap(d(sin))(new NumberList([0.1, 0.2])) as unknown as NumberList;
  expect(r.values).toEqual([Math.cos(0.1), Math.cos(0.2)]);
});
test('jacobian, hessian', () => {
  const f = ([x, y]: readonly Scalar[]) => [mul(x!, y!), sin(x!)];
  expect(jacobian(f)([2, 3])).toEqual([[3, 2], [Math.cos(2), -0]]);
  expect(hessian(([x, y]: readonly Scalar[]) => mul(mul(x!, x!), y!))([2, 3])).toEqual([[6, 4], [4, 0]]);
  expect(hvp(([x, y]: readonly Scalar[]) => mul(mul(x!, x!), y!), [2, 3] as readonly Scalar[], [1, 0] as readonly Scalar[])).toEqual([6, 4]);
});
test('custom gradient second order and captured', () => {
  const f = (x: Scalar, c: Scalar) => customGradient((y: Scalar) => { const s = sin(mul(y, c)); return { value: s, pullback: (b: Scalar) => [mul(b, mul(c, add(0, sin(add(mul(y, c), Math.PI / 2)))))] as [Scalar] }; })(x);
  checkGradients(([x, c]: readonly [Scalar, Scalar]) => f(x, c), [0.4, 1.3] as const, { order: 2 });
});
test('checkpoint and rollout', () => {
  const step = (k: Scalar) => ([x, v]: readonly Scalar[]) => [add(x!, mul(0.01, v!)), add(v!, mul(-0.01, mul(k, tanh(x!))))] as readonly Scalar[];
  const run = (budget?: number) => { let report: RolloutReport | undefined; const g = grad((p: readonly Scalar[]) => rollout(step(p[2]!), p.slice(0, 2), 1000, budget ? { budget, onReport: (r) => { report = r; } } : {})[0]!)([1, 0.2, 3]); return { g, report }; };
  const full = run(); const part = run(400);
  expect(part.g).toEqual(full.g);
  console.log(part.report);
  checkGradients((p: readonly Scalar[]) => checkpoint(step(p[2]!))(p.slice(0, 2)), [1, 0.2, 3] as readonly Scalar[], { order: 2 });
  checkGradients((p: readonly Scalar[]) => rollout(step(p[2]!), p.slice(0, 2), 10, { budget: 300 }), [1, 0.2, 3] as readonly Scalar[], { order: 2 });
});
void vjp;
