/** @file Pictures to PNG files. */

import { zlibSync } from 'fflate';

import { PictureError } from '../errors.ts';
import type { Picture } from '../picture.ts';
import { writeChunks } from './chunks.ts';
import { filterRow } from './filters.ts';
import { writeHeader } from './header.ts';

/**
 * Encodes a picture as a PNG file, without loss and without interlacing. The same picture always gives the same bytes.
 *
 * Throws    PictureError when the data does not have width × height × channels samples
 */
export function encodePng(picture: Picture): Uint8Array {
  checkPicture(picture);
  const { width, height, channels, depth } = picture;
  const colourType = ({ 1: 0, 2: 4, 3: 2, 4: 6 } as const)[channels];
  return writeChunks([
    { type: 'IHDR', bytes: writeHeader({ width, height, depth, colourType, interlaced: false }) },
    { type: 'IDAT', bytes: zlibSync(filteredRows(picture), { level: 9 }) },
  ]);
}

function filteredRows({ width, height, channels, depth, data }: Picture): Uint8Array {
  const step = (channels * depth) / 8;
  const rowBytes = width * step;
  const out = new Uint8Array(height * (rowBytes + 1));
  let above = new Uint8Array(0);
  for (let j = 0; j < height; j++) {
    const samples = data.subarray(j * width * channels, (j + 1) * width * channels);
    const row = depth === 16 ? bigEndian(samples) : Uint8Array.from(samples);
    out.set(filterRow(row, above, step), j * (rowBytes + 1));
    above = row;
  }
  return out;
}

function bigEndian(samples: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < samples.length; i++) view.setUint16(2 * i, samples[i] ?? 0);
  return bytes;
}

function checkPicture({ width, height, channels, depth, data }: Picture): void {
  const sized = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  const wide = (data instanceof Uint16Array) === (depth === 16);
  if (sized && wide && data.length === width * height * channels) return;
  const seen = `${width} × ${height} × ${channels} at ${depth} bits with ${data.length} samples in a ${data.constructor.name}`;
  const reason = width === 0 || height === 0 ? 'no-pixels' : 'bad-data';
  throw new PictureError(reason, 'picture', `width × height × channels samples of the stated depth are needed (seen: ${seen}).`, seen);
}
