/** @file Reading and writing single elements of each dtype. */
import { bytesPerElement, type DType } from '../../array/dtype.ts';
import type { FunctionBuilder } from './function-builder.ts';

/** (address) → element, booleans as i32. */
export function loadElement(f: FunctionBuilder, dtype: DType): void {
  if (dtype === 'bool') f.load('i32.load8_u');
  else f.load(`${dtype}.load`);
}

/** (address, element) → memory. */
export function storeElement(f: FunctionBuilder, dtype: DType): void {
  if (dtype === 'bool') f.store('i32.store8');
  else f.store(`${dtype}.store`);
}

/** Strides in bytes. */
export function byteStrides(strides: readonly number[], dtype: DType): number[] {
  return strides.map((stride) => stride * bytesPerElement(dtype));
}
