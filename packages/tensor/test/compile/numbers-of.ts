/** @file The numbers of a tree, for tests and for what they run elsewhere. */
import { flatten } from '@tapeflow/autodiff';
import type { NDArray } from '../../src/array/ndarray.ts';

/** All numbers of a tree of tensors, arrays and numbers. */
export function numbersOf(tree: unknown): number[] {
  return flatten(tree).leaves.flatMap((leaf) => (typeof leaf === 'number' ? [leaf] : [...(leaf as NDArray).contiguous()]));
}
