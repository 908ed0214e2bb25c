/** @file Trees of tensors as loops need them: numbers as scalars, slices along a dimension, stacks. */
import { mapTree, TREE, type TreeNode } from '@tapeflow/autodiff';
import { Box, SPACE, type Value } from '@tapeflow/autodiff/extend';
import { arrayTypeOf, NDArray } from '../array/ndarray.ts';
import { DimensionError } from '../errors.ts';
import { alignValue, type Named } from '../named/align.ts';
import { inStorageOrder, scalar } from '../named/create.ts';
import { describeDims, positionOf, sameDim, sameDims, type Dim } from '../named/dims.ts';
import { refuseExisting } from '../named/restructure.ts';
import { Tensor, wrap } from '../named/tensor.ts';
import type { Reduced, Without } from '../named/types.ts';

/** A tree without one dimension: what a step of a loop along it sees. Classes that declare their leaves stay what they are. */
export type SliceOf<X, K extends string> = X extends Tensor<infer D> ? Reduced<Without<D, K>> : X extends TreeNode ? X : { [P in keyof X]: SliceOf<X[P], K> };

/** A tree with one more dimension: the results of all steps. Classes that declare their leaves stay what they are. */
export type Stacked<Y, K extends string> = Y extends Tensor<infer D> ? Tensor<D | K> : Y extends TreeNode ? Y : Y extends object ? { [P in keyof Y]: Stacked<Y[P], K> } : Y;

/** The tree with scalars for its numbers, so that every leaf is an array. */
export function withScalars<T>(tree: T): T {
  return mapTree((leaf) => (typeof leaf === 'number' ? scalar(leaf) : leaf), tree);
}

/** Whether something has parts: values, such as the words of a key, have none. */
const isInner = (tree: unknown): tree is object => typeof tree === 'object' && tree !== null && !(tree instanceof Box) && !(SPACE in tree);

/** Applies `f` to every tensor of a tree. */
export function mapTensors(f: (t: Tensor) => Tensor, tree: unknown): unknown {
  if (tree instanceof Tensor) return f(tree);
  if (!isInner(tree)) return tree;
  if (Array.isArray(tree)) return tree.map((part) => mapTensors(f, part));
  if (TREE in tree) {
    const { children, rebuild } = (tree as TreeNode)[TREE]();
    return rebuild(children.map((child) => mapTensors(f, child)));
  }
  return Object.fromEntries(Object.entries(tree).map(([key, part]) => [key, mapTensors(f, part)]));
}

/** The tree with the dimensions of its tensors in the order of those of a similar tree: names decide, not positions. */
export function alignedLike(tree: unknown, model: unknown): unknown {
  if (tree instanceof Tensor) return model instanceof Tensor && isPermuted(tree.dims, model.dims) ? wrap({ value: alignValue(tree, model.dims), dims: model.dims }) : tree;
  if (!isInner(tree) || !isInner(model)) return tree;
  if (Array.isArray(tree)) return tree.map((part, k) => alignedLike(part, (model as readonly unknown[])[k]));
  if (TREE in tree) {
    if (!(TREE in model)) return tree;
    const { children, rebuild } = (tree as TreeNode)[TREE]();
    const { children: others } = (model as TreeNode)[TREE]();
    return rebuild(children.map((child, k) => alignedLike(child, others[k])));
  }
  return Object.fromEntries(Object.entries(tree).map(([key, part]) => [key, alignedLike(part, (model as Record<string, unknown>)[key])]));
}

function isPermuted(dims: readonly Dim[], others: readonly Dim[]): boolean {
  return !sameDims(dims, others) && dims.length === others.length && dims.every((dim) => others.some((other) => sameDim(dim, other)));
}

/** Tensors that a loop walks through. */
export interface Sliced {
  /** The tree with the looped axis in front in every value. */
  readonly stacks: unknown;
  /** A tree like the one that a step sees, with values that stand for any. */
  readonly example: unknown;
  readonly dim: Dim;
}

/** Prepares a tree for a loop along one dimension, which all of its tensors must have. */
export function slicedAlong(operation: string, tree: unknown, name: string): Sliced {
  let dim: Dim | undefined;
  const stacks = mapTensors((t) => {
    const own = t.dims[positionOf(operation, t.dims, name)]!;
    if (dim !== undefined && !sameDim(dim, own)) {
      throw new DimensionError(operation, name, `the tensors that are looped over differ in '${name}'.`, [describeDims([dim]), describeDims([own])], 'Give tensors that agree along the dimension of the loop.');
    }
    dim = own;
    const rest = t.dims.filter((each) => each !== own);
    return wrap({ value: alignValue(t, [own, ...rest]), dims: rest });
  }, tree);
  if (dim === undefined) throw new DimensionError(operation, name, 'there is no tensor to loop over.', [], 'Give tensors, or the number of steps.');
  const example = mapTensors((t) => wrap({ value: placeholder(t.value), dims: t.dims }), stacks);
  return { stacks, example, dim };
}

/** A value of the type of one slice. */
function placeholder(stack: Value): NDArray {
  const { shape, dtype } = arrayTypeOf(stack);
  return NDArray.filled(0, shape.slice(1), dtype);
}

/** Tensors whose values have one axis more than dimensions: the dimension in front. */
export function stackedAlong(operation: string, tree: unknown, dim: Dim): unknown {
  return mapTensors((t: Named) => {
    refuseExisting(operation, t.dims, dim.name);
    return inStorageOrder(new Tensor(t.value, [dim, ...t.dims]));
  }, tree);
}
