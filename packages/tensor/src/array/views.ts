/** @file Views: where the elements of an array lie when it is seen in another shape, or only in part, and nothing is copied. */
import { isRowMajor, rowMajor, sizeOf, stridesWithoutOnes, type Shape } from './strides.ts';

/** Where the elements of an array lie in its memory. */
export interface Window {
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly offset: number;
}

/** Strides of the array repeated along new axes, and along its own of length 1: input axis k becomes `axes[k]`. */
export function broadcastStrides(x: Window, shape: Shape, axes: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(0);
  axes.forEach((axis, k) => {
    if (x.shape[k] === shape[axis]) strides[axis] = x.strides[k]!;
  });
  return strides;
}

/** Strides of the same elements, in their order, under another shape; undefined where they would have to move. */
export function reshapedStrides(x: Window, shape: Shape): number[] | undefined {
  return isRowMajor(x.shape, x.strides) ? rowMajor(shape) : stridesWithoutOnes(x.shape, x.strides, shape);
}

/** Every `step`-th element from `start` on, `shape` of them, along each axis. */
export function slicedWindow(x: Window, start: readonly number[], step: readonly number[], shape: Shape): Window {
  let { offset } = x;
  const strides = x.strides.map((stride, axis) => {
    offset += start[axis]! * stride;
    return stride * step[axis]!;
  });
  // Where there are no elements, the first one may lie outside.
  return { shape, strides, offset: sizeOf(shape) === 0 ? x.offset : offset };
}
