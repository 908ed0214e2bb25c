/** @file Named tensors in one file: safetensors, with dimensions and item names in its metadata. */
import { bytesPerElement, type DType } from '../array/dtype.ts';
import { NDArray } from '../array/ndarray.ts';
import { ArgumentError, closestName, DimensionError } from '../errors.ts';
import { dimsOfAxes, type AxisNames } from '../named/axes.ts';
import { inStorageOrder } from '../named/create.ts';
import type { Dim } from '../named/dims.ts';
import { Tensor } from '../named/tensor.ts';
import { dimsOfRecords, recordsOfDims } from './dim-records.ts';
import { bytesOf, decodeElements, encodeElements } from './elements.ts';
import { fail, MAX_HEADER, METADATA, readSafetensorsHeader, type Entry } from './safetensors-header.ts';
import { isForbiddenName, JsonError, parseStrictJson, type Json } from './strict-json.ts';

/** The entry of the metadata that has dimensions. */
const OURS = 'tapeflow';
const VERSION = 1;
/** { version, dims: { name: [{ items: [] }] } } */
const DEPTH = 5;

/** The names of axes of tensors in a file: by tensor, or from its name and shape. `undefined` leaves a tensor of a foreign file out. */
export type TensorAxes = Readonly<Record<string, AxisNames>> | ((tensor: string, shape: readonly number[]) => AxisNames | undefined);

/** How a file is read. */
export interface FromSafetensorsOptions {
  /** Names for the axes of tensors that were not written by `toSafetensors`; they go before the names in the file. */
  readonly axes?: TensorAxes;
  /** Longest header that is read (default 16 MiB). */
  readonly maxHeaderBytes?: number;
}

