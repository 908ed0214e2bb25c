/** @file Exchange with the `ndarray` package, by the layout of its arrays only: nothing is imported from it. */
import type { DType, TypedArray } from '../array/dtype.ts';
import { NDArray } from '../array/ndarray.ts';
import { Storage } from '../array/storage.ts';
import { forEachRow, rowMajor, sizeOf } from '../array/strides.ts';
import { DTypeError, IndexError } from '../errors.ts';
import { dimsOfAxes } from './axes.ts';
import { dtypeFor, inStorageOrder, typedArrayOf, type ShapeNames, type ShapeRecord } from './create.ts';
import { Tensor } from './tensor.ts';

/** Numbers behind a function, which `ndarray` calls a generic array. */
export interface NumberSource {
  readonly length: number;
  get(index: number): number;
}

/** A strided array: element (i, j, …) is `data[offset + i · stride[0] + j · stride[1] + …]`. What `ndarray` makes fits. */
export interface NdarrayLike {
  readonly data: ArrayLike<number> | NumberSource;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
  readonly offset: number;
}

/** How an array is taken over. */
export interface FromNdarrayOptions {
  /** Default: the precision of the context for real data, i32 for integers. */
  readonly dtype?: DType;
  /**
   * Uses the memory of the array instead of a copy: writing to the array then changes the tensor and all views of it. The tensor
   * says so when it is printed. Only for Float32Array, Float64Array and Int32Array, whose dtype it keeps.
   */
  readonly share?: boolean;
}

/**
 * A tensor from a strided array. Its axes are named in order, by a list of names or by a record as for `tensor`, which may also give
 * types and item names.
 *
 * Throws `DimensionError` where names or sizes do not fit, `IndexError` where the layout reaches outside the data, `DTypeError`
 * where the data cannot be shared.
 */
export function fromNdarray<const K extends string>(array: NdarrayLike, names: readonly K[], options?: FromNdarrayOptions): Tensor<K>;
export function fromNdarray<const S extends ShapeRecord>(array: NdarrayLike, shape: S, options?: FromNdarrayOptions): Tensor<ShapeNames<S>>;
export function fromNdarray(array: NdarrayLike, dims: readonly string[] | ShapeRecord, options: FromNdarrayOptions = {}): Tensor {
  const named = dimsOfAxes('fromNdarray', array.shape, dims);
  checkLayout(array);
  if (options.share === true) return inStorageOrder(new Tensor(sharedArray(array, options.dtype), named));
  const data = 'get' in array.data ? Float64Array.from({ length: array.data.length }, (_, k) => (array.data as NumberSource).get(k)) : array.data;
  const elements = new Float64Array(sizeOf(array.shape));
  const offsets = [0, array.offset];
  forEachRow(array.shape, [rowMajor(array.shape), array.stride], offsets, (length, [to, from]) => {
    for (let k = 0; k < length; k++) elements[offsets[0]! + k * to!] = data[offsets[1]! + k * from!]!;
  });
  const dtype = options.dtype ?? dtypeFor(data);
  return inStorageOrder(new Tensor(NDArray.of(typedArrayOf(dtype, elements), array.shape.slice(), dtype), named));
}

/** The lowest and the highest element must lie inside the data. */
function checkLayout({ data, shape, stride, offset }: NdarrayLike): void {
  if (shape.includes(0)) return;
  const reach = (sign: 1 | -1): number => shape.reduce((at, length, axis) => at + (sign * stride[axis]! > 0 ? (length - 1) * stride[axis]! : 0), offset);
  for (const at of [reach(-1), reach(1)]) if (!(at >= 0 && at < data.length)) throw new IndexError('fromNdarray', at, data.length, 'the data of the array');
}

function sharedArray({ data, shape, stride, offset }: NdarrayLike, wanted: DType | undefined): NDArray {
  const dtype = data instanceof Float32Array ? 'f32' : data instanceof Float64Array ? 'f64' : data instanceof Int32Array ? 'i32' : undefined;
  if (dtype === undefined || (wanted !== undefined && wanted !== dtype)) {
    throw new DTypeError('fromNdarray', [dtype ?? Object.prototype.toString.call(data).slice(8, -1), ...(wanted === undefined ? [] : [wanted])], 'this memory cannot be shared.', 'Leave out share to copy it, or keep the dtype of a Float32Array, Float64Array or Int32Array.');
  }
  const storage = new Storage(data as TypedArray);
  storage.markShared();
  return new NDArray(storage, shape.slice(), stride.slice(), offset, dtype);
}

/** How a tensor is handed out. */
export interface ToNdarrayOptions {
  /** Hands out the memory of the tensor instead of a copy. Whoever writes to it changes the tensor and all views of it, which say so when printed. */
  readonly share?: boolean;
}

/**
 * The values of a tensor as a strided array, one axis per dimension in the order of `t.dims`. To make it an array of the `ndarray`
 * package: `const { data, shape, stride, offset } = toNdarray(t); ndarray(data, shape, stride, offset)`.
 */
export function toNdarray(t: Tensor<never>, options: ToNdarrayOptions = {}): { data: TypedArray; shape: number[]; stride: number[]; offset: number } {
  const shape = t.dims.map(({ size }) => size);
  // Inside a transformation there are no values: t.data says so.
  if (options.share !== true || !(t.value instanceof NDArray)) return { data: t.data, shape, stride: rowMajor(shape), offset: 0 };
  const { storage, strides, offset } = t.value;
  storage.moveToOwnBuffer();
  storage.markShared();
  return { data: storage.data, shape, stride: [...strides], offset };
}
