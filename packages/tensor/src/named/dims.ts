/** @file Dimensions: name, size, type and item names. */
import { listItems } from '../described.ts';
import { closestName, DimensionError } from '../errors.ts';

/**
 * What a dimension stands for. Batch: independent examples, ignored by reductions. Dual: columns of a matrix. Instance: a list of
 * things (particles). Channel: components of a vector. Spatial: directions of a grid. Stored in this order, the last fastest.
 */
export type DimType = 'batch' | 'dual' | 'instance' | 'channel' | 'spatial';

const ORDER: Readonly<Record<DimType, number>> = { batch: 0, dual: 1, instance: 2, channel: 3, spatial: 4 };

/** Whether a text is one of the five types. */
export function isDimType(text: string): text is DimType {
  return Object.hasOwn(ORDER, text);
}

/** One dimension of a tensor. */
export interface Dim {
  readonly name: string;
  readonly size: number;
  readonly type: DimType;
  /** Names of the entries, such as the components of a vector. */
  readonly items?: readonly string[];
}

/** How many elements some dimensions have together. */
export function countElements(dims: readonly Dim[]): number {
  return dims.reduce((total, { size }) => total * size, 1);
}

/** How a dimension is given when a tensor is made: its size, its item names, or a size with a type. */
export type DimSpec = number | readonly string[] | DimOf;

/** A size or item names with an explicit type. */
export interface DimOf {
  readonly type: DimType;
  readonly extent: number | readonly string[];
}

const typed = (type: DimType) => (extent: number | readonly string[]): DimOf => ({ type, extent });
/** Independent examples; reductions leave them alone. */
export const batch: (extent: number | readonly string[]) => DimOf = typed('batch');
/** A list of things, such as particles. */
export const instance: (extent: number | readonly string[]) => DimOf = typed('instance');
/** Components of a vector. */
export const channel: (extent: number | readonly string[]) => DimOf = typed('channel');
/** A direction of a grid. */
export const spatial: (extent: number | readonly string[]) => DimOf = typed('spatial');
/** Columns of a matrix. */
export const dual: (extent: number | readonly string[]) => DimOf = typed('dual');

/** Type of a dimension given by name and size only: `batch` is batch, one letter is spatial, item names and all others are channel. */
function defaultType(name: string, hasItems: boolean): DimType {
  if (name === 'batch') return 'batch';
  if (name.startsWith('~')) return 'dual';
  return !hasItems && name.length === 1 ? 'spatial' : 'channel';
}

export function makeDim(name: string, spec: DimSpec, operation = 'tensor'): Dim {
  const isTyped = typeof spec === 'object' && !Array.isArray(spec) && 'extent' in spec;
  const extent = (isTyped ? (spec as DimOf).extent : spec) as number | readonly string[];
  const items = Array.isArray(extent) ? (extent as readonly string[]) : undefined;
  const size = items === undefined ? (extent as number) : items.length;
  if (!Number.isInteger(size) || size < 0) {
    throw new DimensionError(operation, name, `dimension '${name}' has size ${String(size)}.`, [], 'Give an integer ≥ 0.');
  }
  if (items !== undefined && new Set(items).size !== items.length) {
    const twice = items.find((item, k) => items.indexOf(item) !== k);
    throw new DimensionError(operation, name, `dimension '${name}' names the item '${twice}' twice: ${listItems(items, ', ')}.`, [], 'Give every item its own name.');
  }
  const type = isTyped ? (spec as DimOf).type : defaultType(name, items !== undefined);
  return items === undefined ? { name, size, type } : { name, size, type, items };
}

export function makeDims(shape: Readonly<Record<string, DimSpec>>, operation = 'tensor'): Dim[] {
  return Object.entries(shape).map(([name, spec]) => makeDim(name, spec, operation));
}

/** `(batch=3, vector=x,y, y=32, x=64)` */
export function describeDims(dims: readonly Dim[]): string {
  return `(${dims.map(({ name, size, items }) => `${name}=${items === undefined ? size : listItems(items)}`).join(', ')})`;
}

/** Dimensions in storage order: by type, spatial innermost; within a type in the given order. */
export function storageOrder(dims: readonly Dim[]): Dim[] {
  return [...dims].sort((a, b) => ORDER[a.type] - ORDER[b.type]);
}

export function isStorageOrder(dims: readonly Dim[]): boolean {
  return dims.every((dim, k) => k === 0 || ORDER[dims[k - 1]!.type] <= ORDER[dim.type]);
}

export function sameDim(a: Dim, b: Dim): boolean {
  return a === b || (a.name === b.name && a.size === b.size && a.type === b.type && sameItems(a.items, b.items));
}

function sameItems(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && a.length === b.length && a.every((item, k) => item === b[k]));
}

export function sameDims(a: readonly Dim[], b: readonly Dim[]): boolean {
  return a === b || (a.length === b.length && a.every((dim, k) => sameDim(dim, b[k]!)));
}

/** Position of a dimension, or an error that lists what is there. */
export function positionOf(operation: string, dims: readonly Dim[], name: string): number {
  const position = dims.findIndex((dim) => dim.name === name);
  if (position >= 0) return position;
  const names = dims.map((dim) => dim.name);
  const close = closestName(name, names);
  throw new DimensionError(
    operation,
    name,
    `there is no dimension '${name}'.`,
    [describeDims(dims)],
    close === undefined ? (names.length === 0 ? 'The tensor is a scalar.' : `Use one of ${names.join(', ')}.`) : `Did you mean '${close}'?`,
  );
}

/**
 * All dimensions of some tensors: same names must agree in size, type and items. They come in the order of the tensor that has most
 * of them, so that the largest one need not be rearranged.
 */
export function unionDims(operation: string, lists: readonly (readonly Dim[])[]): readonly Dim[] {
  const first = lists[0]!;
  if (lists.every((dims) => sameDims(dims, first))) return first;
  const all: Dim[] = [];
  for (const dims of [...lists].sort((a, b) => b.length - a.length)) {
    for (const dim of dims) {
      const at = all.findIndex((known) => known.name === dim.name);
      if (at < 0) all.push(dim);
      else all[at] = mergeDim(operation, all[at]!, dim, lists);
    }
  }
  const ordered = isStorageOrder(all) ? all : storageOrder(all);
  // One list for all tensors of the same dimensions is compared at a glance.
  return lists.find((dims) => sameDims(dims, ordered)) ?? ordered;
}

function mergeDim(operation: string, a: Dim, b: Dim, lists: readonly (readonly Dim[])[]): Dim {
  if (sameDim(a, b)) return a;
  const inputs = lists.map(describeDims);
  if (a.size !== b.size) {
    throw new DimensionError(operation, a.name, `dimension '${a.name}' has sizes ${a.size} and ${b.size}; they must agree.`, inputs, `Resample, slice or pad '${a.name}' before combining the tensors.`);
  }
  if (a.type !== b.type) {
    throw new DimensionError(operation, a.name, `dimension '${a.name}' is ${a.type} in one tensor and ${b.type} in another.`, inputs, 'Rename one of them, or make both of one type.');
  }
  if (a.items !== undefined && b.items !== undefined && !sameItems(a.items, b.items)) {
    throw new DimensionError(operation, a.name, `dimension '${a.name}' has items ${listItems(a.items)} and ${listItems(b.items)}; they must agree.`, inputs, 'Select the same items in the same order.');
  }
  return a.items === undefined ? b : a;
}
