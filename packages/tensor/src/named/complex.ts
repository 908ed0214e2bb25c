/** @file Complex: a pair of real tensors of common dimensions. A gradient with respect to it is ∂/∂re + i ∂/∂im. */
import type { TREE, TreeNode } from '@tapeflow/autodiff';
import { isFloat, type FloatDType } from '../array/dtype.ts';
import { arrayTypeOf } from '../array/ndarray.ts';
import { contextDType } from '../context.ts';
import { Described } from '../described.ts';
import { convert } from '../primitives/structure.ts';
import { expandValue, widest } from './align.ts';
import { add, atan2, cos, div, exp, hypot, mul, neg, sin, sub } from './arithmetic.ts';
import { zerosLike } from './create.ts';
import { describeDims, unionDims, type Dim } from './dims.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { Scalar } from './types.ts';

type Operand<B extends string> = Complex<B> | Tensor<B> | number;
/** A tensor of which only the run time knows the names. */
type Plain = Tensor;

const asPlain = (t: Tensor<never>): Plain => t as Tensor<never> as Plain;

/**
 * A tensor of complex numbers. Arithmetic aligns by name, as that of real tensors does; a real operand counts as complex. Everything
 * that is linear and real, such as `slice` or `sum`, is done by `map` to both parts.
 */
export class Complex<D extends string = string> extends Described implements TreeNode<Complex<D>> {
  readonly re: Tensor<D>;
  readonly im: Tensor<D>;

  constructor(re: Tensor<D>, im: Tensor<D>) {
    super();
    this.re = re;
    this.im = im;
  }

  get dims(): readonly Dim[] {
    return this.re.dims;
  }

  /** Sizes by name. */
  get sizes(): Tensor<D>['sizes'] {
    return this.re.sizes;
  }

  get dtype(): FloatDType {
    return this.re.dtype as FloatDType;
  }

  add<B extends string = never>(other: Operand<B>): Complex<D | B> {
    const [a, b] = [partsOf(this), partsOf(other)];
    return complexOf(add(a.re, b.re), b.im === undefined ? a.im! : add(a.im!, b.im));
  }

  sub<B extends string = never>(other: Operand<B>): Complex<D | B> {
    const [a, b] = [partsOf(this), partsOf(other)];
    return complexOf(sub(a.re, b.re), b.im === undefined ? a.im! : sub(a.im!, b.im));
  }

  mul<B extends string = never>(other: Operand<B>): Complex<D | B> {
    const [a, b] = [partsOf(this), partsOf(other)];
    if (b.im === undefined) return complexOf(mul(a.re, b.re), mul(a.im!, b.re));
    return complexOf(sub(mul(a.re, b.re), mul(a.im!, b.im)), add(mul(a.re, b.im), mul(a.im!, b.re)));
  }

  /** Quotient. The square of the modulus of the divisor must be a finite number. */
  div<B extends string = never>(other: Operand<B>): Complex<D | B> {
    if (!(other instanceof Complex)) return complexOf(div(asPlain(this.re), partsOf(other).re), div(asPlain(this.im), partsOf(other).re));
    const size = other.squaredAbs();
    return this.mul(other.conjugate()).div(size as Tensor<never> as Tensor<B>);
  }

  neg(): Complex<D> {
    return new Complex(neg(this.re), neg(this.im));
  }

  conjugate(): Complex<D> {
    return new Complex(this.re, neg(this.im));
  }

  /** The modulus. Its derivative at 0 is 0. */
  abs(): Tensor<D> {
    return hypot(this.re, this.im) as Tensor<D>;
  }

  /** The square of the modulus, which is differentiable everywhere. */
  squaredAbs(): Tensor<D> {
    return add(mul(this.re, this.re), mul(this.im, this.im)) as Tensor<D>;
  }

  /** The angle from the positive real axis, in (−π, π]. */
  phase(): Tensor<D> {
    return atan2(this.im, this.re) as Tensor<D>;
  }

  /** eᶻ */
  exp(): Complex<D> {
    return polar(exp(this.re), this.im) as Complex<D>;
  }

  /** Does the same to real and imaginary part: right for everything that is linear and real. */
  map<E extends string>(f: (part: Tensor<D>) => Tensor<E>): Complex<E> {
    return new Complex(f(this.re), f(this.im));
  }

  '~tapeflow.tree'(): ReturnType<TreeNode<Complex<D>>[typeof TREE]> {
    return { children: [this.re, this.im], rebuild: ([re, im]) => new Complex(re as Tensor<D>, im as Tensor<D>), key: 'Complex' };
  }

  override toString(): string {
    return `Complex ${describeDims(this.dims)}\n  re ${String(this.re)}\n  im ${String(this.im)}`;
  }
}

/** Parts with unknown names; without an imaginary part for real operands. */
function partsOf(x: Complex<never> | Tensor<never> | number): { readonly re: Plain | number; readonly im?: Plain } {
  if (x instanceof Complex) return { re: asPlain(x.re), im: asPlain(x.im) };
  return { re: typeof x === 'number' ? x : asPlain(x) };
}

/** Brings both parts to common dimensions and to one real dtype. */
function complexOf<D extends string>(re: Tensor<never>, im: Tensor<never>): Complex<D> {
  const parts = [asPlain(re), asPlain(im)];
  const dims = unionDims('complex', parts.map((part) => part.dims));
  const joined = widest(parts.map((part) => part.dtype));
  const dtype = isFloat(joined) ? joined : contextDType();
  const [x, y] = parts.map((part) => wrap({ value: expandValue({ value: convert(part.value, dtype), dims: part.dims }, dims), dims }));
  return new Complex<D>(x!, y!);
}

/** re + i im. Without an imaginary part it is 0. */
export function complex<A extends string, B extends string = never>(re: Tensor<A>, im?: Tensor<B>): Complex<A | B>;
export function complex(re: Tensor<never>, im: Tensor<never> = zerosLike(re)): Complex<never> {
  return complexOf(re, im);
}

/** modulus · e^(i phase) */
export function polar<A extends string = never, B extends string = never>(modulus: Tensor<A> | Scalar | number, phase: Tensor<B>): Complex<A | B>;
export function polar(modulus: Tensor<never> | number, phase: Tensor<never>): Complex<never> {
  return complexOf(mul(modulus, cos(phase)), mul(modulus, sin(phase)));
}

/** Complex numbers as they are, real tensors with imaginary part 0; integers become real. */
export function asComplex<D extends string>(x: Tensor<D> | Complex<D>): Complex<D> {
  if (x instanceof Complex) return x;
  const { dtype } = arrayTypeOf(x.value);
  const re: Tensor<D> = isFloat(dtype) ? x : wrap({ value: convert(x.value, contextDType()), dims: x.dims });
  return new Complex(re, zerosLike(re));
}
