/** @file Random tensors from explicit keys. The same key gives the same numbers, everywhere and always. */
import type { TREE, TreeNode } from '@tapeflow/autodiff';
import { Box, type Value } from '@tapeflow/autodiff/extend';
import type { FloatDType } from '../array/dtype.ts';
import { full, NDArray, reshape, sliceAxis } from '../array/ndarray.ts';
import { contextDType } from '../context.ts';
import { Described } from '../described.ts';
import { checkChoice, DTypeError, IndexError } from '../errors.ts';
import { childKey, childKeys, randomNormal as normalArray, randomUniform as uniformArray } from '../primitives/random.ts';
import { keyFromSeed } from '../random/threefry.ts';
import { add, mul, sub } from './arithmetic.ts';
import type { ShapeNames, ShapeRecord } from './create.ts';
import { makeDims, storageOrder } from './dims.ts';
import { wrap, type Tensor } from './tensor.ts';
import type { Scalar } from './types.ts';

/**
 * A key to random numbers. It has no state: whoever needs fresh numbers takes a fresh key (`splitKey`, `foldKey`). A key may be an
 * argument of a program, and is then no reason to record the program again.
 */
export class Key extends Described implements TreeNode<Key> {
  /** Two words, i32 of shape (2). */
  readonly words: Value;

  constructor(words: Value) {
    super();
    this.words = words;
  }

  '~tapeflow.tree'(): ReturnType<TreeNode<Key>[typeof TREE]> {
    return { children: [this.words], rebuild: ([words]) => new Key(words), key: 'Key' };
  }

  override toString(): string {
    if (this.words instanceof Box) return `Key inside ${this.words.level.transformation}`;
    const hex = Array.from((this.words as NDArray).contiguous(), (word) => (word >>> 0).toString(16).padStart(8, '0'));
    return `Key ${hex.join(' ')}`;
  }
}

/** The key of a seed: a finite number or a text. Throws `SeedError` for others. */
export function randomKey(seed: number | string): Key {
  return new Key(NDArray.of(Int32Array.from(keyFromSeed(seed), (word) => word | 0), [2], 'i32'));
}

/** `count` keys that are unrelated to each other and to the numbers of `key` itself. */
export function splitKey(key: Key, count: number): Key[] {
  if (!Number.isInteger(count) || count < 0) throw new IndexError('splitKey', count, 2 ** 31, 'the children of a key');
  const all = childKeys(key.words, count);
  return Array.from({ length: count }, (_, k) => new Key(reshape(sliceAxis(all, 0, k, 1, 1), [2])));
}

/** The child number `index` of a key, which `splitKey` has at that position: a key per step of a loop. */
export function foldKey(key: Key, index: number | Scalar): Key {
  if (typeof index !== 'number') {
    if (index.dtype !== 'i32') throw new DTypeError('foldKey', [index.dtype], 'children of a key are numbered by integers.', "Convert the number: convert(step, 'i32').");
    return new Key(childKey(key.words, index.value));
  }
  if (!Number.isInteger(index) || index < 0 || index >= 2 ** 31) throw new IndexError('foldKey', index, 2 ** 31, 'the children of a key');
  return new Key(childKey(key.words, full(index, [], 'i32')));
}

/** The precision of random numbers: that of the context unless it is given. */
export interface RandomOptions {
  readonly dtype?: FloatDType;
}

/** Where uniform numbers lie. Derivatives reach both ends. */
export interface UniformOptions extends RandomOptions {
  readonly low?: number | Scalar;
  readonly high?: number | Scalar;
}

/** Mean and standard deviation of normal numbers. Derivatives reach both. */
export interface NormalOptions extends RandomOptions {
  readonly mean?: number | Scalar;
  readonly deviation?: number | Scalar;
}

function random<S extends ShapeRecord>(operation: string, draw: typeof uniformArray, shape: S, key: Key, dtype: FloatDType): Tensor<ShapeNames<S>> {
  checkChoice(operation, 'dtype', dtype, ['f32', 'f64']);
  const dims = storageOrder(makeDims(shape, operation));
  return wrap({ value: draw(key.words, dims.map(({ size }) => size), dtype), dims });
}

/** Independent numbers, uniform in [low, high) up to rounding, by default in [0, 1). They follow the bits of the key in storage order. */
export function randomUniform<const S extends ShapeRecord>(shape: S, key: Key, { low = 0, high = 1, dtype = contextDType() }: UniformOptions = {}): Tensor<ShapeNames<S>> {
  const unit = random('randomUniform', uniformArray, shape, key, dtype);
  if (low === 0 && high === 1) return unit;
  const width = typeof low === 'number' && typeof high === 'number' ? high - low : sub(high, low);
  return add(mul(unit, width), low);
}

/** Independent normal numbers, by default with mean 0 and standard deviation 1. */
export function randomNormal<const S extends ShapeRecord>(shape: S, key: Key, { mean = 0, deviation = 1, dtype = contextDType() }: NormalOptions = {}): Tensor<ShapeNames<S>> {
  const standard = random('randomNormal', normalArray, shape, key, dtype);
  return mean === 0 && deviation === 1 ? standard : add(mul(standard, deviation), mean);
}
