/** @file The header of a safetensors file: JSON by strangers, of which every number is checked against the file before a tensor is made. */
import { bytesOfKind, countOf, type ElementKind } from './elements.ts';
import { FileFormatError, type FileReason } from './errors.ts';
import { JsonError, parseStrictJson, type Json, type JsonObject } from './strict-json.ts';

/** Longest header that is read unless more is allowed. */
export const MAX_HEADER: number = 2 ** 24;
/** Key of the texts that are no tensor. */
export const METADATA = '__metadata__';
/** The header is an object of objects with lists. */
const DEPTH = 3;

/** Where a tensor lies. */
export interface Entry {
  readonly name: string;
  readonly kind: ElementKind;
  readonly shape: readonly number[];
  readonly count: number;
  /** Where its elements begin in the file. */
  readonly at: number;
}

/** What a header says. */
export interface SafetensorsHeader {
  readonly entries: readonly Entry[];
  readonly metadata: Readonly<Record<string, string>>;
}

const KINDS: Readonly<Record<string, ElementKind>> = {
  F16: 'f16', BF16: 'bf16', F32: 'f32', F64: 'f64', I8: 'i8', I16: 'i16', I32: 'i32', I64: 'i64', U8: 'u8', U16: 'u16', U32: 'u32', U64: 'u64', BOOL: 'bool',
};

/** Refuses a file. */
export function fail(reason: FileReason, entry: string, seen: string, advice = 'Write the file again with toSafetensors or the safetensors library.'): never {
  throw new FileFormatError('fromSafetensors', 'safetensors', reason, entry, seen, advice);
}

/** Reads and checks the header. All entries lie inside the file and fill it without gaps and overlaps. */
export function readSafetensorsHeader(file: Uint8Array, maxHeaderBytes: number): SafetensorsHeader {
  if (file.length < 8) fail('truncated', '', `the file has ${file.length} bytes, fewer than the length of its header takes.`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = Number(view.getBigUint64(0, true));
  // Before a byte of it is read.
  if (length > maxHeaderBytes) fail('header-size', '', `the header has ${length} bytes, more than ${maxHeaderBytes}.`, 'Is this a safetensors file? If so, allow more with maxHeaderBytes.');
  if (length > file.length - 8) fail('truncated', '', `the header has ${length} bytes, but only ${file.length - 8} follow.`);
  if (file[8] !== 0x7b || length === 0) fail('not-this-format', '', "the header does not begin with '{'.", 'Give the bytes of a .safetensors file.');
  const header = objectOf(parse(file.subarray(8, 8 + length)), '');
  const entries = Object.entries(header).flatMap(([name, value]) => (name === METADATA ? [] : [entryOf(name, value, 8 + length)]));
  checkCoverage(entries, 8 + length, file.length);
  return { entries, metadata: metadataOf(header[METADATA]) };
}

function parse(bytes: Uint8Array): Json {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail('header', '', 'the header is not UTF-8.');
  }
  try {
    return parseStrictJson(text, DEPTH);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const { problem, key, seen } = error.complaint;
    return problem === 'syntax' ? fail('header', '', `the header is not JSON: ${seen}`) : fail(problem, key, seen);
  }
}

function objectOf(value: Json | undefined, entry: string): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : fail('header', entry, 'this is no object.');
}

function metadataOf(value: Json | undefined): Record<string, string> {
  const metadata = Object.create(null) as Record<string, string>;
  if (value === undefined) return metadata;
  for (const [key, text] of Object.entries(objectOf(value, METADATA))) metadata[key] = typeof text === 'string' ? text : fail('header', METADATA, `${JSON.stringify(key)} is no text.`);
  return metadata;
}

const isCount = (value: Json): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** A list of integers ≥ 0 that numbers hold exactly. */
function counts(value: Json | undefined, name: string, key: string): readonly number[] {
  if (Array.isArray(value) && (value as readonly Json[]).every(isCount)) return value as readonly number[];
  return fail(key === 'shape' ? 'shape' : 'offsets', name, `${key} is no list of integers from 0 to 2^53.`);
}

function entryOf(name: string, value: Json, dataAt: number): Entry & { readonly end: number } {
  const fields = objectOf(value, name);
  const surplus = Object.keys(fields).find((key) => !['dtype', 'shape', 'data_offsets'].includes(key));
  if (surplus !== undefined) fail('header', name, `there is a key ${JSON.stringify(surplus)}.`);
  const { dtype } = fields;
  const kind = typeof dtype === 'string' && Object.hasOwn(KINDS, dtype) ? KINDS[dtype]! : fail('dtype', name, `the elements are ${JSON.stringify(dtype ?? null)}.`, `Save it as one of ${Object.keys(KINDS).join(', ')}.`);
  const shape = counts(fields['shape'], name, 'shape');
  const offsets = counts(fields['data_offsets'], name, 'data_offsets');
  const count = countOf(shape) ?? fail('shape', name, `the shape [${shape.join(', ')}] has more elements than can be counted.`);
  const [begin, end] = offsets;
  if (offsets.length !== 2 || begin! > end!) fail('offsets', name, `data_offsets are [${offsets.join(', ')}].`);
  const bytes = count * bytesOfKind(kind);
  if (end! - begin! !== bytes) fail('offsets', name, `the shape [${shape.join(', ')}] needs ${bytes} bytes of ${String(dtype)}, but data_offsets [${offsets.join(', ')}] have ${end! - begin!}.`);
  return { name, kind, shape, count, at: dataAt + begin!, end: dataAt + end! };
}

/** Entries follow each other, empty ones too, from the header to the end of the file. */
function checkCoverage(entries: readonly (Entry & { readonly end: number })[], dataAt: number, fileEnd: number): void {
  let filled = dataAt;
  for (const { name, at, end } of [...entries].sort((a, b) => a.at - b.at || a.end - b.end)) {
    if (at !== filled) fail('offsets', name, at < filled ? `it begins ${filled - at} bytes before the tensor in front of it ends.` : `there is a hole of ${at - filled} bytes in front of it.`);
    filled = end;
  }
  if (filled > fileEnd) fail('truncated', '', `the tensors need ${filled - dataAt} bytes, but ${fileEnd - dataAt} follow the header.`, 'The file was cut off: copy or write it again.');
  if (filled < fileEnd) fail('trailing-bytes', '', `${fileEnd - filled} bytes follow the last tensor.`);
}
