/** @file Plans of products: the longer side of the result gives the vectors, what is read often is packed, and scratch memory stays small. */
import { expect, test } from 'vitest';
import type { MatrixProduct, MatrixStrides } from '../../../src/compile/kernels/fixed.ts';
import { planMatrixProduct } from '../../../src/compile/kernels/matrix-plan.ts';

const ROWS_TOGETHER = (length: number): MatrixStrides => ({ row: length, column: 1 });
const COLUMNS_TOGETHER = (length: number): MatrixStrides => ({ row: 1, column: length });

function productOf(rows: number, terms: number, columns: number, left: MatrixStrides = ROWS_TOGETHER(terms), right: MatrixStrides = ROWS_TOGETHER(columns)): MatrixProduct {
  return { kind: 'matrixProduct', dtype: 'f32', rows, terms, columns, left, right, result: ROWS_TOGETHER(columns), batch: [] };
}

test('a large product is packed and has tiles of 4 × 8', () => {
  const plan = planMatrixProduct(productOf(512, 512, 512));
  expect(plan).toMatchObject({ method: 'tiles', tileRows: 4, tileColumns: 8, packLeft: true, packRight: true });
});
test('where products are added without being rounded, tiles are 3 × 12, and 2 × 16 for four rows', () => {
  const plan = planMatrixProduct({ ...productOf(512, 512, 512), fused: true });
  expect(plan).toMatchObject({ tileRows: 3, tileColumns: 12, packLeft: true, packRight: true });
  // Blocks of rows consist of whole tiles.
  expect(plan.rowBlock % 3).toBe(0);
  expect(planMatrixProduct({ ...productOf(4, 512, 512), fused: true })).toMatchObject({ tileRows: 2, tileColumns: 16 });
  expect(planMatrixProduct({ ...productOf(2, 512, 512), fused: true, dtype: 'f64' })).toMatchObject({ tileRows: 2, tileColumns: 8 });
});
test('f64 has as many vectors per tile, and half as many columns', () => {
  expect(planMatrixProduct({ ...productOf(512, 512, 512), dtype: 'f64' }).tileColumns).toBe(4);
});
test('a small product is not packed', () => {
  expect(planMatrixProduct(productOf(1024, 2, 64))).toMatchObject({ method: 'tiles', scratch: 0 });
  expect(planMatrixProduct(productOf(1024, 64, 64))).toMatchObject({ method: 'tiles', scratch: 0 });
});
test('a matrix times a vector has its vectors along the terms where these lie together', () => {
  expect(planMatrixProduct(productOf(1024, 64, 1, ROWS_TOGETHER(64), COLUMNS_TOGETHER(64)))).toMatchObject({ method: 'dots', swapped: false });
  expect(planMatrixProduct(productOf(1, 64, 1024, ROWS_TOGETHER(64), COLUMNS_TOGETHER(64)))).toMatchObject({ method: 'dots', swapped: true, rows: 1024, columns: 1 });
});
test('otherwise along its rows', () => {
  expect(planMatrixProduct(productOf(64, 1024, 1, COLUMNS_TOGETHER(64)))).toMatchObject({ method: 'tiles', swapped: true, rows: 1, columns: 64 });
});
test('scratch memory does not grow with the matrices', () => {
  const plan = planMatrixProduct(productOf(20_000, 20_000, 20_000));
  expect(4 * plan.scratch).toBeLessThan(400_000);
});
