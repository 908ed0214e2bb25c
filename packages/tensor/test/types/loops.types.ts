/** @file Loops, branches and compiled functions keep dimension names: slices lose the dimension of a scan, stacks gain it. */
import { grad } from '@tapeflow/autodiff';
import { cond, fixedPoint, forLoop, jit, l2, less, root, scan, vmap, whileLoop, type Scalar, type Tensor } from '@tapeflow/tensor';
import { expectType } from './same.ts';

declare const x: Tensor<'x'>;
declare const xt: Tensor<'x' | 't'>;
declare const series: Tensor<'t'>;
declare const s: Scalar;

// scan
expectType<[Tensor<'x'>, Tensor<'x' | 't'>]>()(scan((c: Tensor<'x'>, slice) => {
  expectType<Tensor<'x'>>()(slice);
  return [c.add(slice), slice] as const;
}, x, xt, { along: 't' }));
expectType<[Scalar, Tensor<'t'>]>()(scan((c: Scalar, slice) => {
  expectType<Scalar>()(slice);
  return [c.add(slice), c] as const;
}, s, series, { along: 't' }));
scan((c: Tensor<'x'>, slice: { readonly f: Scalar; readonly k: Tensor<'x'> }) => [c.mul(slice.f).add(slice.k), undefined] as const, x, { f: series, k: xt }, { along: 't' });
expectType<[Scalar, Tensor<'step'>]>()(scan((c: Scalar, index) => {
  expectType<Scalar>()(index);
  return [c.add(index), c] as const;
}, s, 10));
// @ts-expect-error the dimension of the loop must be named
scan((c: Tensor<'x'>) => [c, undefined] as const, x, xt);
// @ts-expect-error a step returns the carry it takes
scan((c: Tensor<'x'>) => [l2(c), undefined] as const, x, 3);

// whileLoop and cond
expectType<{ u: Tensor<'x'> }>()(whileLoop(({ u }: { u: Tensor<'x'> }) => less(l2(u), 3), ({ u }) => ({ u: u.mul(2) }), { u: x }));
expectType<Tensor<'x'>>()(cond(less(s, 3), (a: Tensor<'x'>) => a.mul(2), (a: Tensor<'x'>) => a, x));
// @ts-expect-error the condition is a single boolean
whileLoop((u: Tensor<'x'>) => less(u, 3), (u) => u, x);

// jit
const step = (u: Tensor<'x'>, dt: number | Scalar): Tensor<'x'> => u.mul(dt as Scalar);
expectType<Tensor<'x'>>()(jit(step)(x, 0.1));
expectType<Tensor<'x'>>()(grad(jit((u: Tensor<'x'>) => l2(u)))(x));
// @ts-expect-error the arguments are those of the function
jit(step)(xt.at({ x: 0 }), 0.1);

// vmap, forLoop
expectType<Tensor<'t'>>()(vmap((u: Tensor<'x'>) => l2(u), 't')(xt));
expectType<Tensor<'x' | 't'>>()(vmap((u: Tensor<'x'>, a: Scalar) => u.mul(a), 't')(x, series));
expectType<Tensor<'x' | 't'>>()(vmap(grad((u: Tensor<'x'>) => l2(u)), 't')(xt));
expectType<{ u: Tensor<'x' | 't'>; total: Tensor<'t'> }>()(vmap(({ u }: { u: Tensor<'x'> }) => ({ u, total: l2(u) }), 't')({ u: xt }));
// @ts-expect-error an entry has x
vmap((u: Tensor<'x'>) => l2(u), 't')(series);
// @ts-expect-error a number is no tensor
vmap((u: Tensor<'x'>) => l2(u), 't')(1);
expectType<Tensor<'x'>>()(forLoop(3, (u: Tensor<'x'>, k) => u.mul(k), x));
// @ts-expect-error a state is like the one before
forLoop(3, (u: Tensor<'x'>) => l2(u), x);

// Roots
expectType<{ u: Tensor<'x'>; p: Scalar }>()(root(({ u, p }: { u: Tensor<'x'>; p: Scalar }) => ({ u: u.mul(p), p }), { u: x, p: s }).value);
expectType<Tensor<'x'>>()(fixedPoint((u: Tensor<'x'>) => u.mul(0.5), x).value);
// @ts-expect-error as many equations as unknowns
root((u: Tensor<'x'>) => l2(u), x);
