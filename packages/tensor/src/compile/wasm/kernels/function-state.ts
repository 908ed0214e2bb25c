/** @file What the code of one kernel shares while it is being written: addresses, loop variables, pointers, temporaries. */
import type { DType } from '../../../array/dtype.ts';
import { bytesPerElement } from '../../../array/dtype.ts';
import type { Access } from '../../kernels/node.ts';
import type { Range } from '../../kernels/kernel.ts';
import type { FunctionBuilder } from '../function-builder.ts';
import type { Local } from '../references.ts';
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

/** Index along an axis: a variable of a loop, some places ahead of one, or a number where the loop has one round. */
export type AxisIndex = Local | Ahead | number;

/** Vectors that are computed together share the address of the first: the distance is part of the instruction. */
export class Ahead {
  readonly index: Local;
  readonly by: number;

  constructor(index: Local, by: number) {
    this.index = index;
    this.by = by;
  }
}

/** What one call of a kernel performs of it, where threads share it: a part of one axis. */
export interface Portion {
  readonly axis: number;
  readonly from: Local;
  readonly to: Local;
  /** Where results of reductions over all axes go, in slots of eight bytes, instead of to their places. */
  readonly partials: Local;
}

/** The function of a kernel. */
export interface KernelFunction {
  readonly f: FunctionBuilder;
  readonly imports: KernelImports;
  readonly scratch: ScratchLocals;
  readonly checks: IndexChecks;
  /** Address of each buffer; a number where all calls have the same. */
  readonly addresses: readonly (Local | number)[];
  readonly dtypes: readonly DType[];
  /** Undefined: all of the kernel. */
  readonly portion: Portion | undefined;
}

/** What this call performs of a range of an axis; empty ranges end where they begin. */
export function portionOf({ f, portion }: KernelFunction, axis: number, range: Range): { readonly from: Local | number; readonly to: Local | number } {
  if (portion === undefined || portion.axis !== axis) return range;
  const [from, to] = [f.local('i32'), f.local('i32')];
  larger(f, portion.from, range.from, from);
  f.localGet(portion.to).i32Const(range.to).localGet(portion.to).i32Const(range.to).op('i32.lt_s').op('select').localSet(to);
  larger(f, to, from, to);
  return { from, to };
}

function larger(f: FunctionBuilder, x: Local, y: Local | number, target: Local): void {
  const other = (): FunctionBuilder => (typeof y === 'number' ? f.i32Const(y) : f.localGet(y));
  f.localGet(x);
  other().localGet(x);
  other().op('i32.gt_s').op('select').localSet(target);
}

/** Writes a body for one index of an axis, if this call performs it. */
export function whereOwn({ f, portion }: KernelFunction, axis: number, index: number, body: () => void): void {
  if (portion === undefined || portion.axis !== axis) return body();
  f.localGet(portion.from).i32Const(index).op('i32.le_s').localGet(portion.to).i32Const(index).op('i32.gt_s').op('i32.and').if(body);
}

/** Pushes a value of the loop variables: an index of an axis. */
export function pushIndex(f: FunctionBuilder, index: AxisIndex): void {
  if (typeof index === 'number') f.i32Const(index);
  else if (index instanceof Ahead) f.localGet(index.index).i32Const(index.by).op('i32.add');
  else f.localGet(index);
}

/** Pushes the address of the first element of a buffer. */
export function pushBase({ f, addresses }: KernelFunction, buffer: number): FunctionBuilder {
  const address = addresses[buffer]!;
  return typeof address === 'number' ? f.i32Const(address) : f.localGet(address);
}

/**
 * Pushes the address of the element of an access, without the innermost axis if `axes` leaves it out. Returns what has to be added
 * as the immediate of the load or store. Addresses that are known are part of the immediate, so that all arrays of a loop share one index.
 */
export function pushAddress({ f, addresses, dtypes }: KernelFunction, buffer: number, access: Access, axes: readonly AxisIndex[]): number {
  const bytes = bytesPerElement(dtypes[buffer]!);
  const address = addresses[buffer]!;
  let fixed = access.offset * bytes + (typeof address === 'number' ? address : 0);
  let falls = false;
  let pushed = 0;
  const add = (): void => {
    if (pushed++ > 0) f.op('i32.add');
  };
  if (typeof address !== 'number') {
    f.localGet(address);
    add();
  }
  axes.forEach((index, axis) => {
    const coefficient = access.coefficients[axis]!;
    if (coefficient === 0) return;
    if (typeof index === 'number') {
      fixed += coefficient * index * bytes;
    } else {
      falls ||= coefficient < 0;
      if (index instanceof Ahead) fixed += coefficient * index.by * bytes;
      f.localGet(index instanceof Ahead ? index.index : index).i32Const(coefficient * bytes).op('i32.mul');
      add();
    }
  });
  // Immediates are added without wrapping around, so what lies below must not be left of address 0 before they are.
  if (fixed >= 0 && !falls) {
    if (pushed === 0) f.i32Const(0);
    return fixed;
  }
  f.i32Const(fixed | 0);
  add();
  return 0;
}
