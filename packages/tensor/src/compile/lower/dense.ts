/** @file Lowers dot to fixed kernels: operands become matrices of two strides; what has more is copied first. */
import type { Equation } from '@tapeflow/autodiff/extend';
import { isFloat, type FloatDType } from '../../array/dtype.ts';
import { rowMajor, sizeOf } from '../../array/strides.ts';
import type { ArrayType } from '../../array/type.ts';
import { rolesOf, type DotParams } from '../../primitives/dot.ts';
import type { MatrixBatch, MatrixProduct } from '../kernels/fixed.ts';
import type { Block } from './block.ts';
import { mergeAxes, pushProduct, type MergedAxes } from './product.ts';
import { transposeView, type View } from './view.ts';

/** An operand with its batch axes first, whose two other kinds of axes can be walked with one stride each. */
function matrixView(block: Block, view: View, batch: number, split: number): View {
  const fits = axesOf(view, batch, split) !== undefined && axesOf(view, split) !== undefined;
  return block.contiguous(view, fits);
}

const axesOf = ({ shape, strides }: View, from: number, to?: number): MergedAxes | undefined => mergeAxes(shape.slice(from, to), strides.slice(from, to));

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
  const rows = axesOf(left, count, leftSplit)!;
  const terms = axesOf(left, leftSplit)!;
  const columns = axesOf(right, count, rightSplit)!;
  const rightTerms = axesOf(right, rightSplit)!;
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
  pushProduct(block, kernel, [left, right, result]);
  return true;
}
