/** @file Lowers Fourier and real transforms to fixed kernels on lines, one per axis. */
import type { Equation } from '@tapeflow/autodiff/extend';
import { bytesPerElement, type FloatDType } from '../../array/dtype.ts';
import { sizeOf, type Shape } from '../../array/strides.ts';
import type { ArrayType } from '../../array/type.ts';
import { rootOfUnity } from '../../backends/js/fft/roots.ts';
import type { FourierParams, RealFourierTransposedParams, RealTransformParams } from '../../primitives/fourier.ts';
import { lineLayout, type LineStrides, type LineTransform } from '../kernels/lines/layout.ts';
import type { LineTransformName } from '../kernels/lines/line-plan.ts';
import { splitLength } from '../kernels/lines/planner.ts';
import type { Block } from './block.ts';
import { reshapeView, type View } from './view.ts';

/** Complex transforms along one axis after another. */
export function fourierTransform(block: Block, { params, inputs, outputs }: Equation): boolean {
  const { axes, backward } = params as FourierParams;
  const name = backward ? 'fourierBackward' : 'fourier';
  const long = axes.filter((axis) => (outputs[0]!.type as ArrayType).shape[axis]! > 1);
  let views = inputs.map((atom) => block.view(atom));
  const types = outputs.map(({ type }) => type as ArrayType);
  for (const axis of long) {
    const next = transformLongLines(block, backward, views, axis, types) ?? transformLines(block, name, views, axis, views[0]!.shape[axis]!, types);
    if (next === undefined) return false;
    views = next;
  }
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
  if (results === undefined) return false;
  outputs.forEach((variable, k) => block.setView(variable, results[k]!));
  return true;
}

/** Cosine, sine and Hartley transforms. */
export function realLineTransform(block: Block, { params, inputs, outputs }: Equation): boolean {
  const { axis, kind } = params as RealTransformParams;
  const view = block.view(inputs[0]!);
  const results = transformLines(block, kind, [view], axis, view.shape[axis]!, [outputs[0]!.type as ArrayType]);
  if (results === undefined) return false;
  block.setView(outputs[0]!, results[0]!);
  return true;
}

/** Pushes the step of a transform along one axis, and gives its results; undefined for lines that take too much scratch memory. */
function transformLines(block: Block, transform: LineTransformName, inputs: readonly View[], axis: number, length: number, types: readonly ArrayType[]): View[] | undefined {
  const from = inputs.map((view) => block.contiguous(view));
  const to = types.map((type) => block.fresh(type));
  const [{ shape }] = to as [View];
  if (sizeOf(shape) === 0) return to;
  const kernel: LineTransform = { kind: 'lineTransform', transform, dtype: to[0]!.dtype as FloatDType, length, ...linesAlong(from[0]!.shape, shape, axis) };
  if (lineLayout(kernel).scratchBytes > MOST_SCRATCH) return undefined;
  pushTransform(block, kernel, from, to);
  return to;
}

/** From this length on a line that has no others beside it is transformed as a matrix: its columns fill the lanes. */
const LONG = 128;
/** From this length on all lines are: the work on a group of them would leave the second cache. */
const VERY_LONG = 4096;
const LEAST_FACTOR = 8;
/** JavaScript needs less memory, since it works on one line at a time. */
const MOST_SCRATCH = 2 ** 25;

/**
 * Complex lines along the last axis as matrices of n₁ × n₂ elements: first their columns, then, turned by e^(−2πi j₂ k₁/n), their rows,
 * which become columns of the result [Bailey1990]. Undefined where the lines are short or the length has no such factors.
 */
function transformLongLines(block: Block, backward: boolean, inputs: readonly View[], axis: number, types: readonly ArrayType[]): View[] | undefined {
  const [{ shape, dtype }] = types as [ArrayType];
  const n = shape[axis]!;
  const count = sizeOf(shape) / n;
  const isAlone = count < 16 / bytesPerElement(dtype);
  if (sizeOf(shape.slice(axis + 1)) !== 1 || n < (isAlone ? LONG : VERY_LONG)) return undefined;
  const factors = splitLength(n, LEAST_FACTOR);
  if (factors === undefined) return undefined;
  const [n1, n2] = factors;
  const matrix = [count, n1, n2];
  const matrices = inputs.map((view) => reshapeView(block.contiguous(view), matrix)!);
  // Columns are short.
  const columns = transformLines(block, backward ? 'fourierBackward' : 'fourier', matrices, 1, n1, types.map((type) => ({ ...type, shape: matrix })))!;
  const turns = (part: 0 | 1): View => block.constants.table(`turns ${n1} ${n2} ${dtype} ${part}`, dtype, () => Array.from({ length: n }, (_, at) => rootOfUnity(-Math.floor(at / n1) * (at % n1), n)[part]));
  const results = types.map((type) => block.fresh(type));
  pushTransform(block, {
    kind: 'lineTransform', transform: backward ? 'fourierTurnedBackward' : 'fourierTurned', dtype: dtype as FloatDType, length: n2,
    outer: count, inner: n1, from: { outer: n, inner: n2, element: 1 }, to: { outer: n, inner: 1, element: n1 },
  }, [...columns, turns(0), turns(1)], results);
  return results;
}

function pushTransform(block: Block, kernel: LineTransform, given: readonly View[], results: readonly View[]): void {
  const { plan, scratchBytes } = lineLayout(kernel);
  const scratch = block.fresh({ shape: [scratchBytes / 8], dtype: 'f64' });
  const table = block.constants.table(`${kernel.transform} ${kernel.length} ${kernel.dtype}`, kernel.dtype, () => plan.table);
  const views = [...given, ...results, scratch, table];
  block.push({ kind: 'fixed', kernel, views, written: [...results.map((_, k) => given.length + k), views.length - 2] });
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
