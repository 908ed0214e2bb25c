/** @file Which vector space a value belongs to. */
import { TreeError, TwoCopiesError } from './errors.ts';
import { scalarSpace } from './scalar/domain.ts';
import { SPACE, type SpaceMember, type VectorSpace } from './space.ts';
import { BOX_MARK, Box, typeIn, type Value } from './value.ts';
import type { Abstract } from './primitive.ts';

/** The vector space of a plain value or box. Throws `TreeError` for anything else, `TwoCopiesError` for a box of another copy of this package. */
export function spaceOf(value: Value): VectorSpace {
  if (typeof value === 'number') return scalarSpace as VectorSpace;
  if (value instanceof Box) return value.space;
  if (typeof value === 'object' && value !== null) {
    if (BOX_MARK in value) throw new TwoCopiesError('spaceOf');
    const space = (value as Partial<SpaceMember>)[SPACE];
    if (space !== undefined) return space;
  }
  throw new TreeError('spaceOf', '', `${value === null ? 'null' : typeof value} is not a value that can be differentiated.`, 'Use numbers, arrays or tensors.');
}

/** Space and type of a value. */
export function abstractOf(value: Value): Abstract {
  const space = spaceOf(value);
  return { space, type: typeIn(space, value) };
}

/** The zero of the type of a value. */
function zerosLike(value: Value): Value {
  const { space, type } = abstractOf(value);
  return space.zeros(type);
}

/** Derivatives of values, with zeros where they are missing. */
export function orZeros(derivatives: readonly (Value | undefined)[], values: readonly Value[]): Value[] {
  return values.map((value, k) => derivatives[k] ?? zerosLike(value));
}

/** Whether a value has derivatives at all (integers have none). */
export function isDifferentiable(value: Value): boolean {
  const { space, type } = abstractOf(value);
  return space.isDifferentiable(type);
}
