/** @file Dimensions as plain data, and back with every field checked. */
import { describeDims, isDimType, type Dim } from '../named/dims.ts';

/** A dimension without anything that JSON or a message could not carry. */
export interface DimRecord {
  readonly name: string;
  readonly size: number;
  readonly type: string;
  readonly items?: readonly string[];
}

/** Dimensions as plain data. */
export function recordsOfDims(dims: readonly Dim[]): DimRecord[] {
  return dims.map(({ name, size, type, items }) => (items === undefined ? { name, size, type } : { name, size, type, items: [...items] }));
}

const hasOnly = (record: object, keys: readonly string[]): boolean => Object.keys(record).every((key) => keys.includes(key));

function dimOf(record: unknown, size: number | undefined): Dim | string {
  if (typeof record !== 'object' || record === null || !hasOnly(record, ['name', 'size', 'type', 'items'])) return 'a dimension is no record of name, size, type and items.';
  const { name, size: seen, type, items } = record as Record<string, unknown>;
  if (typeof name !== 'string') return 'a dimension has no name.';
  if (seen !== size || size === undefined) return `dimension '${name}' has size ${String(seen)} for an axis of length ${String(size)}.`;
  if (typeof type !== 'string' || !isDimType(type)) return `dimension '${name}' is of type ${String(type)}.`;
  if (items === undefined) return { name, size, type };
  if (!Array.isArray(items) || items.length !== size || items.some((item) => typeof item !== 'string') || new Set(items).size !== size) return `dimension '${name}' does not have ${size} different item names.`;
  return { name, size, type, items: items as string[] };
}

/** The dimensions of axes of these lengths, or what is wrong with them. */
export function dimsOfRecords(records: unknown, shape: readonly number[]): Dim[] | string {
  if (!Array.isArray(records) || records.length !== shape.length) return `there is no list of ${shape.length} dimensions.`;
  const dims: Dim[] = [];
  for (const [axis, record] of records.entries()) {
    const dim = dimOf(record, shape[axis]);
    if (typeof dim === 'string') return dim;
    if (dims.some(({ name }) => name === dim.name)) return `there are two dimensions '${dim.name}' in ${describeDims([...dims, dim])}.`;
    dims.push(dim);
  }
  return dims;
}
