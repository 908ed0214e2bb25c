/**
 * @file Which element of a value is meant at an index of a kernel: for each axis of the value one axis of the kernel, scaled and
 * shifted. Slices, transposes, pads and broadcasts never move elements; they only change the map.
 */
import type { Shape } from '../../array/strides.ts';
import type { Range } from '../kernels/kernel.ts';

/** Position along one axis of a value: `scale · i + offset`, where i is the index along `axis` of the kernel; axis −1: `offset`. */
export interface AxisMap {
  readonly axis: number;
  readonly scale: number;
  readonly offset: number;
}

/** One entry per axis of the value. */
export type IndexMap = readonly AxisMap[];

const IDENTITIES: IndexMap[] = [];

/** Axis k of the value is axis k of the kernel. */
export function identityMap(rank: number): IndexMap {
  return (IDENTITIES[rank] ??= Array.from({ length: rank }, (_, axis) => ({ axis, scale: 1, offset: 0 })));
}

const FIRST: AxisMap = { axis: -1, scale: 0, offset: 0 };

/** Position moved and stretched: `step · position + start`. */
export function shifted({ axis, scale, offset }: AxisMap, start: number, step = 1): AxisMap {
  return { axis, scale: scale * step, offset: offset * step + start };
}

/** Map of the operand of a broadcast. */
export function throughBroadcast(map: IndexMap, input: Shape, shape: Shape, axes: readonly number[]): IndexMap {
  return axes.map((axis, k) => (input[k] === shape[axis] ? map[axis]! : FIRST));
}

/** Map of the operand of a transpose, whose axis `order[k]` is axis k of the result. */
export function throughTranspose(map: IndexMap, order: readonly number[]): IndexMap {
  return order.map((_, axis) => map[order.indexOf(axis)]!);
}

/** Map of the operand of a slice. */
export function throughSlice(map: IndexMap, start: readonly number[], step: readonly number[]): IndexMap {
  return map.map((entry, axis) => shifted(entry, start[axis]!, step[axis]!));
}

/** Map of the operand of a reversal. */
export function throughReverse(map: IndexMap, shape: Shape, axes: readonly number[]): IndexMap {
  return map.map((entry, axis) => (axes.includes(axis) ? shifted(entry, shape[axis]! - 1, -1) : entry));
}

/** Map of the operand of a pad; outside of the operand it points beyond its ends. */
export function throughPad(map: IndexMap, low: readonly number[]): IndexMap {
  return map.map((entry, axis) => shifted(entry, -low[axis]!));
}

/** Map of the operand of a reshape in which only axes of length 1 come and go; undefined for other reshapes. */
export function throughReshape(map: IndexMap, input: Shape, shape: Shape): IndexMap | undefined {
  const long = (own: Shape): number[] => own.flatMap((length, axis) => (length === 1 ? [] : [axis]));
  const [from, to] = [long(input), long(shape)];
  if (from.length !== to.length || from.some((axis, k) => input[axis] !== shape[to[k]!])) return undefined;
  return input.map((_, axis) => (from.includes(axis) ? map[to[from.indexOf(axis)]!]! : FIRST));
}

/** Where along its axis of the kernel a position passes `bound` (between `bound − 1` and `bound`); undefined: nowhere within `whole`. */
export function cutAt({ axis, scale, offset }: AxisMap, bound: number, whole: Range): number | undefined {
  if (axis < 0 || scale === 0) return undefined;
  // The first index whose position is not below the bound, or, where positions fall, the first that is below it.
  const at = scale > 0 ? Math.ceil((bound - offset) / scale) : Math.floor((bound - offset) / scale) + 1;
  return at > whole.from && at < whole.to ? at : undefined;
}

/** Lowest and highest position over a part of the index space. */
export function extent({ axis, scale, offset }: AxisMap, part: readonly Range[]): { readonly low: number; readonly high: number } {
  if (axis < 0) return { low: offset, high: offset };
  const { from, to } = part[axis]!;
  const ends = [scale * from + offset, scale * (to - 1) + offset];
  return { low: Math.min(...ends), high: Math.max(...ends) };
}

/** Whether two maps mean the same elements. */
export function sameMap(a: IndexMap, b: IndexMap): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [a[k]!, b[k]!];
    if (x.axis !== y.axis || x.scale !== y.scale || x.offset !== y.offset) return false;
  }
  return true;
}
