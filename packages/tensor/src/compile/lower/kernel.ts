/**
 * @file Kernels: loops over an index space, described without addresses, so that every backend can print them and equal ones are
 * printed once. Strides count elements.
 */
import { type DType } from '../../array/dtype.ts';
import { mergeAxes, type Shape } from '../../array/strides.ts';
import type { Reduction } from '../../backends/js/reduce.ts';
import type { ElementwiseName } from '../../elementwise/table.ts';

/** What is computed for one element. */
export type Body =
  | { readonly kind: 'input'; readonly index: number; readonly dtype: DType }
  | { readonly kind: 'operation'; readonly name: ElementwiseName; readonly dtype: DType; readonly inputs: readonly Body[] }
  | { readonly kind: 'convert'; readonly dtype: DType; readonly input: Body };

/** How a kernel walks through one operand. */
export interface Operand {
  readonly dtype: DType;
  readonly strides: readonly number[];
}

/** One result per index, from inputs at the same index. Operands: result, inputs. */
export interface MapKernel {
  readonly kind: 'map';
  readonly shape: Shape;
  readonly result: Operand;
  readonly inputs: readonly Operand[];
  readonly body: Body;
}

/** One row of `length` elements, `step` apart, reduced per index. Operands: result, input. */
export interface ReduceKernel {
  readonly kind: 'reduce';
  readonly reduction: Reduction;
  readonly shape: Shape;
  readonly result: Operand;
  readonly input: Operand;
  readonly length: number;
  readonly step: number;
}

/** One axis of an array that indices point into. With `members`, the array is several of this length, one per index of the first axis. */
export interface Indexed {
  readonly length: number;
  readonly stride: number;
  /** Elements from the array of one index to that of the next, along each axis. */
  readonly base: readonly number[];
}

/** Elements at computed positions. Operands: result, source, indices. */
export interface GatherKernel {
  readonly kind: 'gather';
  readonly shape: Shape;
  readonly result: Operand;
  readonly source: Indexed;
  readonly indices: Operand;
}

/** Adds updates at computed positions, in the order of the index space. Operands: target, indices, updates. */
export interface ScatterAddKernel {
  readonly kind: 'scatterAdd';
  readonly shape: Shape;
  readonly dtype: DType;
  readonly target: Indexed;
  readonly indices: Operand;
  readonly updates: Operand;
}

export type Kernel = MapKernel | ReduceKernel | GatherKernel | ScatterAddKernel;

/** Neighbouring axes that all operands walk through in one stride, as one axis. */
export function merged(shape: Shape, ...operands: (readonly number[])[]): { readonly shape: number[]; readonly strides: readonly number[][] } {
  const { shape: short, operands: strides } = mergeAxes(shape, operands);
  return { shape: short, strides };
}

/** Operations of a body, with shared parts counted once per use: what printing it costs. */
export function bodySize(body: Body): number {
  if (body.kind === 'input') return 1;
  if (body.kind === 'convert') return 1 + bodySize(body.input);
  return body.inputs.reduce((total, input) => total + bodySize(input), 1);
}

/** A body with other numbers for its inputs. */
export function renumbered(body: Body, numbers: readonly number[], done: Map<Body, Body> = new Map()): Body {
  const known = done.get(body);
  if (known !== undefined) return known;
  const again = (input: Body): Body => renumbered(input, numbers, done);
  const result: Body =
    body.kind === 'input' ? { ...body, index: numbers[body.index]! } : body.kind === 'convert' ? { ...body, input: again(body.input) } : { ...body, inputs: body.inputs.map(again) };
  done.set(body, result);
  return result;
}

/** A body as text. */
export function bodyText(body: Body): string {
  if (body.kind === 'input') return `$${body.index}`;
  if (body.kind === 'convert') return `${body.dtype}(${bodyText(body.input)})`;
  return `${body.name}(${body.inputs.map(bodyText).join(', ')})`;
}

/** What a kernel does, as text. */
export function kernelText(kernel: Kernel): string {
  const over = `over [${kernel.shape.join(', ')}]`;
  if (kernel.kind === 'map') return `${bodyText(kernel.body)} ${over}`;
  if (kernel.kind === 'reduce') return `${kernel.reduction} of rows of ${kernel.length} ${over}`;
  return `${kernel.kind} ${over}`;
}
