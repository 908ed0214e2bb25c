/** @file The state file from which an interrupted run continues, bit for bit. */

import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import { UserError } from '../cli/errors.ts';
import type { OutputFolder } from '../cli/output-folder.ts';

/** Name of the state file in the output folder. */
export const STATE_FILE = 'state.bin';

/** Raised whenever the meaning of the file changes; other versions are refused. */
export const STATE_VERSION = 1;

/** Everything an optimization needs to go on. */
export interface State {
  /** What must be the same in the run that continues: grid size, precision, a fingerprint of the picture … */
  readonly agreement: Readonly<Record<string, string | number>>;
  /** Iterations done. */
  readonly iteration: number;
  /** Further finite numbers, such as seconds spent. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Unknowns, optimizer moments, losses so far: stored exactly, with their kind. */
  readonly arrays: Readonly<Record<string, Float32Array | Float64Array>>;
}

/** Why a state file cannot be used. */
export type StateProblem = 'missing' | 'foreign' | 'truncated' | 'corrupt' | 'older' | 'newer' | 'different run' | 'complete';

/** A state file that cannot be continued from. */
export class StateError extends UserError {
  override readonly name: string = 'StateError';
  readonly problem: StateProblem;

  constructor(problem: StateProblem, file: string, seen: string, advice: string = START_AGAIN) {
    super({ subject: file, seen, advice });
    this.problem = problem;
  }
}

const START_AGAIN = 'start again without --resume, or give the --out folder of another run';

/** Writes the state as a whole or not at all. */
export function saveState(out: OutputFolder, state: State): void {
  out.write(STATE_FILE, encodeState(state));
}

/**
 * Reads the state to continue from.
 *
 * @param agreement what the run that continues was started with.
 * @param iterations how many iterations it shall reach.
 * @throws StateError if there is no state file, it is damaged or of another version, belongs to another run, or nothing is left to do.
 */
export function loadState(out: OutputFolder, agreement: State['agreement'], iterations: number): State {
  const file = out.file(STATE_FILE);
  const bytes = out.read(STATE_FILE);
  if (bytes === undefined) throw new StateError('missing', file, 'there is no state file to resume from');
  const state = decodeState(bytes, file);
  checkAgreement(state.agreement, agreement, file);
  if (state.iteration >= iterations) {
    const seen = `all ${state.iteration} iterations are done`;
    throw new StateError('complete', file, seen, `ask for more with --iterations ${2 * state.iteration}`);
  }
  return state;
}

function checkAgreement(stored: State['agreement'], wanted: State['agreement'], file: string): void {
  const names = new Set([...Object.keys(wanted), ...Object.keys(stored)]);
  const different = [...names].filter((name) => stored[name] !== wanted[name]);
  if (different.length === 0) return;
  const list = different.map((name) => `${name} ${shown(stored[name])} (now ${shown(wanted[name])})`).join(', ');
  throw new StateError('different run', file, `belongs to a run with ${list}`, `give the same options, or ${START_AGAIN}`);
}

function shown(value: string | number | undefined): string {
  if (value === undefined) return 'not given';
  return typeof value === 'string' && value.length > 12 ? value.slice(0, 12) : String(value);
}

/** A short text that differs for arrays that differ in any bit. */
export function fingerprint(array: Float32Array | Float64Array): string {
  return createHash('sha256').update(bytesOf(array)).digest('hex');
}

// Layout: magic (8 bytes), version (u32), length of the header (u32), length of the whole file (f64), header (JSON),
// the arrays' bytes one after another, SHA-256 of all that precedes. Numbers before the header are little-endian.
const MAGIC = 'tapeflow';
const HEADER_AT = 24;
const CHECKSUM = 32;

interface Header {
  readonly byteOrder: string;
  readonly agreement: State['agreement'];
  readonly iteration: number;
  readonly numbers: State['numbers'];
  readonly arrays: readonly { readonly name: string; readonly type: 'f32' | 'f64'; readonly length: number }[];
}

