/** @file What can be wrong with a square matrix. */
import { TapeflowError } from '@tapeflow/autodiff';

const where = (batchEntry: number): string => (batchEntry >= 0 ? ` (batch entry ${batchEntry})` : '');

/** A matrix that has no inverse: to the precision of its elements, one row is a combination of the others. */
export class SingularMatrix extends TapeflowError {
  /** First row of the triangular factor that is zero, counted from 0. */
  readonly pivot: number;
  /** Which of several matrices, in the order of storage; −1 if there is one only. */
  readonly batchEntry: number;
  constructor(operation: string, pivot: number, batchEntry: number) {
    super(operation, `the matrix is singular${where(batchEntry)}: nothing is left of pivot ${pivot}.`, 'Remove the null space (hold one value, or add a small multiple of the identity), or use precision(64, …) if it is singular to rounding only.');
    this.pivot = pivot;
    this.batchEntry = batchEntry;
  }
}

/** A symmetric matrix with an eigenvalue that is not positive. */
export class NotPositiveDefinite extends TapeflowError {
  /** Size of the smallest leading block that is not positive definite, minus 1. */
  readonly pivot: number;
  /** Which of several matrices, in the order of storage; −1 if there is one only. */
  readonly batchEntry: number;
  constructor(operation: string, pivot: number, batchEntry: number) {
    super(operation, `the matrix is not positive definite${where(batchEntry)}: pivot ${pivot} is not positive.`, "Check its sign and symmetry, add a small multiple of the identity, or use solveDense with structure: 'general'.");
    this.pivot = pivot;
    this.batchEntry = batchEntry;
  }
}
