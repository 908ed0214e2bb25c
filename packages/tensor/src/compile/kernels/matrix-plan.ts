/** @file How a product of matrices is computed: which factor gives the vectors, what is packed, and in which blocks. */
import { bytesPerElement } from '../../array/dtype.ts';
import type { MatrixProduct, MatrixStrides } from './fixed.ts';

/** Most terms that are summed up in one go. A block of 8 columns of them stays in the innermost cache. */
const TERM_BLOCK = 320;
/** Rows whose factors stay in the second cache meanwhile. */
const ROW_BLOCK = 256;
/** Vectors per row of a tile, by its number of rows, up to the most that it has: what was fastest (`wasm/fixed/tile.ts`). */
const TILE_VECTORS: readonly number[] = [0, 8, 4, 2, 2];
const FUSED_TILE_VECTORS: readonly number[] = [0, 8, 4, 3];
/** From so many rows on the right factor is read often enough to be packed. */
const MANY_ROWS = 16;
/** Terms that reach over more bytes than this are better packed. */
const SPREAD = 16_384;
/** Sums of one group of rows where vectors lie along the terms. */
const DOT_SUMS = 8;
/** Fewer results per row or column than this come from sums along the terms. */
const MOST_NARROW = 3;

/** A plan; strides in bytes. */
export interface MatrixPlan {
  /** `dots`: vectors lie along the terms. `tiles`: along the columns. */
  readonly method: 'dots' | 'tiles';
  /** Whether rows and columns, and the factors, have changed roles. */
  readonly swapped: boolean;
  readonly rows: number;
  readonly columns: number;
  readonly terms: number;
  readonly left: MatrixStrides;
  /** Undefined where the positions of elements are in tables. */
  readonly right: MatrixStrides | undefined;
  readonly result: MatrixStrides;
  readonly tileRows: number;
  /** In elements. */
  readonly tileColumns: number;
  readonly packLeft: boolean;
  readonly packRight: boolean;
  readonly termBlock: number;
  readonly rowBlock: number;
  /** Elements of scratch memory: packed rows, then packed columns. */
  readonly packedRows: number;
  readonly scratch: number;
}

/** The plan of a kernel. */
export function planMatrixProduct(kernel: MatrixProduct): MatrixPlan {
  const { dtype, terms } = kernel;
  const bytes = bytesPerElement(dtype);
  const lanes = 16 / bytes;
  const inBytes = ({ row, column }: MatrixStrides): MatrixStrides => ({ row: row * bytes, column: column * bytes });
  const turned = ({ row, column }: MatrixStrides): MatrixStrides => ({ row: column, column: row });
  const isIndexed = kernel.right === 'indexed';
  const given = { left: inBytes(kernel.left), right: isIndexed ? undefined : inBytes(kernel.right as MatrixStrides), result: inBytes(kernel.result) };

  const narrow = Math.min(kernel.rows, kernel.columns);
  const along = given.right !== undefined && given.left.column === bytes && given.right.row === bytes && narrow <= MOST_NARROW && terms >= 2 * lanes;
  // Vectors lie along the longer side; dots have few columns.
  const swapped = given.right !== undefined && (along ? kernel.columns > kernel.rows : kernel.columns < lanes && kernel.rows > kernel.columns);
  const [rows, columns] = swapped ? [kernel.columns, kernel.rows] : [kernel.rows, kernel.columns];
  const left = swapped ? turned(given.right!) : given.left;
  const right = swapped ? turned(given.left) : given.right;
  const result = swapped ? turned(given.result) : given.result;
  const common = { swapped, rows, columns, terms, left, right, result };
  if (along) return { ...common, method: 'dots', tileRows: Math.floor(DOT_SUMS / columns), tileColumns: columns, packLeft: false, packRight: false, termBlock: TERM_BLOCK * lanes, rowBlock: rows, packedRows: 0, scratch: 0 };

  const perRow = kernel.fused === true ? FUSED_TILE_VECTORS : TILE_VECTORS;
  // A single row below others would take as long as they do.
  const mostRows = kernel.fused === true && rows === 4 ? 2 : perRow.length - 1;
  const tileRows = Math.min(mostRows, rows);
  const vectors = perRow[isIndexed ? mostRows : tileRows]!;
  const tileColumns = Math.min(vectors, Math.ceil(columns / lanes)) * lanes;
  const termBlock = Math.ceil(terms / Math.ceil(terms / TERM_BLOCK));
  const rowBlock = Math.min(rows, ROW_BLOCK - (ROW_BLOCK % tileRows));
  const isSpread = (stride: number): boolean => Math.abs(stride) * termBlock > SPREAD;
  // Packing pays where much is read often: each element of a factor is read once per tile beside or below it.
  const packRight = right === undefined || right.column !== bytes || (rows >= MANY_ROWS && isSpread(right.row));
  const packLeft = (columns >= 8 * tileColumns && isSpread(left.column)) || (columns >= 32 * tileColumns && terms >= 256);
  const packedRows = packLeft ? (Math.ceil(rowBlock / tileRows) + 1) * tileRows * termBlock : 0;
  return { ...common, method: 'tiles', tileRows, tileColumns, packLeft, packRight, termBlock, rowBlock, packedRows, scratch: packedRows + (packRight ? tileColumns * termBlock : 0) };
}
