/** @file What the code of one kernel shares while it is being written: addresses, loop variables, pointers, temporaries. */
import type { DType } from '../../../array/dtype.ts';
import { bytesPerElement } from '../../../array/dtype.ts';
import type { Access } from '../../kernels/node.ts';
import type { FunctionBuilder, Local } from '../function-builder.ts';
import type { ValueType } from '../opcodes.ts';
import type { IndexChecks } from './index-checks.ts';
import type { KernelImports } from './imports.ts';
import type { Scratch } from './scalar-operators.ts';

/** Variables that are used within one operation only; the same ones serve all operations. */
export class ScratchLocals implements Scratch {
  private readonly f: FunctionBuilder;
  private readonly locals = new Map<ValueType, Local[]>();
  private readonly taken = new Map<ValueType, number>();

  constructor(f: FunctionBuilder) {
    this.f = f;
  }

  /** Forgets what was taken: the next operation begins. */
  release(): void {
    this.taken.clear();
  }

  take(type: ValueType): Local {
    const list = this.locals.get(type) ?? [];
    this.locals.set(type, list);
    const at = this.taken.get(type) ?? 0;
    this.taken.set(type, at + 1);
    return (list[at] ??= this.f.local(type));
  }
}

/** Index along an axis: a variable of a loop, or a number where the loop has one round. */
export type AxisIndex = Local | number;

/** The function of a kernel. */
export interface KernelFunction {
  readonly f: FunctionBuilder;
  readonly imports: KernelImports;
  readonly scratch: ScratchLocals;
  readonly checks: IndexChecks;
  /** Address of each buffer. */
  readonly addresses: readonly Local[];
  readonly dtypes: readonly DType[];
}

/** Pushes a value of the loop variables: an index of an axis. */
export function pushIndex(f: FunctionBuilder, index: AxisIndex): void {
  if (typeof index === 'number') f.i32Const(index);
  else f.localGet(index);
}

/**
 * Pushes the address of the element of an access, without the innermost axis if `axes` leaves it out. Returns what has to be added
 * as the immediate of the load or store.
 */
export function pushAddress({ f, addresses, dtypes }: KernelFunction, buffer: number, access: Access, axes: readonly AxisIndex[]): number {
  const bytes = bytesPerElement(dtypes[buffer]!);
  let fixed = access.offset;
  let falls = false;
  f.localGet(addresses[buffer]!);
  axes.forEach((index, axis) => {
    const coefficient = access.coefficients[axis]!;
    if (coefficient === 0) return;
    if (typeof index === 'number') {
      fixed += coefficient * index;
    } else {
      falls ||= coefficient < 0;
      f.localGet(index).i32Const(coefficient * bytes).op('i32.mul').op('i32.add');
    }
  });
  // Immediates are added without wrapping around, so what lies below must not be left of address 0 before they are.
  if (fixed >= 0 && !falls) return fixed * bytes;
  f.i32Const(fixed * bytes).op('i32.add');
  return 0;
}
