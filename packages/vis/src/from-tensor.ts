/** @file From tensors with named dimensions to the rasters that plots are made of. */

import { PlotError } from './errors.ts';
import type { Raster } from './raster.ts';

/** What is needed of a tensor: named dimensions in storage order, the last fastest, and the numbers. Those of `@tapeflow/tensor` fit. */
export interface TensorLike {
  readonly dims: readonly { readonly name: string; readonly size: number }[];
  readonly data: ArrayLike<number>;
}

/** Which dimensions of a tensor are drawn. */
export interface TensorAxes {
  /** The dimension that goes to the right. Default: 'x' where it is there, or else the last one. */
  readonly right?: string;
  /** The dimension that goes up. Default: 'y' where it is there, or else the other one. */
  readonly up?: string;
}

const NAME = 'rasterFromTensor';

/**
 * A raster from a tensor: index 0 of both dimensions is at the lower left. All other dimensions must have size 1: take one entry of
 * them first, `t.at({ time: 3 })`. A tensor of one dimension gives a single row.
 *
 * Shapes    t (up, right) in either order → raster of height `up` and width `right`
 * Throws    PlotError when the dimensions are not there, or there are more
 */
export function rasterFromTensor(t: TensorLike, axes: TensorAxes = {}): Raster {
  const [right, up] = chooseAxes(t, axes);
  const extra = t.dims.filter(({ name, size }) => size !== 1 && name !== right && name !== up);
  if (extra.length > 0) {
    throw new PlotError(NAME, `a raster has two dimensions, '${right}' and '${up ?? 'none'}'; this tensor has more`, describe(t), `Take one entry of ${extra.map(({ name }) => `'${name}'`).join(' and ')} first, or name the two to draw.`);
  }
  const [width, height] = [sizeOf(t, right), up === undefined ? 1 : sizeOf(t, up)];
  if (width * height === 0) throw new PlotError(NAME, 'a raster needs at least one cell', describe(t), 'Give a tensor with values.');
  const { data } = t;
  const [columnStride, rowStride] = [strideOf(t, right), up === undefined ? 0 : strideOf(t, up)];
  const values = new Float64Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) values[row * width + column] = data[row * rowStride + column * columnStride] ?? NaN;
  }
  return { width, height, values };
}

function chooseAxes(t: TensorLike, { right, up }: TensorAxes): [right: string, up: string | undefined] {
  for (const name of [right, up]) {
    if (name !== undefined && !has(t, name)) throw new PlotError(NAME, `there is no dimension '${name}'`, describe(t), 'Name one of those.');
  }
  if (right !== undefined && right === up) throw new PlotError(NAME, 'one dimension cannot go both ways', right, 'Name two.');
  // Without x and y the last stored goes to the right, the one before it up. Dimensions of size 1 come last.
  const names = [...t.dims.filter(({ size }) => size === 1), ...t.dims.filter(({ size }) => size !== 1)].map(({ name }) => name).reverse();
  const pick = (preferred: string, taken: string | undefined): string | undefined =>
    names.includes(preferred) && preferred !== taken ? preferred : names.find((name) => name !== taken);
  const chosen = right ?? pick('x', up);
  if (chosen === undefined) throw new PlotError(NAME, 'a scalar has no dimension to draw', describe(t), 'Give a tensor with one or two dimensions.');
  return [chosen, up ?? pick('y', chosen)];
}

function has({ dims }: TensorLike, name: string): boolean {
  return dims.some((dim) => dim.name === name);
}

function sizeOf({ dims }: TensorLike, name: string): number {
  return dims.find((dim) => dim.name === name)!.size;
}

/** How far apart two neighbours along a dimension are in the data. */
function strideOf({ dims }: TensorLike, name: string): number {
  const at = dims.findIndex((dim) => dim.name === name);
  return dims.slice(at + 1).reduce((product, { size }) => product * size, 1);
}

function describe({ dims }: TensorLike): string {
  return `(${dims.map(({ name, size }) => `${name}=${size}`).join(', ')})`;
}
