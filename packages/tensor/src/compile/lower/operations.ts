/** @file How each operation becomes views and kernels. What is missing here is refused by name. */
import type { Equation } from '@tapeflow/autodiff/extend';
import type { AxesParams, AxisParams, BroadcastParams, FullParams, PadParams, ShapeParams, SliceParams } from '../../array/ndarray.ts';
import { keptAxes } from '../../array/shapes.ts';
import { sizeOf } from '../../array/strides.ts';
import type { ArrayType } from '../../array/type.ts';
import type { Reduction } from '../../backends/js/reduce.ts';
import { ELEMENTWISE, type ElementwiseName } from '../../elementwise/table.ts';
import type { IndexParams } from '../../primitives/gather.ts';
import type { Iota, Permutation } from '../../primitives/structure.ts';
import { joined, typeOfAtom, type Block } from './block.ts';
import { merged } from './kernel.ts';
import { broadcastView, isContiguous, isWhole, reshapeView, reverseView, sliceView, transposeView, type View } from './view.ts';

/** Lowers one equation. */
export type Rule = (block: Block, equation: Equation) => void;

const resultType = ({ outputs }: Equation): ArrayType => outputs[0]!.type as ArrayType;

/** Operations that only change the view. */
const asView =
  <Params>(change: (view: View, params: Params, block: Block) => View): Rule =>
  (block, equation) =>
    block.setView(equation.outputs[0]!, change(block.view(equation.inputs[0]!), equation.params as Params, block));

function elementwise(block: Block, { primitive, inputs, outputs }: Equation): void {
  const name = primitive.name as ElementwiseName;
  const { shape, dtype } = outputs[0]!.type as ArrayType;
  const { bodies, views } = joined(inputs.map((atom) => block.expression(atom, shape)));
  const operandType = typeOfAtom(inputs[name === 'select' ? 1 : 0]!).dtype;
  block.setExpression(outputs[0]!, { shape, dtype, views, body: { kind: 'operation', name, dtype: operandType, inputs: bodies } });
}

function convert(block: Block, { inputs, outputs }: Equation): void {
  const { shape, dtype } = outputs[0]!.type as ArrayType;
  const { bodies, views } = joined([block.expression(inputs[0]!, shape)]);
  block.setExpression(outputs[0]!, { shape, dtype, views, body: { kind: 'convert', dtype, input: bodies[0]! } });
}

function reshape(view: View, { shape }: ShapeParams, block: Block): View {
  return reshapeView(view, shape) ?? reshapeView(block.contiguous(view, false), shape)!;
}

/** Rows that lie in one stride are reduced where they are; others are laid out first, as the js backend does. */
const reduce =
  (reduction: Reduction): Rule =>
  (block, equation) => {
    const { axes } = equation.params as AxesParams;
    const target = block.fresh(resultType(equation));
    block.setView(equation.outputs[0]!, target);
    if (sizeOf(target.shape) === 0) return;
    const view = block.view(equation.inputs[0]!);
    const kept = keptAxes(view.shape, axes);
    const reduced = view.shape.flatMap((_, axis) => (axes.includes(axis) ? [axis] : []));
    const length = reduced.reduce((total, axis) => total * view.shape[axis]!, 1);
    const rows = merged(reduced.map((axis) => view.shape[axis]!), reduced.map((axis) => view.strides[axis]!));
    const isStraight = rows.shape.length <= 1;
    const ordered = isStraight ? transposeView(view, [...kept, ...reduced]) : block.contiguous(transposeView(view, [...kept, ...reduced]), false);
    const outer = merged(target.shape, target.strides, ordered.strides.slice(0, kept.length));
    block.steps.push({
      kind: 'run',
      kernel: {
        kind: 'reduce',
        reduction,
        shape: outer.shape,
        result: { dtype: target.dtype, strides: outer.strides[0]! },
        input: { dtype: view.dtype, strides: outer.strides[1]! },
        length,
        step: isStraight ? (rows.strides[0]![0] ?? 0) : 1,
      },
      views: [target, ordered],
    });
  };

/** Indices, and the values beside them, split into members of equal count; a single member keeps its axes. */
function memberSpace(block: Block, members: number, indices: View, values: View): { readonly indices: View; readonly values: View } {
  if (members === 1) return { indices, values };
  const shape = [members, sizeOf(indices.shape) / members];
  const flat = (view: View): View => reshapeView(block.contiguous(view, isContiguous(view)), shape)!;
  return { indices: flat(indices), values: flat(values) };
}

/** Where the array of each member begins. */
function memberBase(members: number, shape: readonly number[], stride: number): number[] {
  return shape.map((_, axis) => (members > 1 && axis === 0 ? stride : 0));
}

