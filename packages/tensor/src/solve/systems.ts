/** @file Trees of tensors as systems of equations: their tensors, the batch that they share, and trees like them. */
import { flatten, TREE, type TreeNode } from '@tapeflow/autodiff';
import type { Value } from '@tapeflow/autodiff/extend';
import { isFloat, type DType } from '../array/dtype.ts';
import { dtypeOf } from '../array/ndarray.ts';
import { DimensionError, DTypeError } from '../errors.ts';
import { alignValue } from '../named/align.ts';
import { describeDims, sameDim, sameDims, type Dim } from '../named/dims.ts';
import { Tensor } from '../named/tensor.ts';
import { convert } from '../primitives/structure.ts';

/** All tensors of a tree. */
export function tensorsOf(tree: unknown): Tensor[] {
  if (tree instanceof Tensor) return [tree];
  if (typeof tree !== 'object' || tree === null) return [];
  if (TREE in tree) return (tree as TreeNode)[TREE]().children.flatMap(tensorsOf);
  return Object.values(tree).flatMap(tensorsOf);
}

/** The batch dimensions, which all tensors of a system must share. */
export function commonBatch(operation: string, what: string, tensors: readonly Tensor[]): readonly Dim[] {
  const first = tensors[0];
  if (first === undefined) throw new DimensionError(operation, '', `${what} holds no tensor.`, [], 'Give a tensor or a tree of tensors.');
  const own = (t: Tensor): Dim[] => t.dims.filter(({ type }) => type === 'batch');
  for (const other of tensors) {
    if (!sameDims(own(first), own(other))) {
      throw new DimensionError(operation, own(first)[0]?.name ?? own(other)[0]!.name, 'the tensors of one system differ in their batch dimensions.', [describeDims(first.dims), describeDims(other.dims)], 'Expand the smaller ones along the batch.');
    }
  }
  return own(first);
}

/** A right-hand side of integers is refused. */
export function requireReal(operation: string, tensors: readonly Tensor[]): void {
  for (const { dtype } of tensors) {
    if (!isFloat(dtype)) throw new DTypeError(operation, [dtype], 'the right-hand side is not real.', "Convert it with convert(b, 'f32') or convert(b, 'f64').");
  }
}

/** A tree like `model` with its dimensions in the order of those of `model`. */
export function alignLike<T>(operation: string, what: string, y: T, model: T, modelName: string): T {
  return treeLike(operation, what, y, model, modelName, (value, dtype) => {
    const seen = dtypeOf(value);
    if (seen !== dtype) throw new DTypeError(operation, [seen, dtype], `${what} is ${seen} where ${modelName} is ${dtype}.`, `Convert ${modelName} to ${seen}, or what the function uses to ${dtype}: convert(x, '${dtype}').`);
    return value;
  });
}

/** The same for a first guess, which may be of another dtype than `model`. */
export function guessLike<T>(operation: string, what: string, guess: T, model: T, modelName: string): T {
  return treeLike(operation, what, guess, model, modelName, convert);
}

function treeLike<T>(operation: string, what: string, y: T, model: T, modelName: string, ofDType: (value: Value, dtype: DType) => Value): T {
  const seen = tensorsOf(y);
  const wanted = tensorsOf(model);
  if (seen.length !== wanted.length) throw new DimensionError(operation, '', `${what} has ${seen.length} tensors where ${modelName} has ${wanted.length}.`, [], `Make ${what} a tree like ${modelName}.`);
  const leaves = seen.map((t, k) => {
    const { dims, dtype } = wanted[k]!;
    const fits = t.dims.length === dims.length && dims.every((dim) => t.dims.some((own) => sameDim(own, dim)));
    if (!fits) {
      throw new DimensionError(operation, dims[0]?.name ?? t.dims[0]!.name, `${what} has other dimensions than ${modelName}.`, [describeDims(t.dims), describeDims(dims)], `Give ${what} the dimensions of ${modelName}; expand ${modelName} where a batch is added.`);
    }
    return ofDType(alignValue(t, dims), dtype);
  });
  return flatten(model, operation).structure.unflatten(leaves) as T;
}
