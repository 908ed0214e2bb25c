/** @file Lowers running sums, recurrences, positions of extremes and orders to fixed kernels that walk along lines. */
import type { Equation } from '@tapeflow/autodiff/extend';
import type { AxisParams } from '../../array/rules.ts';
import { sizeOf } from '../../array/strides.ts';
import type { ArrayType } from '../../array/type.ts';
import type { OrderParams } from '../../primitives/along.ts';
import { orderScratch, type LineOrder } from '../kernels/lines/order.ts';
import { isAtEnd, type LineWalkName } from '../kernels/lines/walk.ts';
import type { Block } from './block.ts';
import { linesAlong } from './lines.ts';

/** A walk along one axis; false for flags, which have no kernel. */
export function lineWalk(block: Block, { primitive, params, inputs, outputs }: Equation): boolean {
  const { axis } = params as AxisParams;
  const views = inputs.map((atom) => block.view(atom));
  const { dtype } = views[0]!;
  if (dtype === 'bool') return false;
  const from = views.map((view) => block.contiguous(view));
  const to = block.fresh(outputs[0]!.type as ArrayType);
  block.setView(outputs[0]!, to);
  if (sizeOf(to.shape) === 0) return true;
  const walk = primitive.name as LineWalkName;
  const { shape } = from[0]!;
  const lines = linesAlong(shape, isAtEnd(walk) ? shape.map((length, k) => (k === axis ? 1 : length)) : shape, axis);
  block.push({ kind: 'fixed', kernel: { kind: 'lineWalk', walk, dtype, length: shape[axis]!, ...lines }, views: [...from, to], written: [from.length] });
  return true;
}

/** The order of the elements along one axis. */
export function lineOrder(block: Block, { params, inputs, outputs }: Equation): boolean {
  const { axis, isDescending } = params as OrderParams;
  const from = block.contiguous(block.view(inputs[0]!));
  const to = block.fresh(outputs[0]!.type as ArrayType);
  block.setView(outputs[0]!, to);
  const { shape, dtype } = from;
  if (sizeOf(shape) === 0) return true;
  const kernel: LineOrder = { kind: 'lineOrder', dtype, isDescending, length: shape[axis]!, ...linesAlong(shape, shape, axis) };
  const scratch = block.fresh({ shape: [Math.ceil(orderScratch(kernel).bytes / 8)], dtype: 'f64' });
  block.push({ kind: 'fixed', kernel, views: [from, to, scratch], written: [1, 2] });
  return true;
}
