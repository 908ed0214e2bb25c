/** @file select: one of two tensors, element by element. */
import { arrayTypeOf, full } from '../array/ndarray.ts';
import { DTypeError } from '../errors.ts';
import { select as selectArrays } from '../primitives/elementwise.ts';
import { convert } from '../primitives/structure.ts';
import { alignValue, expandValue, weakDType, widest, type Named } from './align.ts';
import { unionDims } from './dims.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { Scalar, Unchecked } from './types.ts';
import { contextDType } from '../context.ts';

type Input<D extends string> = Tensor<D> | number;

/**
 * x where the condition holds, else y (what others call `where`).
 *
 * The branch that is not taken gets no derivative, but its own slope is still formed: keep its argument away from singular
 * points, `select(c, sqrt(select(c, x, 1)), 0)` rather than `select(c, sqrt(x), 0)`.
 */
export function select(condition: Scalar, x: Scalar | number, y: Scalar | number): Scalar;
export function select<C extends string, A extends string = never, B extends string = never>(condition: Tensor<C>, x: Input<A>, y: Input<B>): Tensor<NoInfer<A | B | C>>;
export function select(condition: Named, x: Named | number, y: Named | number): Unchecked {
  const tensors = [condition, x, y].filter((input): input is Named => typeof input !== 'number');
  const conditionDType = arrayTypeOf(condition.value).dtype;
  if (conditionDType !== 'bool') throw new DTypeError('select', [conditionDType], 'the condition is not boolean.', 'Compare first: less(x, y), greater(x, 0).');
  const dims = unionDims('select', tensors.map((tensor) => tensor.dims));
  const branches = [x, y];
  const known = branches.flatMap((branch) => (typeof branch === 'number' ? [] : [arrayTypeOf(branch.value).dtype]));
  const base = known.length === 0 ? contextDType() : widest(known);
  const dtype = widest([base, ...branches.flatMap((branch) => (typeof branch === 'number' ? [weakDType(branch, base)] : []))]);
  const values = branches.map((branch) => (typeof branch === 'number' ? full(branch, [], dtype) : convert(alignValue(branch, dims), dtype)));
  // With a rank-0 condition and rank-0 branches nothing would have the shape of the result.
  return wrap({ value: selectArrays(expandValue(condition, dims), values[0], values[1]), dims });
}
