/**
 * @file Fixed kernels: operations on whole matrices, whose loops are known in advance. A kernel is plain data; equal data are one
 * function of the module, which takes the addresses of the views of its step.
 */
import type { FloatDType } from '../../array/dtype.ts';
import type { LineTransform } from './lines/layout.ts';
import { lineArrays } from './lines/line-plan.ts';
import type { LineOrder } from './lines/order.ts';
import type { LineWalk } from './lines/walk.ts';

/** Elements from one row to the next, and from one column to the next. */
export interface MatrixStrides {
  readonly row: number;
  readonly column: number;
}

/** Products of many pairs of matrices: how many, and elements from one to the next. Those with one result, at stride 0, are added up. */
export interface MatrixBatch {
  readonly length: number;
  readonly left: number;
  readonly right: number;
  readonly result: number;
}

/** result[row, column] = Σ left[row, term] right[term, column]. */
export interface MatrixProduct {
  readonly kind: 'matrixProduct';
  readonly dtype: FloatDType;
  readonly rows: number;
  readonly terms: number;
  readonly columns: number;
  readonly left: MatrixStrides;
  /** `indexed`: the element lies at termOffsets[term] + columnOffsets[column], in bytes; both lists increase. */
  readonly right: MatrixStrides | 'indexed';
  readonly result: MatrixStrides;
  readonly batch: readonly MatrixBatch[];
  /** Whether products are added to sums without being rounded first. */
  readonly fused?: boolean;
}

/** A fixed kernel by its kind. */
export type FixedKernel = MatrixProduct | LineTransform | LineWalk | LineOrder;

/** Equal for kernels that are one function. */
export function fixedKey(kernel: FixedKernel): string {
  return JSON.stringify(kernel);
}

/** A step of a fixed kernel as text. */
export function fixedText(kernel: FixedKernel, views: readonly string[]): string {
  switch (kernel.kind) {
    case 'matrixProduct': {
      const { rows, terms, columns, batch, fused } = kernel;
      const times = batch.map(({ length }) => `${length} × `).join('');
      return `${views[2]!} = ${views[0]!} · ${views[1]!}, ${times}(${rows} × ${terms}) · (${terms} × ${columns})${fused === true ? ', fused' : ''}`;
    }
    case 'lineTransform': {
      const { transform, length, outer, inner } = kernel;
      const { inputs, turns, outputs } = lineArrays(transform, length);
      return `${views.slice(inputs + turns, inputs + turns + outputs).join(', ')} = ${transform}(${views.slice(0, inputs).join(', ')}), ${outer * inner} lines of ${length}`;
    }
    case 'lineWalk': {
      const { walk, length, outer, inner } = kernel;
      return `${views[views.length - 1]!} = ${walk}(${views.slice(0, -1).join(', ')}), ${outer * inner} lines of ${length}`;
    }
    case 'lineOrder': {
      const { isDescending, length, outer, inner } = kernel;
      return `${views[1]!} = argsort(${views[0]!}), ${outer * inner} lines of ${length}${isDescending ? ', the largest first' : ''}`;
    }
  }
}
