/** @file Writes PNG files of every kind the shipped pictures and the tests need: any colour type and depth, interlaced or not. */

import { crc32, deflateSync } from 'node:zlib';

/** A picture before it is packed. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA. */
  readonly colourType: 0 | 2 | 3 | 4 | 6;
  /** Bits per sample: 1, 2, 4, 8 or 16, as the colour type allows. */
  readonly depth: 1 | 2 | 4 | 8 | 16;
  readonly interlaced?: boolean;
  /** Colours by index, for colour type 3. */
  readonly palette?: readonly (readonly [red: number, green: number, blue: number])[];
  /** Samples of a pixel side by side, row by row from the top. */
  readonly samples: ArrayLike<number>;
}

/** Source  [PNG, section 8.2]: left, top, step right, step down of each pass. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** The bytes of a PNG file, rows unfiltered. */
export function encodeDrawing(drawing: Drawing): Uint8Array {
  const { width, height, colourType, depth, interlaced = false, palette } = drawing;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colourType, 0, 0, interlaced ? 1 : 0], 8);
  const passes = interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const);
  const rows = passes.flatMap(([left, top, dx, dy]) => passRows(drawing, left, top, dx, dy));
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    ...(palette === undefined ? [] : [chunk('PLTE', Buffer.from(palette.flat()))]),
    chunk('IDAT', deflateSync(Buffer.concat(rows), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The eight bytes every PNG file starts with. */
export const SIGNATURE: Uint8Array = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** A length, a name, content and a checksum. */
export function chunk(type: string, content: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

function passRows({ width, height, colourType, depth, samples }: Drawing, left: number, top: number, dx: number, dy: number): Buffer[] {
  const channels = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colourType];
  const columns = Math.ceil((width - left) / dx);
  if (columns <= 0) return []; // a pass without pixels has no rows either
  const rows: Buffer[] = [];
  for (let y = top; y < height; y += dy) {
    const row = Buffer.alloc(1 + Math.ceil((columns * channels * depth) / 8)); // first byte: no filter
    for (let i = 0; i < columns * channels; i++) {
      const pixel = left + Math.floor(i / channels) * dx;
      const sample = samples[(y * width + pixel) * channels + (i % channels)]!;
      if (depth === 16) row.writeUInt16BE(sample, 1 + 2 * i);
      else row[1 + ((i * depth) >> 3)]! |= sample << (8 - depth - ((i * depth) & 7)); // from the highest bit down
    }
    rows.push(row);
  }
  return rows;
}
