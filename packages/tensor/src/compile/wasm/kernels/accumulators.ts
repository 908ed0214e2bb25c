/**
 * @file Partial results of reductions. Where the kept axes are the outer ones, they lie in a variable that is stored when the
 * reduced loops are over. Otherwise the output itself collects them, and starts from the identity.
 */
import { bytesPerElement } from '../../../array/dtype.ts';
import type { Kernel, Output } from '../../kernels/kernel.ts';
import type { Local } from '../references.ts';
import { portionOf, pushAddress, pushBase, type AxisIndex, type KernelFunction } from './function-state.ts';
import { accumulatorDType, emitCombine, identityOf } from './reductions.ts';
import { emitLoad, emitStore } from './scalar-code.ts';
import { emitScalarConversion, emitScalarOperator, pushLiteral, scalarType } from './scalar-operators.ts';

/** Room for one partial result of any dtype. */
export const PARTIAL_BYTES = 8;

/** One reduction. */
export interface Reduce {
  readonly output: Extract<Output, { kind: 'reduce' }>;
  /** Number of outer axes that are kept, if these are all that are kept. */
  readonly prefix: number | undefined;
  /** The variable, if there is one. */
  readonly local: Local | undefined;
}

/** The reductions of a kernel. */
export class Accumulators {
  /** By position among the outputs. */
  readonly reduces: Map<number, Reduce> = new Map();
  private readonly k: KernelFunction;
  private readonly kernel: Kernel;

  constructor(k: KernelFunction, kernel: Kernel) {
    this.k = k;
    this.kernel = kernel;
    kernel.outputs.forEach((output, at) => {
      if (output.kind !== 'reduce') return;
      const kept = kernel.shape.flatMap((_, axis) => (output.axes.includes(axis) ? [] : [axis]));
      const prefix = kept.every((axis, position) => axis === position) ? kept.length : undefined;
      const dtype = accumulatorDType(output.operator, k.dtypes[output.buffer]!);
      this.reduces.set(at, { output, prefix, local: prefix === undefined ? undefined : k.f.local(scalarType(dtype)) });
    });
  }

  /** Fills outputs that collect by themselves with the identity. */
  prepare(): void {
    const { f, dtypes } = this.k;
    for (const { output, prefix } of this.reduces.values()) {
      if (prefix !== undefined) continue;
      if (this.k.portion !== undefined) {
        this.clear(output);
        continue;
      }
      const dtype = dtypes[output.buffer]!;
      const bytes = bytesPerElement(dtype);
      const size = this.kernel.shape.reduce((total, length, axis) => (output.axes.includes(axis) ? total : total * length), 1);
      const at = f.local('i32');
      f.forRange(at, 0, size * bytes, bytes, () => {
        pushBase(this.k, output.buffer).localGet(at).op('i32.add');
        pushLiteral(f, identityOf(output.operator, dtype), dtype);
        emitStore(this.k, dtype, 0);
      });
    }
  }

  /** Fills what this call collects in an output with the identity. */
  private clear({ buffer, access, operator, axes: reduced }: Reduce['output']): void {
    const { f, dtypes } = this.k;
    const { shape } = this.kernel;
    const dtype = dtypes[buffer]!;
    const loop = (axes: readonly AxisIndex[]): void => {
      const axis = axes.length;
      if (axis === shape.length) {
        const offset = pushAddress(this.k, buffer, access, axes);
        pushLiteral(f, identityOf(operator, dtype), dtype);
        emitStore(this.k, dtype, offset);
      } else if (reduced.includes(axis)) {
        loop([...axes, 0]);
      } else {
        const { from, to } = portionOf(this.k, axis, { from: 0, to: shape[axis]! });
        const index = f.local('i32');
        f.forRange(index, from, to, 1, () => loop([...axes, index]));
      }
    };
    loop([]);
  }

  /** The loops over an axis begin. */
  begin(axis: number): void {
    for (const { output, prefix, local } of this.reduces.values()) {
      if (prefix !== axis || local === undefined) continue;
      const dtype = this.k.dtypes[output.buffer]!;
      pushLiteral(this.k.f, identityOf(output.operator, dtype), accumulatorDType(output.operator, dtype));
      this.k.f.localSet(local);
    }
  }

  /** The loops over an axis are over; `axes` are the indices of those outside. */
  end(axis: number, axes: readonly AxisIndex[]): void {
    let slot = 0;
    for (const { output, prefix, local } of this.reduces.values()) {
      if (prefix !== axis || local === undefined) continue;
      const dtype = this.k.dtypes[output.buffer]!;
      if (prefix === 0 && this.k.portion !== undefined) {
        this.k.f.localGet(this.k.portion.partials).localGet(local);
        emitStore(this.k, accumulatorDType(output.operator, dtype), PARTIAL_BYTES * slot++);
        continue;
      }
      const offset = pushAddress(this.k, output.buffer, output.access, axes);
      this.k.f.localGet(local);
      emitScalarConversion(this.k.f, accumulatorDType(output.operator, dtype), dtype);
      emitStore(this.k, dtype, offset);
    }
  }

  /** (value) → combined with what has been collected. */
  collect({ output, local }: Reduce, axes: readonly AxisIndex[], isAccumulated = false): void {
    const { f, scratch, imports, dtypes } = this.k;
    const dtype = dtypes[output.buffer]!;
    const wide = accumulatorDType(output.operator, dtype);
    const own = local === undefined ? dtype : wide;
    const choose = (): void => {
      scratch.release();
      emitScalarOperator(f, imports, scratch, output.operator === 'min' ? 'min' : 'max', 'i32');
    };
    emitScalarConversion(f, isAccumulated ? wide : dtype, own);
    if (local !== undefined) {
      f.localGet(local);
      emitCombine(f, output.operator, own, choose);
      f.localSet(local);
      return;
    }
    const value = f.local(scalarType(own));
    f.localSet(value);
    const offset = pushAddress(this.k, output.buffer, output.access, axes);
    const address = f.local('i32');
    f.localTee(address).localGet(address);
    emitLoad(this.k, dtype, offset);
    f.localGet(value);
    emitCombine(f, output.operator, dtype, choose);
    emitStore(this.k, dtype, offset);
  }
}
