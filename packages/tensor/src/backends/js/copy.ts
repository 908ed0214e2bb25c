/** @file Copies between arrays of any strides. */
import type { TypedArray } from '../../array/dtype.ts';
import { forEachRow } from '../../array/strides.ts';
import type { View } from './elementwise.ts';

/** Writes all elements of a view into `out`, the first at `at`, with the given strides. */
export function copyInto(out: TypedArray, view: View, at: number, outStrides: readonly number[]): void {
  const offsets = [at, view.offset];
  const { data } = view;
  forEachRow(view.shape, [outStrides, view.strides], offsets, (length, steps) => copyRow(out, offsets[0]!, steps[0]!, data, offsets[1]!, steps[1]!, length));
}

function copyRow(out: TypedArray, outAt: number, outStep: number, data: TypedArray, at: number, step: number, length: number): void {
  if (outStep === 1 && step === 1 && length > 16) {
    out.set(data.subarray(at, at + length), outAt);
    return;
  }
  for (let i = 0; i < length; i++) {
    out[outAt] = data[at]!;
    outAt += outStep;
    at += step;
  }
}
