/**
 * @file Random numbers as operations on keys: a key is two i32 words, which may be computed inside a program. An array of shape
 * (…, 2) holds independent keys, each of which gives its own numbers. Nothing here has a derivative.
 */
import { applyOne, discrete, type Primitive, type Value, type VectorSpace } from '@tapeflow/autodiff/extend';
import { isFloat, type DType, type FloatDType, type TypedArray } from '../array/dtype.ts';
import { stacked } from '../array/layout.ts';
import { arrayAbstract, arraySpace, arrayTypeOf, broadcast, NDArray } from '../array/ndarray.ts';
import { checkShape } from '../array/shapes.ts';
import { sameShape, sizeOf, type Shape } from '../array/strides.ts';
import { checkedAllocate, type ArrayType } from '../array/type.ts';
import { ArgumentError, DTypeError, ShapeError } from '../errors.ts';
import { integersBetween, permutationOf } from '../random/integers.ts';
import { normal32, normal64 } from '../random/normal.ts';
import { childKey as childOf, randomBits as drawBits, uniform32, uniform64, type RandomKey } from '../random/threefry.ts';
import { iota } from './structure.ts';

/** Parameters of a draw: what each key gives. */
export interface DrawParams {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Parameters of a draw of integers in [low, low + range). */
export interface IntegerParams extends DrawParams {
  readonly low: number;
  readonly range: number;
}

/** Shape of the keys in an array of keys. */
function keysOf(operation: string, { shape, dtype }: ArrayType): Shape {
  if (dtype !== 'i32') throw new DTypeError(operation, [dtype], 'a key consists of integers.', 'Make keys with randomKey(seed).');
  if (shape[shape.length - 1] !== 2) throw new ShapeError(operation, [shape], 'a key has two words.', 'Give keys along the last axis.');
  return shape.slice(0, -1);
}

function drawnType(operation: string, keys: ArrayType, { shape, dtype }: DrawParams): ArrayType {
  checkShape(operation, shape);
  return { shape: [...keysOf(operation, keys), ...shape], dtype };
}

/** Calls `visit` with every key of an array of keys and its number. */
function forEachKey(keys: NDArray, visit: (key: RandomKey, k: number) => void): void {
  const words = keys.contiguous();
  for (let k = 0; 2 * k < words.length; k++) visit([words[2 * k]!, words[2 * k + 1]!], k);
}

/** An operation that gives `count` numbers per key. */
function draw<Params extends DrawParams>(name: string, numbers: (key: RandomKey, count: number, params: Params) => TypedArray | Uint32Array): Primitive {
  const declared: Primitive = discrete({
    name,
    evaluate([keys], params) {
      const { shape, dtype } = drawnType(name, arrayTypeOf(keys), params as DrawParams);
      const count = sizeOf((params as DrawParams).shape);
      const out = checkedAllocate(name, dtype, shape);
      forEachKey(keys as NDArray, (key, k) => out.set(numbers(key, count, params as Params), k * count));
      return [NDArray.of(out, shape, dtype)];
    },
    abstract: ([keys], params) => [arrayAbstract(drawnType(name, keys!.type as ArrayType, params as DrawParams))],
    outputSpace: () => arraySpace as VectorSpace,
    batch: ([keys], _batched, params) => ({ outputs: [applyOne(declared, [keys], params)], batched: [true] }),
  });
  return declared;
}

const bitsPrimitive = draw('randomBits', (key, count) => drawBits(key, count));
const uniformPrimitive = draw('randomUniform', (key, count, { dtype }) => (dtype === 'f64' ? uniform64(drawBits(key, 2 * count)) : uniform32(drawBits(key, count))));
const normalPrimitive = draw('randomNormal', (key, count, { dtype }) => (dtype === 'f64' ? normal64(drawBits(key, 2 * count)) : normal32(drawBits(key, count))));
const integerPrimitive = draw<IntegerParams>('randomInteger', (key, count, { low, range }) => integersBetween(key, count, low, range));
const permutationPrimitive = draw('randomPermutation', (key, count) => permutationOf(key, count));

function checkReal(operation: string, dtype: DType): void {
  if (!isFloat(dtype)) throw new DTypeError(operation, [dtype], 'random numbers are real.', 'Use f32 or f64, and convert or floor the result.');
}

/** 32 random bits per element, as i32. */
export function randomBits(keys: Value, shape: Shape): Value {
  return applyOne(bitsPrimitive, [keys], { shape, dtype: 'i32' } satisfies DrawParams);
}

/** Uniform numbers in [0, 1): multiples of 2⁻²⁴ in f32, of 2⁻⁵³ in f64. */
export function randomUniform(keys: Value, shape: Shape, dtype: FloatDType): Value {
  checkReal('randomUniform', dtype);
  return applyOne(uniformPrimitive, [keys], { shape, dtype } satisfies DrawParams);
}

/** Standard normal numbers. */
export function randomNormal(keys: Value, shape: Shape, dtype: FloatDType): Value {
  checkReal('randomNormal', dtype);
  return applyOne(normalPrimitive, [keys], { shape, dtype } satisfies DrawParams);
}

/** Integers (i32) in [low, high), each as likely as every other. */
export function randomInteger(keys: Value, shape: Shape, low: number, high: number): Value {
  for (const [argument, end] of [['low', low], ['high', high]] as const) {
    if (!Number.isInteger(end) || Math.abs(end) > 2 ** 31) throw new ArgumentError('randomInteger', argument, end, 'Give an integer from −2³¹ to 2³¹.');
  }
  if (low >= high) throw new ArgumentError('randomInteger', 'high', high, `Give an integer above low, which is ${low}.`);
  return applyOne(integerPrimitive, [keys], { shape, dtype: 'i32', low, range: high - low } satisfies IntegerParams);
}

/** The integers 0 … count − 1 (i32) in random order, each order as likely as every other. */
export function randomPermutation(keys: Value, count: number): Value {
  return applyOne(permutationPrimitive, [keys], { shape: [count], dtype: 'i32' } satisfies DrawParams);
}

function childType(keys: ArrayType, indices: ArrayType): ArrayType {
  const shape = keysOf('childKey', keys);
  if (indices.dtype !== 'i32') throw new DTypeError('childKey', [indices.dtype], 'children of a key are numbered by integers.', 'Convert the number with convert(x, "i32").');
  if (!sameShape(shape, indices.shape)) throw new ShapeError('childKey', [keys.shape, indices.shape], 'there must be one number per key.');
  return { shape: keys.shape, dtype: 'i32' };
}

const childPrimitive: Primitive = discrete({
  name: 'childKey',
  evaluate([keys, indices]) {
    const { shape } = childType(arrayTypeOf(keys), arrayTypeOf(indices));
    const numbers = (indices as NDArray).contiguous();
    const out = checkedAllocate('childKey', 'i32', shape);
    forEachKey(keys as NDArray, (key, k) => out.set(childOf(key, numbers[k]!), 2 * k));
    return [NDArray.of(out, shape, 'i32')];
  },
  abstract: ([keys, indices]) => [arrayAbstract(childType(keys!.type as ArrayType, indices!.type as ArrayType))],
  outputSpace: () => arraySpace as VectorSpace,
  batch(inputs, batched, _params, size) {
    const [keys, indices] = inputs.map((input, k) => stacked(input, batched[k], size));
    return { outputs: [applyOne(childPrimitive, [keys, indices])], batched: [true] };
  },
});

/** The child of each key whose number stands beside it. */
export function childKey(keys: Value, indices: Value): Value {
  return applyOne(childPrimitive, [keys, indices]);
}

/** The first `count` children of one key, along a new first axis. */
export function childKeys(key: Value, count: number): Value {
  return childKey(broadcast(key, [count, 2], [1]), iota([count], 0, 'i32'));
}
