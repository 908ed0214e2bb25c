/** @file A second, independent PNG encoder for tests: any colour type, depth and interlacing, any filter, also deliberately wrong files. */

import { deflateSync } from 'node:zlib';

/** A picture as a PNG stores it. */
export interface Stored {
  width: number;
  height: number;
  colourType: number;
  depth: number;
  interlaced: boolean;
  /** Sample c of pixel (x, y), 0 … 2^depth − 1. */
  sample: (x: number, y: number, c: number) => number;
  /** Filter of the nth stored row. */
  filter?: (n: number) => number;
  /** PLTE and tRNS bytes. */
  palette?: number[];
  transparency?: number[];
  /** How many IDAT chunks. */
  parts?: number;
}

export const SAMPLES: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

export function encodeStored(stored: Stored): Uint8Array {
  const data = deflateSync(scanlines(stored));
  const parts = stored.parts ?? 1;
  const size = Math.ceil(data.length / parts);
  return assemble([
    chunk('IHDR', ihdr(stored.width, stored.height, stored.depth, stored.colourType, stored.interlaced ? 1 : 0)),
    chunk('tEXt', Buffer.from('Comment\0made by a test')),
    ...(stored.palette ? [chunk('PLTE', Buffer.from(stored.palette))] : []),
    ...(stored.transparency ? [chunk('tRNS', Buffer.from(stored.transparency))] : []),
    ...Array.from({ length: parts }, (_, i) => chunk('IDAT', data.subarray(i * size, (i + 1) * size))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The filtered rows, uncompressed. */
export function scanlines({ width, height, colourType, depth, interlaced, sample, filter = () => 0 }: Stored): Buffer {
  const samples = SAMPLES[colourType]!;
  const step = Math.max(1, Math.floor((samples * depth) / 8));
  const rows: number[] = [];
  let n = 0;
  for (const pixels of interlaced ? adam7(width, height) : [plain(width, height)]) {
    let above: number[] | undefined;
    for (const line of pixels) {
      if (line.length === 0) continue;
      // Bits as a text of 0 and 1: slow, obvious, and nothing like what is tested.
      const bits = line
        .flatMap(([x, y]) => Array.from({ length: samples }, (_, c) => sample(x, y, c).toString(2).padStart(depth, '0')))
        .join('');
      const row = (bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2));
      const type = filter(n++);
      rows.push(type, ...row.map((byte, i) => (byte - predict(type, row[i - step] ?? 0, above?.[i] ?? 0, above?.[i - step] ?? 0) + 256) % 256));
      above = row;
    }
  }
  return Buffer.from(rows);
}

function predict(type: number, a: number, b: number, c: number): number {
  if (type === 1) return a;
  if (type === 2) return b;
  if (type === 3) return Math.floor((a + b) / 2);
  if (type !== 4) return 0;
  const p = a + b - c;
  return [a, b, c].reduce((best, v) => (Math.abs(p - v) < Math.abs(p - best) ? v : best));
}

type Lines = [x: number, y: number][][];

function plain(width: number, height: number): Lines {
  return Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x): [number, number] => [x, y]));
}

/** The seven sub-pictures, read off the 8 × 8 pattern that the specification prints. */
function adam7(width: number, height: number): Lines[] {
  const pattern = ['16462646', '77777777', '56565656', '77777777', '36463646', '77777777', '56565656', '77777777'];
  return [1, 2, 3, 4, 5, 6, 7].map((pass) =>
    plain(width, height)
      .map((line) => line.filter(([x, y]) => pattern[y % 8]![x % 8] === String(pass)))
      .filter((line) => line.length > 0),
  );
}

export function ihdr(width: number, height: number, depth: number, colourType: number, interlace = 0, compression = 0, filter = 0): Buffer {
  const bytes = Buffer.alloc(13);
  bytes.writeUInt32BE(width, 0);
  bytes.writeUInt32BE(height, 4);
  bytes.set([depth, colourType, compression, filter, interlace], 8);
  return bytes;
}

export function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(data.length + 12);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc(body), data.length + 8);
  return out;
}

export function assemble(chunks: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...chunks]));
}

/** CRC-32 by polynomial division, bit by bit. */
function crc(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) {
    remainder ^= byte;
    for (let k = 0; k < 8; k++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
  }
  return ~remainder >>> 0;
}
