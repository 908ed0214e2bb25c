/**
 * @file The values of a kernel as JavaScript. Numbers are doubles, so what is f32 is rounded where an operation by itself would store it, and
 * what is i32 wraps around there.
 */
import type { DType } from '../../array/dtype.ts';
import { printOperator } from '../../backends/js/print-loops.ts';
import type { Operator } from '../../elementwise/expression.ts';
import { indexName } from '../kernels/text.ts';
import type { Interval } from '../kernels/interval.ts';
import { inputsOf, type Access, type ConvertNode, type GatherNode, type Node, type OperationNode } from '../kernels/node.ts';
import type { IndexSite } from '../../primitives/index-within.ts';

/** How the text of a kernel calls its buffers. */
export interface Buffers {
  /** The typed array. */
  nameOf(buffer: number): string;
  /** Where the view begins: a number, and the name of what moves. */
  startOf(buffer: number): { readonly offset: number; readonly moving: string };
  /** The number of a place where indices are checked. */
  numberOf(site: IndexSite): number;
}

/** Longer texts get a name. */
const LONGEST = 90;

/** Of f32 these give f32 without rounding. */
const EXACT: ReadonlySet<Operator> = new Set<Operator>(['neg', 'abs', 'sign', 'min', 'max', 'floor', 'ceil', 'round', 'trunc', 'select']);
const COMPARISONS: Partial<Record<Operator, string>> = { less: '<', lessEqual: '<=', equal: '===' };

/** Values that have names from here on, and the statements that name them. */
export class Scope {
  readonly lines: string[] = [];
  private readonly names: Map<Node, string>;

  constructor(outer?: Scope) {
    this.names = new Map(outer?.names);
  }

  get(node: Node): string | undefined {
    return this.names.get(node);
  }

  set(node: Node, name: string): void {
    this.names.set(node, name);
  }
}

/** Prints the values of one kernel. */
export class ValuePrinter {
  private readonly buffers: Buffers;
  private readonly rank: number;
  /** Indices along axes of which one place is left. */
  private readonly fixed = new Map<number, number>();
  private names = 0;

  constructor(buffers: Buffers, rank: number) {
    this.buffers = buffers;
    this.rank = rank;
  }

  /** Within a part an axis may have one index only, which is then a number. */
  fix(axis: number, index: number | undefined): void {
    if (index === undefined) this.fixed.delete(axis);
    else this.fixed.set(axis, index);
  }

  /** A name that is not used yet. */
  newName(): string {
    return `v${this.names++}`;
  }

  /** Gives names to these values, and to what they share. */
  name(nodes: readonly Node[], scope: Scope): void {
    const texts = this.texts(nodes, scope);
    for (const node of nodes) {
      if (scope.get(node) !== undefined || node.kind === 'literal') continue;
      const text = texts(node);
      if (scope.get(node) === undefined) this.declare(node, text, scope);
    }
  }

  /** Texts of values; what is used more than once is named in the scope before. */
  texts(nodes: readonly Node[], scope: Scope): (node: Node, isStored?: boolean) => string {
    const uses = new Map<Node, number>();
    const count = (node: Node, times: number): void => {
      const before = uses.get(node) ?? 0;
      uses.set(node, before + times);
      if (before > 0 || scope.get(node) !== undefined) return;
      // The operands of a remainder appear twice in its text.
      for (const input of inputsOf(node)) count(input, node.kind === 'operation' && node.operator === 'mod' ? 2 : 1);
    };
    for (const node of nodes) count(node, 1);
    const text = (node: Node): string => {
      const known = scope.get(node);
      if (known !== undefined) return known;
      const own = this.text(node, text);
      const isSimple = node.kind === 'literal' || node.kind === 'index';
      if (isSimple || (uses.get(node) === 1 && own.length <= LONGEST)) return own;
      return this.declare(node, bare(own), scope);
    };
    return (node, isStored = false) => {
      if (isStored && scope.get(node) === undefined && uses.get(node) === 1) return bare(this.text(node, text, true));
      return bare(text(node));
    };
  }

  /** A value that has a name, by what it is computed from. */
  describe(node: Node, scope: Scope): string {
    return this.text(node, (input) => scope.get(input) ?? bare(this.describe(input, scope)));
  }

  private declare(node: Node, text: string, scope: Scope): string {
    const name = this.newName();
    scope.lines.push(`const ${name} = ${text};`);
    scope.set(node, name);
    return name;
  }

  /** Position in the typed array, without what moves. */
  position(buffer: number, { coefficients, offset }: Access): string {
    const { offset: start, moving } = this.buffers.startOf(buffer);
    return this.sum(coefficients, offset + start, moving === '' ? [] : [moving]);
  }

  /** Σ coefficients[k] · index k + constant. */
  sum(coefficients: readonly number[], constant: number, others: readonly string[] = []): string {
    let rest = constant;
    const terms = [...others];
    coefficients.forEach((coefficient, axis) => {
      if (coefficient === 0) return;
      const index = this.fixed.get(axis);
      if (index === undefined) terms.push(coefficient === 1 ? indexName(axis, this.rank) : `${indexName(axis, this.rank)} * ${coefficient}`);
      else rest += coefficient * index;
    });
    if (terms.length === 0) return String(rest);
    return terms.join(' + ') + (rest === 0 ? '' : rest < 0 ? ` - ${-rest}` : ` + ${rest}`);
  }

