/** @file Jacobians and Hessians: many directions at once, in the mode that needs fewer. */
import { batchLeaves } from './batch.ts';
import { grad, jvp, vjp } from './derivatives.ts';
import { forwardLeaves } from './forward.ts';
import type { MaybeValue } from './primitive.ts';
import { recordLeaves } from './reverse.ts';
import type { DifferentiableScalar } from './scalar-type.ts';
import type { VectorSpace } from './space.ts';
import { abstractOf, spaceOf } from './spaces.ts';
import { flatten } from './tree.ts';
import type { Value } from './value.ts';

/** All unit vectors of a list of leaves, stacked per leaf. */
function stackedBasis(leaves: readonly Value[]): { stacks: Value[]; size: number } {
  const types = leaves.map(abstractOf);
  const dimensions = types.map(({ space, type }) => space.dimension(type));
  const size = dimensions.reduce((a, b) => a + b, 0);
  let offset = 0;
  const stacks = types.map(({ space, type }, k) => {
    const start = offset;
    offset += dimensions[k]!;
    return space.batch.stack(Array.from({ length: size }, (_, i) => (i >= start && i < offset ? space.basis(type, i - start) : space.zeros(type))));
  });
  return { stacks, size };
}

const all = (leaves: readonly Value[]): boolean[] => leaves.map(() => true);

/**
 * The Jacobian as rows or columns: `mode` 'forward' gives, per leaf of the result, all its derivatives stacked over the
 * components of the arguments; 'reverse' gives, per leaf of the arguments, stacked over the components of the result.
 */
export interface LeafJacobian {
  readonly mode: 'forward' | 'reverse';
  readonly ys: readonly Value[];
  readonly stacks: readonly Value[];
  readonly size: number;
}

/** Jacobian of a function of leaves; without `mode`, forward where the arguments have fewer components. */
export function jacobianLeaves(f: (xs: readonly Value[]) => readonly Value[], xs: readonly Value[], mode?: 'forward' | 'reverse'): LeafJacobian {
  const spaces = xs.map(spaceOf);
  const recording = recordLeaves(f, xs, spaces, 'jacobian');
  const { ys } = recording;
  const chosen = mode ?? (dimension(xs) <= dimension(ys) ? 'forward' : 'reverse');
  if (chosen === 'reverse') {
    const { stacks, size } = stackedBasis(ys);
    const rows = batchLeaves((yBars) => fill(recording.pull(yBars), xs), stacks, all(stacks), ys.map(spaceOf), size, spaceOf, 'jacobian');
    return { mode: chosen, ys, stacks: rows, size };
  }
  const { stacks, size } = stackedBasis(xs);
  const columns = batchLeaves((dxs) => fill(forwardLeaves(f, xs, dxs, spaces, 'jacobian').dys, ys), stacks, all(stacks), spaces, size, spaceOf, 'jacobian');
  return { mode: chosen, ys, stacks: columns, size };
}

function fill(derivatives: readonly MaybeValue[], like: readonly Value[]): Value[] {
  return derivatives.map((derivative, k) => {
    if (derivative !== undefined) return derivative;
    const { space, type } = abstractOf(like[k]);
    return space.zeros(type);
  });
}

function dimension(leaves: readonly Value[]): number {
  return leaves.reduce((total: number, leaf) => {
    const { space, type }: { space: VectorSpace; type: unknown } = abstractOf(leaf);
    return total + space.dimension(type);
  }, 0);
}

/** A tree like `Y` whose leaves are trees like `X`. */
export type Jacobian = unknown;

/**
 * Jacobian of a function of numbers in trees: a tree like the result whose leaves are trees like the argument.
 * (For tensors use `jacobian` of @tapeflow/tensor, which names the dimensions.)
 */
export function jacobian<X, Y>(f: (x: X) => Y, options: { readonly mode?: 'forward' | 'reverse' } = {}): (x: X) => Jacobian {
  return (x) => {
    const flatX = flatten(x, 'jacobian');
    let flatY = flatten(0, 'jacobian');
    const result = jacobianLeaves(
      (xs) => {
        flatY = flatten(f(flatX.structure.unflatten(xs) as X), 'jacobian');
        return flatY.leaves;
      },
      flatX.leaves,
      options.mode,
    );
    const split = result.stacks.map((stack) => spaceOfStack(result, stack, flatX.leaves).batch.split(stack, result.size));
    const entry = (row: number, column: number): Value => (result.mode === 'forward' ? split[row]![column] : split[column]![row]);
    return flatY.structure.unflatten(flatY.leaves.map((_, row) => flatX.structure.unflatten(flatX.leaves.map((__, column) => entry(row, column)))));
  };
}

function spaceOfStack(result: LeafJacobian, stack: Value, xs: readonly Value[]): VectorSpace {
  const like = result.mode === 'forward' ? result.ys : xs;
  return spaceOf(like[result.stacks.indexOf(stack)]);
}

/** Hessian of a scalar function of numbers in a tree, forward over reverse: a tree like x of trees like x. */
export function hessian<X>(f: (x: X) => DifferentiableScalar): (x: X) => Jacobian {
  return jacobian(grad(f), { mode: 'forward' });
}

/** Hessian times `v`, forward over reverse, without forming the Hessian. */
export function hvp<X>(f: (x: X) => DifferentiableScalar, x: X, v: X): X {
  return jvp(grad(f), x, v).tangent;
}

/** Gauss-Newton product Jᵀ J v of a vector-valued residual, without forming J. */
export function gaussNewtonProduct<X, Y>(residual: (x: X) => Y, x: X, v: X): X {
  const { tangent } = jvp(residual, x, v);
  return vjp(residual, x).pullback(tangent);
}
