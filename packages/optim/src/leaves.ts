/** @file Trees as lists of vectors: what optimizers compute with, whatever the parameters are packed in. */
import { flatten, TreeError, type TreeStructure, type Value } from '@tapeflow/autodiff';
import { abstractOf } from '@tapeflow/autodiff/extend';
import { spatial, Tensor, type Dim } from '@tapeflow/tensor';
import { arraySpace, arrayTypeOf, wrap } from '@tapeflow/tensor/extend';
import type { Leaf } from './arithmetic.ts';

/** The real-valued leaves of a tree. Integer and boolean leaves have no gradient: they are carried along unchanged. */
export interface Unpacked<T> {
  readonly leaves: readonly Leaf[];
  readonly structure: TreeStructure;
  /** The tree with other real-valued leaves. */
  rebuild(leaves: readonly Leaf[]): T;
}

/** Takes a tree apart. Throws `TreeError` for leaves of a kind that optimizers cannot compute with. */
export function unpack<T>(operation: string, tree: T): Unpacked<T> {
  const { leaves, structure } = flatten(tree, operation);
  const positions = leaves.flatMap((leaf, k) => (isReal(leaf) ? [k] : []));
  return {
    structure,
    leaves: positions.map((k) => asLeaf(operation, leaves[k], structure.paths[k]!)),
    rebuild(replaced) {
      const all = leaves.slice();
      positions.forEach((position, k) => {
        const leaf = replaced[k]!;
        all[position] = leaf instanceof Tensor ? leaf.value : leaf;
      });
      return structure.unflatten(all) as T;
    },
  };
}

/** Takes a tree apart that must have a certain structure. Throws `TreeError`. */
export function unpackLike<T>(operation: string, tree: T, structure: TreeStructure): Unpacked<T> {
  const unpacked = unpack(operation, tree);
  if (unpacked.structure.key !== structure.key) {
    throw new TreeError(operation, '', `trees of different structure: ${structure.key} and ${unpacked.structure.key}.`, 'Gradients and states must have the keys, lengths and dimensions of the parameters.');
  }
  return unpacked;
}

/** The same tree with zeros. */
export function zerosOf<T>(operation: string, tree: T): T {
  const { leaves, structure } = flatten(tree, operation);
  return structure.unflatten(
    leaves.map((leaf) => {
      const { space, type } = abstractOf(leaf);
      return space.zeros(type);
    }),
  ) as T;
}

function isReal(leaf: Value): boolean {
  const { space, type } = abstractOf(leaf);
  return space.isDifferentiable(type);
}

function asLeaf(operation: string, leaf: Value, path: string): Leaf {
  const { space, type } = abstractOf(leaf);
  if (space === arraySpace) return wrap({ value: leaf, dims: numberedAxes(arrayTypeOf(leaf).shape) });
  if (type === 'number') return leaf as Leaf;
  throw new TreeError(operation, path, `${space.describe(type)}.`, 'Use named tensors and numbers as parameters.');
}

const AXIS_TYPE = spatial(0).type;

/** Elementwise arithmetic needs no names, and a sum over everything shall include the batch: axes are told apart by number. */
function numberedAxes(shape: readonly number[]): Dim[] {
  return shape.map((size, axis) => ({ name: `axis${axis}`, size, type: AXIS_TYPE }));
}