  /** Position of an element with a computed index. */
  computedPosition(operation: 'gather' | 'scatterAdd', buffer: number, index: string, interval: Interval, length: number, base: string | undefined): string {
    const { offset, moving } = this.buffers.startOf(buffer);
    const isInside = interval.low >= 0 && interval.high < length;
    const all = [isInside ? index : this.within(index, length, { operation, place: 'an array' }), base, moving, offset === 0 ? undefined : String(offset)];
    const terms = all.filter((term) => term !== undefined && term !== '') as string[];
    return terms.length === 1 ? bare(terms[0]!) : terms.join(' + ');
  }

  private within(index: string, length: number, site: IndexSite): string {
    return `within(${bare(index)}, ${length}, ${this.buffers.numberOf(site)})`;
  }

  /** `isStored`: goes to a typed array, which rounds. */
  private text(node: Node, text: (node: Node) => string, isStored = false): string {
    switch (node.kind) {
      case 'literal':
        return printNumber(node.value, node.dtype);
      case 'index':
        return this.fixed.has(node.axis) ? String(this.fixed.get(node.axis)) : indexName(node.axis, this.rank);
      case 'load':
        return `${this.buffers.nameOf(node.buffer)}[${this.position(node.buffer, node.access)}]`;
      case 'gather':
        return this.gather(node, text);
      case 'within':
        return this.within(text(node.input), node.length, node.site);
      case 'convert':
        return convert(node, text(node.input), isStored);
      case 'operation':
        return operation(node, text, isStored);
    }
  }

  private gather({ buffer, index, length, base }: GatherNode, text: (node: Node) => string): string {
    return `${this.buffers.nameOf(buffer)}[${this.computedPosition('gather', buffer, text(index), index.interval, length, base && text(base))}]`;
  }
}

const isWithin = ({ low, high }: Interval, bound: number): boolean => low >= -bound && high <= bound - 1;

function convert({ input, dtype }: ConvertNode, x: string, isStored: boolean): string {
  switch (dtype) {
    case 'bool':
      return `(${x} !== 0 ? 1 : 0)`;
    case 'i32':
      if (input.dtype === 'bool') return x;
      return isWithin(input.interval, 2 ** 31) ? `(${x} | 0)` : `saturate(${bare(x)})`;
    case 'f32':
      return isStored || input.dtype === 'bool' || (input.dtype === 'i32' && isWithin(input.interval, 2 ** 24)) ? x : `f32(${bare(x)})`;
    case 'f64':
      return x;
  }
}

function operation(node: OperationNode, text: (node: Node) => string, isStored: boolean): string {
  const { operator, inputs, dtype } = node;
  if (operator === 'select') {
    const [condition, x, y] = inputs as readonly [Node, Node, Node];
    const branches = [text(x), text(y)];
    return `(${truth(condition, text)} ? ${branches[0]!} : ${branches[1]!})`;
  }
  const operands = inputs.map(text);
  if (dtype === 'i32') return integer(node, operands);
  const own = printOperator(operator, operands);
  if (dtype !== 'f32' || isStored || EXACT.has(operator)) return own;
  return `f32(${bare(own)})`;
}

/** As a condition, where 1 and 0 need not be told from true and false. */
function truth(node: Node, text: (node: Node) => string): string {
  const own = text(node);
  // A name, or an element: what follows has been printed here.
  return node.kind === 'operation' && COMPARISONS[node.operator] !== undefined && own.endsWith(' ? 1 : 0)') ? own.slice(1, -' ? 1 : 0)'.length) : own;
}

function integer({ operator, inputs, interval }: OperationNode, operands: readonly string[]): string {
  const isBounded = isWithin(interval, 2 ** 31);
  if (operator === 'mulI32') {
    // Without wrapping around, and without a product that is −0.
    return isBounded && inputs.every((input) => input.interval.low >= 0) ? printOperator('mul', operands) : printOperator(operator, operands);
  }
  const own = printOperator(operator, operands);
  return operator === 'min' || operator === 'max' || (isBounded && (operator === 'add' || operator === 'sub')) ? own : `(${own} | 0)`;
}

/** A number of a dtype; one of f32 by as few digits as give it. */
export function printNumber(value: number, dtype: DType): string {
  if (dtype === 'bool') return value === 0 ? '0' : '1';
  if (dtype === 'i32') return signed(value | 0);
  if (dtype === 'f64' || Number.isNaN(value)) return signed(value);
  const rounded = Math.fround(value);
  // As text, −0 has no sign.
  if (rounded === 0) return signed(rounded);
  for (let digits = 1; digits < 10; digits++) {
    const short = Number(rounded.toPrecision(digits));
    if (short === rounded) return signed(short);
    if (Math.fround(short) === rounded) return `f32(${short})`;
  }
  return signed(rounded);
}

const signed = (value: number): string => (Object.is(value, -0) ? '(-0)' : value < 0 ? `(${value})` : String(value));

/** Without parentheses around all of it. */
export function bare(text: string): string {
  if (!text.startsWith('(') || !text.endsWith(')')) return text;
  let depth = 0;
  for (let at = 0; at < text.length - 1; at++) {
    if (text[at] === '(') depth++;
    if (text[at] === ')') depth--;
    if (depth === 0) return text;
  }
  return text.slice(1, -1);
}
