/** @file Rename, expand, stack, concat, pad, roll, flip. */
import type { Value } from '@tapeflow/autodiff/extend';
import { arrayTypeOf, broadcast, concat as concatArrays, full, pad as padArray, reshape, sliceAxis } from '../array/ndarray.ts';
import { ArgumentError, DimensionError } from '../errors.ts';
import { select } from '../primitives/elementwise.ts';
import { convert, reverse, transpose } from '../primitives/structure.ts';
import { alignValue, widest } from './align.ts';
import { describeDims, isStorageOrder, makeDim, positionOf, storageOrder, unionDims, type Dim, type DimSpec } from './dims.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { NewDim, Scalar, Without } from './types.ts';

/** A new dimension must not exist already. */
export function refuseExisting(operation: string, dims: readonly Dim[], name: string): void {
  if (dims.some((dim) => dim.name === name)) throw new DimensionError(operation, name, `dimension '${name}' already exists.`, [describeDims(dims)], 'Choose another name, or rename the existing dimension.');
}

/** Puts the axes into storage order after a dimension changed. */
export function reordered(value: Value, dims: readonly Dim[]): Tensor {
  if (isStorageOrder(dims)) return wrap({ value, dims });
  const ordered = storageOrder(dims);
  return wrap({ value: transpose(value, ordered.map((dim) => dims.indexOf(dim))), dims: ordered });
}

/** The same tensor with another name (and, with `as`, another type) for one dimension. */
export function rename<D extends string, const F extends D, const T extends string>(t: Tensor<D>, from: F, to: NewDim<Without<D, F>, T>, as?: (extent: number) => { type: Dim['type'] }): Tensor<Without<D, F> | T> {
  const axis = positionOf('rename', t.dims, from);
  if ((to as string) !== from) refuseExisting('rename', t.dims, to);
  const dim = t.dims[axis]!;
  return reordered(t.value, t.dims.map((own, k) => (k === axis ? { ...dim, name: to, type: as === undefined ? dim.type : as(0).type } : own)));
}

/** Repeats along a new dimension, without memory. */
export function expand<D extends string, const K extends string>(t: Tensor<D>, name: NewDim<D, K>, spec: DimSpec): Tensor<D | K> {
  refuseExisting('expand', t.dims, name);
  const dim = makeDim(name, spec, 'expand');
  const { shape } = arrayTypeOf(t.value);
  return reordered(broadcast(t.value, [dim.size, ...shape], shape.map((_, axis) => axis + 1)), [dim, ...t.dims]);
}

/** Tensors side by side along a new dimension; a record gives the item names. */
export function stack<D extends string, const K extends string>(parts: readonly Tensor<D>[] | Readonly<Record<string, Tensor<D>>>, name: NewDim<D, K>, as?: (extent: number | readonly string[]) => DimSpec): Tensor<D | K> {
  const isList = Array.isArray(parts);
  const list = (isList ? parts : Object.values(parts)) as readonly Tensor<D>[];
  if (list.length === 0) throw new DimensionError('stack', name, 'no tensors were given.', [], 'Give at least one tensor.');
  const extent = isList ? list.length : Object.keys(parts);
  const dim = makeDim(name, as === undefined ? extent : as(extent), 'stack');
  if (dim.size !== list.length) throw new DimensionError('stack', name, `dimension '${name}' has size ${dim.size} for ${list.length} tensors.`, [], 'Let `as` give a dimension of the extent that it is given.');
  const dims = unionDims('stack', list.map((part) => part.dims));
  refuseExisting('stack', dims, name);
  const dtype = widest(list.map((part) => part.dtype));
  const shape = dims.map(({ size }) => size);
  const rows = list.map((part) => {
    const aligned = convert(part.dims.length === 0 ? broadcast(part.value, shape, []) : alignValue(part, dims), dtype);
    return reshape(aligned, [1, ...shape]);
  });
  return reordered(concatArrays(rows, 0), [dim, ...dims]);
}

