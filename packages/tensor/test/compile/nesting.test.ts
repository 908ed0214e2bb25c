/** @file Compiled functions inside other transformations, and the other way round, agree with the plain function. */
import { describe, test } from 'vitest';
import { checkGradients, checkpoint, customGradient, grad, hvp, jvp, rollout, valueAndGrad, vjp, vmap } from '@tapeflow/autodiff';
import { exp, jit, l2, mul, precision, scalar, sin, solveLinear, sum, Tensor, tensor, type Scalar } from '../../src/index.ts';
import { BACKENDS, expectSame, randomNumbers } from './support.ts';

type Field = Tensor<'x'>;
const SEED = 20261;
const N = 5;
const field = (seed: number): Field => tensor({ x: N }, randomNumbers(SEED + seed, N, 0.2, 1));

/** A loss of elementwise operations, a reduction, a linear solve with a captured coefficient, and a custom gradient of y², which is `factor` y. */
const lossWith = (factor: number) => (x: Field, k: Field): Scalar => {
  const doubled = customGradient((y: Field) => ({ value: mul(y, y), pullback: (bar: Field): [Field] => [mul(bar, mul(y, factor))] }))(x);
  const solved = solveLinear((p: Field) => p.mul(k.add(2)).sub(mul(sum(p, 'x'), 0.1)), doubled, { method: 'cg', relative: 1e-14, absolute: 1e-16 }).value;
  return l2(solved.mul(sin(x)).add(exp(k)));
};
/** With a rule that is wrong on purpose: the rule must be used, not what the function does. */
const loss = lossWith(3);
/** `count` stacked members, as vmap takes them. */
const members = (count: number): Field => new Tensor(tensor({ members: count, x: N }, randomNumbers(SEED + 4, count * N, 0.2, 1)).value, field(0).dims);

for (const backend of BACKENDS) {
  describe(`${backend}, seed ${SEED}`, () => {
    const at64 = (name: string, body: () => void): void => test(name, () => precision(64, body));
    const x = precision(64, () => field(1));
    const k = precision(64, () => field(2));
    const v = precision(64, () => field(3));
    const fast = jit(loss, { backend });
    const both = ({ x: a, k: b }: { x: Field; k: Field }): Scalar => loss(a, b);
    const bothFast = ({ x: a, k: b }: { x: Field; k: Field }): Scalar => fast(a, b);

    at64('the function itself', () => expectSame(fast(x, k), loss(x, k), 1e-13));
    at64('grad of jit', () => expectSame(grad(bothFast)({ x, k }), grad(both)({ x, k }), 1e-12));
    at64('jit of grad', () => expectSame(jit(grad(both), { backend })({ x, k }), grad(both)({ x, k }), 1e-12));
    at64('jit of grad of jit', () => expectSame(jit(grad(bothFast), { backend })({ x, k }), grad(both)({ x, k }), 1e-12));
    at64('jit of valueAndGrad', () => expectSame(jit(valueAndGrad(both), { backend })({ x, k }), valueAndGrad(both)({ x, k }), 1e-12));
    at64('jit in jit', () => expectSame(jit((a: Field, b: Field) => fast(a.mul(2), b).mul(fast(a, b)), { backend })(x, k), loss(x.mul(2), k).mul(loss(x, k)), 1e-12));
    at64('jvp of jit and jit of jvp', () => {
      const eager = jvp(both, { x, k }, { x: v, k: v });
      expectSame(jvp(bothFast, { x, k }, { x: v, k: v }), eager, 1e-12);
      expectSame(jit((a: Field) => jvp(both, { x: a, k }, { x: v, k: v }), { backend })(x), eager, 1e-12);
    });
    at64('hvp of jit, jit of hvp', () => {
      const eager = hvp(both, { x, k }, { x: v, k: v });
      expectSame(hvp(bothFast, { x, k }, { x: v, k: v }), eager, 1e-11);
      expectSame(jit((a: Field) => hvp(bothFast, { x: a, k }, { x: v, k: v }), { backend })(x), eager, 1e-11);
    });
    at64('grad of grad of jit', () => {
      const twice = (f: typeof both) => grad((p: { x: Field; k: Field }): Scalar => l2(grad(f)(p).x));
      expectSame(twice(bothFast)({ x, k }), twice(both)({ x, k }), 1e-11);
    });
    at64('the laws of derivatives, to second order', () => {
      const right = jit(lossWith(2), { backend });
      checkGradients(({ x: a, k: b }: { x: Field; k: Field }) => right(a, b), { x, k }, { order: 2, adjointTolerance: 1e-11 });
    });
    at64('vmap of jit, jit of vmap, vmap of grad of jit', () => {
      const f = (a: Field): Scalar => loss(a, k);
      const g = (a: Field): Scalar => fast(a, k);
      const stack = members(3);
      expectSame(vmap(g)(stack), vmap(f)(stack), 1e-12);
      expectSame(jit((a: Field) => vmap(f)(a), { backend })(stack), vmap(f)(stack), 1e-12);
      expectSame(vmap(grad(g))(stack), vmap(grad(f))(stack), 1e-12);
    });
    at64('a program that closes over the box of a running derivative', () => {
      const outer = (c: Field): Scalar => jit((a: Field) => loss(a.mul(c), k), { backend })(x);
      const plain = (c: Field): Scalar => loss(x.mul(c), k);
      expectSame(grad(outer)(v), grad(plain)(v), 1e-12);
      expectSame(hvp(outer, v, k), hvp(plain, v, k), 1e-11);
      expectSame(jit(grad(outer), { backend })(v), grad(plain)(v), 1e-12);
    });
    at64('the same function called twice inside one derivative', () => {
      const f = (a: Field): Scalar => fast(fast(a, k).mul(a), k);
      const plain = (a: Field): Scalar => loss(loss(a, k).mul(a), k);
      expectSame(grad(f)(x), grad(plain)(x), 1e-12);
    });
    at64('several results, cotangents for some of them', () => {
      const f = (a: Field): { u: Field; s: Scalar; n: Tensor<'x'> } => ({ u: sin(a), s: sum(a.mul(a)), n: a });
      const g = jit(f, { backend });
      const bar = { u: v, s: scalar(2), n: k };
      expectSame(vjp(g, x).pullback(bar), vjp(f, x).pullback(bar), 1e-13);
      expectSame(grad((a: Field) => g(a).s)(x), grad((a: Field) => f(a).s)(x), 1e-13);
    });
    at64('checkpoints and rollouts in programs', () => {
      const step = (a: Field): Field => a.add(sin(a.mul(k)).mul(0.1));
      const f = (a: Field): Scalar => l2(rollout(step, checkpoint(step)(a), 6, { budget: 2000 }));
      expectSame(jit(f, { backend })(x), f(x), 1e-13);
      expectSame(jit(grad(f), { backend })(x), grad(f)(x), 1e-12);
      expectSame(grad(jit(f, { backend }))(x), grad(f)(x), 1e-12);
    });
  });
}
