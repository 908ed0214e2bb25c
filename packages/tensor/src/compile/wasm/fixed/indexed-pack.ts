/**
 * @file Packing of a matrix whose element lies at termOffsets[term] + columnOffsets[column], as the patches of a picture do. Where
 * columns or terms lie next to each other, whole vectors are moved.
 */
import type { FunctionReference, ModuleBuilder } from '../assembler.ts';
import { copyLines, transposeLines } from './pack.ts';
import { advance, repeat } from './pointers.ts';
import type { Vector } from './vector.ts';

/** (source, target, number of terms ≥ 1, term offsets, column offsets) → */
export function emitIndexedPack(module: ModuleBuilder, name: string, vector: Vector, columns: number, packedTerm: number): FunctionReference {
  return module.addFunction(name, ['i32', 'i32', 'i32', 'i32', 'i32'], [], (f, [source, target, terms, termOffsets, columnOffsets]) => {
    const { bytes, lanes } = vector;
    const from = f.local('i32');
    const width = (columns - 1) * bytes;
    // Offsets increase, so the first and the last one tell whether there are gaps.
    f.localGet(columnOffsets).load('i32.load', 4 * (columns - 1)).localGet(columnOffsets).load('i32.load').op('i32.sub').i32Const(width).op('i32.eq');
    f.if(() => {
      f.localGet(source).localGet(columnOffsets).load('i32.load').op('i32.add').localSet(source);
      repeat(f, terms, 1, () => {
        f.localGet(source).localGet(termOffsets).load('i32.load').op('i32.add').localSet(from);
        copyLines(f, vector, from, target, columns);
        advance(f, termOffsets, 4);
        advance(f, target, packedTerm);
      });
    }, () => {
      const starts = Array.from({ length: columns }, (_, i) => {
        const start = f.local('i32');
        f.localGet(source).localGet(columnOffsets).load('i32.load', 4 * i).op('i32.add').localSet(start);
        return start;
      });
      const moved = starts.map(() => f.local('i32'));
      const move = (): void => starts.forEach((start, i) => f.localGet(start).localGet(from).op('i32.add').localSet(moved[i]!));
      const single = (k: number): void => {
        f.localGet(termOffsets).load('i32.load', 4 * k).localSet(from);
        move();
        moved.forEach((start, i) => vector.copyElement(f, target, k * packedTerm + i * bytes, start, 0));
      };
      const next = (count: number): void => {
        advance(f, termOffsets, 4 * count);
        advance(f, target, count * packedTerm);
      };
      repeat(f, terms, lanes, () => {
        f.localGet(termOffsets).load('i32.load', 4 * (lanes - 1)).localGet(termOffsets).load('i32.load').localTee(from).op('i32.sub').i32Const((lanes - 1) * bytes).op('i32.eq');
        f.if(() => {
          move();
          transposeLines(f, vector, moved, target, packedTerm);
        }, () => {
          for (let k = 0; k < lanes; k++) single(k);
        });
        next(lanes);
      });
      repeat(f, terms, 1, () => {
        single(0);
        next(1);
      });
    });
  }, { export: false });
}
