/** @file Any vector space will do: all transformations work on pairs, which the engine has never seen. */
import { describe, expect, test } from 'vitest';
import { checkGradients, checkpoint, customGradient, grad, hvp, implicitLinearSolve, jvp, linearize, linearTranspose, rollout, vjp, vmap } from '../src/index.ts';
import { jacobianLeaves } from '../src/extend.ts';
import { mul, sin, type Scalar } from '../src/scalar.ts';
import { Pair, pairAdd, pairMultiply, pairSin, pairSpace, pairSum, pairSwap } from './pairs.ts';
import { expectAllClose, expectClose } from './support.ts';

// f(x, y) = y sin x + x sin y
const f = (a: Pair): Scalar => pairSum(pairMultiply(pairSin(a), pairSwap(a)));
const [x, y] = [0.7, -0.4];
const at = new Pair(x, y);
const gradient = [y * Math.cos(x) + Math.sin(y), Math.sin(x) + x * Math.cos(y)];
const hessian = [
  [-y * Math.sin(x), Math.cos(x) + Math.cos(y)],
  [Math.cos(x) + Math.cos(y), -x * Math.sin(y)],
];
// −0 and 0 are one number here.
const both = (pair: Pair): number[] => [pair.x + 0, pair.y + 0];

describe('pairs', () => {
  test('have gradients, tangents and second derivatives', () => {
    expectClose(f(at), y * Math.sin(x) + x * Math.sin(y), 1e-15);
    expectAllClose(both(grad(f)(at)), gradient, 1e-15);
    expectClose(jvp(f, at, new Pair(2, 3)).tangent, 2 * gradient[0]! + 3 * gradient[1]!, 1e-15);
    expectAllClose(both(hvp(f, at, new Pair(1, 0))), hessian[0]!, 1e-15);
    expectAllClose(both(hvp(f, at, new Pair(0, 1))), hessian[1]!, 1e-15);
    checkGradients(f, at, { order: 3 });
  });

  test('mix with numbers on one tape', () => {
    const g = (a: Pair, k: Scalar): Scalar => mul(sin(k), f(a));
    const [bar, kBar] = grad(g, { wrt: [0, 1] })(at, 0.3);
    expectAllClose(both(bar), gradient.map((value) => Math.sin(0.3) * value), 1e-15);
    expectClose(kBar, Math.cos(0.3) * (f(at) as number), 1e-15);
  });

  test('go through vmap, with a batching rule and without', () => {
    const stacked = new Pair(0, 0, [at, new Pair(1, 2)]);
    const gradients = vmap(grad(f))(stacked) as Pair;
    gradients.members!.forEach((member, k) => expectAllClose(both(member), both(grad(f)(stacked.members![k]!)), 1e-15));
  });

  test('go through vmap inside of what is differentiated', () => {
    const { batch } = pairSpace;
    const g = (a: Pair): Scalar => {
      const [first, second] = batch.split(vmap((b: Pair) => pairMultiply(b, pairSin(b)))(batch.stack([a, pairSwap(a)]) as Pair), 2);
      return mul(pairSum(first), pairSum(pairMultiply(second, a)));
    };
    checkGradients(g, at, { order: 3 });
  });

  test('have Jacobians', () => {
    const { stacks, mode } = jacobianLeaves(([a]) => [pairSwap(pairMultiply(a, a))], [at], 'forward');
    expect(mode).toBe('forward');
    expect((stacks[0] as Pair).members!.map(both)).toEqual([[0, 2 * x], [2 * y, 0]]);
    const reverse = jacobianLeaves(([a]) => [pairSwap(pairMultiply(a, a))], [at], 'reverse');
    expect((reverse.stacks[0] as Pair).members!.map(both)).toEqual([[0, 2 * y], [2 * x, 0]]);
  });

  test('go through programs: checkpoint, custom rules, solves, rollouts, linear functions', () => {
    expectAllClose(both(grad((a: Pair) => checkpoint(f)(a))(at)), gradient, 1e-15);
    const custom = customGradient((a: Pair) => ({ value: f(a), pullback: (bar: Scalar): [Pair] => [pairMultiply(vjp((b: Pair): Scalar => pairSum(b), a).pullback(bar), a)] }));
    expect(both(grad(custom)(at))).toEqual([x, y]);
    const solved = (a: Pair): Scalar => f(implicitLinearSolve((u: Pair) => pairMultiply(u, new Pair(2, 4)), a, { solver: (_matvec, [b]) => ({ xs: [pairMultiply(b, new Pair(0.5, 0.25))], info: [] }) }).x);
    const inner = grad(f)(new Pair(x / 2, y / 4));
    expectAllClose(both(grad(solved)(at)), [inner.x / 2, inner.y / 4], 1e-15);
    const rolled = (budget?: number) => (a: Pair): Scalar => pairSum(rollout((s: Pair) => pairSin(pairAdd(s, a)), a, 20, budget === undefined ? {} : { budget }));
    expect(both(grad(rolled(200))(at))).toEqual(both(grad(rolled())(at)));
    checkGradients(rolled(), at);
    const { pushforward } = linearize(f, at);
    expectClose(pushforward(new Pair(1, 0)), gradient[0]!, 1e-15);
    expect(both(linearTranspose((a: Pair) => pairMultiply(pairSwap(a), new Pair(2, 3)), at)(new Pair(5, 7)))).toEqual([21, 10]);
  });
});
