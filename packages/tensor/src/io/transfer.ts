/** @file Trees of tensors as messages: what structured cloning takes, with the numbers moved instead of copied. */
import { flatten, TreeError } from '@tapeflow/autodiff';
import { bytesPerElement, type DType, type TypedArray } from '../array/dtype.ts';
import { NDArray } from '../array/ndarray.ts';
import { Storage } from '../array/storage.ts';
import { rowMajor, sizeOf } from '../array/strides.ts';
import { Complex } from '../named/complex.ts';
import { Key } from '../named/random.ts';
import { Tensor } from '../named/tensor.ts';
import { dimsOfRecords, recordsOfDims, type DimRecord } from './dim-records.ts';
import { countOf } from './elements.ts';
import { FileFormatError, type FileReason } from './errors.ts';

const VERSION = 1;
/** Deeper messages were not made here. */
const DEPTH = 200;

type Constant = number | string | boolean | bigint | null | undefined;

/** One part of a tree. */
type Part =
  | { readonly kind: 'tensor'; readonly dims: readonly DimRecord[]; readonly dtype: DType; readonly repeated: readonly number[]; readonly data: ArrayBuffer }
  | { readonly kind: 'key'; readonly words: ArrayBuffer }
  | { readonly kind: 'complex'; readonly parts: readonly Part[] }
  | { readonly kind: 'list'; readonly parts: readonly Part[] }
  | { readonly kind: 'record'; readonly keys: readonly string[]; readonly parts: readonly Part[] }
  | { readonly kind: 'constant'; readonly value: Constant };

/** A tree as plain data, which only `fromTransferable` reads. `T` is the type of the tree. */
export interface TreeMessage<T = unknown> {
  readonly tapeflow: number;
  readonly tree: Part;
  /** Exists only in types. */
  readonly '~tree'?: T;
}

/** What `postMessage` takes: a message and the list of the buffers that move with it. */
export interface TransferableTree<T> {
  readonly message: TreeMessage<T>;
  readonly transfer: ArrayBuffer[];
}

/**
 * A tree (a tensor, a record of them, a list, …) for another thread: `worker.postMessage(message, transfer)`, or
 * `structuredClone(message, { transfer })`. The values are copied once, into buffers that then move; the tree stays as it is.
 * Tensors keep dimensions, item names and dtype, repeated values are sent once; complex tensors, random keys, numbers, texts and
 * booleans go along. A tensor itself is refused by `postMessage`: class instances would arrive without their class and numbers.
 *
 * Error     `TreeError` at objects of other classes and at functions; `TracedValueError` inside a program that is being recorded
 */
export function toTransferable<T>(tree: T): TransferableTree<T> {
  // Refuses objects that contain themselves, and classes that are no trees.
  flatten(tree, 'toTransferable');
  const transfer: ArrayBuffer[] = [];
  return { message: { tapeflow: VERSION, tree: partOf(tree, '', transfer) }, transfer };
}

