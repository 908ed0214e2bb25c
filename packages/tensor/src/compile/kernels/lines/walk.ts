/** @file Walks along lines: running sums, recurrences, positions of extremes. Each element is looked at once, in order. */
import type { LineStrides } from './layout.ts';

/** What is found on the way: a number for every element, or one at the end of the line. */
export type LineWalkName = 'cumulativeSum' | 'linearRecurrence' | 'cumulativeArgMax' | 'cumulativeArgMin' | 'argMax' | 'argMin';

/** Walks along outer × inner lines. Views: inputs, result. */
export interface LineWalk {
  readonly kind: 'lineWalk';
  readonly walk: LineWalkName;
  readonly dtype: 'f32' | 'f64' | 'i32';
  readonly length: number;
  readonly outer: number;
  readonly inner: number;
  readonly from: LineStrides;
  readonly to: LineStrides;
}

/** Whether the result is a position, in i32. */
export function findsPosition(walk: LineWalkName): boolean {
  return walk !== 'cumulativeSum' && walk !== 'linearRecurrence';
}

/** Whether there is one result per line. */
export function isAtEnd(walk: LineWalkName): boolean {
  return walk === 'argMax' || walk === 'argMin';
}
