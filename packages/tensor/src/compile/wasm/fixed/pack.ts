/**
 * @file Packing: some lines of a matrix side by side in scratch memory, term by term, as tiles read them. Where either the lines or the
 * terms lie next to each other, whole vectors are moved.
 */
import type { FunctionBuilder, FunctionReference, Local, ModuleBuilder } from '../assembler.ts';
import { advance, offsetPointer, repeat } from './pointers.ts';
import type { Vector } from './vector.ts';

/** What is packed; strides in bytes. */
export interface PackShape {
  readonly lines: number;
  /** From one line to the next, and from one term to the next. */
  readonly line: number;
  readonly term: number;
  /** From one term to the next in scratch memory. */
  readonly packedTerm: number;
}

/** (source, target, number of terms ≥ 1) → */
export function emitPack(module: ModuleBuilder, name: string, vector: Vector, shape: PackShape): FunctionReference {
  const { lines, line, term, packedTerm } = shape;
  return module.addFunction(name, ['i32', 'i32', 'i32'], [], (f, [source, target, terms]) => {
    const forward = (count: number): void => {
      advance(f, source, count * term);
      advance(f, target, count * packedTerm);
    };
    if (line === vector.bytes) {
      repeat(f, terms, 1, () => {
        copyLines(f, vector, source, target, lines);
        forward(1);
      });
      return;
    }
    // Lines may go backwards, which offsets of instructions cannot.
    const starts = Array.from({ length: lines }, (_, i) => offsetPointer(f, source, i * line));
    if (term === vector.bytes) {
      repeat(f, terms, vector.lanes, () => {
        transposeLines(f, vector, starts, target, packedTerm);
        for (const start of starts) advance(f, start, 16);
        advance(f, target, vector.lanes * packedTerm);
      });
    }
    repeat(f, terms, 1, () => {
      starts.forEach((start, i) => vector.copyElement(f, target, i * vector.bytes, start, 0));
      for (const start of starts) advance(f, start, term);
      advance(f, target, packedTerm);
    });
  }, { export: false });
}

/** Copies elements that lie next to each other. */
export function copyLines(f: FunctionBuilder, vector: Vector, source: Local, target: Local, lines: number): void {
  const value = f.local('v128');
  for (let i = 0; i < lines; i += vector.lanes) {
    const count = Math.min(vector.lanes, lines - i);
    vector.load(f, source, i * vector.bytes, count);
    f.localSet(value);
    vector.storeSpread(f, target, i * vector.bytes, value, count, vector.bytes);
  }
}

/** Packs as many terms as a vector has lanes, where they lie next to each other in each line. */
export function transposeLines(f: FunctionBuilder, vector: Vector, starts: readonly Local[], target: Local, packedTerm: number): void {
  const { lanes, bytes } = vector;
  for (let first = 0; first < starts.length; first += lanes) {
    const count = Math.min(lanes, starts.length - first);
    const rows = Array.from({ length: lanes }, (_, i) => {
      const row = f.local('v128');
      if (i < count) vector.load(f, starts[first + i]!, 0);
      else vector.zero(f);
      f.localSet(row);
      return row;
    });
    vector.transpose(f, rows).forEach((value, k) => vector.storeSpread(f, target, k * packedTerm + first * bytes, value, count, bytes));
  }
}
