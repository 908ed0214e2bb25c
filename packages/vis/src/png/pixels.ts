/** @file From stored samples (any depth, palette indices, a transparent colour) to plain 8- or 16-bit channels. */

import { PictureError } from '../errors.ts';
import type { Channels, Picture } from '../picture.ts';
import { samplesPerPixel, type Header } from './header.ts';

/** Samples as they are stored: 0 … 2^depth − 1, one element each, first row at the top. */
export type Samples = Uint8Array | Uint16Array;

/** Copies the samples of one stored row (`width` pixels) into place: pixel i goes to `start + i · step` pixels. */
export function unpackRow(row: Uint8Array, header: Header, width: number, into: Samples, start: number, step: number): void {
  const { depth } = header;
  const perPixel = samplesPerPixel(header.colourType);
  for (let i = 0; i < width; i++) {
    for (let c = 0; c < perPixel; c++) into[(start + i * step) * perPixel + c] = sampleAt(row, i * perPixel + c, depth);
  }
}

function sampleAt(row: Uint8Array, k: number, depth: Header['depth']): number {
  if (depth === 8) return row[k] ?? 0;
  if (depth === 16) return ((row[2 * k] ?? 0) << 8) | (row[2 * k + 1] ?? 0);
  const bit = k * depth; // the leftmost sample is in the highest bits
  return ((row[bit >> 3] ?? 0) >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}

/**
 * The finished picture. Grey of 1, 2 or 4 bits is stretched to 0…255, palette indices are looked up, a transparent colour or
 * transparent palette entries become an alpha channel; nothing is lost.
 *
 * Throws    PictureError: bad-palette
 */
export function toPicture(
  header: Header,
  samples: Samples,
  palette: Uint8Array | undefined,
  transparency: Uint8Array | undefined,
  what: string,
): Picture {
  const { width, height, depth, colourType } = header;
  if (colourType === 3) return { width, height, depth: 8, ...lookUp(samples, palette, transparency, what) };
  const channels = samplesPerPixel(colourType);
  const keyed = transparency !== undefined && (colourType === 0 || colourType === 2) ? withKey(samples, channels, depth, transparency, what) : samples;
  if (depth < 8) {
    const stretch = 255 / ((1 << depth) - 1); // 255, 85 or 17: whole numbers
    const alpha = keyed !== samples;
    // Alpha made from a key is 0 or 255 already.
    for (let i = 0; i < keyed.length; i++) if (!alpha || i % 2 === 0) keyed[i] = (keyed[i] ?? 0) * stretch;
  }
  return { width, height, channels: keyed === samples ? channels : channels === 1 ? 2 : 4, depth: depth === 16 ? 16 : 8, data: keyed };
}

function lookUp(
  indices: Samples,
  palette: Uint8Array | undefined,
  alphas: Uint8Array | undefined,
  what: string,
): { channels: Channels; data: Uint8Array } {
  const colours = (palette?.length ?? 0) / 3;
  if (palette === undefined || colours === 0 || colours > 256 || !Number.isInteger(colours)) {
    const seen = palette === undefined ? 'none' : `${palette.length} bytes`;
    throw new PictureError('bad-palette', what, `the picture needs a palette of 1 to 256 colours (seen: ${seen}).`, seen);
  }
  const channels = alphas === undefined ? 3 : 4;
  const data = new Uint8Array(indices.length * channels);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] ?? 0;
    if (index >= colours) {
      const seen = `colour ${index} of ${colours}`;
      throw new PictureError('bad-palette', what, `a pixel asks for a colour that the palette does not have (${seen}).`, seen);
    }
    for (let c = 0; c < 3; c++) data[i * channels + c] = palette[index * 3 + c] ?? 0;
    if (alphas !== undefined) data[i * channels + 3] = alphas[index] ?? 255; // entries past the end are opaque
  }
  return { channels, data };
}

/** Adds an alpha channel that is 0 where a pixel has exactly the transparent colour. Source [PNG, 11.3.1]. */
function withKey(samples: Samples, channels: number, depth: Header['depth'], key: Uint8Array, what: string): Samples {
  if (key.length !== channels * 2) {
    const seen = `${key.length} bytes`;
    throw new PictureError('bad-data', what, `the transparent colour of this picture has ${channels * 2} bytes (seen: ${seen}).`, seen);
  }
  const mask = (1 << depth) - 1; // only the lowest `depth` bits count
  const colour = Array.from({ length: channels }, (_, c) => (((key[2 * c] ?? 0) << 8) | (key[2 * c + 1] ?? 0)) & mask);
  const pixels = samples.length / channels;
  const out = depth === 16 ? new Uint16Array(pixels * (channels + 1)) : new Uint8Array(pixels * (channels + 1));
  for (let i = 0; i < pixels; i++) {
    let clear = true;
    for (let c = 0; c < channels; c++) {
      const sample = samples[i * channels + c] ?? 0;
      out[i * (channels + 1) + c] = sample;
      if (sample !== colour[c]) clear = false;
    }
    out[i * (channels + 1) + channels] = clear ? 0 : depth === 16 ? 65535 : 255;
  }
  return out;
}