/**
 * The state as the bytes of a file.
 *
 * @throws RangeError for a number that is not finite (JSON would lose it; arrays may hold any).
 */
export function encodeState({ agreement, iteration, numbers, arrays }: State): Uint8Array {
  for (const [name, value] of Object.entries(numbers)) {
    if (!Number.isFinite(value)) throw new RangeError(`encodeState: number '${name}' is ${value}; keep it in an array instead.`);
  }
  const entries = Object.entries(arrays);
  const header: Header = {
    byteOrder: endianness(),
    agreement,
    iteration,
    numbers,
    arrays: entries.map(([name, array]) => ({ name, type: array instanceof Float32Array ? 'f32' : 'f64', length: array.length })),
  };
  const json = Buffer.from(JSON.stringify(header), 'utf8');
  const parts = entries.map(([, array]) => bytesOf(array));
  const size = parts.reduce((total, part) => total + part.byteLength, HEADER_AT + json.byteLength + CHECKSUM);
  const preamble = Buffer.alloc(HEADER_AT);
  preamble.write(MAGIC, 0, 'latin1');
  preamble.writeUInt32LE(STATE_VERSION, 8);
  preamble.writeUInt32LE(json.byteLength, 12);
  preamble.writeDoubleLE(size, 16);
  const content = Buffer.concat([preamble, json, ...parts]);
  return Buffer.concat([content, checksum(content)]);
}

/**
 * The state in the bytes of a file.
 *
 * @param file what the file is called in errors.
 * @throws StateError if the bytes are not exactly what `encodeState` of this version wrote.
 */
export function decodeState(bytes: Uint8Array, file: string): State {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!MAGIC.startsWith(buffer.toString('latin1', 0, MAGIC.length))) throw new StateError('foreign', file, 'is not a state file');
  if (buffer.length < HEADER_AT) throw new StateError('truncated', file, `is cut off (${buffer.length} bytes)`);
  // The version comes first: a file of another version may keep its length and checksum elsewhere.
  const version = buffer.readUInt32LE(8);
  if (version > STATE_VERSION) {
    const seen = `was written by a newer release (version ${version}, this one reads ${STATE_VERSION})`;
    throw new StateError('newer', file, seen, `update, or ${START_AGAIN}`);
  }
  if (version < STATE_VERSION) {
    throw new StateError('older', file, `was written by an older release (version ${version}, this one reads ${STATE_VERSION})`);
  }
  const size = buffer.readDoubleLE(16);
  if (buffer.length < size) throw new StateError('truncated', file, `is cut off (${buffer.length} of ${size} bytes)`);
  const content = buffer.subarray(0, -CHECKSUM);
  if (buffer.length !== size || !checksum(content).equals(buffer.subarray(-CHECKSUM))) {
    throw new StateError('corrupt', file, 'is damaged (its checksum does not fit)');
  }
  const payloadAt = HEADER_AT + buffer.readUInt32LE(12);
  const header = JSON.parse(buffer.toString('utf8', HEADER_AT, payloadAt)) as Header;
  if (header.byteOrder !== endianness()) {
    throw new StateError('foreign', file, `was written on a machine with the other byte order (${header.byteOrder})`);
  }
  const { agreement, iteration, numbers } = header;
  return { agreement, iteration, numbers, arrays: readArrays(header.arrays, content.subarray(payloadAt)) };
}

function readArrays(list: Header['arrays'], payload: Uint8Array): Record<string, Float32Array | Float64Array> {
  const arrays: Record<string, Float32Array | Float64Array> = {};
  let at = 0;
  for (const { name, type, length } of list) {
    const array = type === 'f32' ? new Float32Array(length) : new Float64Array(length);
    bytesOf(array).set(payload.subarray(at, at + array.byteLength));
    at += array.byteLength;
    arrays[name] = array;
  }
  return arrays;
}

function bytesOf(array: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function checksum(content: Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}
