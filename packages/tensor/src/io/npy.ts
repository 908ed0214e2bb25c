/** @file Arrays of NumPy: npy files as bytes. */
import { bytesPerElement, type DType } from '../array/dtype.ts';
import { arrayTypeOf, NDArray } from '../array/ndarray.ts';
import { Storage } from '../array/storage.ts';
import { rowMajor } from '../array/strides.ts';
import { DimensionError } from '../errors.ts';
import { alignValue } from '../named/align.ts';
import { dimsOfAxes } from '../named/axes.ts';
import { inStorageOrder, type ShapeNames, type ShapeRecord } from '../named/create.ts';
import { describeDims, positionOf } from '../named/dims.ts';
import { Tensor } from '../named/tensor.ts';
import { bytesOf, decodeElements, encodeElements } from './elements.ts';
import { FileFormatError } from './errors.ts';
import { MAX_RANK, readNpyHeader } from './npy-header.ts';

/**
 * A tensor from the bytes of an npy file, versions 1 to 3, of any byte order, row- or column-major. Its axes are named in order, by a
 * list of names or by a record as for `tensor`, which may also give types and item names.
 *
 * Numbers are taken over exactly: f2 and f4 become f32, f8 f64, b1 bool, integers i32 where every value fits. `convert` changes the dtype.
 *
 * Error     `FileFormatError` where the file is damaged, has other elements, or an integer beyond 32 bits; `DimensionError` where the
 *           names do not fit
 * Source    [Kern2007]
 */
export function fromNpy<const K extends string>(file: Uint8Array | ArrayBuffer, names: readonly K[]): Tensor<K>;
export function fromNpy<const S extends ShapeRecord>(file: Uint8Array | ArrayBuffer, shape: S): Tensor<ShapeNames<S>>;
export function fromNpy(file: Uint8Array | ArrayBuffer, names: readonly string[] | ShapeRecord): Tensor {
  const bytes = bytesOf(file);
  const { kind, little, columnMajor, shape, count, dataAt } = readNpyHeader(bytes);
  const dims = dimsOfAxes('fromNpy', shape, names);
  const decoded = decodeElements(bytes, dataAt, count, kind, little);
  if (!('data' in decoded)) {
    throw new FileFormatError('fromNpy', 'npy', 'values', '', `element ${decoded.index} is ${decoded.value}, which ${kind === 'bool' ? 'is no boolean' : 'does not fit into 32 bits'}.`, kind === 'bool' ? 'Booleans are bytes 0 and 1.' : 'Save the array as f8.');
  }
  const strides = columnMajor ? rowMajor([...shape].reverse()).reverse() : rowMajor(shape);
  return inStorageOrder(new Tensor(new NDArray(new Storage(decoded.data), shape, strides, 0, decoded.dtype), dims));
}

/** How a tensor becomes an array without names. */
export interface ToNpyOptions<D extends string> {
  /** All dimensions, in the order of the axes. Default: that of `t.dims`, the last fastest. */
  readonly axes?: readonly D[];
}

const DESCR: Readonly<Record<DType, string>> = { f32: '<f4', f64: '<f8', i32: '<i4', bool: '|b1' };

/**
 * The bytes of an npy file, version 1, little-endian and row-major, which numpy.load reads. Names of dimensions and items are not in
 * it: `toSafetensors` keeps them. In Node, `writeFileAtomic` of `@tapeflow/vis/node` writes it whole or not at all.
 *
 * Error     `DimensionError` where `axes` does not name every dimension once
 * Source    [Kern2007]
 */
export function toNpy<D extends string>(t: Tensor<D>, options: ToNpyOptions<D> = {}): Uint8Array {
  const dims = options.axes === undefined ? t.dims : options.axes.map((name) => t.dims[positionOf('toNpy', t.dims, name)]!);
  if (new Set(dims).size !== t.dims.length || dims.length !== t.dims.length) {
    throw new DimensionError('toNpy', '', `axes names ${dims.length} dimensions, with ${new Set(dims).size} different ones.`, [describeDims(t.dims)], 'Name every dimension once.');
  }
  if (dims.length > MAX_RANK) throw new DimensionError('toNpy', '', `there are ${dims.length} dimensions; npy files have at most ${MAX_RANK}.`, [describeDims(dims)], 'Pack some with packDims.');
  const { dtype } = arrayTypeOf(t.value);
  const data = new Tensor(alignValue(t, dims), dims).data;
  const sizes = dims.map(({ size }) => `${size},`).join(' ');
  const text = `{'descr': '${DESCR[dtype]}', 'fortran_order': False, 'shape': (${dims.length === 1 ? sizes : sizes.slice(0, -1)}), }`;
  // Elements begin at a multiple of 64, and a newline ends the header.
  const dataAt = Math.ceil((10 + text.length + 1) / 64) * 64;
  const bytes = new Uint8Array(dataAt + data.length * bytesPerElement(dtype));
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, (dataAt - 10) & 255, (dataAt - 10) >> 8]);
  bytes.set(new TextEncoder().encode(`${text.padEnd(dataAt - 11)}\n`), 10);
  encodeElements(bytes, dataAt, data, dtype);
  return bytes;
}
