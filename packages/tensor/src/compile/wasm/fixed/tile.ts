/**
 * @file Tiles of a product of matrices: rows × columns sums that stay in registers while the terms pass by. Tiles that lie below each
 * other are one function, since they share the factor on the right.
 *
 * In V8, 4 rows of two vectors run at the speed of compiled C; wider or higher tiles and unrolled loops over the terms fall to half of it. Where products
 * are added without being rounded first, 3 rows of three vectors are best. Billions of operations a second, V8 11.3 on a Xeon, f32 (f64): 4 × 8 rounded 23
 * (10); fused 4 × 8 34 (14), 3 × 12 43 (19), 2 × 16 41 (19), and 5 × 8, 6 × 8, 4 × 12 and 3 × 16, whose sums leave the registers, 22 to 30 (11 to 14).
 */
import type { FunctionBuilder, FunctionReference, Local, ModuleBuilder } from '../assembler.ts';
import { advance } from './pointers.ts';
import type { Vector } from './vector.ts';

/** What the function of some tiles works on; strides in bytes. */
export interface TileShape {
  readonly rows: number;
  /** In elements. */
  readonly columns: number;
  readonly left: { readonly row: number; readonly term: number; readonly isPacked: boolean };
  /** Columns of the factor on the right lie side by side. */
  readonly right: { readonly term: number };
  readonly result: { readonly row: number; readonly column: number };
}

/** Parameters: left, right, result, terms ≥ 1, number of tiles ≥ 1, and whether to add to what is there. */
const PARAMS = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const;

/** A function that computes tiles, one below the other. */
export function emitTiles(module: ModuleBuilder, name: string, vector: Vector, shape: TileShape): FunctionReference {
  return module.addFunction(name, PARAMS, [], (f, [left, right, result, terms, tiles, accumulate]) => {
    const { rows, left: { row, term } } = shape;
    // Offsets of instructions are not negative: rows that go up are reached from the last one.
    const first = row < 0 ? (rows - 1) * row : 0;
    const [a, b, rounds] = [f.local('i32'), f.local('i32'), f.local('i32')];
    if (first !== 0) f.localGet(left).i32Const(first).op('i32.add').localSet(left);
    f.loop((again) => {
      f.localGet(left).localSet(a).localGet(right).localSet(b).localGet(terms).localSet(rounds);
      const sums = emitSums(f, vector, shape, a, b, rounds, term, row, first);
      storeSums(f, vector, shape, sums, result, accumulate);
      // Packed tiles follow each other.
      if (shape.left.isPacked) f.localGet(a).localSet(left);
      else advance(f, left, rows * row);
      advance(f, result, rows * shape.result.row);
      f.localGet(tiles).i32Const(1).op('i32.sub').localTee(tiles).brIf(again);
    });
  }, { export: false });
}

/** The elements that each vector of a row has. */
function countsOf(columns: number, lanes: number): number[] {
  return Array.from({ length: Math.ceil(columns / lanes) }, (_, k) => Math.min(lanes, columns - k * lanes));
}

function emitSums(f: FunctionBuilder, vector: Vector, shape: TileShape, a: Local, b: Local, rounds: Local, term: number, row: number, first: number): Local[][] {
  const counts = countsOf(shape.columns, vector.lanes);
  const sums = Array.from({ length: shape.rows }, () => counts.map(() => f.local('v128')));
  const right = counts.map(() => f.local('v128'));
  const left = f.local('v128');
  for (const sum of sums.flat()) {
    vector.zero(f);
    f.localSet(sum);
  }
  f.loop((again) => {
    counts.forEach((count, k) => {
      vector.load(f, b, 16 * k, count);
      f.localSet(right[k]!);
    });
    sums.forEach((own, i) => {
      vector.loadSplat(f, a, i * row - first);
      f.localSet(left);
      own.forEach((sum, k) => vector.addProduct(f, sum, () => f.localGet(left).localGet(right[k]!)));
    });
    advance(f, a, term);
    advance(f, b, shape.right.term);
    f.localGet(rounds).i32Const(1).op('i32.sub').localTee(rounds).brIf(again);
  });
  return sums;
}

function storeSums(f: FunctionBuilder, vector: Vector, { columns, result: { row, column } }: TileShape, sums: readonly Local[][], result: Local, accumulate: Local): void {
  const counts = countsOf(columns, vector.lanes);
  const target = f.local('i32');
  const each = (action: (sum: Local, k: number) => void): void => {
    f.localGet(result).localSet(target);
    for (const own of sums) {
      own.forEach(action);
      advance(f, target, row);
    }
  };
  f.localGet(accumulate).if(() => {
    each((sum, k) => {
      vector.loadSpread(f, target, k * vector.lanes * column, counts[k]!, column);
      f.localGet(sum);
      vector.add(f);
      f.localSet(sum);
    });
  });
  each((sum, k) => vector.storeSpread(f, target, k * vector.lanes * column, sum, counts[k]!, column));
}
