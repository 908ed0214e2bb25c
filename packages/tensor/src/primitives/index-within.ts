/** @file Indices that have to lie within a length: the same numbers, or an error that names the place. */
import { applyOne, discrete, type Primitive, type Value, type VectorSpace } from '@tapeflow/autodiff/extend';
import { arrayAbstract, arraySpace, arrayTypeOf, type NDArray } from '../array/ndarray.ts';
import type { ArrayType } from '../array/type.ts';
import { DTypeError, IndexError } from '../errors.ts';

/** What indices are for, as errors say it. */
export interface IndexSite {
  /** The operation that uses them. */
  readonly operation: string;
  /** What they point into, such as `dimension 'x'`. */
  readonly place: string;
}

export interface IndexWithinParams extends IndexSite {
  readonly length: number;
}

export const indexWithinPrimitive: Primitive = discrete({
  name: 'indexWithin',
  evaluate([x], params) {
    const { length, operation, place } = params as IndexWithinParams;
    const indices = x as NDArray;
    const values = indices.contiguous();
    // Negative numbers are the largest without their sign.
    for (let k = 0; k < values.length; k++) if (values[k]! >>> 0 >= length) throw new IndexError(operation, values[k]!, length, place);
    return [indices];
  },
  abstract: ([x]) => [arrayAbstract(x!.type as ArrayType)],
  outputSpace: () => arraySpace as VectorSpace,
  batch: ([x], _batched, params) => ({ outputs: [applyOne(indexWithinPrimitive, [x], params)], batched: [true] }),
});

/** The same indices. Throws `IndexError` if one is not among 0 … length − 1, also inside programs: but only where something uses the result. */
export function indexWithin(x: Value, length: number, site: IndexSite): Value {
  const { dtype } = arrayTypeOf(x);
  if (dtype !== 'i32') throw new DTypeError(site.operation, [dtype], 'indices must be integers.', 'Convert them with convert(x, "i32").');
  return applyOne(indexWithinPrimitive, [x], { length, ...site } satisfies IndexWithinParams);
}