function partOf(value: unknown, path: string, transfer: ArrayBuffer[]): Part {
  if (value instanceof Tensor) return tensorPart(value as Tensor, transfer);
  if (value instanceof Key) {
    const words = bufferOf(new Tensor(value.words, [{ name: 'word', size: 2, type: 'channel' }]).data, transfer);
    return { kind: 'key', words };
  }
  const inside = (child: unknown, key: string | number): Part => partOf(child, typeof key === 'number' ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`, transfer);
  if (value instanceof Complex) return { kind: 'complex', parts: [inside(value.re, 're'), inside(value.im, 'im')] };
  if (Array.isArray(value)) return { kind: 'list', parts: value.map(inside) };
  if (typeof value === 'object' && value !== null) {
    const prototype = Object.getPrototypeOf(value) as object | null;
    if (prototype !== null && prototype !== Object.prototype) {
      throw new TreeError('toTransferable', path, `an object of class ${value.constructor.name}, which would arrive without its class.`, 'Send the tensors in it as a record, and make the object anew on the other side.');
    }
    return { kind: 'record', keys: Object.keys(value), parts: Object.entries(value).map(([key, child]) => inside(child, key)) };
  }
  if (typeof value === 'function' || typeof value === 'symbol') throw new TreeError('toTransferable', path, `a ${typeof value}, which cannot be sent.`, 'Import the function on the other side.');
  return { kind: 'constant', value: value as Constant };
}

function bufferOf(data: TypedArray, transfer: ArrayBuffer[]): ArrayBuffer {
  const buffer = data.buffer as ArrayBuffer;
  transfer.push(buffer);
  return buffer;
}

function tensorPart(t: Tensor, transfer: ArrayBuffer[]): Part {
  const dims = recordsOfDims(t.dims);
  // Inside a program there are no values: t.data says so.
  if (!(t.value instanceof NDArray)) return { kind: 'tensor', dims, dtype: t.dtype, repeated: [], data: bufferOf(t.data, transfer) };
  const { storage, shape, strides, offset, dtype } = t.value;
  const repeated = shape.flatMap((length, axis) => (length > 1 && strides[axis] === 0 ? [axis] : []));
  const once = new NDArray(storage, shape.map((length, axis) => (repeated.includes(axis) ? 1 : length)), strides, offset, dtype);
  return { kind: 'tensor', dims, dtype, repeated, data: bufferOf(once.copyData(), transfer) };
}

/**
 * The tree of a message that `toTransferable` made, in this thread or another. The buffers of the message become the memory of the
 * tensors, so read a message once and do not write to it.
 *
 * Error     `FileFormatError` where the message was made by something else
 */
export function fromTransferable<T>(message: TreeMessage<T>): T {
  const { tapeflow, tree } = recordOf(message, '') as { readonly tapeflow?: unknown; readonly tree?: unknown };
  if (tapeflow !== VERSION) fail(tapeflow === undefined ? 'not-this-format' : 'version', '', tapeflow === undefined ? 'this is no message of toTransferable.' : `the message is of version ${String(tapeflow)}.`, 'Send what toTransferable of the same release gives.');
  return treeOf(tree, '', DEPTH) as T;
}

function fail(reason: FileReason, path: string, seen: string, advice = 'Send what toTransferable gives, unchanged.'): never {
  throw new FileFormatError('fromTransferable', 'message', reason, path, seen, advice);
}

function recordOf(value: unknown, path: string): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : fail('not-this-format', path, 'this is no message of toTransferable.');
}

function treeOf(part: unknown, path: string, depth: number): unknown {
  if (depth === 0) fail('header', path.slice(0, 40), 'the tree is nested too deep.');
  const { kind, dims, dtype, repeated, data, words, parts, keys, value } = recordOf(part, path);
  const children = (): unknown[] => (Array.isArray(parts) ? parts : fail('header', path, 'there are no parts.')).map((child: unknown, k) => treeOf(child, `${path}/${k}`, depth - 1));
  switch (kind) {
    case 'constant':
      return value;
    case 'list':
      return children();
    case 'record': {
      const values = children();
      if (!Array.isArray(keys) || keys.length !== values.length) return fail('header', path, 'keys and parts do not fit.');
      return Object.fromEntries(values.map((child, k) => [String(keys[k]), child]));
    }
    case 'complex': {
      const [re, im] = children();
      return re instanceof Tensor && im instanceof Tensor ? new Complex(re, im) : fail('header', path, 'a complex tensor lacks a part.');
    }
    case 'key':
      return words instanceof ArrayBuffer && words.byteLength === 8 ? new Key(NDArray.of(new Int32Array(words), [2], 'i32')) : fail('values', path, 'a key has no two words.');
    case 'tensor':
      return tensorOf({ dims, dtype, repeated, data }, path);
    default:
      return fail('header', path, `there is a part of kind ${String(kind)}.`);
  }
}

const VIEWS: Readonly<Record<DType, (data: ArrayBuffer) => TypedArray>> = {
  f32: (data) => new Float32Array(data),
  f64: (data) => new Float64Array(data),
  i32: (data) => new Int32Array(data),
  bool: (data) => new Uint8Array(data),
};

function tensorOf({ dims: records, dtype, repeated, data }: { dims: unknown; dtype: unknown; repeated: unknown; data: unknown }, path: string): Tensor {
  const shape = Array.isArray(records) ? records.map((record: unknown) => recordOf(record, path)['size'] as number) : fail('dimensions', path, 'a tensor has no dimensions.');
  if (countOf(shape) === undefined) fail('shape', path, `the shape [${shape.join(', ')}] has more elements than can be counted.`);
  const dims = dimsOfRecords(records, shape);
  if (typeof dims === 'string') return fail('dimensions', path, dims);
  if (typeof dtype !== 'string' || !Object.hasOwn(VIEWS, dtype)) return fail('dtype', path, `the elements are ${String(dtype)}.`);
  if (!Array.isArray(repeated) || !repeated.every((axis) => Number.isInteger(axis) && axis >= 0 && axis < shape.length)) return fail('shape', path, 'repeated axes are no list of axes.');
  const once = shape.map((length, axis) => (repeated.includes(axis) ? 1 : length));
  const bytes = sizeOf(once) * bytesPerElement(dtype as DType);
  if (!(data instanceof ArrayBuffer) || data.byteLength !== bytes) return fail('truncated', path, `a tensor of ${bytes} bytes has ${data instanceof ArrayBuffer ? data.byteLength : 'none'}.`, 'Was the message read twice, or the buffer moved on? Send it again.');
  const strides = rowMajor(once).map((stride, axis) => (repeated.includes(axis) ? 0 : stride));
  return new Tensor(new NDArray(new Storage(VIEWS[dtype as DType](data)), shape, strides, 0, dtype as DType), dims);
}
