/** @file Lowers dot to fixed kernels: operands become matrices of two strides; what has more is copied first. */
import type { Equation } from '@tapeflow/autodiff/extend';
import { isFloat, type FloatDType } from '../../array/dtype.ts';
import { rowMajor, sizeOf } from '../../array/strides.ts';
import type { ArrayType } from '../../array/type.ts';
import { rolesOf, type DotParams } from '../../primitives/dot.ts';
import type { MatrixBatch, MatrixProduct } from '../kernels/fixed.ts';
import { planMatrixProduct } from '../kernels/matrix-plan.ts';
import type { Block } from './block.ts';
import { transposeView, type View } from './view.ts';

/** Axes of a view that are walked together. */
interface Merged {
  readonly length: number;
  readonly stride: number;
}

/** Axes `from` up to `to` as one; undefined where one stride does not reach all of them. */
function merged({ shape, strides }: View, from: number, to: number): Merged | undefined {
  let length = 1;
  let stride = 0;
  for (let axis = to - 1; axis >= from; axis--) {
    if (shape[axis] === 1) continue;
    if (length === 1) stride = strides[axis]!;
    else if (strides[axis] !== stride * length) return undefined;
    length *= shape[axis]!;
  }
  return { length, stride };
}

/** An operand with its batch axes first, whose two other kinds of axes can be walked with one stride each. */
function matrixView(block: Block, view: View, batch: number, split: number): View {
  const fits = merged(view, batch, split) !== undefined && merged(view, split, view.shape.length) !== undefined;
  return block.contiguous(view, fits);
}

/** Memory for what a kernel packs. */
function scratchFor(block: Block, kernel: MatrixProduct): View {
  return block.fresh({ shape: [planMatrixProduct(kernel).scratch], dtype: kernel.dtype });
}

/** dot of real numbers as a product of matrices; false where it is none. */
export function matrixProduct(block: Block, { params, inputs, outputs }: Equation): boolean {
  const type = outputs[0]!.type as ArrayType;
  if (!isFloat(type.dtype)) return false;
  const count = (params as DotParams).batch.length;
  const result = block.fresh(type);
  block.setView(outputs[0]!, result);
  if (sizeOf(type.shape) === 0) return true;
  const [left, right] = inputs.map((atom, side) => {
    const view = block.view(atom);
    const { batch, free, contract } = rolesOf(view.shape.length, params as DotParams, side as 0 | 1);
    return matrixView(block, transposeView(view, [...batch, ...free, ...contract]), count, count + free.length);
  }) as [View, View];
  const contracted = (params as DotParams).contract.length;
  const [leftSplit, rightSplit] = [left.shape.length - contracted, right.shape.length - contracted];
  const rows = merged(left, count, leftSplit)!;
  const terms = merged(left, leftSplit, left.shape.length)!;
  const columns = merged(right, count, rightSplit)!;
  const rightTerms = merged(right, rightSplit, right.shape.length)!;
  const strides = rowMajor(type.shape);
  const kernel: MatrixProduct = {
    kind: 'matrixProduct',
    dtype: type.dtype as FloatDType,
    rows: rows.length,
    terms: terms.length,
    columns: columns.length,
    left: { row: rows.stride, column: terms.stride },
    right: { row: rightTerms.stride, column: columns.stride },
    result: { row: columns.length, column: 1 },
    batch: left.shape.slice(0, count).map((length, axis): MatrixBatch => ({ length, left: left.strides[axis]!, right: right.strides[axis]!, result: strides[axis]! })),
  };
  if (terms.length === 0) block.push({ kind: 'clear', target: result });
  else block.push({ kind: 'fixed', kernel, views: [left, right, result, scratchFor(block, kernel)], written: [2, 3] });
  return true;
}
