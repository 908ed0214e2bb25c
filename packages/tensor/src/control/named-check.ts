/** @file check: a condition on tensors that throws where it does not hold, also inside programs. */
import { stopGradient } from '@tapeflow/autodiff';
import type { NDArray } from '../array/ndarray.ts';
import type { TypedArray } from '../array/dtype.ts';
import { DTypeError } from '../errors.ts';
import type { Tensor } from '../named/tensor.ts';
import { reduceAll } from '../primitives/reduce.ts';
import { checkLeaves } from './check.ts';

/**
 * Throws `error(...)`, given the values of `seen`, unless the condition, a boolean tensor, holds everywhere.
 *
 * At once where the values are known; while a program is recorded the check becomes part of it, and throws when the program runs.
 * It has no influence on derivatives.
 */
export function check(condition: Tensor<never>, error: (...seen: readonly TypedArray[]) => Error, seen: readonly Tensor<never>[] = []): void {
  if (condition.dtype !== 'bool') throw new DTypeError('check', [condition.dtype], 'the condition is not boolean.', 'Compare first: lessEqual(x, 1), or isFinite(x).');
  const axes = condition.dims.map((_, axis) => axis);
  const values = stopGradient(seen.map(({ value }) => value));
  checkLeaves(reduceAll(condition.value, axes), values, (arrays) => error(...arrays.map((array: NDArray) => array.contiguous())));
}
