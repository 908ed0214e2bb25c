/** @file Samples beyond the edges: where boundaries become numbers. */
import { concat, padConstant, type Tensor } from '@tapeflow/tensor';
import { Edge } from './boundary/edge.ts';
import type { CenteredField } from './centered-field.ts';
import { BoundaryError } from './errors.ts';
import type { Layout, Line } from './layout.ts';

/** Samples to add below and above, along each axis. */
export type Widths = readonly (readonly [low: number, high: number])[];

/** The samples of one axis with so many more beyond its ends. */
export function padLine(values: Tensor, line: Line, low: number, high: number): Tensor {
  const { name } = line.axis;
  const parts = [
    ...(low > 0 ? [line.lower.ghosts(new Edge(values, name, 'lower', line.position), low)] : []),
    values,
    ...(high > 0 ? [line.upper.ghosts(new Edge(values, name, 'upper', line.position), high)] : []),
  ];
  return parts.length === 1 ? values : concat(parts, name);
}

/** A component with samples beyond its edges; corners get what the boundary of the later axis makes of the earlier one. */
export function padSamples(values: Tensor, layout: Layout, widths: Widths): Tensor {
  // Zeros along successive axes are one pass over the array; everything else is one pass per axis.
  let zeros: Record<string, readonly [number, number]> = {};
  let padded = values;
  const padZeros = (): void => {
    if (Object.keys(zeros).length > 0) padded = padConstant(padded, zeros);
    zeros = {};
  };
  layout.forEach((line, k) => {
    const [low, high] = widths[k]!;
    if (low + high === 0) return;
    if (low <= 1 && high <= 1 && (low === 0 || line.lower.isZero(line.position)) && (high === 0 || line.upper.isZero(line.position))) {
      zeros[line.axis.name] = [low, high];
      return;
    }
    padZeros();
    padded = padLine(padded, line, low, high);
  });
  padZeros();
  return padded;
}

/**
 * Values of a centred field with `width` samples beyond every edge, as its boundary continues it. Corners get what the boundary of
 * the later axis makes of what lies beyond the earlier one.
 *
 * Shapes    (…, y, x) → (…, y + 2·width, x + 2·width)
 */
export function pad(field: CenteredField, width: number): Tensor {
  if (!Number.isInteger(width) || width < 0) throw new BoundaryError('pad', '', String(width), `the width is ${width}.`, 'Give an integer ≥ 0.');
  return field.combineSamples((values, layout) => padSamples(values, layout, layout.map(() => [width, width])));
}
