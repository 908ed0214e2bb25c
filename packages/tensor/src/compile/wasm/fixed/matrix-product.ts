/**
 * @file Products of matrices. Blocks of terms and of rows keep the factors in the caches; tiles keep the sums in registers
 * [Goto2008]. How a kernel is cut is said in `kernels/matrix-plan.ts`.
 */
import { bytesPerElement } from '../../../array/dtype.ts';
import type { MatrixProduct } from '../../kernels/fixed.ts';
import { planMatrixProduct, type MatrixPlan } from '../../kernels/matrix-plan.ts';
import type { FunctionBuilder, FunctionReference, Local, ModuleBuilder } from '../assembler.ts';
import { emitDots } from './dots.ts';
import { emitIndexedPack } from './indexed-pack.ts';
import { emitPack } from './pack.ts';
import { advance, repeat } from './pointers.ts';
import { emitTiles } from './tile.ts';
import { Vector } from './vector.ts';

/** What one product works on. */
interface Operands {
  readonly left: Local;
  readonly right: Local;
  readonly result: Local;
  readonly scratch: Local;
  readonly termOffsets: Local | undefined;
  readonly columnOffsets: Local | undefined;
  /** Whether results are added to what is there. */
  readonly accumulate: Local;
}

/** (left, right, result, scratch, and for an indexed factor termOffsets, columnOffsets) → */
export function emitMatrixProduct(module: ModuleBuilder, name: string, kernel: MatrixProduct): FunctionReference {
  const plan = planMatrixProduct(kernel);
  const vector = new Vector(kernel.dtype, kernel.fused);
  const emit = plan.method === 'dots' ? dots(module, name, vector, plan) : tiles(module, name, vector, plan);
  const params = kernel.right === 'indexed' ? (['i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const) : (['i32', 'i32', 'i32', 'i32'] as const);
  return module.addFunction(name, params, [], (f, [first, second, result, scratch, termOffsets, columnOffsets]: readonly Local[]) => {
    const accumulate = f.local('i32');
    const [left, right] = plan.swapped ? [second!, first!] : [first!, second!];
    const operands = { left, right, result: result!, scratch: scratch!, termOffsets, columnOffsets, accumulate };
    forBatch(f, kernel, [first!, second!, result!], accumulate, () => emit(f, operands));
  }, { export: false });
}

/** Repeats a body for all pairs of matrices, while pointers move on. */
function forBatch(f: FunctionBuilder, { batch, dtype }: MatrixProduct, pointers: readonly Local[], accumulate: Local, body: () => void): void {
  const bytes = bytesPerElement(dtype);
  const added: Local[] = [];
  const loop = (depth: number): void => {
    if (depth === batch.length) {
      f.i32Const(0);
      for (const counter of added) f.localGet(counter).op('i32.or');
      f.localSet(accumulate);
      return body();
    }
    const { length, left, right, result } = batch[depth]!;
    if (length === 1) return loop(depth + 1);
    const counter = f.local('i32');
    if (result === 0) added.push(counter);
    const strides = [left, right, result].map((stride) => stride * bytes);
    f.forRange(counter, 0, length, 1, () => {
      loop(depth + 1);
      pointers.forEach((pointer, k) => advance(f, pointer, strides[k]!));
    });
    pointers.forEach((pointer, k) => advance(f, pointer, -length * strides[k]!));
  };
  loop(0);
}

type Emit = (f: FunctionBuilder, operands: Operands) => void;

function dots(module: ModuleBuilder, name: string, vector: Vector, plan: MatrixPlan): Emit {
  const { rows, tileRows, left, result } = plan;
  const full = Math.floor(rows / tileRows);
  const rest = rows % tileRows;
  const whole = full > 0 ? emitDots(module, `${name}Dots`, vector, plan, tileRows) : undefined;
  const last = rest > 0 ? emitDots(module, `${name}LastDots`, vector, plan, rest) : undefined;
  return (f, operands) => {
    const call = (target: FunctionReference, skipped: number, count: number): void => {
      f.localGet(operands.left).i32Const((skipped * left.row) | 0).op('i32.add').localGet(operands.right);
      f.localGet(operands.result).i32Const((skipped * result.row) | 0).op('i32.add').i32Const(count).localGet(operands.accumulate).call(target);
    };
    if (whole !== undefined) call(whole, 0, full);
    if (last !== undefined) call(last, full * tileRows, 1);
  };
}

function tiles(module: ModuleBuilder, name: string, vector: Vector, plan: MatrixPlan): Emit {
  const { rows, columns, terms, tileRows, tileColumns, packLeft, packRight, termBlock, rowBlock } = plan;
  const { bytes } = vector;
  const packedLeft = { row: bytes, term: tileRows * bytes };
  const left = packLeft ? { ...packedLeft, isPacked: true } : { row: plan.left.row, term: plan.left.column, isPacked: false };
  const packedColumn = tileColumns * bytes;
  const rightTerm = packRight ? packedColumn : plan.right!.row;
  const lastRows = rows % tileRows;
  const lastColumns = columns % tileColumns;
  const widths = [...(columns >= tileColumns ? [tileColumns] : []), ...(lastColumns > 0 ? [lastColumns] : [])];
  const heights = [...(rows >= tileRows ? [tileRows] : []), ...(lastRows > 0 ? [lastRows] : [])];
  const tile = new Map<string, FunctionReference>();
  const packColumns = new Map<number, FunctionReference>();
  const packRows = new Map<number, FunctionReference>();
  for (const width of widths) {
    for (const height of heights) {
      const shape = { rows: height, columns: width, left, right: { term: rightTerm }, result: plan.result };
      tile.set(`${height} ${width}`, emitTiles(module, `${name}Tile${height}x${width}`, vector, shape));
    }
    if (plan.right === undefined) packColumns.set(width, emitIndexedPack(module, `${name}Patches${width}`, vector, width, packedColumn));
    else if (packRight) packColumns.set(width, emitPack(module, `${name}Columns${width}`, vector, { lines: width, line: plan.right.column, term: plan.right.row, packedTerm: packedColumn }));
  }
  if (packLeft) for (const height of heights) packRows.set(height, emitPack(module, `${name}Rows${height}`, vector, { lines: height, line: plan.left.row, term: plan.left.column, packedTerm: packedLeft.term }));

  return (f, operands) => {
    const local = (): Local => f.local('i32');
    const [term, row, column, blockTerms, blockTiles, from, target, rowsLeft, accumulate] = Array.from({ length: 9 }, local) as [Local, Local, Local, Local, Local, Local, Local, Local, Local];
    /** → a pointer moved by an index times a stride. */
    const at = (pointer: Local, ...moves: readonly (readonly [Local, number])[]): FunctionBuilder => {
      f.localGet(pointer);
      for (const [index, stride] of moves) if (stride !== 0) f.localGet(index).i32Const(stride | 0).op('i32.mul').op('i32.add');
      return f;
    };
    const fullRows = rows - lastRows;
    /** Whether the rows below the last whole tile belong to this block. */
    const isLast = (): FunctionBuilder => f.localGet(row).i32Const(rowBlock).op('i32.add').i32Const(fullRows).op('i32.ge_s');
    const packed = (height: number, first: () => void, count: () => void): void => {
      // Rows of tiles in scratch memory, one tile after another.
      first();
      count();
      f.localSet(rowsLeft);
      repeat(f, rowsLeft, 1, () => {
        f.localGet(from).localGet(target).localGet(blockTerms).call(packRows.get(height)!);
        advance(f, from, height * plan.left.row);
        f.localGet(target).localGet(blockTerms).i32Const(packedLeft.term).op('i32.mul').op('i32.add').localSet(target);
      });
    };
    f.localGet(operands.accumulate).localSet(accumulate);
    f.forRange(term, 0, terms, termBlock, () => {
      minimum(f, () => f.i32Const(terms).localGet(term).op('i32.sub'), termBlock, blockTerms);
      f.forRange(row, 0, Math.max(1, fullRows), rowBlock, () => {
        minimum(f, () => f.i32Const(fullRows).localGet(row).op('i32.sub'), rowBlock, blockTiles);
        f.localGet(blockTiles).i32Const(tileRows).op('i32.div_u').localSet(blockTiles);
        if (packLeft) {
          at(operands.left, [term, plan.left.column], [row, plan.left.row]).localSet(from);
          f.localGet(operands.scratch).localSet(target);
          if (fullRows > 0) packed(tileRows, () => undefined, () => f.localGet(blockTiles));
          if (lastRows > 0) isLast().if(() => packed(lastRows, () => undefined, () => f.i32Const(1)));
        }
        const strip = (width: number): void => {
          if (packRight) {
            if (plan.right === undefined) f.localGet(operands.right);
            else at(operands.right, [term, plan.right.row], [column, plan.right.column]);
            f.localGet(operands.scratch).i32Const(plan.packedRows * bytes).op('i32.add').localTee(from).localGet(blockTerms);
            if (plan.right === undefined) {
              at(operands.termOffsets!, [term, 4]);
              at(operands.columnOffsets!, [column, 4]);
            }
            f.call(packColumns.get(width)!);
          } else {
            at(operands.right, [term, plan.right!.row], [column, plan.right!.column]).localSet(from);
          }
          const leftOf = (): FunctionBuilder => (packLeft ? f.localGet(operands.scratch) : at(operands.left, [term, plan.left.column], [row, plan.left.row]));
          if (fullRows > 0) {
            leftOf().localGet(from);
            at(operands.result, [row, plan.result.row], [column, plan.result.column]);
            f.localGet(blockTerms).localGet(blockTiles).localGet(accumulate).call(tile.get(`${tileRows} ${width}`)!);
          }
          if (lastRows > 0) {
            isLast().if(() => {
              leftOf().localGet(blockTiles);
              if (packLeft) f.localGet(blockTerms).op('i32.mul').i32Const(packedLeft.term).op('i32.mul').op('i32.add');
              else f.i32Const((tileRows * plan.left.row) | 0).op('i32.mul').op('i32.add');
              f.localGet(from);
              at(operands.result, [row, plan.result.row], [column, plan.result.column], [blockTiles, tileRows * plan.result.row]);
              f.localGet(blockTerms).i32Const(1).localGet(accumulate).call(tile.get(`${lastRows} ${width}`)!);
            });
          }
        };
        f.forRange(column, 0, columns - lastColumns, tileColumns, () => strip(tileColumns));
        if (lastColumns > 0) {
          f.i32Const(columns - lastColumns).localSet(column);
          strip(lastColumns);
        }
      });
      f.i32Const(1).localSet(accumulate);
    });
  };
}

/** Sets a variable to the smaller of a value and a bound. */
function minimum(f: FunctionBuilder, value: () => void, bound: number, target: Local): void {
  value();
  f.localTee(target).i32Const(bound).localGet(target).i32Const(bound).op('i32.lt_s').op('select').localSet(target);
}