function gather(block: Block, equation: Equation): void {
  const { members } = equation.params as IndexParams;
  const target = block.fresh(resultType(equation));
  block.setView(equation.outputs[0]!, target);
  if (sizeOf(target.shape) === 0) return;
  const source = block.view(equation.inputs[0]!);
  const { indices, values } = memberSpace(block, members, block.view(equation.inputs[1]!), target);
  const length = source.shape[0]! / members;
  const stride = source.strides[0]!;
  const { shape, strides } = merged(indices.shape, values.strides, indices.strides, memberBase(members, indices.shape, length * stride));
  block.steps.push({
    kind: 'run',
    kernel: {
      kind: 'gather',
      shape,
      result: { dtype: target.dtype, strides: strides[0]! },
      source: { length, stride, base: strides[2]! },
      indices: { dtype: 'i32', strides: strides[1]! },
    },
    views: [values, source, indices],
  });
}

function scatterAdd(block: Block, equation: Equation): void {
  const { members } = equation.params as IndexParams;
  const target = block.fresh(resultType(equation));
  block.store(equation.inputs[0]!, target);
  block.setView(equation.outputs[0]!, target);
  const given = block.view(equation.inputs[1]!);
  if (sizeOf(given.shape) === 0) return;
  const { indices, values } = memberSpace(block, members, given, block.view(equation.inputs[2]!));
  const length = target.shape[0]! / members;
  const { shape, strides } = merged(indices.shape, indices.strides, values.strides, memberBase(members, indices.shape, length));
  block.steps.push({
    kind: 'run',
    kernel: {
      kind: 'scatterAdd',
      shape,
      dtype: target.dtype,
      target: { length, stride: 1, base: strides[2]! },
      indices: { dtype: 'i32', strides: strides[0]! },
      updates: { dtype: values.dtype, strides: strides[1]! },
    },
    views: [target, indices, values],
  });
}

function pad(block: Block, equation: Equation): void {
  const { low, interior } = equation.params as PadParams;
  const target = block.fresh(resultType(equation));
  const { shape } = typeOfAtom(equation.inputs[0]!);
  if (target.region.size > 0) block.steps.push({ kind: 'clear', target });
  const offset = low.reduce((at, count, axis) => at + count * target.strides[axis]!, 0);
  block.store(equation.inputs[0]!, { ...target, shape, offset, strides: target.strides.map((stride, axis) => stride * (interior[axis]! + 1)) });
  block.setView(equation.outputs[0]!, target);
}

function concat(block: Block, equation: Equation): void {
  const { axis } = equation.params as AxisParams;
  const target = block.fresh(resultType(equation));
  let start = 0;
  for (const atom of equation.inputs) {
    const { shape } = typeOfAtom(atom);
    block.store(atom, { ...target, shape, offset: start * target.strides[axis]! });
    start += shape[axis]!;
  }
  block.setView(equation.outputs[0]!, target);
}

/** Operations that JavaScript performs on the memory of the program: they work on whole keys, not on elements. */
function host(block: Block, { primitive, params, inputs, outputs }: Equation): void {
  const given = inputs.map((atom) => {
    const view = block.view(atom);
    return block.contiguous(view, isWhole(view));
  });
  const results = outputs.map(({ type }) => block.fresh(type as ArrayType));
  block.steps.push({ kind: 'host', primitive, params, results, inputs: given });
  outputs.forEach((variable, k) => block.setView(variable, results[k]!));
}

/** Rules by the names of operations. */
export const RULES: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(Object.keys(ELEMENTWISE).map((name) => [name, elementwise])),
  convert,
  full: (block, { params, outputs }) => {
    const { value, shape, dtype } = params as FullParams;
    block.setView(outputs[0]!, block.constants.full(value, shape, dtype));
  },
  iota: (block, { params, outputs }) => {
    const { shape, axis, dtype } = params as Iota;
    block.setView(outputs[0]!, block.constants.iota(shape, axis, dtype));
  },
  broadcast: asView<BroadcastParams>((view, { shape, axes }) => broadcastView(view, shape, axes)),
  reshape: asView<ShapeParams>(reshape),
  slice: asView<SliceParams>((view, { start, step, shape }) => sliceView(view, start, step, shape)),
  transpose: asView<Permutation>((view, { order }) => transposeView(view, order)),
  reverse: asView<AxesParams>((view, { axes }) => reverseView(view, axes)),
  reduceSum: reduce('sum'),
  reduceProd: reduce('prod'),
  reduceMin: reduce('min'),
  reduceMax: reduce('max'),
  reduceAny: reduce('any'),
  reduceAll: reduce('all'),
  gather,
  scatterAdd,
  pad,
  concat,
  randomBits: host,
  randomUniform: host,
  randomNormal: host,
  childKey: host,
};

