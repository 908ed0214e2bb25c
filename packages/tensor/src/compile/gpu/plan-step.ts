/** @file Plans the passes of one step of a schedule: for each output of its kernel those that make the new contents of a buffer. */
import { rowMajor, sizeOf } from '../../array/strides.ts';
import type { Kernel } from '../kernels/kernel.ts';
import type { Node } from '../kernels/node.ts';
import type { RunStep } from '../lower/step.ts';
import { placeOf, type View } from '../lower/view.ts';
import { BodyPrinter } from './body.ts';
import { decide, printDecision } from './decisions.ts';
import { invertAccess } from './inverse-access.ts';
import type { Rounding } from './operators.ts';
import { MOST_OPERANDS, operandKey, passOf, type Cell, type NamedBuffers, type Operand, type Pass, type Target } from './pass.ts';
import { printReduction, type Reduction } from './reduction.ts';
import { buffersOf, largestWithin, replaced } from './split.ts';

/** What makes the new contents of one buffer: the last pass. */
export interface PlannedOutput {
  readonly view: number;
  readonly passes: readonly Pass[];
}

/** The passes of a step, output by output. */
export function planStep({ kernel, views }: RunStep, rounded: Rounding): PlannedOutput[] {
  return kernel.outputs.flatMap((output, k) => {
    const view = views[output.buffer]!;
    const place = placeOf(view);
    if (place.region.size === 0) return [];
    if (output.kind === 'scatterAdd') throw new RangeError('planStep: scatters have no kernel; they are refused before.');
    const access = { ...output.access, offset: output.access.offset + place.offset };
    const target: Target = { size: place.region.size, access, moving: place.moving.length === 0 ? undefined : output.buffer };
    const planner = new StepPlanner(kernel, views, rounded);
    const cells = kernel.roots.map((roots, part): Cell => ({ part, node: roots[k]!.value }));
    if (output.kind === 'store') planner.store(cells, kernel.shape, target, { kind: 'before' });
    else planner.reduce(cells, target, output.operator, output.axes, view.dtype);
    return [{ view: output.buffer, passes: planner.passes }];
  });
}

/** Plans the passes of one output. Buffers beyond the views of the step are what earlier passes have made. */
class StepPlanner {
  readonly passes: Pass[] = [];
  private readonly kernel: Kernel;
  private readonly views: readonly View[];
  private readonly rounded: Rounding;

  constructor(kernel: Kernel, views: readonly View[], rounded: Rounding) {
    this.kernel = kernel;
    this.views = views;
    this.rounded = rounded;
  }

  /** Stores values. Where no value is stored, `before` stays. */
  store(cells: readonly Cell[], shape: readonly number[], target: Target, before: Operand | undefined): void {
    const isWhole = invertAccess('at', target, shape, [], '').condition === undefined;
    let old = isWhole ? undefined : before;
    const ready = cells.map(({ part, node }): Cell => ({ part, node: this.within(node, part, MOST_OPERANDS - 1) }));
    for (let from = 0, to = 0; from < ready.length; from = to) {
      // As many cells as have no more arrays than one kernel may read, together with what is there before.
      const isAll = (end: number): boolean => from === 0 && end === ready.length && isWhole;
      for (to = from + 1; to < ready.length && this.count(ready.slice(from, to + 1)) + (isAll(to + 1) ? 0 : 1) <= MOST_OPERANDS; ) to++;
      const group = ready.slice(from, to);
      this.passes.push(this.storePass(group, shape, target, old));
      old = { kind: 'pass', pass: this.passes.length - 1 };
    }
  }

  /** Combines values over axes. */
  reduce(cells: readonly Cell[], target: Target, operator: Reduction['operator'], axes: readonly number[], dtype: Reduction['dtype']): void {
    const { shape, cuts } = this.kernel;
    const reduction: Reduction = { shape, cuts, cells: this.gathered(cells), target, operator, axes, dtype };
    printReduction(reduction, {
      rounded: this.rounded,
      buffersOf: (all) => this.buffersFor(all),
      push: (pass) => this.passes.push(pass) - 1,
      bufferOfPass: (pass) => this.views.length + pass,
    });
  }

