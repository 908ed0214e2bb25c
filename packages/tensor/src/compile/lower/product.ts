/** @file What lowering to products of matrices has in common: axes that are walked as one, and the step itself. */
import type { MatrixProduct } from '../kernels/fixed.ts';
import { planMatrixProduct } from '../kernels/matrix-plan.ts';
import type { Block } from './block.ts';
import type { View } from './view.ts';

/** Axes that are walked with one stride. */
export interface MergedAxes {
  readonly length: number;
  readonly stride: number;
}

/** Axes as one, the last one fastest; undefined where one stride does not reach all of them. */
export function mergeAxes(lengths: readonly number[], strides: readonly number[]): MergedAxes | undefined {
  let length = 1;
  let stride = 0;
  for (let axis = lengths.length - 1; axis >= 0; axis--) {
    if (lengths[axis] === 1) continue;
    if (length === 1) stride = strides[axis]!;
    else if (strides[axis] !== stride * length) return undefined;
    length *= lengths[axis]!;
  }
  return { length, stride };
}

/** Appends a product of matrices. The views are left, right, result, and the offsets of terms and columns of an indexed factor. */
export function pushProduct(block: Block, product: MatrixProduct, [left, right, result, ...offsets]: readonly View[]): void {
  const kernel = block.numerics === 'fused' ? { ...product, fused: true } : product;
  if (kernel.terms === 0 || kernel.batch.some(({ length }) => length === 0)) {
    block.push({ kind: 'clear', target: result! });
    return;
  }
  const scratch = block.fresh({ shape: [planMatrixProduct(kernel).scratch], dtype: kernel.dtype });
  block.push({ kind: 'fixed', kernel, views: [left!, right!, result!, scratch, ...offsets], written: [2, 3] });
}
