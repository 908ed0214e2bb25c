/** @file The outermost layer of a PNG file: its signature and its checked chunks. */

import { PictureError } from '../errors.ts';

/** The eight bytes every PNG starts with. Source [PNG, 5.2]. */
export const SIGNATURE: readonly number[] = [137, 80, 78, 71, 13, 10, 26, 10];

/** One chunk of a PNG file: a four-letter type and its bytes (a view, not a copy). */
export interface Chunk {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Ancillary chunks that this decoder uses; the others are not worth refusing a picture for when their checksum is wrong. */
const USED = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);

/**
 * The chunks of a PNG file, one after the other, up to and including IEND. Lengths are checked against the file before
 * anything is read, checksums before a chunk is handed out.
 *
 * Throws    PictureError: empty, not-png, truncated, bad-checksum
 */
export function* readChunks(file: Uint8Array, what: string): Generator<Chunk> {
  checkSignature(file, what);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let at = SIGNATURE.length;
  while (true) {
    if (at + 12 > file.length) {
      throw new PictureError('truncated', what, 'the PNG ends before its last part (IEND); the file was not copied whole.', `${file.length} bytes`);
    }
    const length = view.getUint32(at);
    const type = String.fromCharCode(...file.subarray(at + 4, at + 8));
    if (!/^[A-Za-z]{4}$/.test(type)) {
      const seen = `0x${view.getUint32(at + 4).toString(16).padStart(8, '0')}`;
      throw new PictureError('bad-data', what, `the PNG is damaged at byte ${at}: no part has the name ${seen}.`, seen);
    }
    if (at + 12 + length > file.length) {
      throw new PictureError('truncated', what, `the PNG ends inside its ${type} part; the file was not copied whole.`, `${file.length} bytes`);
    }
    const stored = view.getUint32(at + 8 + length);
    const computed = crc32(file, at + 4, at + 8 + length);
    if (stored === computed || !(USED.has(type) || isCritical(type))) yield { type, bytes: file.subarray(at + 8, at + 8 + length) };
    else {
      const seen = `stored ${hex(stored)}, computed ${hex(computed)}`;
      throw new PictureError('bad-checksum', what, `the PNG is damaged: its ${type} part does not match its checksum (${seen}).`, seen);
    }
    if (type === 'IEND') return;
    at += 12 + length;
  }
}

/** A whole PNG file from its chunks (without IEND, which is added). */
export function writeChunks(chunks: readonly Chunk[]): Uint8Array {
  const all = [...chunks, { type: 'IEND', bytes: new Uint8Array(0) }];
  const file = new Uint8Array(SIGNATURE.length + all.reduce((sum, { bytes }) => sum + 12 + bytes.length, 0));
  const view = new DataView(file.buffer);
  file.set(SIGNATURE);
  let at = SIGNATURE.length;
  for (const { type, bytes } of all) {
    view.setUint32(at, bytes.length);
    for (let i = 0; i < 4; i++) file[at + 4 + i] = type.charCodeAt(i);
    file.set(bytes, at + 8);
    view.setUint32(at + 8 + bytes.length, crc32(file, at + 4, at + 8 + bytes.length));
    at += 12 + bytes.length;
  }
  return file;
}

/** Whether a picture cannot be shown without understanding this chunk: its type starts with a capital. Source [PNG, 5.4]. */
export function isCritical(type: string): boolean {
  return type.charCodeAt(0) < 97;
}

function checkSignature(file: Uint8Array, what: string): void {
  if (file.length === 0) throw new PictureError('empty', what, 'the file is empty; a PNG picture was expected.', '0 bytes');
  const common = Math.min(file.length, SIGNATURE.length);
  if (SIGNATURE.slice(0, common).some((byte, i) => file[i] !== byte)) {
    const seen = knownFormat(file);
    throw new PictureError('not-png', what, `this is not a PNG picture but ${seen}; save it as PNG and try again.`, seen);
  }
}

/** A guess, for the message only, at what a file that is no PNG might be. */
function knownFormat(file: Uint8Array): string {
  const start = String.fromCharCode(...file.subarray(0, 12));
  if (start.startsWith('\xff\xd8\xff')) return 'a JPEG';
  if (start.startsWith('GIF8')) return 'a GIF';
  if (start.startsWith('BM')) return 'a BMP';
  if (start.startsWith('RIFF') && start.endsWith('WEBP')) return 'a WebP';
  if (start.startsWith('%PDF')) return 'a PDF';
  if (/^\s*<(svg|\?xml)/.test(start)) return 'an SVG or XML text';
  const bytes = Array.from(file.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `something that starts with the bytes ${bytes}`;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

/** The CRC-32 of bytes start…end. Source [PNG, annex D]. */
export function crc32(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  table ??= crcTable();
  let crc = 0xffffffff;
  for (let i = start; i < end; i++) crc = (table[(crc ^ (bytes[i] ?? 0)) & 255] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

let table: Uint32Array | undefined; // constant once made; made on first use so that importing costs nothing

function crcTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c;
  });
}
