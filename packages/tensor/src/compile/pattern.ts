/**
 * @file Patterns: what the arguments of a call look like, so that arguments of the same kind are recognised and taken apart at once,
 * without texts and lists. What repeats most should cost least: all else goes the long way, by `signatureOf`.
 */
import { TREE, type TreeNode } from '@tapeflow/autodiff';
import { SPACE } from '@tapeflow/autodiff/extend';
import { NDArray } from '../array/ndarray.ts';
import { sameShape, type Shape } from '../array/strides.ts';
import type { DType } from '../array/dtype.ts';
import { Tensor, treeKey } from '../named/tensor.ts';
import type { Dim } from '../named/dims.ts';
import { contextDType } from '../context.ts';
import type { Signature } from './signature.ts';

/** The arrays and numbers that are inputs of a program, in the order of its inputs. */
export type Inputs = (NDArray | number)[];

/** Appends the inputs in a value, if it is like the one that the pattern was made from; otherwise gives false. */
type Pattern = (value: unknown, inputs: Inputs) => boolean;

/** Recognises arguments. */
export type Recognise = (args: readonly unknown[]) => Inputs | undefined;

/**
 * Recognises arguments that are like those given, and gives their inputs. `isStatic` says of each leaf, in the order of `flatten`,
 * whether it is a number that is part of the program. Undefined where there is something that must go the long way.
 */
export function patternOf(args: readonly unknown[], { isStatic, precision }: Pick<Signature, 'isStatic' | 'precision'>): Recognise | undefined {
  let leaf = 0;
  const isNextStatic = (): boolean => isStatic[leaf++]!;
  const patterns: Pattern[] = [];
  for (const arg of args) {
    const pattern = patternFor(arg, isNextStatic);
    if (pattern === undefined) return undefined;
    patterns.push(pattern);
  }
  return (others) => {
    if (others.length !== patterns.length || contextDType() !== precision) return undefined;
    const inputs: Inputs = [];
    for (let k = 0; k < patterns.length; k++) if (!patterns[k]!(others[k], inputs)) return undefined;
    return inputs;
  };
}

function patternFor(value: unknown, isNextStatic: () => boolean): Pattern | undefined {
  if (typeof value === 'number') return isNextStatic() ? same(value) : number;
  if (value === null || typeof value !== 'object') return same(value);
  if (value instanceof NDArray) return isNextStatic() ? undefined : array(value.shape, value.dtype);
  // Other leaves, such as the boxes of a transformation.
  if (SPACE in value) return undefined;
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === Tensor.prototype) {
    const { dims, value: inner } = value as Tensor;
    return inner instanceof NDArray && !isNextStatic() ? tensor(dims, inner.shape, inner.dtype) : undefined;
  }
  if (Array.isArray(value)) return list(value, isNextStatic);
  if (TREE in value) return node(value as TreeNode, isNextStatic);
  return prototype === Object.prototype ? record(value as Readonly<Record<string, unknown>>, isNextStatic) : undefined;
}

const same = (value: unknown): Pattern => (other) => Object.is(other, value);

const number: Pattern = (value, inputs) => typeof value === 'number' && inputs.push(value) > 0;

const array = (shape: Shape, dtype: DType): Pattern => (value, inputs) => value instanceof NDArray && value.dtype === dtype && sameShape(value.shape, shape) && inputs.push(value) > 0;

function tensor(dims: readonly Dim[], shape: Shape, dtype: DType): Pattern {
  const ofValue = array(shape, dtype);
  const key = treeKey(dims);
  // Results that become arguments have one list of dimensions, call after call.
  let last = dims;
  const isLike = (others: readonly Dim[]): boolean => {
    if (others === last) return true;
    if (treeKey(others) !== key) return false;
    last = others;
    return true;
  };
  return (value, inputs) => value instanceof Tensor && isLike(value.dims) && ofValue(value.value, inputs);
}

function all(values: readonly unknown[], isNextStatic: () => boolean): Pattern[] | undefined {
  const patterns = values.map((value) => patternFor(value, isNextStatic));
  return patterns.every((pattern) => pattern !== undefined) ? patterns : undefined;
}

function list(values: readonly unknown[], isNextStatic: () => boolean): Pattern | undefined {
  const patterns = all(values, isNextStatic);
  return patterns && ((value, inputs) => Array.isArray(value) && matchAll(patterns, value, inputs));
}

function matchAll(patterns: readonly Pattern[], values: readonly unknown[], inputs: Inputs): boolean {
  if (values.length !== patterns.length) return false;
  for (let k = 0; k < patterns.length; k++) if (!patterns[k]!(values[k], inputs)) return false;
  return true;
}

/** Leaves come in the order of the sorted keys. */
function record(own: Readonly<Record<string, unknown>>, isNextStatic: () => boolean): Pattern | undefined {
  const keys = Object.keys(own).sort();
  const patterns = all(keys.map((key) => own[key]), isNextStatic);
  return patterns && ((value, inputs) => {
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
    let count = 0;
    for (const key in value) if (Object.hasOwn(value, key)) count++;
    if (count !== keys.length) return false;
    for (let k = 0; k < keys.length; k++) {
      const key = keys[k]!;
      if (!Object.hasOwn(value, key) || !patterns[k]!((value as Readonly<Record<string, unknown>>)[key], inputs)) return false;
    }
    return true;
  });
}

function node(own: TreeNode, isNextStatic: () => boolean): Pattern | undefined {
  const { children, key } = own[TREE]();
  const patterns = all(children, isNextStatic);
  return patterns && ((value, inputs) => {
    if (typeof value !== 'object' || value === null || !(TREE in value)) return false;
    const parts = (value as TreeNode)[TREE]();
    return parts.key === key && matchAll(patterns, parts.children, inputs);
  });
}
