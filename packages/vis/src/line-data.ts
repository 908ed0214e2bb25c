/** @file A line's numbers sorted into what can be drawn and what cannot, with the reasons counted. */

import { PlotError } from './errors.ts';
import type { Interval, Scale } from './scale.ts';
import { plural } from './text.ts';

/** One line of a plot. */
export interface Line {
  readonly name: string;
  readonly y: ArrayLike<number>;
  /** Where each value belongs (default: 0, 1, 2, …). */
  readonly x?: ArrayLike<number>;
  readonly dashed?: boolean;
}

/** A line's value at one place, in data units. */
export interface Datum {
  readonly x: number;
  readonly y: number;
}

/** A line in unbroken runs, with the gaps between them and a note about what is missing. */
export interface LineData {
  readonly runs: readonly (readonly Datum[])[];
  /** Intervals of x in which values are missing. */
  readonly gaps: readonly Interval[];
  readonly note: string | undefined;
}

/** Which axes are logarithmic. */
export interface Kinds {
  readonly x: Scale['kind'];
  readonly y: Scale['kind'];
}

/**
 * Splits a line at everything that has no place on the axes.
 *
 * Throws    PlotError when x and y differ in length
 */
export function splitLine(line: Line, kinds: Kinds): LineData {
  const { name, x, y } = line;
  if (x !== undefined && x.length !== y.length) {
    throw new PlotError('linePlot', `line '${name}' needs as many x as y values`, `${x.length} and ${y.length}`, 'Give both the same length, or leave out x.');
  }
  const runs: Datum[][] = [];
  const gaps: Interval[] = [];
  const counts = { notANumber: 0, infinite: 0, notPositive: 0 };
  let run: Datum[] = [];
  let last: number | undefined; // where the line was last seen
  let open: Interval | undefined; // the gap at hand
  for (let i = 0; i < y.length; i++) {
    const datum = { x: x === undefined ? i : (x[i] ?? NaN), y: y[i] ?? NaN };
    const placed = hasPlace(datum.x, kinds.x);
    if (placed && hasPlace(datum.y, kinds.y)) {
      if (open !== undefined) gaps.push([open[0], datum.x]);
      open = undefined;
      run.push(datum);
    } else {
      if (Number.isNaN(datum.x) || Number.isNaN(datum.y)) counts.notANumber++;
      else if (!Number.isFinite(datum.x) || !Number.isFinite(datum.y)) counts.infinite++;
      else counts.notPositive++;
      if (run.length > 0) runs.push(run);
      run = [];
      const here = placed ? datum.x : last;
      if (here !== undefined) open = [open?.[0] ?? last ?? here, here];
    }
    if (placed) last = datum.x;
  }
  if (run.length > 0) runs.push(run);
  if (open !== undefined) gaps.push(open);
  return { runs, gaps, note: noteOn(name, y.length, counts) };
}

function hasPlace(value: number, kind: Scale['kind']): boolean {
  return Number.isFinite(value) && (kind === 'linear' || value > 0);
}

function noteOn(name: string, total: number, counts: { notANumber: number; infinite: number; notPositive: number }): string | undefined {
  const { notANumber, infinite, notPositive } = counts;
  const missing = notANumber + infinite + notPositive;
  if (missing === 0) return undefined;
  const reasons = [
    ...(notANumber > 0 ? [`${notANumber} NaN`] : []),
    ...(infinite > 0 ? [`${infinite} infinite`] : []),
    ...(notPositive > 0 ? [`${notPositive} not above 0 on a logarithmic axis`] : []),
  ];
  return `${name}: ${missing} of ${plural(total, 'value')} not drawn (${reasons.join(', ')}).`;
}