/** What a file holds. Both records have no prototype. */
export interface Safetensors {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Tensors by name from the bytes of a safetensors file. Dimensions, their types and item names are those that `toSafetensors` wrote;
 * for files of others give the names of the axes.
 *
 * Numbers are taken over exactly: F16, BF16 and F32 become f32, F64 f64, BOOL bool, integers i32 where every value fits.
 *
 * Error     `FileFormatError` where the file is damaged or contradicts itself, has other elements, or an integer beyond 32 bits (no
 *           tensor is returned then); `DimensionError` where names are missing or do not fit
 * Source    [Patry2022]
 */
export function fromSafetensors(file: Uint8Array | ArrayBuffer, options: FromSafetensorsOptions = {}): Safetensors {
  const bytes = bytesOf(file);
  const { maxHeaderBytes = MAX_HEADER } = options;
  if (!(maxHeaderBytes >= 0)) throw new ArgumentError('fromSafetensors', 'maxHeaderBytes', maxHeaderBytes, 'Give a number of bytes ≥ 0.');
  const { entries, metadata } = readSafetensorsHeader(bytes, maxHeaderBytes);
  const known = dimsInMetadata(metadata[OURS], entries);
  const tensors = Object.create(null) as Record<string, Tensor>;
  checkNamed(options.axes, entries);
  for (const entry of entries) {
    const dims = dimsOfEntry(entry, options.axes, known);
    if (dims !== undefined) tensors[entry.name] = readTensor(bytes, entry, dims);
  }
  const { [OURS]: _ours, ...rest } = metadata;
  return { tensors, metadata: Object.assign(Object.create(null) as Record<string, string>, rest) };
}

function readTensor(bytes: Uint8Array, { name, kind, shape, count, at }: Entry, dims: readonly Dim[]): Tensor {
  const decoded = decodeElements(bytes, at, count, kind, true);
  if (!('data' in decoded)) return fail('values', name, `element ${decoded.index} is ${decoded.value}, which ${kind === 'bool' ? 'is no boolean' : 'does not fit into 32 bits'}.`, kind === 'bool' ? 'Booleans are bytes 0 and 1.' : 'Save the tensor as F64.');
  return inStorageOrder(new Tensor(NDArray.of(decoded.data, shape, decoded.dtype), dims));
}

/** A name for a tensor that is not there is a mistake. */
function checkNamed(axes: TensorAxes | undefined, entries: readonly Entry[]): void {
  if (axes === undefined || typeof axes === 'function') return;
  const names = entries.map(({ name }) => name);
  for (const name of Object.keys(axes)) {
    if (names.includes(name)) continue;
    const close = closestName(name, names);
    throw new ArgumentError('fromSafetensors', 'axes', name, close === undefined ? `The file has the tensors ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}.` : `Did you mean '${close}'?`);
  }
}

function dimsOfEntry({ name, shape }: Entry, axes: TensorAxes | undefined, known: Readonly<Record<string, readonly Dim[]>>): readonly Dim[] | undefined {
  const given = typeof axes === 'function' ? axes(name, shape) : axes !== undefined && Object.hasOwn(axes, name) ? axes[name] : undefined;
  if (given !== undefined) return dimsOfAxes('fromSafetensors', shape, given);
  const own = known[name];
  if (own !== undefined) return own;
  if (typeof axes === 'function') return undefined;
  if (shape.length === 0) return [];
  throw new DimensionError('fromSafetensors', '', `the axes of tensor ${JSON.stringify(name)}, whose shape is [${shape.join(', ')}], have no names in the file.`, [], `Give them: { axes: { ${JSON.stringify(name)}: ['…'] } }, or axes: (tensor, shape) => names.`);
}

/** The dimensions that `toSafetensors` wrote, for every tensor of the file. */
function dimsInMetadata(text: string | undefined, entries: readonly Entry[]): Readonly<Record<string, readonly Dim[]>> {
  const known = Object.create(null) as Record<string, readonly Dim[]>;
  if (text === undefined) return known;
  const { version, dims } = (parseOurs(text) ?? {}) as { readonly version?: Json; readonly dims?: Json };
  if (version !== VERSION) fail('version', METADATA, `dimensions are of version ${JSON.stringify(version ?? null)}.`, `Version ${VERSION} is read.`);
  const lists = typeof dims === 'object' && dims !== null ? (dims as Readonly<Record<string, Json>>) : {};
  for (const { name, shape } of entries) {
    const found = dimsOfRecords(lists[name], shape);
    known[name] = typeof found === 'string' ? fail('dimensions', name, found) : found;
  }
  const surplus = Object.keys(lists).find((name) => !(name in known));
  if (surplus !== undefined) fail('dimensions', surplus, 'there are dimensions of a tensor that is not there.');
  return known;
}

function parseOurs(text: string): Json {
  try {
    return parseStrictJson(text, DEPTH);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return fail('dimensions', METADATA, `the dimensions cannot be read: ${error.complaint.seen}`);
  }
}

/** What is written besides tensors. */
export interface ToSafetensorsOptions {
  /** Texts by key, which `fromSafetensors` gives back. */
  readonly metadata?: Readonly<Record<string, string>>;
}

const DTYPES: Readonly<Record<DType, string>> = { f32: 'F32', f64: 'F64', i32: 'I32', bool: 'BOOL' };

/**
 * The bytes of a safetensors file with tensors by name: values, dimensions, their types and item names. In Node, `writeFileAtomic` of
 * `@tapeflow/vis/node` writes it whole or not at all.
 *
 * Error     `ArgumentError` for names that the format, or JavaScript, uses itself
 * Source    [Patry2022]
 */
export function toSafetensors(tensors: Readonly<Record<string, Tensor<never>>>, options: ToSafetensorsOptions = {}): Uint8Array {
  const { metadata = {} } = options;
  const names = Object.keys(tensors);
  const taken = [...names.filter((name) => name === METADATA || isForbiddenName(name)), ...Object.keys(metadata).filter((key) => key === OURS || isForbiddenName(key))];
  if (taken.length > 0) throw new ArgumentError('toSafetensors', 'name', taken[0], 'Choose another name.');
  // The widest elements first, so that all are aligned.
  const ordered = [...names].sort((a, b) => bytesPerElement(tensors[b]!.dtype) - bytesPerElement(tensors[a]!.dtype));
  const offsets = new Map<string, readonly [number, number]>();
  let end = 0;
  for (const name of ordered) {
    const { size, dtype } = tensors[name]!;
    offsets.set(name, [end, end + size * bytesPerElement(dtype)]);
    end += size * bytesPerElement(dtype);
  }
  const ours = JSON.stringify({ version: VERSION, dims: Object.fromEntries(names.map((name) => [name, recordsOfDims(tensors[name]!.dims)])) });
  const entries = names.map((name) => [name, { dtype: DTYPES[tensors[name]!.dtype], shape: tensors[name]!.dims.map(({ size }) => size), data_offsets: offsets.get(name) }]);
  const text = new TextEncoder().encode(JSON.stringify({ [METADATA]: { ...metadata, [OURS]: ours }, ...Object.fromEntries(entries) as object }));
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + end).fill(0x20, 8 + text.length, 8 + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  for (const name of ordered) encodeElements(bytes, 8 + length + offsets.get(name)![0], tensors[name]!.data, tensors[name]!.dtype);
  return bytes;
}