/** Tensors one after another along a dimension that all have. */
export function concat<D extends string, const K extends D>(parts: readonly Tensor<D>[], name: K): Tensor<D> {
  const first = parts[0];
  if (first === undefined) throw new DimensionError('concat', name, 'no tensors were given.', [], 'Give at least one tensor.');
  const own = parts.map((part) => part.dims[positionOf('concat', part.dims, name)]!);
  const others = unionDims('concat', parts.map((part) => part.dims.filter((dim) => dim.name !== name)));
  const hasItems = own.every((dim) => dim.items !== undefined);
  const joined = makeDim(name, { type: own[0]!.type, extent: hasItems ? own.flatMap((dim) => dim.items!) : own.reduce((size, dim) => size + dim.size, 0) }, 'concat');
  const dims = storageOrder([...first.dims.map((dim) => (dim.name === name ? dim : others.find((other) => other.name === dim.name)!)), ...others.filter((other) => !first.dims.some((dim) => dim.name === other.name))]);
  const axis = dims.findIndex((dim) => dim.name === name);
  const dtype = widest(parts.map((part) => part.dtype));
  const values = parts.map((part, k) => convert(alignValue(part, dims.map((dim) => (dim.name === name ? own[k]! : dim))), dtype));
  return wrap({ value: concatArrays(values, axis), dims: dims.map((dim) => (dim.name === name ? joined : dim)) });
}

/** `value` around the tensor: per dimension, how many before and after. Derivatives reach a value that is a scalar. */
export function padConstant<D extends string, K extends D>(t: Tensor<D>, widths: { readonly [N in K]: readonly [number, number] }, value: number | Scalar = 0): Tensor<D> {
  const low = t.dims.map(() => 0);
  const high = t.dims.map(() => 0);
  for (const [name, width] of Object.entries(widths) as [string, readonly [number, number]][]) {
    const axis = positionOf('padConstant', t.dims, name);
    if (!width.every((count) => Number.isInteger(count) && count >= 0)) throw new DimensionError('padConstant', name, `'${name}' is padded by ${width.join(' and ')}.`, [describeDims(t.dims)], 'Give two integers ≥ 0.');
    [low[axis], high[axis]] = width;
  }
  const dims = t.dims.map((dim, axis): Dim => (low[axis]! + high[axis]! === 0 ? dim : { name: dim.name, type: dim.type, size: dim.size + low[axis]! + high[axis]! }));
  const inside = padArray(t.value, low, high);
  if (value === 0) return wrap({ value: inside, dims });
  const { shape, dtype } = arrayTypeOf(t.value);
  const isInside = padArray(full(1, shape, 'bool'), low, high);
  return wrap({ value: select(isInside, inside, typeof value === 'number' ? full(value, [], dtype) : convert(value.value, dtype)), dims });
}

/** Moves entries along a dimension by `shift`; those that leave one end enter at the other. */
export function roll<D extends string, const K extends D>(t: Tensor<D>, name: K, shift: number): Tensor<D> {
  const axis = positionOf('roll', t.dims, name);
  // Whatever is no number says so by itself.
  if (!Number.isInteger(+shift)) throw new ArgumentError('roll', 'shift', shift, 'Give an integer.');
  const { size } = t.dims[axis]!;
  const by = size === 0 ? 0 : ((shift % size) + size) % size;
  if (by === 0) return t;
  return wrap({ value: concatArrays([sliceAxis(t.value, axis, size - by, by, 1), sliceAxis(t.value, axis, 0, size - by, 1)], axis), dims: t.dims });
}

/** Turns dimensions around. */
export function flip<D extends string, const K extends D | readonly D[]>(t: Tensor<D>, names: K): Tensor<D> {
  const list = (typeof names === 'string' ? [names] : names) as readonly string[];
  const axes = list.map((name) => positionOf('flip', t.dims, name));
  const twice = list.find((name, k) => list.indexOf(name) !== k);
  if (twice !== undefined) throw new DimensionError('flip', twice, `the name '${twice}' is given twice.`, [describeDims(t.dims)], 'Name every dimension once.');
  const dims = t.dims.map((dim, axis) => (axes.includes(axis) && dim.items !== undefined ? { ...dim, items: [...dim.items].reverse() } : dim));
  return wrap({ value: reverse(t.value, axes), dims });
}
