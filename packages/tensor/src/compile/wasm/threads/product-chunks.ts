/** @file Chunks of products of matrices: some of the pairs, of the rows or of the columns. */
import { bytesPerElement } from '../../../array/dtype.ts';
import type { MatrixProduct } from '../../kernels/fixed.ts';
import { planMatrixProduct } from '../../kernels/matrix-plan.ts';
import type { ChunkRules } from './chunks.ts';
import { lengthsOf, UNIT, type Cut } from './fixed-chunks.ts';

/** Rows or columns of a product: fewer would spend their time on packing the other factor. */
const MANY = 128;
const FEW = 64;

/** How a product is cut; undefined: it stays whole. */
export function cutProduct(kernel: MatrixProduct, wanted: number, { leastWork }: ChunkRules): Cut | undefined {
  const { rows, columns, batch, left, right, result, dtype } = kernel;
  const bytes = bytesPerElement(dtype);
  const finish = (lengths: { readonly count: number; readonly size: number }, whole: MatrixProduct, last: MatrixProduct, elements: readonly number[], tableBytes = 0): Cut | undefined => {
    const plans = [kernel, whole, last].map(planMatrixProduct);
    // Sums along the terms add up in another order.
    if (plans.some(({ method, termBlock }) => method !== plans[0]!.method || termBlock !== plans[0]!.termBlock)) return undefined;
    const moves = [...elements.map((stride) => stride * lengths.size * bytes), 0, 0, tableBytes * lengths.size];
    return { count: lengths.count, whole, last, moves, scratch: 3, scratchBytes: bytes * Math.max(...plans.map(({ scratch }) => scratch)) };
  };
  const entries = batch.findIndex((own) => own.result !== 0 && own.length >= Math.min(wanted, 4));
  if (entries >= 0) {
    const own = batch[entries]!;
    const lengths = lengthsOf(own.length, wanted, 1);
    const withLength = (length: number): MatrixProduct => ({ ...kernel, batch: batch.map((each, k) => (k === entries ? { ...each, length } : each)) });
    return lengths && finish(lengths, withLength(lengths.size), withLength(lengths.rest), [own.left, own.right, own.result]);
  }
  const alongRows = rows >= columns;
  const length = Math.max(rows, columns);
  const most = leastWork === 0 ? wanted : Math.max(Math.floor(length / MANY), length >= FEW ? 2 : 1);
  const lengths = lengthsOf(length, Math.min(wanted, most), UNIT);
  if (lengths === undefined) return undefined;
  if (alongRows) return finish(lengths, { ...kernel, rows: lengths.size }, { ...kernel, rows: lengths.rest }, [left.row, 0, result.row]);
  const [step, table] = right === 'indexed' ? [0, 4] : [right.column, 0];
  return finish(lengths, { ...kernel, columns: lengths.size }, { ...kernel, columns: lengths.rest }, [0, step, result.column], table);
}
