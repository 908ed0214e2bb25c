/**
 * @file What one round of a kernel computes: a graph of values without names for memory. Equal values are one node, so common
 * subexpressions, also between outputs that share a loop, are computed once.
 */
import type { DType } from '../../array/dtype.ts';
import type { IndexSite } from '../../primitives/index-within.ts';
import { OPERATORS, type Operator } from '../../elementwise/expression.ts';
import { ANYTHING, intervalOf, type Interval } from './interval.ts';

/** Position of an element in a buffer: `offset + Σ coefficients[k] · i_k` over the axes of the kernel, in elements. */
export interface Access {
  readonly coefficients: readonly number[];
  readonly offset: number;
}

interface NodeBase {
  /** Order of creation: inputs come before what they are used in. */
  readonly id: number;
  readonly dtype: DType;
  /** How many of the outer axes must be known: 0 is the same in the whole kernel, n changes along all n axes. */
  readonly depth: number;
  readonly interval: Interval;
}

/** A number of the program. */
export interface LiteralNode extends NodeBase {
  readonly kind: 'literal';
  readonly value: number;
}

/** The index along an axis, as i32. */
export interface IndexNode extends NodeBase {
  readonly kind: 'index';
  readonly axis: number;
}

/** An element of a buffer at an affine position. */
export interface LoadNode extends NodeBase {
  readonly kind: 'load';
  readonly buffer: number;
  readonly access: Access;
}

/** An element of a buffer at a computed position, which must be within `length`. */
export interface GatherNode extends NodeBase {
  readonly kind: 'gather';
  readonly buffer: number;
  readonly index: Node;
  readonly length: number;
  /** Position of the element with index 0, where several arrays lie one after another. */
  readonly base: Node | undefined;
}

/** An operation of the scalar language. */
export interface OperationNode extends NodeBase {
  readonly kind: 'operation';
  readonly operator: Operator;
  readonly inputs: readonly Node[];
}

/** The same value in another dtype. */
export interface ConvertNode extends NodeBase {
  readonly kind: 'convert';
  readonly input: Node;
}

/** An index that has to lie within `length`; where it is not, the program ends with an error. */
export interface WithinNode extends NodeBase {
  readonly kind: 'within';
  readonly input: Node;
  readonly length: number;
  readonly site: IndexSite;
}

/** A value of a kernel. */
export type Node = LiteralNode | IndexNode | LoadNode | GatherNode | OperationNode | ConvertNode | WithinNode;

/** What a node is computed from. */
export function inputsOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'operation':
      return node.inputs;
    case 'convert':
    case 'within':
      return [node.input];
    case 'gather':
      return node.base === undefined ? [node.index] : [node.index, node.base];
    default:
      return NONE;
  }
}

const NONE: readonly Node[] = [];

/** The first nodes on the way down from roots of one table for which a condition holds; numbers of the program need no variable. */
export function boundary(roots: readonly Node[], isInside: (node: Node) => boolean): Node[] {
  const found: Node[] = [];
  const seen = marksFor(roots);
  const visit = (node: Node): void => {
    if (seen[node.id] === 1) return;
    seen[node.id] = 1;
    if (!isInside(node)) for (const input of inputsOf(node)) visit(input);
    else if (node.kind !== 'literal') found.push(node);
  };
  for (const root of roots) visit(root);
  return found;
}

/** A mark per node below some of them: inputs are made before what uses them. */
function marksFor(roots: readonly Node[]): Uint8Array {
  let last = 0;
  for (const { id } of roots) if (id > last) last = id;
  return new Uint8Array(last + 1);
}

/** All nodes of one table that some of them are computed from, and these, each once. */
export function nodesBelow(roots: readonly Node[]): Node[] {
  const found: Node[] = [];
  const seen = marksFor(roots);
  const visit = (node: Node): void => {
    if (seen[node.id] === 1) return;
    seen[node.id] = 1;
    found.push(node);
    for (const input of inputsOf(node)) visit(input);
  };
  for (const root of roots) visit(root);
  return found;
}

const PREDICATES: ReadonlySet<Operator> = new Set<Operator>(['less', 'lessEqual', 'equal', 'and', 'or', 'not', 'isFinite']);

/**
 * Makes nodes; asks for an equal one give the same one. Equal nodes are found without keys, among the nodes of one kind with the same
 * operator and the same last input, or the same buffer: programs are full of nodes, and texts would be most of what they cost.
 */
export class NodeTable {
  private count = 0;
  private readonly literals = new Map<number, Node[]>();
  private readonly indices: Node[] = [];
  private readonly loads: Node[][] = [];
  /** By the input that was made last, which few others use. */
  private readonly users: Node[][] = [];

  literal(value: number, dtype: DType): Node {
    let alike = this.literals.get(value);
    // A map cannot tell −0 from 0.
    if (alike === undefined) this.literals.set(value, (alike = []));
    for (const node of alike) if (node.dtype === dtype && Object.is((node as LiteralNode).value, value)) return node;
    return this.add(alike, { kind: 'literal', dtype, depth: 0, interval: { low: value, high: value }, value });
  }

  /** The index along an axis, which runs from `low` to `high`. */
  index(axis: number, low: number, high: number): Node {
    const alike = this.indices;
    for (const node of alike) if ((node as IndexNode).axis === axis && node.interval.low === low && node.interval.high === high) return node;
    return this.add(alike, { kind: 'index', dtype: 'i32', depth: axis + 1, interval: { low, high }, axis });
  }

