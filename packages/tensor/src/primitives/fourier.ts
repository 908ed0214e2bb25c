/**
 * @file Fourier transforms, without factors in either direction: each is linear, and its transpose is one of them. A complex array is a
 * pair of real ones; a gradient with respect to it is ∂/∂re + i ∂/∂im.
 */
import { apply, applyOne, primitive, type MaybeValue, type Primitive, type Value, type VectorSpace } from '@tapeflow/autodiff/extend';
import { isFloat } from '../array/dtype.ts';
import { stacked } from '../array/layout.ts';
import { arrayAbstract, arraySpace, arrayTypeOf, declareLinear, NDArray } from '../array/ndarray.ts';
import type { ArrayOperation } from '../array/rules.ts';
import { checkAxes } from '../array/shapes.ts';
import { sameShape, sizeOf, type Shape } from '../array/strides.ts';
import { checkedAllocate, type ArrayType } from '../array/type.ts';
import type { TypedArray } from '../array/dtype.ts';
import { isHeavy, orHeavy } from '../backends/heavy.ts';
import { TRANSPOSES, type RealTransform } from '../backends/js/fft/real-transforms.ts';
import * as js from '../backends/js/fft/transform.ts';
import { DTypeError, ShapeError } from '../errors.ts';

export type { RealTransform } from '../backends/js/fft/real-transforms.ts';

function checkReal(operation: string, type: ArrayType, axes: readonly number[]): void {
  checkAxes(operation, type, axes);
  if (!isFloat(type.dtype)) throw new DTypeError(operation, [type.dtype], 'the operand must be f32 or f64.', 'Convert it with convert(x, "f32") or convert(x, "f64").');
}

function checkPair(operation: string, re: ArrayType, im: ArrayType, axes: readonly number[]): void {
  checkReal(operation, re, axes);
  if (!sameShape(re.shape, im.shape)) throw new ShapeError(operation, [re.shape, im.shape], 'real and imaginary part of different shapes.');
  if (re.dtype !== im.dtype) throw new DTypeError(operation, [re.dtype, im.dtype], 'real and imaginary part of different dtypes.', 'Convert one of them.');
}

/** Zeros for a part that has no derivative. */
const orZeros = (part: MaybeValue, like: Value): Value => part ?? arraySpace.zeros(arrayTypeOf(like));

/** Parameters of the complex transform. */
export interface FourierParams {
  readonly axes: readonly number[];
  /** e^(+2πi jk/n) instead of e^(−2πi jk/n). */
  readonly backward: boolean;
}

/** Both parts as doubles that may be overwritten. */
const owned = (x: NDArray): Float64Array => Float64Array.from(x.contiguous());
const rounded = (data: Float64Array, { dtype, shape }: ArrayType): NDArray => NDArray.of(dtype === 'f64' ? data : Float32Array.from(data), shape, dtype);

const heavy = ([x]: readonly ArrayType[]): boolean => isHeavy('transformed', sizeOf(x!.shape));

const fourierPrimitive: Primitive = primitive(orHeavy({
  name: 'fourier',
  evaluate([re, im], params) {
    const { axes, backward } = params as FourierParams;
    checkPair('fourier', arrayTypeOf(re), arrayTypeOf(im), axes);
    const type = arrayTypeOf(re);
    const x = { re: owned(re as NDArray), im: owned(im as NDArray) };
    if (sizeOf(type.shape) > 0) js.fourierInPlace(x, type.shape, axes, backward);
    return [rounded(x.re, type), rounded(x.im, type)];
  },
  abstract([re, im], params) {
    checkPair('fourier', re!.type as ArrayType, im!.type as ArrayType, (params as FourierParams).axes);
    return [arrayAbstract(re!.type as ArrayType), arrayAbstract(im!.type as ArrayType)];
  },
  outputSpace: () => arraySpace as VectorSpace,
  jvp([re, im], [dRe, dIm], _outputs, params) {
    return dRe === undefined && dIm === undefined ? [undefined, undefined] : fourier(orZeros(dRe, re), orZeros(dIm, im), params as FourierParams);
  },
  vjp([reBar, imBar], [re, im], _outputs, params) {
    if (reBar === undefined && imBar === undefined) return [undefined, undefined];
    const { axes, backward } = params as FourierParams;
    return fourier(orZeros(reBar, re), orZeros(imBar, im), { axes, backward: !backward });
  },
  batch([re, im], [reBatched, imBatched], params, size) {
    const { axes, backward } = params as FourierParams;
    return { outputs: fourier(stacked(re, reBatched, size), stacked(im, imBatched, size), { axes: axes.map((axis) => axis + 1), backward }), batched: [true, true] };
  },
}, heavy, () => fourierPrimitive));

/** Σ x e^(∓2πi jk/n) along some axes, of any lengths. */
export function fourier(re: Value, im: Value, params: FourierParams): readonly [re: Value, im: Value] {
  return apply(fourierPrimitive, [re, im], params) as readonly [Value, Value];
}

/** Parameters of the transforms between real lines and half of their coefficients. */
export interface RealFourierParams {
  readonly axis: number;
}

/** Those of the transpose, which must know the length of the lines. */
export interface RealFourierTransposedParams extends RealFourierParams {
  readonly length: number;
}

const withLength = (shape: Shape, axis: number, length: number): Shape => shape.map((own, k) => (k === axis ? length : own));

function halfType(x: ArrayType, axis: number): ArrayType {
  checkReal('realFourier', x, [axis]);
  if (x.shape[axis] === 0) throw new ShapeError('realFourier', [x.shape], `axis ${axis} has no elements.`);
  return { shape: withLength(x.shape, axis, Math.floor(x.shape[axis]! / 2) + 1), dtype: x.dtype };
}

