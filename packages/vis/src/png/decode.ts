/** @file PNG files to pictures: every colour type, depth and interlacing, and no trust in what a file says about itself. */

import { PictureError } from '../errors.ts';
import type { Picture } from '../picture.ts';
import { isCritical, readChunks } from './chunks.ts';
import { FILTERS, unfilterRow } from './filters.ts';
import { readHeader, samplesPerPixel, type Header } from './header.ts';
import { inflateExactly } from './inflate.ts';
import { inflatedLength, passesOf } from './passes.ts';
import { toPicture, unpackRow, type Samples } from './pixels.ts';

/** Pixels a picture may have unless the caller says otherwise: 2^26, an 8192 × 8192 square. */
export const DEFAULT_MAX_PIXELS: number = 2 ** 26;

/** How to decode. */
export interface DecodeOptions {
  /** Name of the picture in error messages, usually its path (default `picture`). */
  readonly what?: string;
  /** Refuse pictures with more pixels than this, before anything is allocated (default 2^26). */
  readonly maxPixels?: number;
}

/**
 * Decodes a PNG file: grey, colour, palette, with and without alpha, 1 to 16 bits, interlaced or not. Depths below 8 are stretched
 * to 8, palettes are looked up, a transparent colour becomes alpha; 16 bits stay 16. Gamma and colour profiles are not applied.
 *
 * Throws    PictureError, for anything that is not a whole and honest PNG
 * Source    [PNG] W3C, Portable Network Graphics (third edition), 2025
 */
export function decodePng(file: Uint8Array, options: DecodeOptions = {}): Picture {
  const { what = 'picture', maxPixels = DEFAULT_MAX_PIXELS } = options;
  let header: Header | undefined;
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  const compressed: Uint8Array[] = [];
  for (const { type, bytes } of readChunks(file, what)) {
    if (header === undefined) {
      if (type !== 'IHDR') throw new PictureError('bad-header', what, `the PNG starts with ${type} where its header (IHDR) should be.`, type);
      header = readHeader(bytes, what, maxPixels);
    } else if (type === 'IHDR') throw new PictureError('bad-header', what, 'the PNG has two headers (IHDR).', 'two IHDR');
    else if (type === 'PLTE') palette = bytes;
    else if (type === 'tRNS') transparency = bytes;
    else if (type === 'IDAT') compressed.push(bytes);
    else if (type !== 'IEND' && isCritical(type)) {
      throw new PictureError('unsupported', what, `the PNG needs a part named ${type} that is not supported; save it as a plain PNG.`, type);
    }
  }
  if (header === undefined || compressed.length === 0) {
    throw new PictureError('bad-data', what, 'the PNG has no pixel data (IDAT).', 'no IDAT');
  }
  return toPicture(header, readSamples(header, compressed, what), palette, transparency, what);
}

function readSamples(header: Header, compressed: readonly Uint8Array[], what: string): Samples {
  const passes = passesOf(header);
  const bytes = inflateExactly(compressed, inflatedLength(passes), what);
  const perPixel = samplesPerPixel(header.colourType);
  const count = header.width * header.height * perPixel;
  const samples = header.depth === 16 ? new Uint16Array(count) : new Uint8Array(count);
  const step = Math.max(1, (perPixel * header.depth) >> 3);
  let at = 0;
  for (const { left, top, dx, dy, width, height, rowBytes } of passes) {
    let above: Uint8Array = new Uint8Array(0); // filters never look across passes
    for (let j = 0; j < height; j++) {
      const filter = bytes[at] ?? 0;
      if (filter >= FILTERS) {
        throw new PictureError('bad-data', what, `the PNG is damaged: row ${top + j * dy} names filter ${filter}, and there are five.`, `filter ${filter}`);
      }
      const row = bytes.subarray(at + 1, at + 1 + rowBytes);
      unfilterRow(filter, row, above, step);
      unpackRow(row, header, width, samples, (top + j * dy) * header.width + left, dx);
      above = row;
      at += rowBytes + 1;
    }
  }
  return samples;
}
