/** @file Making tensors: from numbers, lists, typed arrays, and constants. */
import { allocate, DTYPES, isFloat, type DType, type TypedArray } from '../array/dtype.ts';
import { arrayTypeOf, full as fullArray, NDArray } from '../array/ndarray.ts';
import { convert as convertArray, iota, saturate } from '../primitives/structure.ts';
import { contextDType } from '../context.ts';
import { checkChoice, DataError, DimensionError } from '../errors.ts';
import { countElements, describeDims, isStorageOrder, makeDims, storageOrder, type Dim, type DimSpec } from './dims.ts';
import { alignValue, type Named } from './align.ts';
import { Tensor, wrap } from './tensor.ts';
import type { Scalar } from './types.ts';

/** Names in a shape record. */
export type ShapeNames<S> = Extract<keyof S, string>;
export type ShapeRecord = Readonly<Record<string, DimSpec>>;

/** A number or boolean, a list of them, a list of lists, … */
export type Nested = number | boolean | readonly Nested[];

/** A list: whatever else stands among numbers, such as a tensor, is refused when it is made a number. */
const isList = (part: unknown): part is readonly Nested[] => typeof part === 'object' && part !== null && 'length' in part;

/** The leaves of nested lists, whose lengths must be the sizes of the dimensions. */
function flattenNested(values: readonly Nested[], dims: readonly Dim[], depth: number, out: (number | boolean)[]): void {
  const dim = dims[depth];
  const advice = `Nest the lists in the order of the record, '${dims[dims.length - 1]?.name ?? ''}' innermost, or give one flat list.`;
  if (dim === undefined) throw new DimensionError('tensor', '', `the lists are nested deeper than there are dimensions (${dims.length}).`, [describeDims(dims)], advice);
  if (values.length !== dim.size) throw new DimensionError('tensor', dim.name, `a list along '${dim.name}' has ${values.length} entries instead of ${dim.size}.`, [describeDims(dims)], advice);
  for (const part of values) {
    if (isList(part)) flattenNested(part, dims, depth + 1, out);
    else if (depth === dims.length - 1) out.push(part);
    else throw new DimensionError('tensor', dim.name, `there is a single value where a list along '${dims[depth + 1]!.name}' is needed.`, [describeDims(dims)], advice);
  }
}

/** A new typed array with these values: towards zero and inside the limits for i32, 0 or 1 for bool. */
export function typedArrayOf(dtype: DType, values: ArrayLike<number | boolean>): TypedArray {
  const owned = allocate(dtype, values.length);
  if (isFloat(dtype)) {
    owned.set(values as ArrayLike<number>);
    return owned;
  }
  for (let i = 0; i < owned.length; i++) {
    const value = Number(values[i]);
    owned[i] = dtype === 'i32' ? saturate(value) : dtype === 'bool' ? Number(value !== 0) : value;
  }
  return owned;
}

/** Real data get the precision of the context; booleans and typed arrays of integers keep what they are. */
export function dtypeFor(values: ArrayLike<number | boolean>): DType {
  if (Array.isArray(values)) return typeof values[0] === 'boolean' ? 'bool' : contextDType();
  return values instanceof Float32Array || values instanceof Float64Array || !ArrayBuffer.isView(values) ? contextDType() : 'i32';
}

/** Data of any kind as a typed array that nobody else holds. */
function ownedData(data: ArrayLike<number> | readonly Nested[], dims: readonly Dim[], dtype: DType | undefined): { owned: TypedArray; dtype: DType } {
  let values = data as ArrayLike<number | boolean>;
  if (Array.isArray(data) && data.some(isList)) {
    const leaves: (number | boolean)[] = [];
    flattenNested(data as readonly Nested[], dims, 0, leaves);
    values = leaves;
  }
  const target = dtype ?? dtypeFor(values);
  return { owned: typedArrayOf(target, values), dtype: target };
}

/**
 * A tensor of the given dimensions from values in the order of the record (the last dimension fastest), a nested list, or one
 * number for all. The values are copied. Real values get the precision of the context (see `precision`), booleans become bool, typed
 * arrays of integers (such as the bytes of a picture) i32, unless `dtype` says otherwise.
 *
 * Throws `DataError` when the number of values does not fit, `DimensionError` for bad sizes and lists nested in another way.
 */
export function tensor<const S extends ShapeRecord>(shape: S, data: ArrayLike<number> | Nested, options: { readonly dtype?: DType } = {}): Tensor<ShapeNames<S>> {
  if (options.dtype !== undefined) checkChoice('tensor', 'dtype', options.dtype, DTYPES);
  const dims = makeDims(shape);
  const size = countElements(dims);
  if (typeof data === 'number') return filled(data, dims, options.dtype ?? contextDType());
  if (typeof data === 'boolean') return filled(Number(data), dims, options.dtype ?? 'bool');
  const { owned, dtype } = ownedData(data, dims, options.dtype);
  if (owned.length !== size) throw new DataError('tensor', size, owned.length, describeDims(dims));
  return inStorageOrder(new Tensor(NDArray.of(owned, dims.map((dim) => dim.size), dtype), dims));
}

