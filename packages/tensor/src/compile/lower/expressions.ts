/** @file From readings to the nodes of a kernel, and to what must be known before there are nodes: what is read, and where to cut. */
import { operands, type Expression } from '../../elementwise/expression.ts';
import { ELEMENTWISE, type ElementwiseEntry, type ElementwiseName } from '../../elementwise/table.ts';
import type { DType } from '../../array/dtype.ts';
import type { Range } from '../kernels/kernel.ts';
import type { Access, Node, NodeTable } from '../kernels/node.ts';
import { cutAt, extent, type AxisMap, type IndexMap } from './index-map.ts';
import { sourceOf, type Reading, type Sight, type Source } from './reading.ts';
import { Variable, type Equation } from '@tapeflow/autodiff/extend';
import type { Numerics } from './numerics.ts';
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

/** What is told of every reading on the way down. */
export interface Visitor {
  read(view: View, access: Access): void;
  /** Read at positions that are not known. */
  readAnywhere(view: View): void;
  cut(axis: number, at: number): void;
  /** Computed on the way, not read from memory. */
  computed(equation: Equation): void;
}

/** Follows a value down to memory, once for each map at which it is read. */
export function visit(start: Reading, sight: Sight, shape: readonly number[], visitor: Visitor): void {
  const seen = new Set<Reading>();
  const cut = (position: AxisMap, bound: number): void => {
    if (position.axis < 0) return;
    const at = cutAt(position, bound, { from: 0, to: shape[position.axis]! });
    if (at !== undefined) visitor.cut(position.axis, at);
  };
  const follow = (reading: Reading): void => {
    if (seen.has(reading)) return;
    seen.add(reading);
    const source = sourceOf(reading, sight);
    if ('atom' in reading && reading.atom instanceof Variable && source.kind !== 'memory') visitor.computed(sight.definitionOf(reading.atom));
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

/** A node, and for which sights it is the one of a reading: from sequence `since` up to but without `until`. */
interface Made {
  readonly node: Node;
  readonly since: number;
  readonly until: number;
}

/**
 * Makes the nodes of a kernel. Members of a group have much in common, and parts too, so a node is made again only where the sight of the
 * member, or the part, makes a difference to what lies below it.
 */
export class NodeMaker {
  private readonly table: NodeTable;
  private readonly rank: number;
  private readonly bufferOf: (view: View) => number;
  private readonly numerics: Numerics;
  private sight: Sight | undefined;
  private part: readonly Range[] = [];
  /** The same in all parts. */
  private readonly everywhere = new Map<Reading, Made>();
  private readonly inPart = new Map<Reading, Made>();
  // What the node that is being made has depended on so far.
  private since = -Infinity;
  private until = Infinity;
  private isOfPart = false;

  constructor(table: NodeTable, rank: number, bufferOf: (view: View) => number, numerics: Numerics) {
    this.table = table;
    this.rank = rank;
    this.bufferOf = bufferOf;
    this.numerics = numerics;
  }

  /** From now on for this part. */
  enter(part: readonly Range[]): void {
    this.part = part;
    this.inPart.clear();
  }

  /** The value at an index map, as it is seen by a member. */
  seen(reading: Reading, sight: Sight): Node {
    this.sight = sight;
    return this.node(reading);
  }

  private node(reading: Reading): Node {
    const { sequence } = this.sight!;
    const inPart = this.inPart.get(reading);
    const known = inPart ?? this.everywhere.get(reading);
    if (known !== undefined && known.since <= sequence && sequence < known.until) {
      this.depend(known.since, known.until, inPart !== undefined);
      return known.node;
    }
    const { since, until, isOfPart } = this;
    [this.since, this.until, this.isOfPart] = [-Infinity, Infinity, false];
    if ('atom' in reading && reading.atom instanceof Variable) {
      const from = this.sight!.visibleFrom(reading.atom);
      if (from <= sequence) this.since = from;
      else this.until = from;
    }
    const node = this.make(sourceOf(reading, this.sight!));
    (this.isOfPart ? this.inPart : this.everywhere).set(reading, { node, since: this.since, until: this.until });
    this.depend(since, until, isOfPart);
    return node;
  }

  private depend(since: number, until: number, isOfPart: boolean): void {
    if (since > this.since) this.since = since;
    if (until < this.until) this.until = until;
    this.isOfPart ||= isOfPart;
  }

  private make(source: Source): Node {
    const { table } = this;
    const below = (reading: Reading): Node => this.node(reading);
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
    this.isOfPart = true;
    const { from, to } = this.part[axis]!;
    if (to - from === 1) return table.literal(scale * from + offset, 'i32');
    const scaled = table.operation('mulI32', [table.index(axis, from, to - 1), table.literal(scale, 'i32')], 'i32');
    return table.operation('add', [scaled, table.literal(offset, 'i32')], 'i32');
  }

  private isWithin(position: AxisMap, low: number, high: number): boolean {
    this.isOfPart = true;
    const seen = extent(position, this.part);
    return seen.low >= low && seen.high < high;
  }

  private partAt(position: AxisMap, starts: readonly number[]): number {
    this.isOfPart = true;
    const { low } = extent(position, this.part);
    // Empty parts begin where the next one does, so the last that has begun is meant.
    return starts.findLastIndex((start) => start <= low);
  }

  private evaluate(name: ElementwiseName, dtype: DType, inputs: readonly Node[]): Node {
    const { expression, isCompound } = formulaOf(name, dtype);
    if (this.numerics !== 'roundedOnce' || dtype !== 'f32' || !isCompound) return this.expression(expression, dtype, inputs);
    const result = this.expression(expression, 'f64', inputs.map((input) => (input.dtype === 'f32' ? this.table.convert(input, 'f64') : input)));
    return result.dtype === 'f64' ? this.table.convert(result, 'f32') : result;
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

interface Formula {
  readonly expression: Expression;
  /** Whether a result in it is rounded before it is used. */
  readonly isCompound: boolean;
}

const formulas = new Map<ElementwiseEntry['value'], Formula>();

/** What an elementwise operation does, written down once. */
function formulaOf(name: ElementwiseName, dtype: DType): Formula {
  const { arity, value, integer } = ELEMENTWISE[name];
  const own = dtype === 'i32' ? (integer ?? value) : value;
  let formula = formulas.get(own);
  if (formula === undefined) {
    const expression = own(...operands(arity));
    formulas.set(own, (formula = { expression, isCompound: expression.kind === 'operation' && expression.inputs.some(({ kind }) => kind === 'operation') }));
  }
  return formula;
}
