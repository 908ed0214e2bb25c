/**
 * @file Convolutions: Σ y · (kernel ∗ x) is linear in each of the three arrays, and its three derivatives are conv and its transposes.
 * So each of them has the other two as its derivatives.
 *
 * x (entries, channels, …), kernel (results, channels of a group, …), y (entries, results, …).
 */
import { applyOne, primitive, type Primitive, type Value, type VectorSpace } from '@tapeflow/autodiff/extend';
import { isFloat } from '../array/dtype.ts';
import { stacked } from '../array/layout.ts';
import { add, arrayAbstract, arraySpace, arrayTypeOf, NDArray, reshape } from '../array/ndarray.ts';
import { sameShape, sizeOf, type Shape } from '../array/strides.ts';
import { checkedAllocate, type ArrayType } from '../array/type.ts';
import { isHeavy, orHeavy } from '../backends/heavy.ts';
import { convolve, convolveKernel, convolveTransposed, type ConvParams, type ConvShapes } from '../backends/js/convolve.ts';
import { DTypeError, ShapeError } from '../errors.ts';
import { transpose } from './structure.ts';

export type { ConvParams } from '../backends/js/convolve.ts';

/** Parameters of a transpose, which also needs the spatial lengths of its result. */
export interface ConvTransposeParams extends ConvParams {
  readonly lengths: Shape;
}

type Kind = 'conv' | 'convInput' | 'convKernel';

/** Length of the result along one axis. */
function resultLength(length: number, taps: number, axis: number, { stride, dilation, low, high }: ConvParams): number {
  const room = length + low[axis]! + high[axis]! - (taps - 1) * dilation[axis]! - 1;
  return Math.max(0, Math.floor(room / stride[axis]!) + 1);
}

function checkParams(name: Kind, rank: number, { stride, dilation, low, high, groups }: ConvParams, shapes: readonly Shape[]): void {
  const counts = (list: readonly number[], least: number): boolean => list.length === rank && list.every((count) => Number.isInteger(count) && count >= least);
  if (!counts(stride, 1) || !counts(dilation, 1) || !counts(low, 0) || !counts(high, 0) || !Number.isInteger(groups) || groups < 1) {
    throw new ShapeError(name, shapes, `strides [${stride.join(', ')}], dilations [${dilation.join(', ')}], padding [${low.join(', ')}] and [${high.join(', ')}] or ${groups} groups do not fit ${rank} spatial axes.`, 'Give one integer per spatial axis, padding ≥ 0, all others ≥ 1.');
  }
}

/** Shapes of all three arrays from those of the two that are given. */
export function shapesOf(name: Kind, a: ArrayType, b: ArrayType, params: ConvParams | ConvTransposeParams): ConvShapes {
  const given = [a.shape, b.shape];
  if (a.dtype !== b.dtype) throw new DTypeError(name, [a.dtype, b.dtype], 'operands of different dtypes.', 'Convert one with convert(x, dtype).');
  if (!isFloat(a.dtype)) throw new DTypeError(name, [a.dtype], 'the operands must be f32 or f64.', 'Convert them with convert(x, "f32") or convert(x, "f64").');
  const rank = a.shape.length - 2;
  if (rank < 0 || b.shape.length !== a.shape.length) throw new ShapeError(name, given, 'operands of different rank, or without channels.');
  checkParams(name, rank, params, given);
  const { groups } = params;
  const lengths = 'lengths' in params ? params.lengths : [];
  const head = ([entries, channels]: Shape): [number, number] => [entries!, channels!];
  const [m, c] = head(a.shape);
  const [n, d] = head(b.shape);
  const shapes = name === 'conv' ? { x: a.shape, kernel: b.shape, y: [m, n] }
    : name === 'convInput' ? { x: [n, c * groups, ...lengths], kernel: a.shape, y: b.shape }
    : { x: a.shape, kernel: [d, c / groups, ...lengths], y: b.shape };
  const { x, kernel } = shapes;
  const spatialY = x.slice(2).map((length, axis) => resultLength(length, kernel[axis + 2]!, axis, params));
  const y = name === 'conv' ? [m, n, ...spatialY] : shapes.y;
  if (kernel.slice(2).includes(0)) throw new ShapeError(name, given, 'the kernel has no taps.', 'Give a kernel of length 1 or more along each spatial axis.');
  const fits = x[0] === y[0] && kernel[0] === y[1] && x[1] === kernel[1]! * groups && Number.isInteger(kernel[1]) && kernel[0]! % groups === 0;
  if (!fits) throw new ShapeError(name, given, `entries or channels do not fit (${groups} groups).`, 'The kernel has shape (results, channels / groups, …); results divide by groups.');
  if (lengths.length !== (name === 'conv' ? 0 : rank) || !sameShape(spatialY, y.slice(2))) throw new ShapeError(name, [...given, lengths], 'no convolution has these lengths.');
  return { x, kernel, y };
}

