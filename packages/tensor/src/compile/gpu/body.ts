/** @file The text of what a kernel computes at one index: values that are used more than once get names, and no expression grows too deep. */
import { inputsOf, type Access, type Node } from '../kernels/node.ts';
import { printConversion, printLiteral, printOperation, type Rounding } from './operators.ts';

/** What a text needs to know of buffers. */
export interface Buffers {
  /** The name of the argument. */
  nameOf(buffer: number): string;
  /** Where the view begins: a number that does not change, and the text of what moves. */
  startOf(buffer: number): { readonly offset: number; readonly moving: string };
}

/** Deeper expressions are cut by names, for compilers that descend into them. */
const DEEPEST = 12;

export class BodyPrinter {
  private readonly buffers: Buffers;
  private readonly rounded: Rounding;
  private names = 0;

  constructor(buffers: Buffers, rounded: Rounding) {
    this.buffers = buffers;
    this.rounded = rounded;
  }

  /** Statements that compute a value, and what is done with its text. Names are new each time. */
  print(root: Node, use: (text: string) => string): string {
    const uses = new Map<Node, number>();
    const count = (node: Node): void => {
      uses.set(node, (uses.get(node) ?? 0) + 1);
      if (uses.get(node) === 1) inputsOf(node).forEach(count);
    };
    count(root);
    const known = new Map<Node, { text: string; depth: number }>();
    const lines: string[] = [];
    const named = (text: string): { text: string; depth: number } => {
      const name = `v${this.names++}`;
      lines.push(`const ${name} = ${text};`);
      return { text: name, depth: 0 };
    };
    const read = (node: Node): { text: string; depth: number } => {
      const before = known.get(node);
      if (before !== undefined) return before;
      // gpu.js gives readings inside of indices names that repeat, so they get names here.
      const inputs = inputsOf(node).map(read).map((input) => (node.kind === 'gather' && input.text.includes('[') ? named(input.text) : input));
      let result = { text: this.text(node, inputs.map(({ text }) => text)), depth: 1 + Math.max(0, ...inputs.map(({ depth }) => depth)) };
      const isSimple = node.kind === 'literal' || node.kind === 'index';
      if (!isSimple && (uses.get(node)! > 1 || result.depth > DEEPEST)) result = named(result.text);
      known.set(node, result);
      return result;
    };
    const { text } = read(root);
    return [...lines, use(text)].join(' ');
  }

  private text(node: Node, inputs: readonly string[]): string {
    switch (node.kind) {
      case 'literal':
        return printLiteral(node.value);
      case 'index':
        return `i${node.axis}`;
      case 'load':
        return `${this.buffers.nameOf(node.buffer)}[${this.position(node.buffer, node.access)}]`;
      case 'gather': {
        const [index, base] = inputs;
        const { offset, moving } = this.buffers.startOf(node.buffer);
        const terms = [`withinOf(${index!}, num(${node.length}))`, base, moving, offset === 0 ? undefined : String(offset)].filter((term) => term !== undefined && term !== '');
        return `${this.buffers.nameOf(node.buffer)}[${terms.join(' + ')}]`;
      }
      case 'within':
        // Kernels cannot end a program: the rewriting has made a check of it.
        return inputs[0]!;
      case 'convert':
        return printConversion(node.input.dtype, node.dtype, inputs[0]!);
      case 'operation':
        // Comparisons of reals are no reals, but take some.
        return printOperation(node.operator, node.dtype, inputs, this.rounded);
    }
  }

  private position(buffer: number, { coefficients, offset }: Access): string {
    const start = this.buffers.startOf(buffer);
    const terms = coefficients.flatMap((coefficient, axis) => (coefficient === 0 ? [] : [coefficient === 1 ? `i${axis}` : `i${axis} * ${coefficient < 0 ? `(-num(${-coefficient}))` : coefficient}`]));
    if (start.moving !== '') terms.push(start.moving);
    const constant = offset + start.offset;
    if (constant !== 0 || terms.length === 0) terms.push(constant < 0 ? `(-num(${-constant}))` : `num(${constant})`);
    return terms.join(' + ');
  }
}
