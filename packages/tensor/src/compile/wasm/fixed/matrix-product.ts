/** @file Products of matrices. */
import { bytesPerElement } from '../../../array/dtype.ts';
import type { MatrixProduct } from '../../kernels/fixed.ts';
import type { FunctionBuilder, FunctionReference, Local, ModuleBuilder } from '../assembler.ts';

/** (left, right, result) → */
export function emitMatrixProduct(module: ModuleBuilder, name: string, kernel: MatrixProduct): FunctionReference {
  return module.addFunction(name, ['i32', 'i32', 'i32'], [], (f, [left, right, result]) => {
    const loop = (depth: number): void => {
      const batch = kernel.batch[depth];
      if (batch === undefined) return emitOne(f, kernel, left, right, result);
      walk(f, batch.length, kernel, [[left, batch.left], [right, batch.right], [result, batch.result]], () => loop(depth + 1));
    };
    loop(0);
  }, { export: false });
}

/** Repeats a body while pointers move on; afterwards they are where they were. */
function walk(f: FunctionBuilder, length: number, { dtype }: MatrixProduct, pointers: readonly (readonly [Local, number])[], body: () => void): void {
  const counter = f.local('i32');
  const bytes = bytesPerElement(dtype);
  const move = (steps: number): void => {
    for (const [pointer, stride] of pointers) f.localGet(pointer).i32Const((steps * stride * bytes) | 0).op('i32.add').localSet(pointer);
  };
  f.forRange(counter, 0, length, 1, () => {
    body();
    move(1);
  });
  move(-length);
}

function emitOne(f: FunctionBuilder, kernel: MatrixProduct, left: Local, right: Local, result: Local): void {
  const { dtype, rows, columns, terms } = kernel;
  const sum = f.local('f64');
  const push = (pointer: Local): FunctionBuilder => (dtype === 'f32' ? f.localGet(pointer).load('f32.load').op('f64.promote_f32') : f.localGet(pointer).load('f64.load'));
  walk(f, rows, kernel, [[left, kernel.left.row], [result, kernel.result.row]], () => {
    walk(f, columns, kernel, [[right, kernel.right.column], [result, kernel.result.column]], () => {
      f.f64Const(0).localSet(sum);
      walk(f, terms, kernel, [[left, kernel.left.column], [right, kernel.right.row]], () => {
        f.localGet(sum);
        push(left);
        push(right);
        f.op('f64.mul').op('f64.add').localSet(sum);
      });
      f.localGet(result).localGet(sum);
      if (dtype === 'f32') f.op('f32.demote_f64').store('f32.store');
      else f.store('f64.store');
    });
  });
}
