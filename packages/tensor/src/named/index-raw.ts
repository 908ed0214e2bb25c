/** @file Picking entries and ranges of named tensors, without knowing the Tensor class. */
import { reshape, slice } from '../array/ndarray.ts';
import { closestName, DimensionError, IndexError } from '../errors.ts';
import { reverse } from '../primitives/structure.ts';
import type { Named } from './align.ts';
import { describeDims, positionOf, type Dim } from './dims.ts';

/** A position (negative: from the end) or an item name. */
export type Index = number | string;

/** From `from` up to but without `to`, in steps of `step` (negative: backwards). Negative positions count from the end. */
export interface Range {
  readonly from?: number;
  readonly to?: number;
  readonly step?: number;
}

/** A range as `[from, to]`, an object, or a list of item names that lie next to each other. */
export type RangeLike = readonly [number, number] | Range;

export function entryPosition(operation: string, dim: Dim, index: Index): number {
  if (typeof index === 'string') {
    const at = dim.items?.indexOf(index) ?? -1;
    if (at >= 0) return at;
    const close = closestName(index, dim.items ?? []);
    throw new DimensionError(
      operation,
      dim.name,
      dim.items === undefined ? `dimension '${dim.name}' has no item names.` : `dimension '${dim.name}' has no item '${index}'.`,
      [describeDims([dim])],
      close === undefined ? 'Use a position.' : `Did you mean '${close}'?`,
    );
  }
  const at = index < 0 ? index + dim.size : index;
  if (!Number.isInteger(index) || at < 0 || at >= dim.size) throw new IndexError(operation, index, dim.size, `dimension '${dim.name}'`);
  return at;
}

/** One entry of each named dimension; these dimensions disappear. */
export function entryOf({ value, dims }: Named, indices: Readonly<Record<string, Index | undefined>>): Named {
  const start = dims.map(() => 0);
  const shape = dims.map(({ size }) => size);
  const gone = new Set<number>();
  for (const [name, index] of Object.entries(indices)) {
    if (index === undefined) continue;
    const axis = positionOf('at', dims, name);
    start[axis] = entryPosition('at', dims[axis]!, index);
    shape[axis] = 1;
    gone.add(axis);
  }
  if (gone.size === 0) return { value, dims };
  const kept = dims.filter((_, axis) => !gone.has(axis));
  return { value: reshape(slice(value, start, shape), kept.map(({ size }) => size)), dims: kept };
}

interface Steps {
  readonly start: number;
  readonly count: number;
  readonly step: number;
}

/** A range resolved for a length, as Python slices are: ends are clamped. */
export function resolveRange(operation: string, dim: Dim, range: RangeLike): Steps {
  const { from, to, step = 1 } = Array.isArray(range) ? { from: range[0] as number, to: range[1] as number } : (range as Range);
  for (const part of [from, to, step]) {
    if (part !== undefined && !Number.isInteger(part)) throw new IndexError(operation, part, dim.size, `dimension '${dim.name}' (ranges are integers)`);
  }
  if (step === 0) throw new IndexError(operation, 0, dim.size, `dimension '${dim.name}' (the step of a range cannot be 0)`);
  const clamp = (position: number, low: number, high: number): number => Math.min(Math.max(position < 0 ? position + dim.size : position, low), high);
  if (step > 0) {
    const start = from === undefined ? 0 : clamp(from, 0, dim.size);
    const end = to === undefined ? dim.size : clamp(to, 0, dim.size);
    return { start, count: Math.max(0, Math.ceil((end - start) / step)), step };
  }
  const start = from === undefined ? dim.size - 1 : clamp(from, -1, dim.size - 1);
  const end = to === undefined ? -1 : clamp(to, -1, dim.size - 1);
  return { start, count: Math.max(0, Math.ceil((end - start) / step)), step };
}

/** A part of a tensor; all dimensions stay. */
export function rangeOf({ value, dims }: Named, ranges: Readonly<Record<string, RangeLike | undefined>>): Named {
  const start = dims.map(() => 0);
  const step = dims.map(() => 1);
  const shape = dims.map(({ size }) => size);
  const backwards: number[] = [];
  const next = [...dims];
  for (const [name, range] of Object.entries(ranges)) {
    if (range === undefined) continue;
    const axis = positionOf('slice', dims, name);
    const dim = dims[axis]!;
    const steps = resolveRange('slice', dim, range);
    shape[axis] = steps.count;
    step[axis] = Math.abs(steps.step);
    start[axis] = steps.step > 0 || steps.count === 0 ? steps.start : steps.start + (steps.count - 1) * steps.step;
    if (steps.count === 0) start[axis] = 0;
    if (steps.step < 0) backwards.push(axis);
    const items = dim.items === undefined ? undefined : Array.from({ length: steps.count }, (_, k) => dim.items![steps.start + k * steps.step]!);
    next[axis] = { name: dim.name, type: dim.type, size: steps.count, ...(items === undefined ? {} : { items }) };
  }
  return { value: reverse(slice(value, start, shape, step), backwards), dims: next };
}
