/** @file Nested loops over an index space, with one pointer per operand that walks along. */
import type { Shape } from '../../array/strides.ts';
import type { FunctionBuilder, Local } from './function-builder.ts';

/** A pointer in bytes and how far it moves along each axis. */
export interface Walker {
  readonly pointer: Local;
  readonly strides: readonly number[];
}

/** Runs `body` for each index, the last axis fastest; it gets the pointers of all walkers. */
export function printLoopNest(f: FunctionBuilder, shape: Shape, walkers: readonly Walker[], body: (pointers: readonly Local[]) => void): void {
  const nest = (axis: number, pointers: readonly Local[]): void => {
    if (axis === shape.length) {
      body(pointers);
      return;
    }
    const moving = walkers.map(({ strides }) => strides[axis]!);
    // A pointer that stands still along this axis needs no copy of its own.
    const own = pointers.map((pointer, k) => {
      if (moving[k] === 0) return pointer;
      const local = f.local('i32');
      f.localGet(pointer).localSet(local);
      return local;
    });
    f.forRange(f.local('i32'), 0, shape[axis]!, 1, () => {
      nest(axis + 1, own);
      own.forEach((pointer, k) => {
        if (moving[k] !== 0) f.localGet(pointer).i32Const(moving[k]!).op('i32.add').localSet(pointer);
      });
    });
  };
  nest(0, walkers.map(({ pointer }) => pointer));
}
