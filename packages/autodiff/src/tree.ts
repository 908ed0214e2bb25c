/** @file Trees: records, tuples and classes whose leaves are values. Transformations work on any of them. */
import { TreeError } from './errors.ts';
import { SPACE } from './space.ts';
import { Box, type Value } from './value.ts';

/** Key of the method by which a class declares its leaves. */
export const TREE: unique symbol = Symbol.for('tapeflow.tree') as never;

/** A class instance that declares its parts. */
export interface TreeNode<Self = unknown> {
  [TREE](): {
    readonly children: readonly unknown[];
    /** The same thing with other children. */
    rebuild(children: readonly unknown[]): Self;
    /** All that is not a child, as text: two nodes with the same key have the same structure. */
    readonly key: string;
  };
}

/** Structure of a tree without its leaves. */
export interface TreeStructure {
  readonly key: string;
  readonly size: number;
  /** Path of each leaf, for messages. */
  readonly paths: readonly string[];
  unflatten(leaves: readonly Value[]): unknown;
}

export interface Flattened {
  readonly leaves: Value[];
  readonly structure: TreeStructure;
}

function isLeaf(value: unknown): boolean {
  return typeof value === 'number' || value instanceof Box || (typeof value === 'object' && value !== null && SPACE in value);
}

const IDENTITIES = new WeakMap<object, number>();
let lastIdentity = 0;

/** Functions and other opaque objects are compared by identity. */
function identityOf(value: object): number {
  let identity = IDENTITIES.get(value);
  if (identity === undefined) IDENTITIES.set(value, (identity = ++lastIdentity));
  return identity;
}

interface Part {
  readonly key: string;
  readonly size: number;
  build(leaves: readonly Value[], offset: number): unknown;
}

const LEAF: Part = { key: '*', size: 1, build: (leaves, offset) => leaves[offset] };

/** Plain data that is carried along unchanged. */
function constantPart(value: unknown): Part {
  const key = typeof value === 'function' ? `function#${identityOf(value)}` : `${typeof value}:${String(value)}`;
  return { key, size: 0, build: () => value };
}

function combine(key: (parts: readonly Part[]) => string, parts: readonly Part[], assemble: (children: unknown[]) => unknown): Part {
  return {
    key: key(parts),
    size: parts.reduce((total, part) => total + part.size, 0),
    build(leaves, offset) {
      let at = offset;
      return assemble(
        parts.map((part) => {
          const child = part.build(leaves, at);
          at += part.size;
          return child;
        }),
      );
    },
  };
}

function visit(value: unknown, path: string, leaves: Value[], paths: string[], operation: string): Part {
  if (isLeaf(value)) {
    leaves.push(value);
    paths.push(path);
    return LEAF;
  }
  if (value === null || typeof value !== 'object') return constantPart(value);
  if (Array.isArray(value)) {
    const parts = value.map((child, k) => visit(child, `${path}[${k}]`, leaves, paths, operation));
    return combine((all) => `[${all.map((part) => part.key).join(',')}]`, parts, (children) => children);
  }
  if (TREE in value) {
    const node = (value as TreeNode)[TREE]();
    const parts = node.children.map((child, k) => visit(child, node.children.length === 1 ? path : `${path}.${k}`, leaves, paths, operation));
    return combine((all) => `${node.key}(${all.map((part) => part.key).join(',')})`, parts, (children) => node.rebuild(children));
  }
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype !== Object.prototype && prototype !== null) {
    const name = (prototype.constructor as { name?: string } | undefined)?.name ?? 'object';
    throw new TreeError(operation, path, `an object of class ${name}, which does not declare its leaves.`, 'Use a plain record, or give the class a [TREE]() method.');
  }
  const keys = Object.keys(value);
  const parts = keys.map((key) => visit((value as Record<string, unknown>)[key], path === '' ? key : `${path}.${key}`, leaves, paths, operation));
  return combine(
    (all) => `{${keys.map((key, k) => `${key}:${all[k]!.key}`).join(',')}}`,
    parts,
    (children) => Object.fromEntries(keys.map((key, k) => [key, children[k]])),
  );
}

/** Leaves of a tree, and how to put it together again. */
export function flatten(tree: unknown, operation = 'flatten'): Flattened {
  const leaves: Value[] = [];
  const paths: string[] = [];
  const part = visit(tree, '', leaves, paths, operation);
  return { leaves, structure: { key: part.key, size: part.size, paths, unflatten: (values) => part.build(values, 0) } };
}

/** Applies `f` to corresponding leaves of trees of one structure. */
export function mapTree<T>(f: (...leaves: Value[]) => Value, first: T, ...others: readonly unknown[]): T {
  const flat = flatten(first, 'mapTree');
  const rest = others.map((other) => {
    const flatOther = flatten(other, 'mapTree');
    if (flatOther.structure.key !== flat.structure.key) {
      throw new TreeError('mapTree', '', `trees of different structure: ${flat.structure.key} and ${flatOther.structure.key}.`, 'Give trees with the same keys, lengths and kinds of leaves.');
    }
    return flatOther.leaves;
  });
  return flat.structure.unflatten(flat.leaves.map((leaf, k) => f(leaf, ...rest.map((leaves) => leaves[k])))) as T;
}
