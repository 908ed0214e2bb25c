/** @file Trees like a right-hand side: the results of operators and preconditioners, and first guesses, brought into its order. */
import { flatten } from '@tapeflow/autodiff';
import { isFloat } from '../array/dtype.ts';
import { DimensionError, DTypeError } from '../errors.ts';
import { alignValue } from '../named/align.ts';
import { describeDims, sameDim } from '../named/dims.ts';
import type { Tensor } from '../named/tensor.ts';
import { convert } from '../primitives/structure.ts';
import { tensorsOf } from './systems.ts';

/** A right-hand side of integers is refused. */
export function requireReal(operation: string, tensors: readonly Tensor[]): void {
  for (const { dtype } of tensors) {
    if (!isFloat(dtype)) throw new DTypeError(operation, [dtype], 'the right-hand side is not real.', "Convert it with convert(b, 'f32') or convert(b, 'f64').");
  }
}

/** A tree like b with its dimensions in the order of b. */
export function alignLike<T>(operation: string, what: string, y: T, b: T): T {
  const seen = tensorsOf(y);
  const wanted = tensorsOf(b);
  if (seen.length !== wanted.length) throw new DimensionError(operation, '', `${what} has ${seen.length} tensors where b has ${wanted.length}.`, [], `Make ${what} a tree like b.`);
  const leaves = seen.map((t, k) => {
    const { dims } = wanted[k]!;
    const fits = t.dims.length === dims.length && dims.every((dim) => t.dims.some((own) => sameDim(own, dim)));
    if (!fits) {
      throw new DimensionError(operation, dims[0]?.name ?? '', `${what} has other dimensions than b.`, [describeDims(t.dims), describeDims(dims)], `Give ${what} the dimensions of b; expand b where the operator adds a batch.`);
    }
    const aligned = alignValue(t, dims);
    const { dtype } = wanted[k]!;
    if (what === 'x0') return convert(aligned, dtype);
    if (t.dtype !== dtype) throw new DTypeError(operation, [t.dtype, dtype], `${what} returns ${t.dtype} where b is ${dtype}.`, `Convert b to ${t.dtype}, or what ${what} uses to ${dtype}: convert(x, '${dtype}').`);
    return aligned;
  });
  return flatten(b, operation).structure.unflatten(leaves) as T;
}
