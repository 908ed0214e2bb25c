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
      return [];
  }
}

/** The first nodes on the way down from the roots for which a condition holds; numbers of the program need no variable. */
export function boundary(roots: readonly Node[], isInside: (node: Node) => boolean): Node[] {
  const found = new Set<Node>();
  const seen = new Set<Node>();
  const visit = (node: Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    if (!isInside(node)) inputsOf(node).forEach(visit);
    else if (node.kind !== 'literal') found.add(node);
  };
  roots.forEach(visit);
  return [...found];
}

const PREDICATES: ReadonlySet<Operator> = new Set<Operator>(['less', 'lessEqual', 'equal', 'and', 'or', 'not', 'isFinite']);

/** Makes nodes; asks for an equal one give the same one. */
export class NodeTable {
  private readonly known = new Map<string, Node>();

  literal(value: number, dtype: DType): Node {
    return this.intern(`${dtype} ${Object.is(value, -0) ? '-0' : value}`, { kind: 'literal', dtype, depth: 0, interval: { low: value, high: value }, value });
  }

  /** The index along an axis, which runs from `low` to `high`. */
  index(axis: number, low: number, high: number): Node {
    return this.intern(`index ${axis} ${low} ${high}`, { kind: 'index', dtype: 'i32', depth: axis + 1, interval: { low, high }, axis });
  }

  load(buffer: number, dtype: DType, access: Access): Node {
    const depth = 1 + access.coefficients.findLastIndex((coefficient) => coefficient !== 0);
    return this.intern(`load ${buffer} ${access.offset} ${access.coefficients.join()}`, { kind: 'load', dtype, depth, interval: ANYTHING, buffer, access });
  }

  gather(buffer: number, dtype: DType, index: Node, length: number, base: Node | undefined): Node {
    const depth = Math.max(index.depth, base?.depth ?? 0);
    return this.intern(`gather ${buffer} ${length} ${index.id} ${base?.id ?? ''}`, { kind: 'gather', dtype, depth, interval: ANYTHING, buffer, index, length, base });
  }

  operation(operator: Operator, inputs: readonly Node[], dtype: DType): Node {
    if (inputs.length !== OPERATORS[operator]) throw new RangeError(`operation: ${operator} takes ${OPERATORS[operator]} inputs, got ${inputs.length}.`);
    const simpler = simplified(operator, inputs, dtype);
    if (simpler !== undefined) return simpler;
    const depth = Math.max(0, ...inputs.map((input) => input.depth));
    const result = PREDICATES.has(operator) ? 'bool' : dtype;
    return this.intern(`${operator} ${result} ${inputs.map(({ id }) => id).join()}`, { kind: 'operation', dtype: result, depth, interval: intervalOf(operator, inputs), operator, inputs });
  }

  convert(input: Node, dtype: DType): Node {
    if (input.dtype === dtype) return input;
    if (input.kind === 'literal' && dtype !== 'bool') {
      const { value } = input;
      if (dtype !== 'i32' || (Number.isInteger(value) && Math.abs(value) < 2 ** 31)) return this.literal(dtype === 'f32' ? Math.fround(value) : value, dtype);
    }
    // Integers of NaN are 0.
    const { low, high } = input.interval;
    const interval = dtype === 'i32' ? { low: Math.min(0, Math.ceil(Math.max(low, -(2 ** 31)))), high: Math.max(0, Math.floor(Math.min(high, 2 ** 31 - 1))) } : ANYTHING;
    const exact = input.dtype === 'i32' ? input.interval : interval;
    return this.intern(`convert ${dtype} ${input.id}`, { kind: 'convert', dtype, depth: input.depth, interval: dtype === 'i32' ? interval : exact, input });
  }

  within(input: Node, length: number, site: IndexSite): Node {
    const { low, high } = input.interval;
    if (low >= 0 && high < length) return input;
    const interval = { low: Math.max(0, low), high: Math.min(length - 1, high) };
    return this.intern(`within ${length} ${input.id} ${site.operation} ${site.place}`, { kind: 'within', dtype: 'i32', depth: input.depth, interval, input, length, site });
  }

  private intern(key: string, node: NodeShape): Node {
    let found = this.known.get(key);
    if (found === undefined) this.known.set(key, (found = { ...node, id: this.known.size } as Node));
    return found;
  }
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
