/** @file Passes: one call of gpu.js each, which makes one buffer from others. A kernel of a schedule becomes a few of them per output. */
import type { Access, Node } from '../kernels/node.ts';
import type { Buffers } from './body.ts';

/** A buffer that a pass reads. */
export type Operand =
  /** Where a view of the step lies, as it was before the step. */
  | { readonly kind: 'view'; readonly view: number }
  /** What an earlier pass of the step has made. */
  | { readonly kind: 'pass'; readonly pass: number }
  /** What is to be written to as it is now. */
  | { readonly kind: 'before' };

/** One call. */
export interface Pass {
  /** A function of the buffers b0, b1, … and of the offsets o0, o1, …. */
  readonly source: string;
  /** Elements of the result. */
  readonly size: number;
  readonly operands: readonly Operand[];
  /** The views whose moving parts are the offsets. */
  readonly offsets: readonly number[];
}

/** Where results go: which elements of a buffer, for each index of a kernel. */
export interface Target {
  /** Elements of the whole buffer. */
  readonly size: number;
  readonly access: Access;
  /** The view that says how the place moves in loops, if it does. */
  readonly moving: number | undefined;
}

/** Arrays that a kernel may read. WebGL 2 promises sixteen, but more than it has give wrong numbers without a word; WebGPU has seven. */
export const MOST_OPERANDS = 7;

export const operandKey = (operand: Operand): string => (operand.kind === 'view' ? `view ${operand.view}` : operand.kind === 'pass' ? `pass ${operand.pass}` : 'before');

/** A value and the number of the part in which it holds. */
export interface Cell {
  readonly part: number;
  readonly node: Node;
}

/** Buffers with the operands and offsets that were asked for. */
export interface NamedBuffers extends Buffers {
  readonly operands: readonly Operand[];
  readonly offsets: readonly number[];
  /** The argument for what moves a view. */
  offsetOf(view: number): string;
}

/** A pass of statements. */
export function passOf(statements: readonly string[], size: number, operands: readonly Operand[], offsets: readonly number[]): Pass {
  const parameters = [...operands.map((_, k) => `b${k}`), ...offsets.map((_, k) => `o${k}`)].join(', ');
  return { source: `function(${parameters}) {\n  ${statements.join('\n  ')}\n}`, size, operands, offsets: [...offsets] };
}
