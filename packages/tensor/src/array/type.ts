/** @file The abstract value of an array: shape and dtype. */
import { AllocationError } from '../errors.ts';
import { bytesPerElement, type DType, type TypedArray } from './dtype.ts';
import { allocateResult } from './slab.ts';
import { sizeOf, type Shape } from './strides.ts';

/** What is known of an array without its numbers. */
export interface ArrayType {
  readonly shape: Shape;
  readonly dtype: DType;
}

const MAX_BYTES = 2 ** 32;

/** `f32[64, 64]` */
export function describeType({ shape, dtype }: ArrayType): string {
  return `${dtype}[${shape.join(', ')}]`;
}

/** Memory for an array, or an error that names the size. */
export function checkedAllocate(operation: string, dtype: DType, shape: Shape): TypedArray {
  const size = sizeOf(shape);
  const bytes = size * bytesPerElement(dtype);
  if (!(bytes <= MAX_BYTES)) throw new AllocationError(operation, bytes, describeType({ shape, dtype }));
  return allocateResult(dtype, size);
}
