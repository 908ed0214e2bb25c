/** @file Scalars are a type of their own: full reductions and single entries give them, functions keep them, `grad` demands them. */
import { grad, valueAndGrad } from '@tapeflow/autodiff';
import * as t from '../../src/index.ts';
import type { Scalar, Tensor } from '@tapeflow/tensor';
import { expectType } from './same.ts';

declare const x: Tensor<'x'>;
declare const xy: Tensor<'x' | 'y'>;
declare const unknownNames: Tensor;
declare const s: Scalar;
declare const dt: number | Scalar;
declare const positions: Tensor<'p'>;

// Reductions
expectType<Scalar>()(t.sum(xy));
expectType<Scalar>()(t.mean(unknownNames));
expectType<Scalar>()(t.l2(x));
expectType<Scalar>()(t.max(x, 'x'));
expectType<Scalar>()(t.sum(xy, ['x', 'y']));
expectType<Tensor<'y'>>()(t.sum(xy, 'x'));
expectType<Tensor<'x'>>()(t.norm(xy, ['y']));
expectType<Tensor>()(t.sum(xy, t.spatial));
expectType<Tensor>()(t.sum(unknownNames, 'x'));

// The batch is left, as far as the compiler knows it.
declare const members: Tensor<'batch' | 'x'>;
expectType<Tensor<'batch'>>()(t.l2(members));
expectType<Tensor<'batch'>>()(t.variance(members));
expectType<Tensor<'batch'>>()(t.quantile(members, 0.5));
expectType<Tensor<'batch'>>()(t.frequencyLoss(members));
expectType<Scalar>()(t.sum(t.l2(members), 'batch'));
expectType<Scalar>()(t.frequencyLoss(xy, { falloff: 80 }));
expectType<Tensor<'x'>>()(t.sum(members, 'batch'));

// Entries
expectType<Scalar>()(x.at({ x: 15 }));
expectType<Scalar>()(xy.at({ x: 0, y: -1 }));
expectType<Tensor<'y'>>()(xy.at({ x: 0 }));
expectType<Tensor>()(unknownNames.at({ x: 0 }));
expectType<Scalar>()(t.gather(x, { x: s }));
expectType<Tensor<'p' | 'y'>>()(t.gather(xy, { x: positions }));

// Methods
expectType<Scalar>()(s.add(1).sub(s).mul(2).div(s).pow(2).neg());
expectType<Scalar>()(t.square(x.at({ x: 15 }).sub(10)));
expectType<Scalar>()(s.mul(dt));

// Every elementwise function
for (const f of [t.neg, t.abs, t.sign, t.square, t.floor, t.ceil, t.round, t.trunc, t.sqrt, t.cbrt, t.exp, t.expm1, t.log, t.log1p]) expectType<Scalar>()(f(s));
for (const f of [t.sin, t.cos, t.tan, t.asin, t.acos, t.atan, t.sinh, t.cosh, t.tanh, t.asinh, t.acosh, t.atanh]) expectType<Scalar>()(f(s));
for (const f of [t.sigmoid, t.softplus, t.erf, t.erfc, t.lgamma, t.digamma, t.gamma, t.sinc, t.isFinite, t.isNaN, t.not]) expectType<Scalar>()(f(s));
for (const f of [t.add, t.sub, t.mul, t.div, t.mod, t.minimum, t.maximum, t.pow, t.hypot, t.atan2, t.polygamma, t.xlogy]) {
  expectType<Scalar>()(f(s, s));
  expectType<Scalar>()(f(s, 2));
  expectType<Scalar>()(f(2, s));
  expectType<Scalar>()(f(dt, dt));
}
for (const f of [t.less, t.lessEqual, t.greater, t.greaterEqual, t.equal, t.notEqual, t.and, t.or, t.xor]) expectType<Scalar>()(f(s, s));
expectType<Scalar>()(t.clip(s, 0, dt));
expectType<Scalar>()(t.select(t.less(s, 0), s, dt));
expectType<Scalar>()(t.convert(s, 'f64'));
expectType<Scalar>()(t.zerosLike(s));
expectType<Scalar>()(t.scalar(1));
expectType<Scalar>()(t.asScalar(dt));
expectType<Scalar>()(t.sqrt(dt));

// What keeps the type of its argument
expectType<Tensor<'x'>>()(t.convert(x, 'float'));
expectType<Tensor<'x'>>()(t.zerosLike(x));

// A scalar may stand where any tensor may, but a tensor of which nothing is known is no scalar.
const wantsScalar = (value: Scalar): Scalar => value;
wantsScalar(t.sum(unknownNames));
// @ts-expect-error x has a dimension
wantsScalar(x);
// @ts-expect-error the names are not known
wantsScalar(unknownNames);
// @ts-expect-error a tensor with at least no dimensions may have some
wantsScalar(x as Tensor<never>);
// @ts-expect-error numbers become scalars by scalar(1)
wantsScalar(1);

// grad wants one number.
expectType<Tensor<'x'>>()(grad((u: Tensor<'x'>) => t.l2(u))(x));
expectType<Scalar>()(valueAndGrad((u: Tensor<'x'>) => t.square(u.at({ x: 1 }).sub(10)))(x).value);
// @ts-expect-error the function returns a vector
grad((u: Tensor<'x'>) => u.mul(2));
// @ts-expect-error a dimension is left
grad((u: Tensor<'x' | 'y'>) => t.sum(u, 'x'));
// @ts-expect-error a loss per entry of the batch is no scalar
grad((u: Tensor<'batch' | 'x'>) => t.l2(u));
expectType<Tensor<'batch' | 'x'>>()(grad((u: Tensor<'batch' | 'x'>) => t.sum(t.l2(u), 'batch'))(members));

// Jacobians: columns for the dimensions of the argument
expectType<Tensor<'x' | '~x'>>()(t.jacobian((u: Tensor<'x'>) => u.mul(2))(x));
expectType<Tensor<'~x'>>()(t.jacobian((u: Tensor<'x'>) => t.sum(u))(x));
expectType<Tensor<'x' | '~x'>>()(t.hessian((u: Tensor<'x'>) => t.l2(u))(x));
expectType<Tensor<'x'>>()(t.jacobian((s: Scalar) => x.mul(s))(t.scalar(1)));