/** Dimensions given in another order than they are stored in are moved there. */
export function inStorageOrder(given: Tensor): Tensor {
  if (isStorageOrder(given.dims)) return given;
  const dims = storageOrder(given.dims);
  return wrap({ value: alignValue(given, dims), dims });
}

function dtypeOption(operation: string, { dtype }: { readonly dtype?: DType }, otherwise: DType = contextDType()): DType {
  if (dtype !== undefined) checkChoice(operation, 'dtype', dtype, DTYPES);
  return dtype ?? otherwise;
}

/** A rank-0 tensor. */
export function scalar(value: number, options: { readonly dtype?: DType } = {}): Scalar {
  const dtype = dtypeOption('scalar', options);
  return wrap({ value: NDArray.of(typedArrayOf(dtype, [value]), [], dtype), dims: [] });
}

function filled(value: number, dims: readonly Dim[], dtype: DType): Tensor {
  const ordered = isStorageOrder(dims) ? dims : storageOrder(dims);
  return wrap({ value: fullArray(dtype === 'i32' ? saturate(value) : value, ordered.map((dim) => dim.size), dtype), dims: ordered });
}

/** One value everywhere, without memory for each. */
export function full<const S extends ShapeRecord>(shape: S, value: number, options: { readonly dtype?: DType } = {}): Tensor<ShapeNames<S>> {
  return filled(value, makeDims(shape, 'full'), dtypeOption('full', options));
}

/** Zeros in the given dimensions. */
export function zeros<const S extends ShapeRecord>(shape: S, options: { readonly dtype?: DType } = {}): Tensor<ShapeNames<S>> {
  return filled(0, makeDims(shape, 'zeros'), dtypeOption('zeros', options));
}

/** Ones in the given dimensions. */
export function ones<const S extends ShapeRecord>(shape: S, options: { readonly dtype?: DType } = {}): Tensor<ShapeNames<S>> {
  return filled(1, makeDims(shape, 'ones'), dtypeOption('ones', options));
}

/** Zeros with the dimensions and dtype of another tensor. */
export function zerosLike<T extends Tensor<never>>(t: T): T;
export function zerosLike({ value, dims }: Named): Tensor {
  return filled(0, dims, arrayTypeOf(value).dtype);
}

/** The dimension of a record of one. */
export function onlyDim(operation: string, shape: ShapeRecord): Dim {
  const dims = makeDims(shape, operation);
  const [dim] = dims;
  if (dim === undefined || dims.length > 1) throw new DimensionError(operation, dims[1]?.name ?? '', `${dims.length} dimensions were given.`, [describeDims(dims)], 'Give one dimension, and combine sequences along several by adding them.');
  return dim;
}

/** 0, 1, 2, … along one dimension. */
export function range<const S extends ShapeRecord>(shape: S, options: { readonly dtype?: DType } = {}): Tensor<ShapeNames<S>> {
  const dim = onlyDim('range', shape);
  return wrap({ value: iota([dim.size], 0, dtypeOption('range', options, 'i32')), dims: [dim] });
}

/** Values from `from` to `to`, both included, equally spaced along one dimension. */
export function linspace<const S extends ShapeRecord>(shape: S, from: number, to: number): Tensor<ShapeNames<S>> {
  const dim = onlyDim('linspace', shape);
  const dtype = contextDType();
  const data = allocate(dtype, dim.size);
  for (let k = 0; k < dim.size; k++) {
    const share = dim.size === 1 ? 0 : k / (dim.size - 1);
    data[k] = from * (1 - share) + to * share;
  }
  return wrap({ value: NDArray.of(data, [dim.size], dtype), dims: [dim] });
}

/** A number as a scalar; scalars pass. Throws `DimensionError` for a tensor with dimensions. */
export function asScalar(value: number | Scalar): Scalar {
  if (typeof value === 'number') return scalar(value);
  if (value.dims.length > 0) throw new DimensionError('asScalar', value.dims[0]!.name, 'the tensor has dimensions.', [describeDims(value.dims)], 'Pick an entry with at({ … }), or reduce the tensor.');
  return value;
}

/** Changes the dtype; `float` is the precision of the context. Derivatives pass between real dtypes only. */
export function convert<T extends Tensor<never>>(t: T, dtype: DType | 'float'): T;
export function convert({ value, dims }: Named, dtype: DType | 'float'): Tensor {
  checkChoice('convert', 'dtype', dtype, [...DTYPES, 'float']);
  return wrap({ value: convertArray(value, dtype === 'float' ? contextDType() : dtype), dims });
}
