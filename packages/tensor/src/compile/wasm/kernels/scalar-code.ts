/** @file Code of nodes for one element: at the edges of vectors, in rows, and for what does not change along the innermost axis. */
import type { DType } from '../../../array/dtype.ts';
import { bytesPerElement } from '../../../array/dtype.ts';
import type { Node } from '../../kernels/node.ts';
import type { Local } from '../references.ts';
import type { LoadOpcode, StoreOpcode, ValueType } from '../opcodes.ts';
import { pushAddress, pushBase, pushIndex, type AxisIndex, type KernelFunction } from './function-state.ts';
import { NodeCode } from './node-code.ts';
import { emitScalarConversion, emitScalarOperator, pushLiteral, scalarType } from './scalar-operators.ts';

const LOADS: Readonly<Record<DType, LoadOpcode>> = { f32: 'f32.load', f64: 'f64.load', i32: 'i32.load', bool: 'i32.load8_u' };
const STORES: Readonly<Record<DType, StoreOpcode>> = { f32: 'f32.store', f64: 'f64.store', i32: 'i32.store', bool: 'i32.store8' };

/** (address) → element. */
export function emitLoad({ f }: Pick<KernelFunction, 'f'>, dtype: DType, offset: number): void {
  f.load(LOADS[dtype], offset);
}

/** (address, element) →. */
export function emitStore({ f }: Pick<KernelFunction, 'f'>, dtype: DType, offset: number): void {
  f.store(STORES[dtype], offset);
}

/** Operations of kernels that use computed positions. */
export type IndexUser = 'gather' | 'scatterAdd';

/** Writes the code of nodes for one position. */
export class ScalarCode extends NodeCode {
  /** Index along each axis that is known here. */
  private readonly axes: readonly AxisIndex[];

  constructor(k: KernelFunction, axes: readonly AxisIndex[], known: ReadonlyMap<Node, Local>, roots: readonly Node[]) {
    super(k, known, roots);
    this.axes = axes;
  }

  protected typeOf({ dtype }: Node): ValueType {
    return scalarType(dtype);
  }

  protected compute(node: Node): void {
    const { f, scratch, imports } = this.k;
    switch (node.kind) {
      case 'literal':
        pushLiteral(f, node.value, node.dtype);
        return;
      case 'index':
        pushIndex(f, this.axes[node.axis]!);
        return;
      case 'load':
        emitLoad(this.k, node.dtype, pushAddress(this.k, node.buffer, node.access, this.axes));
        return;
      case 'gather':
        this.pushElementAddress(node.buffer, node.index, node.length, node.base);
        emitLoad(this.k, node.dtype, 0);
        return;
      case 'convert':
        this.push(node.input);
        emitScalarConversion(f, node.input.dtype, node.dtype);
        return;
      case 'within':
        this.push(node.input);
        this.k.checks.refuse(node.length, node.site);
        return;
      case 'operation':
        for (const input of node.inputs) this.push(input);
        scratch.release();
        // A choice has the dtype of its branches, everything else that of its operands.
        emitScalarOperator(f, imports, scratch, node.operator, node.operator === 'select' ? node.dtype : node.inputs[0]!.dtype);
    }
  }

  /** → address of an element of a buffer at a computed position, which is checked unless it is known to be inside. */
  pushElementAddress(buffer: number, index: Node, length: number, base: Node | undefined, operation: IndexUser = 'gather'): void {
    const { f, dtypes } = this.k;
    this.push(index);
    if (index.interval.low < 0 || index.interval.high >= length) this.k.checks.refuse(length, { operation, place: 'an array' });
    if (base !== undefined) {
      this.push(base);
      f.op('i32.add');
    }
    f.i32Const(bytesPerElement(dtypes[buffer]!)).op('i32.mul');
    pushBase(this.k, buffer).op('i32.add');
  }
}
