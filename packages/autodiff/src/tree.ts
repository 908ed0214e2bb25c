/** @file Trees: records, tuples and classes whose leaves are values. Transformations work on any of them. */
import { TreeError, TwoCopiesError } from './errors.ts';
import { SPACE } from './space.ts';
import { BOX_MARK, Box, type Value } from './value.ts';

/** Key of the method by which a class declares its leaves. */
export const TREE = '~tapeflow.tree';

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
  /** Two trees with the same key can be combined leaf by leaf. Records with the same entries in another order have the same key. */
  readonly key: string;
  /** Number of leaves. */
  readonly size: number;
  /** Path of each leaf, for messages. */
  readonly paths: readonly string[];
  /** A tree of this structure with other leaves. */
  unflatten(leaves: readonly Value[]): unknown;
}

/** A tree taken apart. */
export interface Flattened {
  readonly leaves: Value[];
  readonly structure: TreeStructure;
}

function isLeaf(value: unknown): boolean {
  return typeof value === 'number' || value instanceof Box || (typeof value === 'object' && value !== null && SPACE in value);
}

const IDENTITIES = new WeakMap<object, number>();
let lastIdentity = 0;

/** Functions are compared by identity. */
function identityOf(value: object): number {
  let identity = IDENTITIES.get(value);
  if (identity === undefined) IDENTITIES.set(value, (identity = ++lastIdentity));
  return identity;
}

interface Part {
  readonly key: string;
  /** The part with leaves from `next`, which gives them in the order in which they were visited. */
  build(next: () => Value): unknown;
}

const LEAF: Part = { key: '*', build: (next) => next() };

/** Plain data that is carried along unchanged. */
function constantPart(value: unknown): Part {
  return { key: constantKey(value), build: () => value };
}

function constantKey(value: unknown): string {
  if (typeof value === 'function') return `function#${identityOf(value)}`;
  return typeof value === 'string' ? JSON.stringify(value) : `${typeof value}:${String(value)}`;
}

function combine(key: string, parts: readonly Part[], assemble: (children: unknown[]) => unknown): Part {
  return { key, build: (next) => assemble(parts.map((part) => part.build(next))) };
}

const keysOf = (parts: readonly Part[]): string => parts.map((part) => part.key).join(',');

/** Takes one tree apart; leaves and their paths are collected on the way. */
class Visitor {
  readonly leaves: Value[] = [];
  readonly paths: string[] = [];
  private readonly operation: string;
  /** The objects around the one that is visited. */
  private readonly around: object[] = [];

  constructor(operation: string) {
    this.operation = operation;
  }

  visit(value: unknown, path: string): Part {
    if (isLeaf(value)) {
      this.leaves.push(value);
      this.paths.push(path);
      return LEAF;
    }
    if (value === null || typeof value !== 'object') return constantPart(value);
    if (this.around.includes(value)) throw new TreeError(this.operation, path, 'an object that contains itself.', 'Give a tree: no part may contain the whole.');
    this.around.push(value);
    const part = this.visitParts(value, path);
    this.around.pop();
    return part;
  }

  private visitParts(value: object, path: string): Part {
    if (Array.isArray(value)) {
      const parts = value.map((child, k) => this.visit(child, `${path}[${k}]`));
      return combine(`[${keysOf(parts)}]`, parts, (children) => children);
    }
    if (TREE in value) {
      const node = (value as TreeNode)[TREE]();
      const parts = node.children.map((child, k) => this.visit(child, node.children.length === 1 ? path : `${path}.${k}`));
      return combine(`${node.key}(${keysOf(parts)})`, parts, (children) => node.rebuild(children));
    }
    this.refuseOtherClasses(value, path);
    return this.visitRecord(value as Record<string, unknown>, path);
  }

  private visitRecord(record: Record<string, unknown>, path: string): Part {
    const keys = Object.keys(record);
    // Leaves come in the order of the sorted keys, so that { x, v } and { v, x } are the same tree; a rebuilt record keeps its own order.
    const sorted = keys.slice().sort();
    const parts = sorted.map((key) => this.visit(record[key], path === '' ? key : `${path}.${key}`));
    const positions = new Map(sorted.map((key, k) => [key, k]));
    const places = keys.map((key) => positions.get(key)!);
    const entries = sorted.map((key, k) => `${/^\w+$/.test(key) ? key : JSON.stringify(key)}:${parts[k]!.key}`);
    return combine(`{${entries.join(',')}}`, parts, (children) => recordOf(keys, places, children));
  }

  private refuseOtherClasses(value: object, path: string): void {
    if (BOX_MARK in value) throw new TwoCopiesError(this.operation);
    const prototype = Object.getPrototypeOf(value) as object | null;
    if (prototype === Object.prototype || prototype === null) return;
    const name = (prototype.constructor as { name?: string } | undefined)?.name ?? 'object';
    throw new TreeError(this.operation, path, `an object of class ${name}, which does not declare its leaves.`, 'Use a plain record, or give the class a [TREE]() method.');
  }
}

/** The record with these keys; the value of each is the child at its place. */
function recordOf(keys: readonly string[], places: readonly number[], children: readonly unknown[]): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (let k = 0; k < keys.length; k++) {
    const key = keys[k]!;
    // Assigned, it would become the prototype.
    if (key === '__proto__') Object.defineProperty(record, key, { value: children[places[k]!], enumerable: true, configurable: true, writable: true });
    else record[key] = children[places[k]!];
  }
  return record;
}

/**
 * Leaves of a tree, and how to put it together again. Leaves are numbers, boxes and values that name their vector space;
 * strings, booleans, functions and null are carried along as part of the structure.
 *
 * Throws `TreeError` at an object of a class that does not declare its leaves.
 */
export function flatten(tree: unknown, operation = 'flatten'): Flattened {
  const visitor = new Visitor(operation);
  const { key, build } = visitor.visit(tree, '');
  const { leaves, paths } = visitor;
  const unflatten = (values: readonly Value[]): unknown => {
    let at = 0;
    return build(() => values[at++]);
  };
  return { leaves, structure: { key, size: leaves.length, paths, unflatten } };
}

/** Applies `f` to corresponding leaves of trees of one structure. Throws `TreeError` where they differ. */
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
