/**
 * @file A kernel as a JavaScript function: loops named like the axes. The parts of the index space follow each other in its order, so sums
 * and scatters add up in the order of the elements. What is reduced is written down first, and reduced as operations by themselves do it.
 */
import type { DType } from '../../array/dtype.ts';
import { sizeOf } from '../../array/strides.ts';
import { branchesOf, nodesOf, type Kernel, type Output, type Root } from '../kernels/kernel.ts';
import { boundary, nodesBelow, type Node } from '../kernels/node.ts';
import { indexName } from '../kernels/text.ts';
import { reductionName } from './print-reductions.ts';
import { Scope, ValuePrinter, type Buffers } from './values.ts';

type Reduce = Extract<Output, { kind: 'reduce' }>;

/** A reduction whose terms are written down. */
interface Terms {
  readonly output: Reduce;
  /** Position among the outputs. */
  readonly at: number;
  readonly name: string;
  readonly dtype: DType;
  /** How many outer loops are around one row of terms. */
  readonly level: number;
  /** Terms of one result. */
  readonly length: number;
  readonly coefficients: readonly number[];
}

/** A list of terms that the text of a kernel needs, by its name. */
export interface TermsArray {
  readonly name: string;
  readonly dtype: DType;
  readonly size: number;
}

/** The text of a kernel, and the memory that it needs besides. */
export interface PrintedKernel {
  readonly text: string;
  readonly terms: readonly TermsArray[];
}

/** What kernels are printed with. */
export interface KernelStyle {
  readonly buffers: Buffers;
  /** Names of the parameters: where views begin that move. */
  readonly parameters: readonly string[];
  /** Lines above the function, without the slashes. */
  readonly comments: readonly string[];
  /** Whether every stored number is checked, and under which number of the program. */
  readonly checkedAs: number | undefined;
}

/** Prints a kernel as the function `name`. */
export function printKernel(kernel: Kernel, name: string, style: KernelStyle): PrintedKernel {
  return new KernelPrinter(kernel, style).print(name);
}

class KernelPrinter {
  private readonly kernel: Kernel;
  private readonly style: KernelStyle;
  private readonly rank: number;
  private readonly values: ValuePrinter;
  private readonly terms: readonly Terms[];
  private readonly arrays: readonly TermsArray[];

  constructor(kernel: Kernel, style: KernelStyle) {
    this.kernel = kernel;
    this.style = style;
    this.rank = kernel.shape.length;
    this.values = new ValuePrinter(style.buffers, this.rank);
    this.terms = kernel.outputs.flatMap((output, at) => (output.kind === 'reduce' ? [this.termsOf(output, at)] : []));
    this.arrays = this.terms.map(({ name, dtype, level, length }) => ({ name, dtype, size: length * sizeOf(level === 0 ? this.keptAxes(name).map((axis) => kernel.shape[axis]!) : []) }));
  }

  print(name: string): PrintedKernel {
    const { parameters, comments } = this.style;
    const head = [...comments.map((line) => `// ${line}`), `function ${name}(${parameters.join(', ')}) {`];
    const body = this.loop(0, 0, new Scope());
    return { text: [...head, ...indented(body), '}'].join('\n'), terms: this.arrays };
  }

  // Reductions

  private termsOf(output: Reduce, at: number): Terms {
    const { shape, buffers } = this.kernel;
    const axes = [...output.axes].sort((a, b) => a - b);
    const kept = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
    // Where the outer loops are those of the results, terms of one result at a time are enough.
    const isOuter = kept.every((axis, k) => axis === k);
    const order = isOuter ? axes : [...kept, ...axes];
    const coefficients = shape.map((_, axis) => (order.includes(axis) ? sizeOf(order.slice(order.indexOf(axis) + 1).map((other) => shape[other]!)) : 0));
    const dtype = buffers[output.buffer]!;
    return { output, at, name: `terms${at}_${dtype}`, dtype, level: isOuter ? kept.length : 0, length: sizeOf(axes.map((axis) => shape[axis]!)), coefficients };
  }

  private keptAxes(name: string): number[] {
    const { output } = this.terms.find((terms) => terms.name === name)!;
    return this.kernel.shape.flatMap((_, axis) => (output.axes.includes(axis) ? [] : [axis]));
  }

