/** @file Decompression that never holds more than it was told to expect. */

import { Unzlib } from 'fflate';

import { PictureError } from '../errors.ts';

/** Compressed bytes handed over at a time. Deflate grows at most 1032-fold, so a bomb is stopped about 4 MB past the limit. */
const STEP = 4096;

/**
 * Inflates zlib data given in parts, to exactly `expected` bytes. Memory grows with what was really decompressed, never with
 * what a header promises.
 *
 * Throws    PictureError: bad-data, truncated, excess-data
 */
export function inflateExactly(parts: readonly Uint8Array[], expected: number, what: string): Uint8Array {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const inflator = new Unzlib((piece) => {
    length += piece.length;
    pieces.push(piece);
  });
  try {
    for (const part of parts) {
      for (let at = 0; at < part.length && length <= expected; at += STEP) inflator.push(part.subarray(at, at + STEP), false);
    }
    if (length <= expected) inflator.push(new Uint8Array(0), true);
  } catch (cause) {
    // The library reports a missing end like any other damage; what matters to a user is whether everything had arrived.
    if (length < expected) {
      const seen = cause instanceof Error ? cause.message : String(cause);
      throw new PictureError('bad-data', what, `the compressed pixels are damaged or cut off (${seen}).`, seen, { cause });
    }
  }
  if (length !== expected) {
    const seen = length > expected ? `more than ${expected} bytes` : `${length} bytes`;
    const reason = length > expected ? 'excess-data' : 'truncated';
    const sentence = `the compressed pixels hold ${seen} where the header promises ${expected}; the file is damaged or was made to do harm.`;
    throw new PictureError(reason, what, sentence, seen);
  }
  const whole = new Uint8Array(expected);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
