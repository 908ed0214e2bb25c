/** @file Code of nodes for one element: at the edges of vectors, in rows, and for what does not change along the innermost axis. */
import type { DType } from '../../../array/dtype.ts';
import { bytesPerElement } from '../../../array/dtype.ts';
import { inputsOf, type Node } from '../../kernels/node.ts';
import type { Local } from '../references.ts';
import type { LoadOpcode, StoreOpcode } from '../opcodes.ts';
import { pushAddress, pushBase, pushIndex, type AxisIndex, type KernelFunction } from './function-state.ts';
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

/** How often each node is asked for by others and by `roots`; those that are known already, and their inputs, do not count. */
export function countUses(roots: readonly Node[], isKnown: (node: Node) => boolean): Map<Node, number> {
  const uses = new Map<Node, number>();
  const visit = (node: Node): void => {
    const before = uses.get(node) ?? 0;
    uses.set(node, before + 1);
    if (before === 0 && !isKnown(node)) inputsOf(node).forEach(visit);
  };
  roots.forEach(visit);
  return uses;
}

/** Operations of kernels that use computed positions. */
export type IndexUser = 'gather' | 'scatterAdd';

/** Writes the code of nodes for one position. */
export class ScalarCode {
  private readonly k: KernelFunction;
  /** Index along each axis that is known here. */
  private readonly axes: readonly AxisIndex[];
  /** Nodes that lie in variables, of enclosing loops too. */
  private readonly known: ReadonlyMap<Node, Local>;
  private readonly uses: ReadonlyMap<Node, number>;
  private readonly own = new Map<Node, Local>();

  constructor(k: KernelFunction, axes: readonly AxisIndex[], known: ReadonlyMap<Node, Local>, roots: readonly Node[]) {
    this.k = k;
    this.axes = axes;
    this.known = known;
    this.uses = countUses(roots, (node) => known.has(node));
  }

  /** → the value of a node. */
  push(node: Node): void {
    const { f } = this.k;
    const ready = this.own.get(node) ?? this.known.get(node);
    if (ready !== undefined) {
      f.localGet(ready);
      return;
    }
    this.compute(node);
    if ((this.uses.get(node) ?? 0) > 1 && node.kind !== 'literal') {
      const local = f.local(scalarType(node.dtype));
      this.own.set(node, local);
      f.localTee(local);
    }
  }

  private compute(node: Node): void {
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
