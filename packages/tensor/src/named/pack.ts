/** @file Several dimensions as one, one as several, and dimensions of size 1 that go. */
import { arrayTypeOf, reshape } from '../array/ndarray.ts';
import { DimensionError } from '../errors.ts';
import { transpose } from '../primitives/structure.ts';
import type { Named } from './align.ts';
import type { ShapeNames, ShapeRecord } from './create.ts';
import { countElements, describeDims, makeDim, makeDims, positionOf, type Dim, type DimType } from './dims.ts';
import { refuseExisting, reordered } from './restructure.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { Names, NewDim, NewDims, Reduced, TypeSelector, Unchecked, Without } from './types.ts';

function axesInOrder(operation: string, dims: readonly Dim[], names: readonly string[]): number[] {
  const twice = names.find((name, k) => names.indexOf(name) !== k);
  if (twice !== undefined) throw new DimensionError(operation, twice, `the dimension '${twice}' is given twice.`, [describeDims(dims)], 'Name every dimension once.');
  return names.map((name) => positionOf(operation, dims, name));
}

/** The type of packed dimensions, where they have one in common. */
function commonType(name: string, packed: readonly Dim[]): DimType {
  const [first] = packed;
  if (first === undefined) return makeDim(name, 1).type;
  return packed.every(({ type }) => type === first.type) ? first.type : 'instance';
}

/**
 * Some dimensions as a single one: a list of names, of which the last changes fastest, or all of a type. Its type is `as`, or else the type
 * that the dimensions share, or else instance.
 *
 * Shapes    t (…, y, x) → packDims(t, ['y', 'x'], 'cell') (…, cell = y · x)
 */
export function packDims<D extends string, const K extends readonly D[], const T extends string>(t: Tensor<D>, dims: K, into: NewDim<Without<D, K[number]>, T>, as?: TypeSelector): Tensor<Without<D, K[number]> | T>;
export function packDims(t: Tensor<never>, dims: TypeSelector, into: string, as?: TypeSelector): Tensor;
export function packDims(t: Named, selected: readonly string[] | TypeSelector, into: string, as?: TypeSelector): Unchecked {
  const names = typeof selected === 'function' ? t.dims.filter(({ type }) => type === selected(0).type).map(({ name }) => name) : selected;
  const axes = axesInOrder('packDims', t.dims, names);
  const packed = axes.map((axis) => t.dims[axis]!);
  const others = t.dims.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  refuseExisting('packDims', others.map((axis) => t.dims[axis]!), into);
  const dim: Dim = { name: into, type: as === undefined ? commonType(into, packed) : as(0).type, size: countElements(packed) };
  // In the place of the first one, so that neighbours need not move.
  const before = others.filter((axis) => axis < Math.min(...axes));
  const after = others.slice(before.length);
  const dims = [...before.map((axis) => t.dims[axis]!), dim, ...after.map((axis) => t.dims[axis]!)];
  return reordered(reshape(transpose(t.value, [...before, ...axes, ...after]), dims.map(({ size }) => size)), dims) as Unchecked;
}

/** One dimension as several, given by a record as for `tensor`, of which the last changes fastest: undoes `packDims`. */
export function unpackDim<D extends string, const K extends D, const S extends ShapeRecord>(t: Tensor<D>, dim: K, into: S & NewDims<Without<D, K>, S>): Reduced<Without<D, K> | ShapeNames<S>>;
export function unpackDim(t: Named, name: string, into: ShapeRecord): Unchecked {
  const axis = positionOf('unpackDim', t.dims, name);
  const parts = makeDims(into, 'unpackDim');
  const others = t.dims.filter((_, k) => k !== axis);
  for (const part of parts) refuseExisting('unpackDim', others, part.name);
  if (countElements(parts) !== t.dims[axis]!.size) {
    throw new DimensionError('unpackDim', name, `'${name}' has ${t.dims[axis]!.size} entries, and ${describeDims(parts)} would have ${countElements(parts)}.`, [describeDims(t.dims)], 'Give sizes whose product is the size of the dimension.');
  }
  const dims = [...t.dims.slice(0, axis), ...parts, ...t.dims.slice(axis + 1)];
  return reordered(reshape(t.value, dims.map(({ size }) => size)), dims) as Unchecked;
}

/** Without dimensions of size 1: those that are named, or all. */
export function squeeze(t: Tensor<never>): Tensor;
export function squeeze<D extends string, const K extends D | readonly D[]>(t: Tensor<D>, dims: K): Reduced<Without<D, Names<K>>>;
export function squeeze(t: Named, selected?: string | readonly string[]): Unchecked {
  const names = selected === undefined ? t.dims.filter(({ size }) => size === 1).map(({ name }) => name) : typeof selected === 'string' ? [selected] : selected;
  const axes = axesInOrder('squeeze', t.dims, names);
  const long = axes.map((axis) => t.dims[axis]!).find(({ size }) => size !== 1);
  if (long !== undefined) throw new DimensionError('squeeze', long.name, `dimension '${long.name}' has size ${long.size}, not 1.`, [describeDims(t.dims)], 'Pick an entry with at({ … }), or reduce the dimension.');
  const { shape } = arrayTypeOf(t.value);
  const keeps = (axis: number): boolean => !axes.includes(axis);
  return wrap({ value: reshape(t.value, shape.filter((_, axis) => keeps(axis))), dims: t.dims.filter((_, axis) => keeps(axis)) });
}
