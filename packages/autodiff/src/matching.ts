/** @file What must have the structure and the types of something else: derivatives, states, controls, residuals. */
import type { Closed } from './close-over.ts';
import { TreeError } from './errors.ts';
import type { Abstract } from './primitive.ts';
import { abstractOf } from './spaces.ts';
import { flatten, type Flattened, type TreeStructure } from './tree.ts';
import type { Value } from './value.ts';

/** A tree by its structure and the types of its leaves. */
export interface TreeType {
  readonly structure: TreeStructure;
  readonly types: readonly Abstract[];
}

/** The type of a tree that was taken apart. */
export const treeType = ({ structure, leaves }: Flattened): TreeType => ({ structure, types: leaves.map(abstractOf) });

/** The type of what a closed function returns. */
export const resultType = ({ result, program }: Closed): TreeType => ({ structure: result, types: program.results });

/** Throws `TreeError` unless two trees have the same structure and leaves of the same types. `label` names the one that was seen. */
export function requireSame(operation: string, label: string, seen: TreeType, expected: TreeType, advice: string): void {
  if (seen.structure.key !== expected.structure.key) {
    throw new TreeError(operation, '', `${label} of structure ${seen.structure.key} where ${expected.structure.key} was expected.`, advice);
  }
  expected.types.forEach(({ space, type }, k) => {
    const other = seen.types[k]!;
    if (other.space === space && space.sameType(other.type, type)) return;
    const path = expected.structure.paths[k]!;
    const where = path === '' ? label : `${path} of ${label}`;
    throw new TreeError(operation, where, `${other.space.describe(other.type)} where ${space.describe(type)} was expected.`, advice);
  });
}

/** The same for a tree of derivatives of values of the expected types. What has no derivative may be given as anything. */
export function requireDerivatives(operation: string, label: string, seen: TreeType, expected: TreeType, advice: string): void {
  const types = expected.types.map((abstract, k) => (abstract.space.isDifferentiable(abstract.type) ? abstract : (seen.types[k] ?? abstract)));
  requireSame(operation, label, seen, { structure: expected.structure, types }, advice);
}

/** Leaves of a tree of derivatives of values of the given structure and types. Throws `TreeError` where it does not fit. */
export function matching(operation: string, tree: unknown, structure: TreeStructure, types: readonly Abstract[]): Value[] {
  const flat = flatten(tree, operation);
  requireDerivatives(operation, 'the derivatives', treeType(flat), { structure, types }, 'Give a tree like the value that it belongs to.');
  return flat.leaves;
}
