/**
 * @file Reductions: one thread per result goes over what it combines. Long ones are made in two passes (or more), first stretches and then
 * their results, so that enough threads have work, and so that sums round about √n times instead of n times.
 */
import type { DType } from '../../array/dtype.ts';
import { rowMajor, sizeOf } from '../../array/strides.ts';
import type { Kernel, ReduceOperator } from '../kernels/kernel.ts';
import type { Node } from '../kernels/node.ts';
import { BodyPrinter } from './body.ts';
import { decide, printDecision } from './decisions.ts';
import { invertAccess } from './inverse-access.ts';
import { printCombination, printIdentity, type Rounding } from './operators.ts';
import { passOf, type Cell, type NamedBuffers, type Operand, type Pass, type Target } from './pass.ts';

/** What is combined, and where the results go. */
export interface Reduction {
  readonly shape: readonly number[];
  readonly cuts: Kernel['cuts'];
  readonly cells: readonly Cell[];
  readonly target: Target;
  readonly operator: ReduceOperator;
  readonly axes: readonly number[];
  readonly dtype: DType;
}

/** What planning a reduction needs of the planner of its step. */
export interface ReductionContext {
  readonly rounded: Rounding;
  buffersOf(cells: readonly Cell[]): NamedBuffers;
  push(pass: Pass): number;
  /** The buffer by which nodes load the result of a pass. */
  bufferOfPass(pass: number): number;
}

/** One thread combines no more than this by itself where few results are wanted. */
const LONG = 1024;
/** So many results keep the hardware busy. */
const MANY_RESULTS = 4096;
/** Even then, longer loops are cut: drivers end what takes seconds. */
const LONGEST = 65_536;

/** Plans the passes of a reduction; the last one makes the results. */
export function printReduction(reduction: Reduction, context: ReductionContext): void {
  const { shape, axes, operator, dtype, target } = reduction;
  const kept = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const results = sizeOf(kept.map((axis) => shape[axis]!));
  const total = sizeOf(axes.map((axis) => shape[axis]!));
  if (total <= (results < MANY_RESULTS ? LONG : LONGEST)) {
    context.push(combine(reduction, context, { length: total, count: 1 }));
    return;
  }
  const length = Math.ceil(Math.sqrt(total));
  const count = Math.ceil(total / length);
  const part = context.push(combine({ ...reduction, target: partialTarget(shape, kept, count) }, context, { length, count }));
  // The same index space with one axis less: the results of the stretches.
  const inner = [...kept.map((axis) => shape[axis]!), count];
  const load: Node = { kind: 'load', id: -1, dtype, depth: inner.length, interval: { low: -Infinity, high: Infinity }, buffer: context.bufferOfPass(part), access: { coefficients: rowMajor(inner), offset: 0 } };
  const access = { offset: target.access.offset, coefficients: [...kept.map((axis) => target.access.coefficients[axis]!), 0] };
  const cuts = inner.map((size) => [0, size]);
  const cell: Cell = { part: 0, node: load };
  printReduction({ shape: inner, cuts, cells: [cell], target: { ...target, access }, operator, axes: [inner.length - 1], dtype }, context);
}

/** Results of stretches lie one after another, for each result of the whole. */
function partialTarget(shape: readonly number[], kept: readonly number[], count: number): Target {
  const lengths = kept.map((axis) => shape[axis]!);
  const strides = rowMajor(lengths);
  const coefficients = shape.map((_, axis) => (kept.includes(axis) ? strides[kept.indexOf(axis)]! : 0));
  return { size: sizeOf(lengths) * count, access: { coefficients, offset: 0 }, moving: undefined };
}

/** Stretches of the reduced index space. */
interface Stretches {
  readonly length: number;
  /** One: the pass makes the results themselves. */
  readonly count: number;
}

function combine({ shape, cuts, cells, target, operator, axes, dtype }: Reduction, { rounded, buffersOf }: ReductionContext, { length, count }: Stretches): Pass {
  const buffers = buffersOf(cells);
  const operands: Operand[] = [...buffers.operands];
  const statements: string[] = [];
  let position = 'num(this.thread.x)';
  let own = target;
  if (count > 1) {
    statements.push(`const result = quotientOf(num(this.thread.x), num(${count}));`, `const stretch = num(this.thread.x) - result * ${count};`);
    position = 'result';
    own = { ...target, size: target.size / count };
  }
  const offset = target.moving === undefined ? '' : buffers.offsetOf(target.moving);
  const inverse = invertAccess(position, own, shape, axes, offset);
  statements.push(...inverse.statements);
  const old = inverse.condition === undefined ? 'num(0)' : `b${operands.push({ kind: 'before' }) - 1}[this.thread.x]`;
  const total = sizeOf(axes.map((axis) => shape[axis]!));
  const nodes = new Map(cells.map(({ part, node }) => [part, node]));
  const printer = new BodyPrinter(buffers, rounded);
  const element = printDecision(decide(cuts, (part) => nodes.get(part)), (node) => printer.print(node, (text) => `element = ${text};`));
  const round = ['let element = num(0);', element, `sum = ${printCombination(operator, dtype, 'sum', 'element', rounded)};`];
  const inside = [`const r0 = num(step)${count > 1 ? ` + stretch * ${length}` : ''};`, ...reducedIndices(shape, axes), ...round].join(' ');
  const guarded = count * length > total ? `const r = num(step) + stretch * ${length}; if (r < ${total}) { ${inside} }` : inside;
  const loop = total === 0 ? '' : `for (let step = 0; step < ${length}; step++) { ${guarded} }`;
  const work = `let sum = ${printIdentity(operator, dtype)}; ${loop} value = sum;`;
  statements.push(`let value = ${old};`, inverse.condition === undefined ? work : `if (${inverse.condition}) { ${work} }`, 'return value;');
  return passOf(statements, target.size, operands, buffers.offsets);
}

/** Indices along the reduced axes from the flat one, r0; the last axis runs fastest. */
function reducedIndices(shape: readonly number[], axes: readonly number[]): string[] {
  const statements: string[] = [];
  const ordered = [...axes].sort((a, b) => a - b);
  let below = sizeOf(ordered.map((axis) => shape[axis]!));
  ordered.forEach((axis, k) => {
    below /= shape[axis]!;
    if (k === ordered.length - 1) statements.push(`const i${axis} = r${k};`);
    else statements.push(`const i${axis} = quotientOf(r${k}, num(${below}));`, `const r${k + 1} = r${k} - i${axis} * ${below};`);
  });
  return statements;
}
