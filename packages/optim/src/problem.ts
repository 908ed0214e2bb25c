/** @file From a function that returns value and gradient to points with numbers that a loop can judge. */
import { AsyncFunctionError, flatten, NotScalarError, type DifferentiableScalar, type Value } from '@tapeflow/autodiff';
import { abstractOf, spaceOf } from '@tapeflow/autodiff/extend';
import { Tensor } from '@tapeflow/tensor';
import { ObjectiveError, shown, type NonFinite } from './errors.ts';
import { unpack, unpackLike } from './leaves.ts';
import type { Point, Problem } from './method.ts';
import { norm } from './vectors.ts';

/** Value and gradient of the function to minimise at x: what `valueAndGrad(f)` returns. */
export type Objective<X> = (x: X) => { readonly value: DifferentiableScalar; readonly gradient: X };

/** Counts evaluations and looks at what they give. Throws `ObjectiveError`, `NotScalarError` for values that are not one number, `TreeError` for a gradient unlike x. */
export function makeProblem<X>(operation: string, f: Objective<X>, evaluationsBefore: number): Problem<X> {
  let evaluations = evaluationsBefore;
  return {
    get evaluations() {
      return evaluations;
    },
    evaluate(x) {
      evaluations++;
      const { value: result, gradient } = checkedPair(operation, f(x));
      const value = numberOf(operation, result);
      const { leaves } = unpackLike(operation, gradient, unpack(operation, x).structure);
      const gradientNorm = norm(leaves);
      const point: Point<X> = { x, value, gradient, gradientNorm, roundoff: result instanceof Tensor && result.dtype !== 'f64' ? 2 ** -24 : 2 ** -53 };
      const nonFinite = firstNonFinite(operation, point);
      return nonFinite === undefined ? point : { ...point, nonFinite };
    },
  };
}

function checkedPair<Pair extends object>(operation: string, result: Pair): Pair {
  if (result instanceof Promise) throw new AsyncFunctionError(operation);
  if (typeof result === 'object' && result !== null && 'value' in result && 'gradient' in result) return result;
  throw new ObjectiveError(operation, shown(result));
}

function numberOf(operation: string, value: DifferentiableScalar): number {
  if (typeof value === 'number') return value;
  if (!(value instanceof Tensor)) throw new NotScalarError(operation, shown(value));
  if (value.dims.length > 0) throw new NotScalarError(operation, `a tensor with the dimensions ${value.dims.map(({ name, size }) => `${name}=${size}`).join(', ')}`);
  return value.item();
}

function firstNonFinite<X>(operation: string, { value, gradient, gradientNorm }: Point<X>): NonFinite | undefined {
  if (!Number.isFinite(value)) return { what: 'value', seen: value, path: '', index: 0 };
  if (Number.isFinite(gradientNorm)) return undefined;
  const { leaves, structure } = flatten(gradient, operation);
  for (const [k, leaf] of leaves.entries()) {
    const index = spaceOf(leaf).firstNonFinite(leaf);
    if (index >= 0) return { what: 'gradient', seen: component(leaf, index), path: structure.paths[k]!, index };
  }
  // All entries are finite, but their norm is beyond double precision.
  return { what: 'gradient', seen: gradientNorm, path: '', index: 0 };
}

function component(leaf: Value, index: number): number {
  return abstractOf(leaf).space.components(leaf)[index]!;
}