  /** The results whose terms are complete after the loops inside of `level` others. */
  private reductions(level: number): string[] {
    return this.terms.filter((terms) => terms.level === level).flatMap(({ output, at, name, dtype, length, coefficients }) => {
      const { operator, buffer, access } = output;
      const kept = this.keptAxes(name);
      const inner = level === 0 ? kept : [];
      const start = this.values.sum(coefficients.map((coefficient, axis) => (inner.includes(axis) ? coefficient : 0)), 0);
      const target = `${this.style.buffers.nameOf(buffer)}[${this.values.position(buffer, access)}]`;
      const own = [`${target} = ${reductionName(operator, dtype)}(${name}, ${start}, ${length});`, ...this.check(at, target, kept, () => [])];
      return inner.reduceRight((lines, axis) => [this.head(axis, 0, this.kernel.shape[axis]!), ...indented(lines), '}'], own);
    });
  }

  // Loops

  private head(axis: number, from: number, to: number): string {
    const index = indexName(axis, this.rank);
    return `for (let ${index} = ${from}; ${index} < ${to}; ${index}++) {`;
  }

  /** Loops over one axis and those after it, within a part of the axes before. */
  private loop(axis: number, outer: number, around: Scope): string[] {
    const scope = new Scope(around);
    const { roots, cuts } = this.kernel;
    if (axis === this.rank) return [...this.body(roots[outer]!, scope), ...this.reductions(axis)];
    const branches = branchesOf(cuts[axis]!, outer).filter(({ piece }) => piece.to > piece.from);
    // What does not change in the loops inside is computed before them.
    const count = sizeOf(cuts.slice(axis).map((own) => own.length - 1));
    const nodes = roots.slice(outer * count, (outer + 1) * count).flatMap(nodesOf);
    this.values.name(boundary(nodes, (node) => node.depth <= axis).filter((node) => node.kind !== 'index' && scope.get(node) === undefined), scope);
    const loops = branches.flatMap(({ piece, part }) => {
      const isOne = piece.to - piece.from === 1;
      if (isOne) this.values.fix(axis, piece.from);
      const inside = this.loop(axis + 1, part, scope);
      this.values.fix(axis, undefined);
      if (!isOne) return [this.head(axis, piece.from, piece.to), ...indented(inside), '}'];
      return this.kernel.shape[axis] === 1 ? inside : ['{', ...indented(inside), '}'];
    });
    return [...scope.lines, ...loops, ...this.reductions(axis)];
  }

  private body(roots: readonly Root[], scope: Scope): string[] {
    const { outputs } = this.kernel;
    const isChecked = this.style.checkedAs !== undefined;
    const all = nodesOf(roots);
    // All values first: what is stored may take the place of what another value is computed from.
    if (isChecked) this.values.name(elementsOf(all), scope);
    if (outputs.length > 1 || isChecked) this.values.name(all.filter(({ kind }) => kind !== 'index'), scope);
    const text = this.values.texts(all, scope);
    const axes = Array.from({ length: this.rank }, (_, axis) => axis);
    const checks: string[] = [];
    const stores = outputs.flatMap((output, at): string[] => {
      const { value, index, base } = roots[at]!;
      const name = this.style.buffers.nameOf(output.buffer);
      if (output.kind === 'reduce') {
        const { name: own, coefficients } = this.terms.find((terms) => terms.at === at)!;
        return [`${own}[${this.values.sum(coefficients, 0)}] = ${text(value, true)};`];
      }
      const inputs = (): string[] => elementsOf([value]).map((node) => `[${JSON.stringify(this.values.describe(node, scope))}, ${text(node)}]`);
      if (output.kind === 'store') {
        const own = text(value, true);
        checks.push(...this.check(at, own, axes, inputs));
        return [`${name}[${this.values.position(output.buffer, output.access)}] = ${own};`];
      }
      const position = this.values.computedPosition('scatterAdd', output.buffer, text(index!), index!.interval, output.length, base && text(base));
      return [`${name}[${position}] += ${text(value)};`, ...this.check(at, `${name}[${position}]`, axes, inputs)];
    });
    return [...scope.lines, ...checks, ...stores];
  }

  /** The statement that ends the program unless a number that is stored is finite. */
  private check(at: number, value: string, axes: readonly number[], inputs: () => readonly string[]): string[] {
    const { checkedAs } = this.style;
    const dtype = this.kernel.buffers[this.kernel.outputs[at]!.buffer]!;
    if (checkedAs === undefined || (dtype !== 'f32' && dtype !== 'f64')) return [];
    const place = axes.map((axis) => this.values.sum(this.kernel.shape.map((_, k) => Number(k === axis)), 0));
    return [`if (!Number.isFinite(${value})) notFinite(${checkedAs}, ${at}, ${value}, [${place.join(', ')}], [${inputs().join(', ')}]);`];
  }
}

/** The elements of buffers from which values are computed, inputs first. */
function elementsOf(values: readonly Node[]): Node[] {
  return nodesBelow(values).filter(({ kind }) => kind === 'load' || kind === 'gather').sort((a, b) => a.id - b.id);
}

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);