  load(buffer: number, dtype: DType, access: Access): Node {
    const alike = (this.loads[buffer] ??= []);
    for (const node of alike) if (sameAccess((node as LoadNode).access, access)) return node;
    const depth = 1 + access.coefficients.findLastIndex((coefficient) => coefficient !== 0);
    return this.add(alike, { kind: 'load', dtype, depth, interval: ANYTHING, buffer, access });
  }

  gather(buffer: number, dtype: DType, index: Node, length: number, base: Node | undefined): Node {
    const alike = this.usersOf(index);
    for (const node of alike) if (node.kind === 'gather' && node.index === index && node.buffer === buffer && node.length === length && node.base === base) return node;
    const depth = Math.max(index.depth, base?.depth ?? 0);
    return this.add(alike, { kind: 'gather', dtype, depth, interval: ANYTHING, buffer, index, length, base });
  }

  operation(operator: Operator, inputs: readonly Node[], dtype: DType): Node {
    if (inputs.length !== OPERATORS[operator]) throw new RangeError(`operation: ${operator} takes ${OPERATORS[operator]} inputs, got ${inputs.length}.`);
    const simpler = simplified(operator, inputs, dtype);
    if (simpler !== undefined) return simpler;
    const result = PREDICATES.has(operator) ? 'bool' : dtype;
    const alike = this.usersOf(lastMade(inputs));
    for (const node of alike) if (node.kind === 'operation' && node.operator === operator && node.dtype === result && sameInputs(node.inputs, inputs)) return node;
    let depth = 0;
    for (const input of inputs) depth = Math.max(depth, input.depth);
    return this.add(alike, { kind: 'operation', dtype: result, depth, interval: intervalOf(operator, inputs), operator, inputs });
  }

  convert(input: Node, dtype: DType): Node {
    if (input.dtype === dtype) return input;
    if (input.kind === 'literal' && dtype !== 'bool') {
      const { value } = input;
      if (dtype !== 'i32' || (Number.isInteger(value) && Math.abs(value) < 2 ** 31)) return this.literal(dtype === 'f32' ? Math.fround(value) : value, dtype);
    }
    const alike = this.usersOf(input);
    for (const node of alike) if (node.kind === 'convert' && node.dtype === dtype && node.input === input) return node;
    // Integers of NaN are 0.
    const { low, high } = input.interval;
    const interval = dtype === 'i32' ? { low: Math.min(0, Math.ceil(Math.max(low, -(2 ** 31)))), high: Math.max(0, Math.floor(Math.min(high, 2 ** 31 - 1))) } : ANYTHING;
    const exact = input.dtype === 'i32' ? input.interval : interval;
    return this.add(alike, { kind: 'convert', dtype, depth: input.depth, interval: dtype === 'i32' ? interval : exact, input });
  }

  within(input: Node, length: number, site: IndexSite): Node {
    const { low, high } = input.interval;
    if (low >= 0 && high < length) return input;
    const alike = this.usersOf(input);
    const isSame = (node: Node): boolean => node.kind === 'within' && node.input === input && node.length === length && node.site.operation === site.operation && node.site.place === site.place;
    const interval = { low: Math.max(0, low), high: Math.min(length - 1, high) };
    return alike.find(isSame) ?? this.add(alike, { kind: 'within', dtype: 'i32', depth: input.depth, interval, input, length, site });
  }

  private usersOf({ id }: Node): Node[] {
    return (this.users[id] ??= []);
  }

  /** Gives a node its number and a place among those like it. */
  private add(alike: Node[], shape: NodeShape): Node {
    const node = { ...shape, id: this.count++ } as Node;
    alike.push(node);
    return node;
  }
}

function lastMade(nodes: readonly Node[]): Node {
  let last = nodes[0]!;
  for (const node of nodes) if (node.id > last.id) last = node;
  return last;
}

function sameInputs(a: readonly Node[], b: readonly Node[]): boolean {
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
  return true;
}

function sameAccess(a: Access, b: Access): boolean {
  if (a.offset !== b.offset) return false;
  for (let k = 0; k < a.coefficients.length; k++) if (a.coefficients[k] !== b.coefficients[k]) return false;
  return true;
}

// Omit over a union would lose what distinguishes its members.
type NodeShape = Node extends infer N ? (N extends Node ? Omit<N, 'id'> : never) : never;

/** Algebra that changes no bit: what is multiplied by 1, and integer sums with 0. */
function simplified(operator: Operator, inputs: readonly Node[], dtype: DType): Node | undefined {
  const [x, y] = inputs;
  const isLiteral = (node: Node | undefined, value: number): boolean => node?.kind === 'literal' && Object.is(node.value, value);
  if (operator === 'mul' || operator === 'mulI32') {
    if (isLiteral(y, 1)) return x;
    if (isLiteral(x, 1)) return y;
  }
  if (operator === 'div' && isLiteral(y, 1)) return x;
  // x + 0 would turn −0 into 0, so for real numbers only −0 may go; x − 0 is x.
  if (operator === 'sub' && isLiteral(y, 0)) return x;
  if (operator === 'add') {
    const neutral = dtype === 'i32' ? 0 : -0;
    if (isLiteral(y, neutral) || (dtype === 'i32' && isLiteral(y, 0))) return x;
    if (isLiteral(x, neutral) || (dtype === 'i32' && isLiteral(x, 0))) return y;
  }
  return undefined;
}