const realFourierPrimitive: Primitive = primitive(orHeavy({
  name: 'realFourier',
  evaluate([x], params) {
    const { axis } = params as RealFourierParams;
    const { shape, dtype } = halfType(arrayTypeOf(x), axis);
    const [re, im] = [checkedAllocate('realFourier', dtype, shape), checkedAllocate('realFourier', dtype, shape)];
    if (re.length > 0) js.realFourier((x as NDArray).contiguous(), arrayTypeOf(x).shape, axis, re, im, shape);
    return [NDArray.of(re, shape, dtype), NDArray.of(im, shape, dtype)];
  },
  abstract([x], params) {
    const type = halfType(x!.type as ArrayType, (params as RealFourierParams).axis);
    return [arrayAbstract(type), arrayAbstract(type)];
  },
  outputSpace: () => arraySpace as VectorSpace,
  jvp: (_inputs, [dx], _outputs, params) => (dx === undefined ? [undefined, undefined] : realFourier(dx, params as RealFourierParams)),
  vjp([reBar, imBar], [x], [re, im], params) {
    if (reBar === undefined && imBar === undefined) return [undefined];
    const { axis } = params as RealFourierParams;
    return [realFourierTransposed(orZeros(reBar, re), orZeros(imBar, im), { axis, length: arrayTypeOf(x).shape[axis]! })];
  },
  batch: ([x], _batched, params) => ({ outputs: realFourier(x, { axis: (params as RealFourierParams).axis + 1 }), batched: [true, true] }),
}, heavy, () => realFourierPrimitive));

/** The first ⌊n/2⌋ + 1 coefficients Σ x e^(−2πi jk/n) of real lines; the others are their conjugates. */
export function realFourier(x: Value, params: RealFourierParams): readonly [re: Value, im: Value] {
  return apply(realFourierPrimitive, [x], params) as readonly [Value, Value];
}

function wholeType(re: ArrayType, im: ArrayType, { axis, length }: RealFourierTransposedParams): ArrayType {
  checkPair('realFourierTransposed', re, im, [axis]);
  if (!Number.isInteger(length) || length < 1 || Math.floor(length / 2) + 1 !== re.shape[axis]) {
    throw new ShapeError('realFourierTransposed', [re.shape], `lines of length ${length} do not have ${re.shape[axis]} coefficients.`, 'A line of length n has ⌊n/2⌋ + 1 coefficients.');
  }
  return { shape: withLength(re.shape, axis, length), dtype: re.dtype };
}

const realFourierTransposedPrimitive: Primitive = primitive(orHeavy({
  name: 'realFourierTransposed',
  evaluate([re, im], params) {
    const { axis } = params as RealFourierTransposedParams;
    const { shape, dtype } = wholeType(arrayTypeOf(re), arrayTypeOf(im), params as RealFourierTransposedParams);
    const x = checkedAllocate('realFourierTransposed', dtype, shape);
    if (x.length > 0) js.realFourierTransposed((re as NDArray).contiguous(), (im as NDArray).contiguous(), arrayTypeOf(re).shape, axis, x, shape);
    return [NDArray.of(x, shape, dtype)];
  },
  abstract: ([re, im], params) => [arrayAbstract(wholeType(re!.type as ArrayType, im!.type as ArrayType, params as RealFourierTransposedParams))],
  outputSpace: () => arraySpace as VectorSpace,
  jvp([re, im], [dRe, dIm], _outputs, params) {
    return [dRe === undefined && dIm === undefined ? undefined : realFourierTransposed(orZeros(dRe, re), orZeros(dIm, im), params as RealFourierTransposedParams)];
  },
  vjp: ([xBar], _inputs, _outputs, params) => (xBar === undefined ? [undefined, undefined] : realFourier(xBar, { axis: (params as RealFourierTransposedParams).axis })),
  batch([re, im], [reBatched, imBatched], params, size) {
    const { axis, length } = params as RealFourierTransposedParams;
    return { outputs: [realFourierTransposed(stacked(re, reBatched, size), stacked(im, imBatched, size), { axis: axis + 1, length })], batched: [true] };
  },
}, heavy, () => realFourierTransposedPrimitive));

/** x[j] = Σ Re(X[k] e^(+2πi jk/n)) over k ≤ n/2: the transpose of `realFourier`. */
export function realFourierTransposed(re: Value, im: Value, params: RealFourierTransposedParams): Value {
  return applyOne(realFourierTransposedPrimitive, [re, im], params);
}

/** Parameters of a real transform. */
export interface RealTransformParams {
  readonly axis: number;
  readonly kind: RealTransform;
}

function sameType(x: ArrayType, axis: number): ArrayType {
  checkReal('realTransform', x, [axis]);
  return { shape: x.shape, dtype: x.dtype };
}

const realTransformOperation: ArrayOperation<RealTransformParams> = declareLinear({
  name: 'realTransform',
  heavy,
  evaluate(x, { axis, kind }) {
    const { shape, dtype } = sameType(x, axis);
    const out: TypedArray = checkedAllocate('realTransform', dtype, shape);
    if (out.length > 0) js.transformLines(kind, x.contiguous(), shape, axis, out);
    return NDArray.of(out, shape, dtype);
  },
  type: (x, { axis }) => sameType(x, axis),
  transpose: (yBar, { axis, kind }) => realTransform(yBar, { axis, kind: TRANSPOSES[kind] }),
  batch: ([x], _batched, { axis, kind }) => realTransform(x, { axis: axis + 1, kind }),
});

/** A sum with cosines, sines or both along one axis. See `RealTransform`. */
export function realTransform(x: Value, params: RealTransformParams): Value {
  return realTransformOperation([x], params);
}
