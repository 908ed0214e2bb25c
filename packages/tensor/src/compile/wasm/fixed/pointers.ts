/** @file Pointers that move through memory, and loops that count down. */
import type { FunctionBuilder, Local } from '../assembler.ts';

/** Moves a pointer on. */
export function advance(f: FunctionBuilder, pointer: Local, bytes: number): void {
  if (bytes !== 0) f.localGet(pointer).i32Const(bytes | 0).op('i32.add').localSet(pointer);
}

/** A pointer that lies `bytes` behind another one. */
export function offsetPointer(f: FunctionBuilder, pointer: Local, bytes: number): Local {
  const moved = f.local('i32');
  f.localGet(pointer).i32Const(bytes | 0).op('i32.add').localSet(moved);
  return moved;
}

/** Repeats a body for each `step` of a count, and leaves what remains in the count. */
export function repeat(f: FunctionBuilder, count: Local, step: number, body: () => void): void {
  const enough = (): FunctionBuilder => f.localGet(count).i32Const(step).op('i32.ge_s');
  enough().if(() => {
    f.loop((again) => {
      body();
      f.localGet(count).i32Const(step).op('i32.sub').localSet(count);
      enough().brIf(again);
    });
  });
}
