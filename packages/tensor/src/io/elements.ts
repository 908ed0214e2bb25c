/** @file Elements of files: which types are read, and numbers from bytes and back. Every number is taken over exactly or refused. */
import { allocate, bytesPerElement, type DType, type TypedArray } from '../array/dtype.ts';

/** A type of elements in a file. */
export type ElementKind = 'f16' | 'bf16' | 'f32' | 'f64' | 'i8' | 'i16' | 'i32' | 'i64' | 'u8' | 'u16' | 'u32' | 'u64' | 'bool';

interface Element {
  readonly bytes: number;
  /** The dtype that holds all of its values, or those that are read. */
  readonly dtype: DType;
  /** One number; integers that a JavaScript number may not hold come as they are. */
  read(view: DataView, at: number, little: boolean): number | bigint;
}

const scratch: DataView = /* @__PURE__ */ new DataView(new ArrayBuffer(4));

/** IEEE binary16: sign, five bits of exponent, ten of fraction. */
function half(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The upper half of a binary32. */
function brainHalf(bits: number): number {
  scratch.setUint16(0, bits);
  return scratch.getFloat32(0);
}

const ELEMENTS: Readonly<Record<ElementKind, Element>> = {
  f16: { bytes: 2, dtype: 'f32', read: (view, at, little) => half(view.getUint16(at, little)) },
  bf16: { bytes: 2, dtype: 'f32', read: (view, at, little) => brainHalf(view.getUint16(at, little)) },
  f32: { bytes: 4, dtype: 'f32', read: (view, at, little) => view.getFloat32(at, little) },
  f64: { bytes: 8, dtype: 'f64', read: (view, at, little) => view.getFloat64(at, little) },
  i8: { bytes: 1, dtype: 'i32', read: (view, at) => view.getInt8(at) },
  i16: { bytes: 2, dtype: 'i32', read: (view, at, little) => view.getInt16(at, little) },
  i32: { bytes: 4, dtype: 'i32', read: (view, at, little) => view.getInt32(at, little) },
  i64: { bytes: 8, dtype: 'i32', read: (view, at, little) => view.getBigInt64(at, little) },
  u8: { bytes: 1, dtype: 'i32', read: (view, at) => view.getUint8(at) },
  u16: { bytes: 2, dtype: 'i32', read: (view, at, little) => view.getUint16(at, little) },
  u32: { bytes: 4, dtype: 'i32', read: (view, at, little) => view.getUint32(at, little) },
  u64: { bytes: 8, dtype: 'i32', read: (view, at, little) => view.getBigUint64(at, little) },
  bool: { bytes: 1, dtype: 'bool', read: (view, at) => view.getUint8(at) },
};

/** Bytes of one element. */
export function bytesOfKind(kind: ElementKind): number {
  return ELEMENTS[kind].bytes;
}

/** Numbers from a file, or the first that no dtype of ours holds. */
export type Decoded = { readonly dtype: DType; readonly data: TypedArray } | { readonly index: number; readonly value: string };

/** Reads elements that lie one after the other. All of them must be inside the bytes. */
export function decodeElements(bytes: Uint8Array, at: number, count: number, kind: ElementKind, little: boolean): Decoded {
  const element = ELEMENTS[kind];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = allocate(element.dtype, count);
  for (let k = 0; k < count; k++) {
    const value = element.read(view, at + k * element.bytes, little);
    data[k] = Number(value);
    // Integers must fit into 32 bits, booleans must be 0 or 1; a real number is held by its dtype, though NaN is not equal to itself.
    if (data[k] !== Number(value) && !Number.isNaN(value)) return { index: k, value: String(value) };
    if (kind === 'bool' && Number(value) > 1) return { index: k, value: String(value) };
  }
  return { dtype: element.dtype, data };
}

/** Writes the elements of an array, little-endian. */
export function encodeElements(bytes: Uint8Array, at: number, data: TypedArray, dtype: DType): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = bytesPerElement(dtype);
  for (let k = 0; k < data.length; k++) {
    const place = at + k * size;
    if (dtype === 'f32') view.setFloat32(place, data[k]!, true);
    else if (dtype === 'f64') view.setFloat64(place, data[k]!, true);
    else if (dtype === 'i32') view.setInt32(place, data[k]!, true);
    else view.setUint8(place, data[k]!);
  }
}

/** Product of sizes; undefined where it, or that of the sizes without zeros, is not an exact integer. */
export function countOf(shape: readonly number[]): number | undefined {
  let count = 1;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0) return undefined;
    count *= Math.max(size, 1);
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return shape.includes(0) ? 0 : count;
}

/** The bytes of a file, whatever holds them. */
export function bytesOf(file: Uint8Array | ArrayBuffer): Uint8Array {
  return file instanceof Uint8Array ? file : new Uint8Array(file);
}