  /** Cells that one kernel can read together: stored by others before, if they have too many arrays. */
  private gathered(cells: readonly Cell[]): readonly Cell[] {
    // One operand is left for what the result is stored into.
    if (this.count(cells) < MOST_OPERANDS) return cells;
    const { shape } = this.kernel;
    const access = { coefficients: rowMajor(shape), offset: 0 };
    this.store(cells, shape, { size: sizeOf(shape), access, moving: undefined }, undefined);
    const { node } = cells[0]!;
    const load: Node = { kind: 'load', id: -1, dtype: node.dtype, depth: shape.length, interval: node.interval, buffer: this.views.length + this.passes.length - 1, access };
    return cells.map(({ part }) => ({ part, node: load }));
  }

  /** The same value of no more than `most` arrays. */
  private within(node: Node, part: number, most: number): Node {
    let value = node;
    const { shape } = this.kernel;
    const access = { coefficients: rowMajor(shape), offset: 0 };
    const count = (buffers: ReadonlySet<number>): number => this.operandsOf(buffers).length;
    while (count(buffersOf(value)) > most) {
      const own = largestWithin(value, most, count);
      this.passes.push(this.storePass([{ part, node: own }], shape, { size: sizeOf(shape), access, moving: undefined }, undefined));
      value = replaced(value, own, this.views.length + this.passes.length - 1, access);
    }
    return value;
  }

  private operandsOf(buffers: Iterable<number>): Operand[] {
    const found = new Map<string, Operand>();
    for (const buffer of buffers) {
      const operand = this.operandOf(buffer);
      found.set(operandKey(operand), operand);
    }
    return [...found.values()];
  }

  /** Views of one region are one array. */
  private operandOf(buffer: number): Operand {
    if (buffer >= this.views.length) return { kind: 'pass', pass: buffer - this.views.length };
    const { region } = placeOf(this.views[buffer]!);
    return { kind: 'view', view: this.views.findIndex((view) => view.region.root === region) };
  }

  private count(cells: readonly Cell[]): number {
    return this.operandsOf(new Set(cells.flatMap(({ node }) => [...buffersOf(node)]))).length;
  }

  /** Names of buffers and offsets, and what they stand for. */
  private buffersFor(cells: readonly Cell[]): NamedBuffers {
    const buffers = new Set(cells.flatMap(({ node }) => [...buffersOf(node)]));
    const operands = this.operandsOf(buffers);
    const keys = operands.map(operandKey);
    const offsets: number[] = [];
    const offsetOf = (view: number): string => {
      let at = offsets.indexOf(view);
      if (at < 0) at = offsets.push(view) - 1;
      return `o${at}`;
    };
    return {
      operands,
      offsets,
      offsetOf,
      nameOf: (buffer) => `b${keys.indexOf(operandKey(this.operandOf(buffer)))}`,
      startOf: (buffer) => {
        if (buffer >= this.views.length) return { offset: 0, moving: '' };
        const { offset, moving } = placeOf(this.views[buffer]!);
        return { offset, moving: moving.length === 0 ? '' : offsetOf(buffer) };
      },
    };
  }

  private storePass(cells: readonly Cell[], shape: readonly number[], target: Target, before: Operand | undefined): Pass {
    const buffers = this.buffersFor(cells);
    const operands = [...buffers.operands];
    const old = before === undefined ? undefined : `b${operands.push(before) - 1}[this.thread.x]`;
    const offset = target.moving === undefined ? '' : buffers.offsetOf(target.moving);
    const { statements, condition } = invertAccess('num(this.thread.x)', target, shape, [], offset);
    const nodes = new Map(cells.map(({ part, node }) => [part, node]));
    const printer = new BodyPrinter(buffers, this.rounded);
    const decision = printDecision(decide(this.kernel.cuts, (part) => nodes.get(part)), (node) => printer.print(node, (text) => `value = ${text};`));
    const body = condition === undefined ? decision : `if (${condition}) { ${decision} }`;
    return passOf([...statements, `let value = ${old ?? 'num(0)'};`, body, 'return value;'], target.size, operands, buffers.offsets);
  }
}
