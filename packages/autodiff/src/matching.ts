/** @file Derivatives come in trees like the values that they belong to: the check of that. */
import { TreeError } from './errors.ts';
import type { Abstract } from './primitive.ts';
import { abstractOf } from './spaces.ts';
import { flatten, type TreeStructure } from './tree.ts';
import type { Value } from './value.ts';

const ADVICE = 'Give a tree like the value that it belongs to.';

/** Throws `TreeError` unless two trees have the same structure. */
export function requireStructure(operation: string, seen: TreeStructure, expected: TreeStructure, what = 'a tree', advice: string = ADVICE): void {
  if (seen.key !== expected.key) throw new TreeError(operation, '', `${what} of structure ${seen.key} where ${expected.key} was expected.`, advice);
}

/** Leaves of a tree of derivatives of values of the given structure and types. Throws `TreeError` where it does not fit. */
export function matching(operation: string, tree: unknown, structure: TreeStructure, types: readonly Abstract[]): Value[] {
  const flat = flatten(tree, operation);
  requireStructure(operation, flat.structure, structure);
  flat.leaves.forEach((leaf, k) => {
    const { space, type } = types[k]!;
    // What has no derivative may be given as anything.
    if (!space.isDifferentiable(type)) return;
    const seen = abstractOf(leaf);
    if (seen.space === space && space.sameType(seen.type, type)) return;
    throw new TreeError(operation, structure.paths[k]!, `${seen.space.describe(seen.type)} where ${space.describe(type)} was expected.`, ADVICE);
  });
  return flat.leaves;
}
