/** @file The header of a PNG: sizes, colour type, depth, interlacing; checked before anything is allocated. */

import { PictureError } from '../errors.ts';

/** How a PNG stores its pixels. Source [PNG, 11.2.1]. */
export interface Header {
  readonly width: number;
  readonly height: number;
  /** Bits per sample. */
  readonly depth: 1 | 2 | 4 | 8 | 16;
  /** 0 grey, 2 colour, 3 palette, 4 grey and alpha, 6 colour and alpha. */
  readonly colourType: 0 | 2 | 3 | 4 | 6;
  readonly interlaced: boolean;
}

/** Depths that each colour type may have. Source [PNG, table 12]. */
const DEPTHS: Readonly<Record<Header['colourType'], readonly number[]>> = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] };

/** Samples per stored pixel. */
export function samplesPerPixel(colourType: Header['colourType']): 1 | 2 | 3 | 4 {
  return ({ 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } as const)[colourType];
}

/**
 * Reads and checks an IHDR chunk.
 *
 * Throws    PictureError: bad-header, no-pixels, too-many-pixels
 */
export function readHeader(bytes: Uint8Array, what: string, maxPixels: number): Header {
  const bad = (sentence: string, seen: string): PictureError => new PictureError('bad-header', what, `${sentence} (seen: ${seen}).`, seen);
  if (bytes.length !== 13) throw bad('a PNG header has 13 bytes', `${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const [depth = 0, colourType = 0, compression = 0, filter = 0, interlace = 0] = bytes.subarray(8);
  const size = `${width} × ${height}`;
  if (width === 0 || height === 0) throw new PictureError('no-pixels', what, `the picture has no pixels (${size}).`, size);
  if (width > 0x7fffffff || height > 0x7fffffff) throw bad('a PNG side is at most 2147483647 pixels', size);
  if (width * height > maxPixels) {
    const sentence = `the picture is ${size} pixels, more than the limit of ${maxPixels} in all; make it smaller or raise maxPixels.`;
    throw new PictureError('too-many-pixels', what, sentence, size);
  }
  if (!isColourType(colourType)) throw bad('a PNG has colour type 0, 2, 3, 4 or 6', `colour type ${colourType}`);
  if (!isDepth(depth) || !DEPTHS[colourType].includes(depth)) {
    throw bad(`colour type ${colourType} has ${DEPTHS[colourType].join(', ')} bits per sample`, `${depth} bits`);
  }
  if (compression !== 0 || filter !== 0) throw bad('a PNG has compression method 0 and filter method 0', `${compression} and ${filter}`);
  if (interlace > 1) throw bad('a PNG has interlace method 0 or 1', `interlace method ${interlace}`);
  return { width, height, depth, colourType, interlaced: interlace === 1 };
}

/** The bytes of an IHDR chunk. */
export function writeHeader({ width, height, depth, colourType, interlaced }: Header): Uint8Array {
  const bytes = new Uint8Array(13);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  bytes.set([depth, colourType, 0, 0, interlaced ? 1 : 0], 8);
  return bytes;
}

function isColourType(value: number): value is Header['colourType'] {
  return value in DEPTHS;
}

function isDepth(value: number): value is Header['depth'] {
  return value === 1 || value === 2 || value === 4 || value === 8 || value === 16;
}
