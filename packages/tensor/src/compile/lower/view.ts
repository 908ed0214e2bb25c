/**
 * @file Symbolic views: where the elements of a value lie in the memory of a program, before addresses are known. Broadcasts,
 * transposes, slices and reversals only change the view, as they do with arrays.
 */
import { bytesPerElement, type DType, type TypedArray } from '../../array/dtype.ts';
import { isRowMajor, rowMajor, sameShape, sizeOf, type Shape } from '../../array/strides.ts';
import type { ArrayType } from '../../array/type.ts';
import { broadcastStrides, reshapedStrides, slicedWindow } from '../../array/views.ts';

/** A piece of the memory of a program. */
export class Region {
  readonly dtype: DType;
  readonly size: number;
  /** What is there from the start and never changes. */
  readonly constant: TypedArray | undefined;
  /** Where in the memory of another region this one lies, if it does: a value that is updated in place, or stacked. */
  place: Place | undefined;
  /** Given by the memory plan, in bytes. */
  address: number = -1;

  constructor(dtype: DType, size: number, constant?: TypedArray) {
    this.dtype = dtype;
    this.size = size;
    this.constant = constant;
  }

  get bytes(): number {
    return this.size * bytesPerElement(this.dtype);
  }

  /** The region that has the memory. */
  get root(): Region {
    return this.place === undefined ? this : this.place.region.root;
  }
}

/** The number of the step of a loop. */
export class Counter {
  readonly length: number;

  constructor(length: number) {
    this.length = length;
  }
}

/** Elements per step of a loop by which a view moves on. */
export interface Moving {
  readonly counter: Counter;
  readonly stride: number;
}

/** A place in the memory of a region. */
export interface Place {
  readonly region: Region;
  readonly offset: number;
  readonly moving: readonly Moving[];
}

/** A window onto a region; strides and offset count elements. */
export interface View extends ArrayType, Place {
  readonly strides: readonly number[];
}

/** Where a view begins in the region that has the memory. */
export function placeOf({ region, offset, moving }: Place): Place {
  if (region.place === undefined) return { region, offset, moving };
  const { place } = region;
  return placeOf({ region: place.region, offset: place.offset + offset, moving: [...place.moving, ...moving] });
}

/** A view of a whole region. */
export function wholeView(region: Region, shape: Shape): View {
  return { region, dtype: region.dtype, shape, strides: rowMajor(shape), offset: 0, moving: [] };
}

/** Repeats along the axes that `axes` does not name. */
export function broadcastView(view: View, shape: Shape, axes: readonly number[]): View {
  return { ...view, shape, strides: broadcastStrides(view, shape, axes) };
}

/** Axis k is axis `order[k]` of the view. */
export function transposeView(view: View, order: readonly number[]): View {
  return { ...view, shape: order.map((axis) => view.shape[axis]!), strides: order.map((axis) => view.strides[axis]!) };
}

/** Every `step`-th element from `start` on. */
export function sliceView(view: View, start: readonly number[], step: readonly number[], shape: Shape): View {
  return { ...view, ...slicedWindow(view, start, step, shape) };
}

/** Axes turned around. */
export function reverseView(view: View, axes: readonly number[]): View {
  if (sizeOf(view.shape) === 0) return view;
  const offset = axes.reduce((at, axis) => at + (view.shape[axis]! - 1) * view.strides[axis]!, view.offset);
  return { ...view, strides: view.strides.map((stride, axis) => (axes.includes(axis) ? -stride : stride)), offset };
}

/** The same elements under another shape, where that needs no copy. */
export function reshapeView(view: View, shape: Shape): View | undefined {
  const strides = reshapedStrides(view, shape);
  return strides && { ...view, shape, strides };
}

/** The slice of a stack that a loop is at. */
export function sliceAt(view: View, counter: Counter): View {
  const [stride = 0, ...strides] = view.strides;
  return { ...view, shape: view.shape.slice(1), strides, moving: [...view.moving, { counter, stride }] };
}

/** Whether the elements follow each other without gaps. */
export function isContiguous({ shape, strides }: View): boolean {
  return isRowMajor(shape, strides);
}

/** Whether two views are of the same elements in the same order. */
export function sameView(a: View, b: View): boolean {
  return samePlace(a, b) && a.dtype === b.dtype && sameShape(a.shape, b.shape) && a.strides.every((stride, axis) => stride === b.strides[axis] || a.shape[axis] === 1);
}

/** Whether two places are one, at every step of the loops around. */
export function samePlace(a: Place, b: Place): boolean {
  const [x, y] = [placeOf(a), placeOf(b)];
  return x.region === y.region && x.offset === y.offset && sameMoving(x, y);
}

/** Whether two places move alike. */
export function sameMoving(a: Pick<Place, 'moving'>, b: Pick<Place, 'moving'>): boolean {
  return a.moving.length === b.moving.length && a.moving.every(({ counter, stride }, k) => counter === b.moving[k]!.counter && stride === b.moving[k]!.stride);
}
