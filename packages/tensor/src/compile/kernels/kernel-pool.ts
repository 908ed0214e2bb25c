/**
 * @file Equal kernels of a program are one. Steps of a loop that has been unrolled, and reports of checks, differ only in where their
 * arrays lie, and addresses are parameters: so code is printed, and compiled by the engine, once for all of them.
 */
import { nodesOf, type Kernel, type Output } from './kernel.ts';
import type { Access, Node } from './node.ts';

/** The kernels of one program. */
export class KernelPool {
  private readonly known = new Map<string, Candidate[]>();

  /** The first kernel that does the same, whatever its name; often the kernel itself. */
  shared(kernel: Kernel): Kernel {
    const frame = frameOf(kernel);
    const alike = this.known.get(frame);
    const own: Candidate = { kernel, body: undefined };
    if (alike === undefined) {
      this.known.set(frame, [own]);
      return kernel;
    }
    const body = (candidate: Candidate): string => (candidate.body ??= bodyOf(candidate.kernel));
    const first = alike.find((other) => other.kernel === kernel || body(other) === body(own));
    if (first === undefined) alike.push(own);
    return first?.kernel ?? kernel;
  }
}

interface Candidate {
  readonly kernel: Kernel;
  /** Written down where another kernel has the same frame. */
  body: string | undefined;
}

/** Where a kernel runs and what it leaves. Most kernels of a program differ here already. */
function frameOf({ shape, buffers, outputs, cuts }: Kernel): string {
  return [shape.join(), buffers.join(), cuts.join(';'), ...outputs.map(outputText)].join('\n');
}

/** What a kernel computes; equal for kernels of one frame whose code is the same. */
function bodyOf(kernel: Kernel): string {
  const words: string[] = [];
  const numbers = new Map<Node, number>();
  const numberOf = (node: Node): number => {
    let number = numbers.get(node);
    if (number === undefined) {
      const text = nodeText(node, numberOf);
      numbers.set(node, (number = numbers.size));
      words.push(text);
    }
    return number;
  };
  for (const roots of kernel.roots) words.push(`= ${nodesOf(roots).map(numberOf).join()}`);
  return words.join('\n');
}

function outputText(output: Output): string {
  switch (output.kind) {
    case 'store':
      return `store ${output.buffer} ${accessText(output.access)}`;
    case 'reduce':
      return `${output.operator} ${output.buffer} ${accessText(output.access)} ${output.axes.join()}`;
    case 'scatterAdd':
      return `scatter ${output.buffer} ${output.length}`;
  }
}

const accessText = ({ offset, coefficients }: Access): string => `${offset} ${coefficients.join()}`;

function nodeText(node: Node, numberOf: (input: Node) => number): string {
  switch (node.kind) {
    case 'literal':
      return `${node.dtype} ${Object.is(node.value, -0) ? '-0' : node.value}`;
    case 'index':
      return `index ${node.axis} ${node.interval.low} ${node.interval.high}`;
    case 'load':
      return `load ${node.buffer} ${accessText(node.access)}`;
    case 'gather':
      return `gather ${node.buffer} ${node.length} ${numberOf(node.index)} ${node.base === undefined ? '' : numberOf(node.base)}`;
    case 'convert':
      return `${node.dtype} of ${numberOf(node.input)}`;
    case 'within':
      return `within ${node.length} ${numberOf(node.input)} ${node.site.operation} ${node.site.place}`;
    case 'operation':
      return `${node.operator} ${node.dtype} ${node.inputs.map(numberOf).join()}`;
  }
}