interface Trilinear {
  readonly name: Kind;
  /** Which array is the result. */
  readonly result: keyof ConvShapes;
  readonly compute: typeof convolve;
  /** The cotangents of the two operands. */
  readonly first: (cotangent: Value, other: Value, params: ConvParams, shapes: ConvShapes) => Value;
  readonly second: (cotangent: Value, other: Value, params: ConvParams, shapes: ConvShapes) => Value;
  readonly batch: (a: Value, b: Value, aBatched: boolean, bBatched: boolean, params: ConvParams, size: number) => Value;
}

function declare({ name, result, compute, first, second, batch }: Trilinear): Primitive {
  // Every element of the result of the convolution is a sum over the channels of a group and the taps.
  const heavy = ([a, b]: readonly NDArray[], params: ConvParams): boolean => {
    const { kernel, y } = shapesOf(name, a!, b!, params);
    return isHeavy('products', sizeOf(y) * sizeOf(kernel.slice(1)));
  };
  const declared: Primitive = primitive(orHeavy({
    name,
    evaluate([a, b], params) {
      const shapes = shapesOf(name, arrayTypeOf(a), arrayTypeOf(b), params as ConvParams);
      const { dtype } = a as NDArray;
      const out = checkedAllocate(name, dtype, shapes[result]);
      compute(out, (a as NDArray).contiguous(), (b as NDArray).contiguous(), shapes, params as ConvParams);
      return [NDArray.of(out, shapes[result], dtype)];
    },
    abstract([a, b], params) {
      const [aType, bType] = [a!.type as ArrayType, b!.type as ArrayType];
      return [arrayAbstract({ shape: shapesOf(name, aType, bType, params as ConvParams)[result], dtype: aType.dtype })];
    },
    outputSpace: () => arraySpace as VectorSpace,
    jvp([a, b], [da, db], _outputs, params) {
      const left = da === undefined ? undefined : applyOne(declared, [da, b], params);
      const right = db === undefined ? undefined : applyOne(declared, [a, db], params);
      return [left === undefined ? right : right === undefined ? left : add(left, right)];
    },
    vjp([bar], [a, b], _outputs, params, needs) {
      if (bar === undefined) return [undefined, undefined];
      const shapes = shapesOf(name, arrayTypeOf(a), arrayTypeOf(b), params as ConvParams);
      const own = params as ConvParams;
      return [needs[0] ? first(bar, b, own, shapes) : undefined, needs[1] ? second(bar, a, own, shapes) : undefined];
    },
    batch: ([a, b], [aBatched, bBatched], params, size) => ({ outputs: [batch(a, b, aBatched!, bBatched!, params as ConvParams, size)], batched: [true] }),
  }, heavy, () => declared));
  return declared;
}

// Members of a batch become entries where the kernel is common to them, else groups of channels.

