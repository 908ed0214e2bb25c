/** @file Elements at positions that are known in advance, from slices: fused into what reads them, where a gather would need an index array. */
import type { Value } from '@tapeflow/autodiff/extend';
import { arrayTypeOf, broadcast, concat, NDArray, reshape, sliceAxis } from '../array/ndarray.ts';
import { takeAlong } from '../primitives/along.ts';
import { reverse } from '../primitives/structure.ts';

/** Positions in equal steps: `count` of them from `from` on. */
interface Run {
  readonly from: number;
  readonly step: number;
  readonly count: number;
}

/** The positions as runs in equal steps, each as long as possible. */
function runsOf(positions: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (let k = 0; k < positions.length;) {
    const from = positions[k]!;
    const step = k + 1 < positions.length ? positions[k + 1]! - from : 1;
    let count = 1;
    while (k + count < positions.length && positions[k + count]! === from + count * step) count++;
    runs.push({ from, step, count });
    k += count;
  }
  return runs;
}

/** More pieces than this are gathered. */
const MOST_PIECES = 8;

function piece(x: Value, axis: number, { from, step, count }: Run): Value {
  if (step > 0) return sliceAxis(x, axis, from, count, step);
  if (step < 0) return reverse(sliceAxis(x, axis, from + (count - 1) * step, count, -step), [axis]);
  // One element again and again.
  const { shape } = arrayTypeOf(x);
  const others = shape.flatMap((_, k) => (k === axis ? [] : [k]));
  const element = reshape(sliceAxis(x, axis, from, 1, 1), others.map((k) => shape[k]!));
  return broadcast(element, shape.map((length, k) => (k === axis ? count : length)), others);
}

/** The elements of x along an axis at these positions, in this order. */
export function pick(x: Value, axis: number, positions: readonly number[]): Value {
  const runs = runsOf(positions);
  if (runs.length === 0) return sliceAxis(x, axis, 0, 0, 1);
  if (runs.length <= MOST_PIECES) return concat(runs.map((run) => piece(x, axis, run)), axis);
  const { shape } = arrayTypeOf(x);
  const indices = NDArray.of(Int32Array.from(positions), [positions.length], 'i32');
  return takeAlong(x, broadcast(indices, shape.map((length, k) => (k === axis ? positions.length : length)), [axis]), axis);
}
