/** @file What a compiled function depends on besides the numbers it is given: the key under which its programs are kept. */
import { flatten, type TreeStructure } from '@tapeflow/autodiff';
import { abstractOf, Box, type Value } from '@tapeflow/autodiff/extend';
import { isFloat, type FloatDType } from '../array/dtype.ts';
import { NDArray } from '../array/ndarray.ts';
import { sameShape } from '../array/strides.ts';
import type { ArrayType } from '../array/type.ts';
import { contextDType } from '../context.ts';
import { isLogging } from '../solve/solve-log.ts';
import { ArgumentError } from '../errors.ts';
import { StaticArgumentError } from './errors.ts';

/** The arguments of one call, taken apart. */
export interface Signature {
  readonly structure: TreeStructure;
  /** All leaves in order: numbers as they were given. */
  readonly leaves: readonly Value[];
  /** Whether a leaf is a number that is part of the program. */
  readonly isStatic: readonly boolean[];
  /** The dtype in which numbers enter the program. */
  readonly numbers: FloatDType;
  readonly precision: FloatDType;
  /** Whether a `SolveLog` records: the program then reports its solves. */
  readonly logging: boolean;
}

/** Path of a leaf with the position of the argument in front: `0.velocity`, `1`. */
export function argumentPath(path: string): string {
  return path.replace(/^\[(\d+)\]/, '$1');
}

/** Reads the arguments of a call. `statics` are the entries of the option `static`. */
export function signatureOf(args: readonly unknown[], statics: readonly (number | string)[]): Signature {
  const { leaves, structure } = flatten([...args], 'jit');
  const precision = contextDType();
  return { structure, leaves, isStatic: staticLeaves(leaves, structure.paths, statics), numbers: widestFloat(leaves) ?? precision, precision, logging: isLogging() };
}

/** The same kind of call without the elements of its arrays, which nobody should keep alive. */
export function withoutElements(signature: Signature): Signature {
  return { ...signature, leaves: signature.leaves.map((leaf) => (leaf instanceof NDArray ? NDArray.filled(0, leaf.shape, leaf.dtype) : leaf)) };
}

/** The key under which a program is kept. */
export function keyOf(signature: Signature): string {
  return `${signature.structure.key}|${typesOf(signature).join('|')}|${signature.precision}${signature.logging ? '|logging' : ''}`;
}

/** Type of each leaf as text, static numbers with their value. */
function typesOf({ leaves, isStatic }: Signature): string[] {
  return leaves.map((leaf, k) => (isStatic[k] ? `the number ${Object.is(leaf, -0) ? '-0' : String(leaf)}` : leafType(leaf)));
}

/** Whether two calls have equal keys, found without making them: what repeats most should cost least. */
export function sameKey(a: Signature, b: Signature): boolean {
  if (a.precision !== b.precision || a.logging !== b.logging || a.structure.key !== b.structure.key || a.leaves.length !== b.leaves.length) return false;
  return a.leaves.every((leaf, k) => {
    const other = b.leaves[k]!;
    if (a.isStatic[k] !== b.isStatic[k]) return false;
    if (typeof leaf === 'number' || typeof other === 'number') return typeof leaf === typeof other && (!a.isStatic[k] || Object.is(leaf, other));
    if (leaf instanceof NDArray && other instanceof NDArray) return leaf.dtype === other.dtype && sameShape(leaf.shape, other.shape);
    return leafType(leaf) === leafType(other);
  });
}

/** Whether a leaf is named by its path, or is inside of what is named. */
const covers = (entry: string, path: string): boolean => path === entry || path.startsWith(`${entry}.`) || path.startsWith(`${entry}[`);

/** Which leaves are arrays that `donate` names, by position or path. */
export function donatedLeaves({ structure, leaves }: Signature, entries: readonly (number | string)[]): boolean[] {
  const own = structure.paths.map(argumentPath);
  const isArray = (k: number): boolean => typeof leaves[k] !== 'number';
  for (const entry of entries.map(String)) {
    if (own.some((path, k) => isArray(k) && covers(entry, path))) continue;
    throw new ArgumentError('jit', 'donate', entry, `Name an argument by its position (0), or a tensor inside it by its path ('0.velocity'); tensors are at ${own.filter((_, k) => isArray(k)).join(', ') || 'no place'}.`);
  }
  return own.map((path, k) => isArray(k) && entries.some((entry) => covers(String(entry), path)));
}

function staticLeaves(leaves: readonly Value[], paths: readonly string[], statics: readonly (number | string)[]): boolean[] {
  if (statics.length === 0) return leaves.map(() => false);
  const own = paths.map(argumentPath);
  const isNumber = (k: number): boolean => typeof leaves[k] === 'number';
  for (const entry of statics.map(String)) {
    if (!own.some((path, k) => isNumber(k) && covers(entry, path))) throw new StaticArgumentError(entry, own.filter((_, k) => isNumber(k)));
  }
  return own.map((path, k) => isNumber(k) && statics.some((entry) => covers(String(entry), path)));
}

function leafType(leaf: Value): string {
  if (typeof leaf === 'number') return 'a number';
  const { space, type } = abstractOf(leaf);
  return space.describe(type);
}

/** The widest real dtype of the arrays among the leaves. */
function widestFloat(leaves: readonly Value[]): FloatDType | undefined {
  let widest: FloatDType | undefined;
  for (const leaf of leaves) {
    const dtype = leaf instanceof NDArray ? leaf.dtype : leaf instanceof Box && leaf.space.name === 'array' ? (leaf.type as ArrayType).dtype : 'bool';
    if (isFloat(dtype) && widest !== 'f64') widest = dtype;
  }
  return widest;
}

/** What distinguishes a call from an earlier one, in words. */
export function differenceBetween(earlier: Signature, now: Signature): string {
  if (earlier.structure.key !== now.structure.key) return `the arguments are ${now.structure.key} where they were ${earlier.structure.key}`;
  const [before, types] = [typesOf(earlier), typesOf(now)];
  const at = types.findIndex((type, k) => type !== before[k]);
  if (at >= 0) return `argument ${argumentPath(now.structure.paths[at]!)} is ${types[at]!} where it was ${before[at]!}`;
  if (earlier.logging !== now.logging) return now.logging ? 'a SolveLog records' : 'no SolveLog records any more';
  return `the precision is ${now.precision} where it was ${earlier.precision}`;
}