const shapeOf = (x: Value): Shape => arrayTypeOf(x).shape;
const mergeFirst = (x: Value): Value => reshape(x, [shapeOf(x)[0]! * shapeOf(x)[1]!, ...shapeOf(x).slice(2)]);
const splitFirst = (x: Value, size: number): Value => reshape(x, [size, shapeOf(x)[0]! / size, ...shapeOf(x).slice(1)]);
const swapFirst = (x: Value): Value => transpose(x, shapeOf(x).map((_, axis) => (axis === 0 ? 1 : axis === 1 ? 0 : axis)));

/** (members, entries, channels, …) → (entries, members · channels, …) */
function toChannels(x: Value, isBatched: boolean, size: number): Value {
  const swapped = swapFirst(stacked(x, isBatched, size));
  const [entries, members, channels, ...rest] = shapeOf(swapped);
  return reshape(swapped, [entries!, members! * channels!, ...rest]);
}

function fromChannels(x: Value, size: number): Value {
  const [entries, channels, ...rest] = shapeOf(x);
  return swapFirst(reshape(x, [entries!, size, channels! / size, ...rest]));
}

const transposed = (params: ConvParams, shape: Shape): ConvTransposeParams => ({ ...params, lengths: shape.slice(2) });
const plain = ({ stride, dilation, low, high, groups }: ConvParams): ConvParams => ({ stride, dilation, low, high, groups });
const grouped = <P extends ConvParams>(params: P, size: number): P => ({ ...params, groups: params.groups * size });

const convPrimitive = declare({
  name: 'conv',
  result: 'y',
  compute: convolve,
  first: (yBar, kernel, params, { x }) => convInput(kernel, yBar, transposed(params, x)),
  second: (yBar, x, params, { kernel }) => convKernel(x, yBar, transposed(params, kernel)),
  batch(x, kernel, xBatched, kernelBatched, params, size) {
    if (!kernelBatched) return splitFirst(conv(mergeFirst(x), kernel, params), size);
    return fromChannels(conv(toChannels(x, xBatched, size), mergeFirst(kernel), grouped(params, size)), size);
  },
});

/** y[n, o, p] = Σ kernel[o, c, t] x[n, c, p·stride + t·dilation − low], where x is 0 outside. Sums are formed in double precision, large ones of f32 in blocks. */
export function conv(x: Value, kernel: Value, params: ConvParams): Value {
  return applyOne(convPrimitive, [x, kernel], params);
}

const convInputPrimitive = declare({
  name: 'convInput',
  result: 'x',
  compute: convolveTransposed,
  first: (xBar, y, params, { kernel }) => convKernel(xBar, y, transposed(params, kernel)),
  second: (xBar, kernel, params) => conv(xBar, kernel, plain(params)),
  batch(kernel, y, kernelBatched, yBatched, params, size) {
    const own = params as ConvTransposeParams;
    if (!kernelBatched) return splitFirst(convInput(kernel, mergeFirst(y), own), size);
    return fromChannels(convInput(mergeFirst(kernel), toChannels(y, yBatched, size), grouped(own, size)), size);
  },
});

/** The transpose of x ↦ conv(x, kernel): x̄ from ȳ. */
export function convInput(kernel: Value, y: Value, params: ConvTransposeParams): Value {
  return applyOne(convInputPrimitive, [kernel, y], params);
}

const convKernelPrimitive = declare({
  name: 'convKernel',
  result: 'kernel',
  compute: convolveKernel,
  first: (kernelBar, y, params, { x }) => convInput(kernelBar, y, transposed(params, x)),
  second: (kernelBar, x, params) => conv(x, kernelBar, plain(params)),
  batch(x, y, xBatched, yBatched, params, size) {
    return splitFirst(convKernel(toChannels(x, xBatched, size), toChannels(y, yBatched, size), grouped(params as ConvTransposeParams, size)), size);
  },
});

/** The transpose of kernel ↦ conv(x, kernel): the cotangent of the kernel from ȳ. */
export function convKernel(x: Value, y: Value, params: ConvTransposeParams): Value {
  return applyOne(convKernelPrimitive, [x, y], params);
}
