/** @file Lowers Fourier and real transforms to fixed kernels on lines, one per axis. */
import type { Equation } from '@tapeflow/autodiff/extend';
import type { FloatDType } from '../../array/dtype.ts';
import { sizeOf, type Shape } from '../../array/strides.ts';
import type { ArrayType } from '../../array/type.ts';
import type { FourierParams, RealFourierTransposedParams, RealTransformParams } from '../../primitives/fourier.ts';
import { lineLayout, type LineStrides, type LineTransform } from '../kernels/lines/layout.ts';
import type { LineTransformName } from '../kernels/lines/line-plan.ts';
import type { Block } from './block.ts';
import type { View } from './view.ts';

/** Complex transforms along one axis after another. */
export function fourierTransform(block: Block, { params, inputs, outputs }: Equation): boolean {
  const { axes, backward } = params as FourierParams;
  const name = backward ? 'fourierBackward' : 'fourier';
  const long = axes.filter((axis) => (outputs[0]!.type as ArrayType).shape[axis]! > 1);
  let views = inputs.map((atom) => block.view(atom));
  for (const axis of long) views = transformLines(block, name, views, axis, views[0]!.shape[axis]!, outputs.map(({ type }) => type as ArrayType));
  outputs.forEach((variable, k) => block.setView(variable, views[k]!));
  return true;
}

/** Real lines and half of their coefficients, in both directions. */
export function realFourierTransform(block: Block, { primitive, params, inputs, outputs }: Equation): boolean {
  const views = inputs.map((atom) => block.view(atom));
  const { axis } = params as RealFourierTransposedParams;
  const isForward = primitive.name === 'realFourier';
  const length = isForward ? views[0]!.shape[axis]! : (params as RealFourierTransposedParams).length;
  const results = transformLines(block, isForward ? 'realFourier' : 'realFourierTransposed', views, axis, length, outputs.map(({ type }) => type as ArrayType));
  outputs.forEach((variable, k) => block.setView(variable, results[k]!));
  return true;
}

/** Cosine, sine and Hartley transforms. */
export function realLineTransform(block: Block, { params, inputs, outputs }: Equation): boolean {
  const { axis, kind } = params as RealTransformParams;
  const view = block.view(inputs[0]!);
  const [result] = transformLines(block, kind, [view], axis, view.shape[axis]!, [outputs[0]!.type as ArrayType]);
  block.setView(outputs[0]!, result!);
  return true;
}

/** Pushes the step of a transform along one axis, and gives its results. */
function transformLines(block: Block, transform: LineTransformName, inputs: readonly View[], axis: number, length: number, types: readonly ArrayType[]): View[] {
  const from = inputs.map((view) => block.contiguous(view));
  const to = types.map((type) => block.fresh(type));
  const [{ shape }] = to as [View];
  if (sizeOf(shape) === 0) return to;
  const kernel: LineTransform = { kind: 'lineTransform', transform, dtype: to[0]!.dtype as FloatDType, length, ...linesAlong(from[0]!.shape, shape, axis) };
  const { plan, scratchBytes } = lineLayout(kernel);
  const scratch = block.fresh({ shape: [scratchBytes / 8], dtype: 'f64' });
  const table = block.constants.table(`${transform} ${length} ${kernel.dtype}`, kernel.dtype, () => plan.table);
  const views = [...from, ...to, scratch, table];
  block.push({ kind: 'fixed', kernel, views, written: [...to.map((_, k) => from.length + k), views.length - 2] });
  return to;
}

/** The lines of row-major arrays along an axis: the axes before it are the outer one, those behind it the inner one. */
export function linesAlong(fromShape: Shape, toShape: Shape, axis: number): Pick<LineTransform, 'outer' | 'inner' | 'from' | 'to'> {
  const outer = sizeOf(fromShape.slice(0, axis));
  const inner = sizeOf(fromShape.slice(axis + 1));
  const strides = (shape: Shape): LineStrides => ({ outer: shape[axis]! * inner, inner: 1, element: inner });
  const [from, to] = [strides(fromShape), strides(toShape)];
  if (inner > 1) return { outer, inner, from, to };
  // The lines follow each other, so there is one axis of them.
  const swapped = ({ outer: stride, element }: LineStrides): LineStrides => ({ outer: 0, inner: stride, element });
  return { outer: 1, inner: outer, from: swapped(from), to: swapped(to) };
}
