/**
 * @file Convolutions of the js backend: patches times the kernel. Both transposes are the same with other patches or another side of
 * the product. All arrays are row-major: x (entries, channels, …), the kernel (results, channels of a group, …), y (entries, results, …).
 */
import type { TypedArray } from '../../array/dtype.ts';
import { sizeOf, type Shape } from '../../array/strides.ts';
import { addProduct, offsetsOf, rowsOf, type Factor } from './matrix-product.ts';
import { Patches, type Locate } from './patches.ts';

/** Steps of a convolution along each spatial axis, and the number of groups of channels that do not mix. */
export interface ConvParams {
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Zeros before and behind. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly groups: number;
}

/** Shapes of the three arrays of a convolution. */
export interface ConvShapes {
  readonly x: Shape;
  readonly kernel: Shape;
  readonly y: Shape;
}

/** Where in x the tap of the kernel lies that reaches a position of y. */
const seen = ({ stride, dilation, low }: ConvParams): Locate => (axis, position, tap) => position * stride[axis]! + tap * dilation[axis]! - low[axis]!;
/** Where in y the position lies that sees a position of x through a tap. */
const seeing = ({ stride, dilation, low }: ConvParams): Locate => (axis, position, tap) => (position + low[axis]! - tap * dilation[axis]!) / stride[axis]!;

const spatial = (shape: Shape): Shape => shape.slice(2);
/** Rows of a matrix given by its columns. */
const columnsOf = (columns: Float64Array, rows: number, count: number): Factor => ({ data: columns, rows: offsetsOf([count], [1]), terms: offsetsOf([rows], [count]) });
/** Part of a factor: other rows of the same matrix. */
const shifted = (factor: Factor, by: number): Factor => ({ ...factor, rows: factor.rows.map((at) => at + by) });

/** Writes blocks of rows × count results to the rows of an array that begin at `at` and are `size` long. */
function write(out: TypedArray, block: Float64Array, rows: number, count: number, at: number, size: number): void {
  for (let i = 0; i < rows; i++) out.set(block.subarray(i * count, (i + 1) * count), at + i * size);
}

/** y[n, o, p] = Σ kernel[o, c, t] x[n, c, p·stride + t·dilation − low] */
export function convolve(y: TypedArray, x: TypedArray, kernel: TypedArray, shapes: ConvShapes, params: ConvParams): void {
  const [results, channels] = [shapes.kernel[0]! / params.groups, shapes.kernel[1]!];
  const taps = channels * sizeOf(spatial(shapes.kernel));
  const size = sizeOf(spatial(shapes.y));
  if (y.length === 0 || taps === 0) return;
  const patches = new Patches(x, shapes.x, spatial(shapes.y), spatial(shapes.kernel), seen(params));
  const weights = rowsOf(kernel, results, taps);
  for (let n = 0; n < shapes.x[0]!; n++) {
    for (let group = 0; group < params.groups; group++) {
      patches.forEachBlock(n, group * channels, channels, (columns, from, count) => {
        const block = new Float64Array(results * count);
        addProduct(block, 0, shifted(weights, group * results * taps), columnsOf(columns, taps, count));
        write(y, block, results, count, (n * shapes.y[1]! + group * results) * size + from, size);
      });
    }
  }
}

/** x[n, c, q] = Σ kernel[o, c, t] y[n, o, (q + low − t·dilation) / stride] */
export function convolveTransposed(x: TypedArray, kernel: TypedArray, y: TypedArray, shapes: ConvShapes, params: ConvParams): void {
  const [results, channels] = [shapes.kernel[0]! / params.groups, shapes.kernel[1]!];
  const area = sizeOf(spatial(shapes.kernel));
  const size = sizeOf(spatial(shapes.x));
  if (x.length === 0 || results * area === 0) return;
  const patches = new Patches(y, shapes.y, spatial(shapes.x), spatial(shapes.kernel), seeing(params));
  const weights: Factor = { data: kernel, rows: offsetsOf([channels], [area]), terms: offsetsOf([results, area], [channels * area, 1]) };
  for (let n = 0; n < shapes.x[0]!; n++) {
    for (let group = 0; group < params.groups; group++) {
      patches.forEachBlock(n, group * results, results, (columns, from, count) => {
        const block = new Float64Array(channels * count);
        addProduct(block, 0, shifted(weights, group * results * channels * area), columnsOf(columns, results * area, count));
        write(x, block, channels, count, (n * shapes.x[1]! + group * channels) * size + from, size);
      });
    }
  }
}

/** kernel[o, c, t] = Σ y[n, o, p] x[n, c, p·stride + t·dilation − low] */
export function convolveKernel(kernel: TypedArray, x: TypedArray, y: TypedArray, shapes: ConvShapes, params: ConvParams): void {
  const [results, channels] = [shapes.kernel[0]! / params.groups, shapes.kernel[1]!];
  const taps = channels * sizeOf(spatial(shapes.kernel));
  const size = sizeOf(spatial(shapes.y));
  if (kernel.length === 0 || y.length === 0) return;
  const patches = new Patches(x, shapes.x, spatial(shapes.y), spatial(shapes.kernel), seen(params));
  const sums = new Float64Array(kernel.length);
  for (let n = 0; n < shapes.x[0]!; n++) {
    for (let group = 0; group < params.groups; group++) {
      patches.forEachBlock(n, group * channels, channels, (columns, from, count) => {
        const start = (n * shapes.y[1]! + group * results) * size + from;
        addProduct(sums, group * results * taps, { data: y, rows: offsetsOf([results], [size], start), terms: offsetsOf([count], [1]) }, rowsOf(columns, taps, count));
      });
    }
  }
  kernel.set(sums);
}
