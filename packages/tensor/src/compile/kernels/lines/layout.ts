/** @file How the lines of an array are distributed over lanes, and the scratch memory that this takes. */
import { bytesPerElement, type FloatDType } from '../../../array/dtype.ts';
import { lineArrays, linePlan, type LineTransformName } from './line-plan.ts';
import type { LinePlan } from './stage.ts';

/** Elements from one line to the next along the outer and the inner axis of lines, and from one element of a line to the next. */
export interface LineStrides {
  readonly outer: number;
  readonly inner: number;
  readonly element: number;
}

/** Transforms outer × inner lines. Views: inputs, turns where there are some, outputs, scratch, table. */
export interface LineTransform {
  readonly kind: 'lineTransform';
  readonly transform: LineTransformName;
  readonly dtype: FloatDType;
  /** Elements of a real line, or of a complex one. */
  readonly length: number;
  readonly outer: number;
  readonly inner: number;
  readonly from: LineStrides;
  readonly to: LineStrides;
}

/** The work on one group of lines. */
export interface LineLayout {
  readonly plan: LinePlan;
  readonly lanes: number;
  /** Vectors side by side in a row. */
  readonly vectors: number;
  /** Whether the lanes of a row lie side by side in the array, so that no scratch memory is needed for it. */
  readonly readsRows: boolean;
  readonly writesRows: boolean;
  /** Rows of scratch memory: of the plan, of the elements that are read, and of those that are written. */
  readonly rows: number;
  readonly inputRows: number;
  readonly outputRows: number;
  readonly scratchBytes: number;
}

/** Vectors of a row: a cache line, unless the work on a group of lines would leave the second cache, or the instructions were very many. */
const MOST_VECTORS = 4;
const MOST_BYTES = 2 ** 18;
const LARGEST_RADIX = 5;

function vectorsFor({ stages, rows }: LinePlan, inner: number, lanes: number): number {
  if (stages.some((stage) => stage.kind === 'pass' && stage.radix > LARGEST_RADIX)) return 1;
  const most = Math.max(1, Math.min(MOST_VECTORS, Math.floor(MOST_BYTES / (16 * rows))));
  // Groups of one size: the last ones overlap by as little as possible.
  const groups = Math.ceil(inner / lanes / most);
  return Math.min(Math.ceil(inner / lanes / groups), Math.floor(inner / lanes));
}

/** Layouts are asked for when a program is lowered and again when it is printed. */
const layouts = new WeakMap<LineTransform, LineLayout>();

/** The layout of a kernel. */
export function lineLayout(kernel: LineTransform): LineLayout {
  let layout = layouts.get(kernel);
  if (layout === undefined) layouts.set(kernel, (layout = layoutOf(kernel)));
  return layout;
}

function layoutOf({ transform, dtype, length, inner, from, to }: LineTransform): LineLayout {
  const plan = linePlan(transform, length);
  const lanes = 16 / bytesPerElement(dtype);
  const readsRows = from.inner === 1 && inner >= lanes;
  const writesRows = to.inner === 1 && inner >= lanes;
  const vectors = readsRows && writesRows ? vectorsFor(plan, inner, lanes) : 1;
  const { inputs, inputLength, outputs, outputLength } = lineArrays(transform, length);
  const inputRows = readsRows ? 0 : inputs * inputLength;
  const outputRows = writesRows ? 0 : outputs * outputLength;
  return { plan, lanes, vectors, readsRows, writesRows, rows: plan.rows, inputRows, outputRows, scratchBytes: 16 * vectors * (plan.rows + inputRows + outputRows) };
}
