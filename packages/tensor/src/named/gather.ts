/** @file Taking values of a tensor at computed positions. */
import type { Value } from '@tapeflow/autodiff/extend';
import { arrayTypeOf, full, reshape } from '../array/ndarray.ts';
import { DTypeError } from '../errors.ts';
import { add, and, less, lessEqual, mul } from '../primitives/elementwise.ts';
import { gather as gatherArray } from '../primitives/gather.ts';
import { indexWithin } from '../primitives/index-within.ts';
import { iota } from '../primitives/structure.ts';
import { alignValue, expandValue, type Named } from './align.ts';
import { countElements, positionOf, unionDims, type Dim } from './dims.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { Reduced, Unchecked, Without } from './types.ts';

/**
 * Values of `t` at integer positions: `positions` gives, for each of some dimensions, where to look. The result has the
 * dimensions of the positions in place of those. Dimensions that `t` and the positions share otherwise are matched by name.
 *
 * Positions must lie inside; `IndexError` otherwise.
 */
export function gather<D extends string, K extends D, P extends string>(t: Tensor<D>, positions: { readonly [N in K]: Tensor<P> }): Reduced<Without<D, K> | P>;
export function gather(t: Named, positions: Readonly<Record<string, Named>>): Unchecked {
  if (Object.keys(positions).length === 0) return wrap(t);
  const { layout, dims, flat } = lookup('gather', t, positions, checkedPositions);
  const source = reshape(alignValue(t, layout), [countElements(layout)]);
  return wrap({ value: gatherArray(source, flat), dims });
}

/** Where positions by name lie in the values of a tensor. */
export interface Lookup {
  /** The dimensions of the tensor in the order that the flat positions count in: those that are looked along come last. */
  readonly layout: readonly Dim[];
  /** The dimensions of the flat positions: those that are not looked along, and those of the positions. */
  readonly dims: readonly Dim[];
  readonly flat: Value;
}

/** Treats the positions along one dimension: refuses them or brings them inside. */
export type Placement = (operation: string, at: Named, dim: Dim) => Named;

/** Flat positions from positions by name. */
export function lookup(operation: string, t: Named, positions: Readonly<Record<string, Named>>, place: Placement): Lookup {
  const names = Object.keys(positions);
  const axes = names.map((name) => positionOf(operation, t.dims, name));
  const looked = t.dims.filter((_, axis) => axes.includes(axis));
  const kept = t.dims.filter((_, axis) => !axes.includes(axis));
  // Shared dimensions are looked up pairwise, the others in all combinations.
  const dims = unionDims(operation, [kept, ...names.map((name) => positions[name]!.dims)]);
  let flat: Value = full(0, dims.map(({ size }) => size), 'i32');
  let stride = 1;
  const layout = [...kept, ...looked];
  for (let k = layout.length - 1; k >= 0; k--) {
    const dim = layout[k]!;
    const at = looked.includes(dim) ? place(operation, integerPositions(operation, positions[dim.name]!, dim), dim) : { value: iota([dim.size], 0, 'i32'), dims: [dim] };
    flat = add(flat, mul(expandValue(at, dims), full(stride, [], 'i32')));
    stride *= dim.size;
  }
  return { layout, dims, flat };
}

function integerPositions(operation: string, at: Named, { name }: Dim): Named {
  const { dtype } = arrayTypeOf(at.value);
  if (dtype !== 'i32') throw new DTypeError(operation, [dtype], `the positions along '${name}' are not integers.`, "Convert them: convert(floor(x), 'i32').");
  return at;
}

/** Whether positions lie inside along a dimension. */
export function isInside(value: Value, { size }: Dim): Value {
  return and(lessEqual(full(0, [], 'i32'), value), less(value, full(size, [], 'i32')));
}

/** Refuses positions outside. In the flat array they could be inside another row. */
export const checkedPositions: Placement = (operation, at, dim) => {
  const { name, size } = dim;
  return { ...at, value: indexWithin(at.value, size, { operation, place: `dimension '${name}'` }) };
};
