/** @file A raster: a plain rectangle of numbers, the form in which every map and frame of this package takes its data. */

import { PlotError } from './errors.ts';

/**
 * Numbers on a rectangular grid of cells.
 *
 * Shapes    values (height · width), row-major: the value of cell (column i, row j) is `values[j · width + i]`
 *
 * Row 0 is at the *bottom* because y points up, as in every plot. Pictures, whose first row is at the top, are turned over
 * where they meet rasters (see `picture.ts`) and nowhere else.
 */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly values: ArrayLike<number>;
}

/** A raster from a function of column and row (row 0 at the bottom). */
export function rasterFrom(width: number, height: number, value: (column: number, row: number) => number): Raster {
  const values = new Float64Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) values[row * width + column] = value(column, row);
  }
  return { width, height, values };
}

/** Smallest and largest finite value, and how many values are not finite. Without any finite value, low is +∞ and high is −∞. */
export interface Extent {
  readonly low: number;
  readonly high: number;
  readonly notFinite: number;
}

/** The extent of one or several lists of numbers. */
export function extentOf(...lists: readonly ArrayLike<number>[]): Extent {
  let low = Infinity;
  let high = -Infinity;
  let notFinite = 0;
  for (const list of lists) {
    for (let i = 0; i < list.length; i++) {
      const value = list[i] ?? NaN;
      if (!Number.isFinite(value)) notFinite++;
      else {
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
  }
  return { low, high, notFinite };
}

/** Refuses a raster whose sizes are not positive integers or do not match its values. Throws PlotError. */
export function checkRaster(raster: Raster, plot: string): void {
  const { width, height, values } = raster;
  const sized = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (sized && values.length === width * height) return;
  throw new PlotError(
    plot,
    'a raster needs positive integer sizes and width × height values',
    `${width} × ${height} with ${values.length} values`,
    'Give row-major values, row 0 at the bottom.',
  );
}

/**
 * A raster of another size whose cells hold the average of what they cover: each new cell is the mean of the old values, weighted
 * by overlapping area. The mean over the whole raster is kept exactly, enlarging included.
 *
 * Shapes    (height, width) → (to.height, to.width)
 */
export function areaAverage(raster: Raster, to: { readonly width: number; readonly height: number }): Raster {
  checkRaster(raster, 'areaAverage');
  const columns = overlaps(raster.width, to.width);
  const rows = overlaps(raster.height, to.height);
  // One direction after the other: the weights of a cell are a product of column and row weights.
  const narrow = new Float64Array(to.width * raster.height);
  for (let row = 0; row < raster.height; row++) {
    for (let i = 0; i < to.width; i++) {
      let sum = 0;
      for (const { index, weight } of columns[i] ?? []) sum += weight * (raster.values[row * raster.width + index] ?? NaN);
      narrow[row * to.width + i] = sum;
    }
  }
  const values = new Float64Array(to.width * to.height);
  for (let j = 0; j < to.height; j++) {
    for (const { index, weight } of rows[j] ?? []) {
      for (let i = 0; i < to.width; i++) values[j * to.width + i]! += weight * (narrow[index * to.width + i] ?? NaN);
    }
  }
  return { width: to.width, height: to.height, values };
}

/** For each of `to` equal intervals, which of `from` equal intervals it covers and by what share of itself. */
function overlaps(from: number, to: number): readonly (readonly { index: number; weight: number }[])[] {
  return Array.from({ length: to }, (_, k) => {
    const start = (k * from) / to;
    const end = ((k + 1) * from) / to;
    const covered: { index: number; weight: number }[] = [];
    for (let index = Math.floor(start); index < Math.min(from, Math.ceil(end)); index++) {
      const share = Math.min(end, index + 1) - Math.max(start, index);
      if (share > 0) covered.push({ index, weight: share / (end - start) });
    }
    return covered;
  });
}
