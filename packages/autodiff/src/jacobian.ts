/** @file Jacobians and Hessians: many directions at once, in the mode that needs fewer. */
import { batchLeaves } from './batch.ts';
import { grad, jvp, vjp } from './derivatives.ts';
import { TreeError } from './errors.ts';
import { forwardLeaves } from './forward.ts';
import { flattenResult } from './result.ts';
import { recordLeaves } from './reverse.ts';
import type { DifferentiableScalar, Widened } from './scalar-type.ts';
import type { VectorSpace } from './space.ts';
import { abstractOf, orZeros, spaceOf } from './spaces.ts';
import { flatten, type Flattened } from './tree.ts';
import type { Box, Value } from './value.ts';

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
  /** Number of members of each stack. */
  readonly size: number;
}

/** Jacobian of a function of leaves; without `mode`, forward where the arguments have fewer components. */
export function jacobianLeaves(f: (xs: readonly Value[]) => readonly Value[], xs: readonly Value[], mode?: 'forward' | 'reverse'): LeafJacobian {
  const spaces = xs.map(spaceOf);
  if (mode === 'forward') return forwardJacobian(f, xs, spaces, f(xs));
  const { ys, pull } = recordLeaves(f, xs, spaces, 'jacobian');
  if (mode === undefined && dimension(xs) <= dimension(ys)) return forwardJacobian(f, xs, spaces, ys);
  const { stacks, size } = stackedBasis(ys);
  const rows = batchLeaves((yBars) => orZeros(pull(yBars), xs), stacks, all(stacks), ys.map(spaceOf), size, spaceOf, 'jacobian');
  return { mode: 'reverse', ys, stacks: rows, size };
}

function forwardJacobian(f: (xs: readonly Value[]) => readonly Value[], xs: readonly Value[], spaces: readonly VectorSpace[], ys: readonly Value[]): LeafJacobian {
  const { stacks, size } = stackedBasis(xs);
  const columns = batchLeaves((dxs) => orZeros(forwardLeaves(f, xs, dxs, spaces, 'jacobian').dys, ys), stacks, all(stacks), spaces, size, spaceOf, 'jacobian');
  return { mode: 'forward', ys, stacks: columns, size };
}

function dimension(leaves: readonly Value[]): number {
  return leaves.map(abstractOf).reduce((total, { space, type }) => total + space.dimension(type), 0);
}

/** A tree like `Y` whose leaves are trees like `X`. */
export type Jacobian<X, Y> = Y extends number | Box ? X : { [K in keyof Y]: Jacobian<X, Y[K]> };

/** Leaves of a tree of single numbers: an entry of the Jacobian for each pair of them. */
function requireNumbers(flat: Flattened, what: string): Flattened {
  flat.leaves.forEach((leaf, k) => {
    const { space, type } = abstractOf(leaf);
    if (!space.isScalar(type) || !space.isDifferentiable(type)) {
      throw new TreeError('jacobian', flat.structure.paths[k]!, `${space.describe(type)} among the ${what}.`, 'Use trees of single numbers, or jvp, vjp and vmap for larger values.');
    }
  });
  return flat;
}

/**
 * The Jacobian of a function of single numbers in trees, as a function of the same argument: a tree like the result whose
 * leaves are trees like the argument. (For tensors use `jacobian` of @tapeflow/tensor, which names the dimensions.)
 *
 * All directions travel together, in forward mode where the argument has no more numbers than the result, else in reverse
 * mode; `mode` decides otherwise. Throws `TreeError` for leaves that are not single numbers.
 */
export function jacobian<X, Y>(f: (x: X) => Y, options: { readonly mode?: 'forward' | 'reverse' } = {}): (x: X) => Jacobian<X, Y> {
  return (x) => {
    const flatX = requireNumbers(flatten(x, 'jacobian'), 'arguments');
    let flatY: Flattened | undefined;
    const { mode, ys, stacks, size } = jacobianLeaves(
      (xs) => {
        flatY = requireNumbers(flattenResult('jacobian', f(flatX.structure.unflatten(xs) as X)), 'results');
        return flatY.leaves;
      },
      flatX.leaves,
      options.mode,
    );
    const split = stacks.map((stack, k) => spaceOf(mode === 'forward' ? ys[k] : flatX.leaves[k]).batch.split(stack, size));
    const entry = (row: number, column: number): Value => (mode === 'forward' ? split[row]![column] : split[column]![row]);
    const rows = ys.map((_, row) => flatX.structure.unflatten(flatX.leaves.map((__, column) => entry(row, column))));
    return flatY!.structure.unflatten(rows) as Jacobian<X, Y>;
  };
}

/** The Hessian of a scalar function of single numbers in a tree, forward over reverse: a tree like x of trees like x. */
export function hessian<X>(f: (x: X) => DifferentiableScalar): (x: X) => Jacobian<X, X> {
  return jacobian(grad(f), { mode: 'forward' });
}

/** Hessian times `v`, forward over reverse, without forming the Hessian. For any tree. */
export function hvp<X>(f: (x: X) => DifferentiableScalar, x: X, v: X): Widened<X> {
  return jvp(grad(f), x, v).tangent as Widened<X>;
}

/** Gauss-Newton product Jᵀ J v of a vector-valued residual, without forming J. For any tree. */
export function gaussNewtonProduct<X, Y>(residual: (x: X) => Y, x: X, v: X): Widened<X> {
  const { tangent } = jvp(residual, x, v);
  return vjp(residual, x).pullback(tangent);
}
