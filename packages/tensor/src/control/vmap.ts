/** @file vmap: a function of one entry of a dimension as a function of all of them, computed together. */
import { flatten, type TreeNode, type TreeStructure } from '@tapeflow/autodiff';
import { batchLeaves, spaceOf } from '@tapeflow/autodiff/extend';
import { NDArray } from '../array/ndarray.ts';
import { DimensionError } from '../errors.ts';
import { alignValue } from '../named/align.ts';
import { describeDims, sameDim, type Dim } from '../named/dims.ts';
import { Tensor, wrap } from '../named/tensor.ts';
import { mapTensors, stackedAlong, withScalars, type Stacked } from './tensors.ts';

/** An argument of which each entry sees its own part, or the whole: what `f` takes, or that with one more dimension. */
export type Entries<X> = X extends Tensor<infer D> ? Tensor<D> : X extends TreeNode ? X : X extends object ? { [P in keyof X]: Entries<X[P]> } : X;

/**
 * The function that applies `f` to every entry along a dimension at once: tensors that have the dimension are seen without it, all else
 * (tensors that lack it, numbers, keys) is the same for all entries. The results have the dimension again, with its type and item names.
 *
 * Inside, reductions and solves know nothing of the other entries. Loops run until the last entry has ended, branches on which entries
 * disagree are both computed. Nests with itself, with derivatives and with programs, in any order: `vmap(grad(loss), 'member')` gives the
 * gradients of all members. What `f` closes over is shared, and may not have the dimension.
 *
 * Throws `DimensionError` when no argument has the dimension, when sizes differ, and when `f` returns a tensor that has it already.
 */
export function vmap<Args extends readonly unknown[], Y, const K extends string>(f: (...args: Args) => Y, dim: K): (...args: { [P in keyof Args]: Entries<Args[P]> }) => Stacked<Y, K> {
  return (...args) => {
    let shared: Dim | undefined;
    const seen = (replace: (own: Dim, rest: readonly Dim[], t: Tensor) => Tensor): unknown =>
      mapTensors((t) => {
        const own = t.dims.find(({ name }) => name === dim);
        if (own === undefined) return t;
        shared ??= own;
        if (!sameDim(shared, own)) throw new DimensionError('vmap', dim, `the arguments differ in '${dim}'.`, [describeDims([shared]), describeDims([own])], 'Give arguments that agree along the dimension.');
        return replace(own, t.dims.filter((each) => each !== own), t);
      }, [...args]);
    // In every tensor that has the dimension its axis goes to the front; the mark tells these leaves from the others.
    const mark = NDArray.filled(0, [], 'bool');
    const { leaves, structure } = flatten(seen((own, rest, t) => wrap({ value: alignValue(t, [own, ...rest]), dims: rest })), 'vmap');
    const isEntry = flatten(seen((_own, rest) => wrap({ value: mark, dims: rest })), 'vmap').leaves.map((leaf) => leaf === mark);
    if (shared === undefined) {
      const inputs = [...args].flatMap((arg) => (arg instanceof Tensor ? [describeDims(arg.dims)] : []));
      throw new DimensionError('vmap', dim, `no argument has the dimension '${dim}'.`, inputs, 'Give one that has; what the function closes over is not looked at.');
    }
    let output: TreeStructure | undefined;
    const ys = batchLeaves(
      (xs) => {
        const flat = flatten(withScalars(f(...(structure.unflatten(xs) as Args))), 'vmap');
        output = flat.structure;
        return flat.leaves;
      },
      leaves,
      isEntry,
      leaves.map(spaceOf),
      (shared as Dim).size,
      spaceOf,
    );
    return stackedAlong('vmap', output!.unflatten(ys), shared) as Stacked<Y, K>;
  };
}
