/** @file Dimensions for the axes of an array from outside, which have no names. */
import { DimensionError } from '../errors.ts';
import { describeDims, makeDim, makeDims, type Dim, type DimSpec } from './dims.ts';

/** Names of axes in order, or a record of dimensions as for `tensor`, which may also give types and item names. */
export type AxisNames = readonly string[] | Readonly<Record<string, DimSpec>>;

/** The dimensions of axes. Throws `DimensionError` where names or sizes do not fit. */
export function dimsOfAxes(operation: string, shape: readonly number[], given: AxisNames): Dim[] {
  const isList = Array.isArray(given);
  const list = isList ? (given as readonly string[]) : Object.keys(given);
  const advice = `Name every axis of the array, whose shape is [${shape.join(', ')}], once and in order.`;
  if (list.length !== shape.length) throw new DimensionError(operation, list[shape.length] ?? '', `${list.length} names were given for ${shape.length} axes.`, [], advice);
  const twice = list.find((name, k) => list.indexOf(name) !== k);
  if (twice !== undefined) throw new DimensionError(operation, twice, `the name '${twice}' is given twice.`, [], advice);
  const dims = isList ? list.map((name, k) => makeDim(name, shape[k]!, operation)) : makeDims(given as Readonly<Record<string, DimSpec>>, operation);
  const wrong = dims.findIndex((dim, k) => dim.size !== shape[k]);
  if (wrong >= 0) throw new DimensionError(operation, dims[wrong]!.name, `axis ${wrong} has length ${shape[wrong]}, not ${dims[wrong]!.size}.`, [describeDims(dims)], advice);
  return dims;
}
