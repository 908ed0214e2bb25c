/** @file From readings to the nodes of a kernel, and to what must be known before there are nodes: what is read, and where to cut. */
import type { Expression } from '../../elementwise/expression.ts';
import { ELEMENTWISE } from '../../elementwise/table.ts';
import type { DType } from '../../array/dtype.ts';
import type { Range } from '../kernels/kernel.ts';
import type { Access, Node, NodeTable } from '../kernels/node.ts';
import { cutAt, extent, mapKey, type AxisMap, type IndexMap } from './index-map.ts';
import { sourceOf, type Reading, type Sight, type Source } from './reading.ts';
import { Variable } from '@tapeflow/autodiff/extend';
import type { View } from './view.ts';

/** Position in the region of a view, for an index of the kernel. */
export function accessOf(view: View, map: IndexMap, rank: number): Access {
  const coefficients = new Array<number>(rank).fill(0);
  let { offset } = view;
  map.forEach((entry, k) => {
    const stride = view.strides[k]!;
    offset += stride * entry.offset;
    if (entry.axis >= 0) coefficients[entry.axis]! += stride * entry.scale;
  });
  return { coefficients, offset };
}

const keyOf = (reading: Reading): string => ('atom' in reading && reading.atom instanceof Variable ? `${reading.atom.id}|${mapKey(reading.map)}` : '');

/** What is told of every reading on the way down. */
export interface Visitor {
  read(view: View, access: Access): void;
  /** Read at positions that are not known. */
  readAnywhere(view: View): void;
  cut(axis: number, at: number): void;
}

/** Follows a value down to memory, once for each map at which it is read. Returns the number of readings. */
export function visit(start: Reading, sight: Sight, shape: readonly number[], visitor: Visitor): number {
  const seen = new Set<string>();
  const cut = (position: AxisMap, bound: number): void => {
    if (position.axis < 0) return;
    const at = cutAt(position, bound, { from: 0, to: shape[position.axis]! });
    if (at !== undefined) visitor.cut(position.axis, at);
  };
  const follow = (reading: Reading): void => {
    const key = keyOf(reading);
    if (key !== '' && seen.has(key)) return;
    seen.add(key);
    const source = sourceOf(reading, sight);
    switch (source.kind) {
      case 'memory':
        visitor.read(source.view, accessOf(source.view, source.map, shape.length));
        return;
      case 'gather':
        visitor.readAnywhere(source.view);
        break;
      case 'windows':
        for (const { position, low, high } of source.windows) {
          cut(position, low);
          cut(position, high);
        }
        break;
      case 'parts':
        for (const bound of source.starts.slice(1)) cut(source.position, bound);
    }
    readingsOf(source).forEach(follow);
  };
  follow(start);
  return seen.size;
}

function readingsOf(source: Source): readonly Reading[] {
  switch (source.kind) {
    case 'same':
    case 'convert':
    case 'within':
      return [source.reading];
    case 'elementwise':
      return source.inputs;
    case 'gather':
      return [source.index];
    case 'windows':
      return [source.inside];
    case 'parts':
      return source.parts;
    default:
      return [];
  }
}

/** Makes the nodes of one part of a kernel. */
export class NodeMaker {
  private readonly table: NodeTable;
  private readonly part: readonly Range[];
  private readonly rank: number;
  private readonly bufferOf: (view: View) => number;
  private readonly made = new Map<string, Node>();

  constructor(table: NodeTable, part: readonly Range[], bufferOf: (view: View) => number) {
    this.table = table;
    this.part = part;
    this.rank = part.length;
    this.bufferOf = bufferOf;
  }

  /** The value at an index map. Readings of other sights are told apart by `prefix`. */
  node(reading: Reading, sight: Sight, prefix: string): Node {
    const key = keyOf(reading);
    const known = key === '' ? undefined : this.made.get(`${prefix}${key}`);
    if (known !== undefined) return known;
    const node = this.make(sourceOf(reading, sight), sight, prefix);
    if (key !== '') this.made.set(`${prefix}${key}`, node);
    return node;
  }

  private make(source: Source, sight: Sight, prefix: string): Node {
    const { table } = this;
    const below = (reading: Reading): Node => this.node(reading, sight, prefix);
    switch (source.kind) {
      case 'number':
        return table.literal(source.value, source.dtype);
      case 'memory':
        return table.load(this.bufferOf(source.view), source.view.dtype, accessOf(source.view, source.map, this.rank));
      case 'index':
        return table.convert(this.position(source.position), source.dtype);
      case 'same':
        return below(source.reading);
      case 'convert':
        return table.convert(below(source.reading), source.dtype);
      case 'within':
        return table.within(below(source.reading), source.length, source.site);
      case 'elementwise':
        return this.evaluate(source.name, source.dtype, source.inputs.map(below));
      case 'gather':
        return table.gather(this.bufferOf(source.view), source.dtype, below(source.index), source.length, this.base(source.view, source.member));
      case 'windows':
        return source.windows.every(({ position, low, high }) => this.isWithin(position, low, high)) ? below(source.inside) : table.literal(0, source.dtype);
      case 'parts':
        return below(source.parts[this.partAt(source.position, source.starts)]!);
    }
  }

  /** Position of the first element that an index can mean, where that is not the first of the region. */
  base(view: View, member: readonly { readonly position: AxisMap; readonly stride: number }[]): Node | undefined {
    const { table } = this;
    let base: Node | undefined = view.offset === 0 ? undefined : table.literal(view.offset, 'i32');
    for (const { position, stride } of member) {
      const own = table.operation('mulI32', [this.position(position), table.literal(stride, 'i32')], 'i32');
      base = base === undefined ? own : table.operation('add', [base, own], 'i32');
    }
    return base;
  }

  private position({ axis, scale, offset }: AxisMap): Node {
    const { table } = this;
    if (axis < 0 || scale === 0) return table.literal(offset, 'i32');
    const { from, to } = this.part[axis]!;
    if (to - from === 1) return table.literal(scale * from + offset, 'i32');
    const scaled = table.operation('mulI32', [table.index(axis, from, to - 1), table.literal(scale, 'i32')], 'i32');
    return table.operation('add', [scaled, table.literal(offset, 'i32')], 'i32');
  }

  private isWithin(position: AxisMap, low: number, high: number): boolean {
    const seen = extent(position, this.part);
    return seen.low >= low && seen.high < high;
  }

  private partAt(position: AxisMap, starts: readonly number[]): number {
    const { low } = extent(position, this.part);
    // Empty parts begin where the next one does, so the last that has begun is meant.
    return starts.findLastIndex((start) => start <= low);
  }

  private evaluate(name: keyof typeof ELEMENTWISE, dtype: DType, inputs: readonly Node[]): Node {
    const { value, integer } = ELEMENTWISE[name];
    const expression = (dtype === 'i32' ? (integer ?? value) : value)(...inputs.map((_, index): Expression => ({ kind: 'operand', index })));
    return this.expression(expression, dtype, inputs);
  }

  private expression(expression: Expression, dtype: DType, inputs: readonly Node[]): Node {
    switch (expression.kind) {
      case 'operand':
        return inputs[expression.index]!;
      case 'constant':
        return this.table.literal(dtype === 'f32' ? Math.fround(expression.value) : expression.value, dtype);
      case 'operation':
        return this.table.operation(expression.operator, expression.inputs.map((input) => this.expression(input, dtype, inputs)), dtype);
    }
  }
}
