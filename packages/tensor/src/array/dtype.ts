/** @file Data types of arrays, and the typed arrays that hold them. */
import { expectBytes } from './heap.ts';

/** f32 and f64 are real numbers, i32 wraps around, bool is 0 or 1. */
export type DType = 'f32' | 'f64' | 'i32' | 'bool';
/** The four dtypes. */
export const DTYPES: readonly DType[] = ['f32', 'f64', 'i32', 'bool'];
/** The dtypes of real numbers. */
export type FloatDType = 'f32' | 'f64';
/** The typed arrays that hold the four dtypes. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** A typed array of zeros. */
export function allocate(dtype: DType, size: number): TypedArray {
  expectBytes(size * bytesPerElement(dtype));
  switch (dtype) {
    case 'f32':
      return new Float32Array(size);
    case 'f64':
      return new Float64Array(size);
    case 'i32':
      return new Int32Array(size);
    case 'bool':
      return new Uint8Array(size);
  }
}

/** Bytes that one element takes. */
export function bytesPerElement(dtype: DType): number {
  return dtype === 'f64' ? 8 : dtype === 'bool' ? 1 : 4;
}

/** Whether a dtype holds real numbers, which alone have derivatives. */
export function isFloat(dtype: DType): dtype is FloatDType {
  return dtype === 'f32' || dtype === 'f64';
}

/** Unit roundoff: the largest relative error of one operation. */
export function unitRoundoff(dtype: FloatDType): number {
  return dtype === 'f32' ? 2 ** -24 : 2 ** -53;
}
