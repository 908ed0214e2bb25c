/** @file Kernels as text: loops that people can read. */
import { sizeOf } from '../../array/strides.ts';
import { partsOf, type Kernel, type Output, type Root } from './kernel.ts';
import { inputsOf, type Access, type Node } from './node.ts';

const INDEX_NAMES = ['i', 'j', 'k', 'l', 'm', 'n'];
/** The name of the index along an axis. */
export const indexName = (axis: number, rank: number): string => (rank <= 3 ? ['z', 'y', 'x'].slice(3 - rank)[axis]! : (INDEX_NAMES[axis] ?? `i${axis}`));

function accessText({ coefficients, offset }: Access): string {
  const terms = coefficients.flatMap((coefficient, axis) => (coefficient === 0 ? [] : [`${coefficient === 1 ? '' : `${coefficient}·`}${indexName(axis, coefficients.length)}`]));
  if (offset !== 0 || terms.length === 0) terms.push(String(offset));
  return terms.join(' + ').replaceAll('+ -', '− ');
}

const INFIX: Readonly<Record<string, string>> = { add: '+', sub: '−', mul: '·', mulI32: '·', div: '/', less: '<', lessEqual: '≤', equal: '=', and: '∧', or: '∨' };

/** The largest part stands for all; where parts differ, their number is said. */
export function kernelText(kernel: Kernel, buffers: readonly string[]): string {
  const parts = partsOf(kernel.cuts);
  const sizes = parts.map((part) => sizeOf(part.map(({ from, to }) => to - from)));
  const largest = sizes.reduce((best, size, part) => (size > sizes[best]! ? part : best), 0);
  const rank = kernel.shape.length;
  const loops = kernel.shape.map((length, axis) => `${indexName(axis, rank)} < ${length}`).join(', ');
  const cuts = kernel.cuts.map((own) => own.length - 1).filter((count) => count > 1);
  const head = `for ${loops === '' ? 'once' : loops}${cuts.length === 0 ? '' : ` in ${parts.length} parts`}`;
  return [head, ...statements(kernel.outputs, kernel.roots[largest]!, buffers, rank)].join('\n  ');
}

function statements(outputs: readonly Output[], roots: readonly Root[], buffers: readonly string[], rank: number): string[] {
  const uses = new Map<Node, number>();
  const count = (node: Node): void => {
    uses.set(node, (uses.get(node) ?? 0) + 1);
    if (uses.get(node) === 1) inputsOf(node).forEach(count);
  };
  for (const { value, index } of roots) [value, ...(index === undefined ? [] : [index])].forEach(count);
  const names = new Map<Node, string>();
  const lines: string[] = [];
  const text = (node: Node): string => {
    const known = names.get(node);
    if (known !== undefined) return known;
    const own = nodeText(node, text, buffers, rank);
    if ((uses.get(node) ?? 0) < 2 || node.kind === 'literal' || node.kind === 'index') return own;
    const name = `v${names.size}`;
    names.set(node, name);
    lines.push(`${name} = ${own}`);
    return name;
  };
  outputs.forEach((output, at) => {
    const value = text(roots[at]!.value);
    const buffer = buffers[output.buffer]!;
    if (output.kind === 'store') lines.push(`${buffer}[${accessText(output.access)}] = ${value}`);
    else if (output.kind === 'reduce') lines.push(`${buffer}[${accessText(output.access)}] = ${output.operator} of ${value}`);
    else lines.push(`${buffer}[${text(roots[at]!.index!)}] += ${value}`);
  });
  return lines;
}

function nodeText(node: Node, text: (node: Node) => string, buffers: readonly string[], rank: number): string {
  switch (node.kind) {
    case 'literal':
      return String(node.value);
    case 'index':
      return indexName(node.axis, rank);
    case 'load':
      return `${buffers[node.buffer]!}[${accessText(node.access)}]`;
    case 'gather':
      return `${buffers[node.buffer]!}[${text(node.index)}]`;
    case 'convert':
      return `${node.dtype}(${text(node.input)})`;
    case 'within':
      return `within(${text(node.input)}, ${node.length})`;
    case 'operation': {
      const infix = INFIX[node.operator];
      const [x, y] = node.inputs;
      if (infix !== undefined) return `(${text(x!)} ${infix} ${text(y!)})`;
      return `${node.operator}(${node.inputs.map(text).join(', ')})`;
    }
  }
}
