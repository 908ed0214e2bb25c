/** @file vmap: a function of one member as a function of many. */
import { batchLeaves } from './batch.ts';
import { TreeError } from './errors.ts';
import { leafFunction } from './result.ts';
import type { NumberList } from './scalar/domain.ts';
import type { SpaceMember } from './space.ts';
import { spaceOf } from './spaces.ts';
import { flatten, type TreeNode } from './tree.ts';
import type { Box } from './value.ts';

/** What many results of type Y are together: a list for each number (a box of one inside another transformation). */
export type Stacked<Y> = Y extends number ? NumberList : Y extends object ? (Y extends Box | SpaceMember | TreeNode ? Y : { [K in keyof Y]: Stacked<Y[K]> }) : Y;

/**
 * Applies `f` to every member at once. All leaves of the arguments are stacked values of one size (arrays along their first
 * axis, `NumberList` for numbers); so are the leaves of the result. What all members share is taken from outside `f`.
 *
 * Operations without a batching rule take the members one by one. Nests with itself and with derivatives, in any order.
 *
 * Throws `TreeError` when the arguments have no leaf, or leaves with different numbers of members.
 */
export function vmap<Args extends readonly unknown[], Y>(f: (...args: never[]) => Y): (...args: Args) => Stacked<Y> {
  return (...args) => {
    const flat = flatten([...args], 'vmap');
    const spaces = flat.leaves.map(spaceOf);
    const sizes = flat.leaves.map((leaf, k) => spaces[k]!.batch.size(leaf));
    const size = sizes[0];
    if (size === undefined) throw new TreeError('vmap', '', 'no leaf to take members from.', 'Give at least one stacked value.');
    const other = sizes.findIndex((candidate) => candidate !== size);
    if (other >= 0) {
      throw new TreeError('vmap', flat.structure.paths[other]!, `${sizes[other]} members where the first leaf has ${size}.`, 'Stack the same number of members in every leaf.');
    }
    const { call, structure } = leafFunction('vmap', (xs) => f(...(flat.structure.unflatten(xs) as never[])));
    const ys = batchLeaves(call, flat.leaves, flat.leaves.map(() => true), spaces, size, spaceOf);
    return structure().unflatten(ys) as Stacked<Y>;
  };
}
