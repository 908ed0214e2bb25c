/** @file Animated GIF files: the one kind of animation that every browser, mail program and picture viewer plays. */

import type { Rgb } from './colormap.ts';

/** One picture of an animation: palette indices, first row at the top, and how long it stays. */
export interface GifFrame {
  readonly indices: Uint8Array;
  /** Milliseconds, rounded to hundredths of a second, at least two of them: browsers slow down what is faster. */
  readonly delay: number;
}

/** An animation of one size and one palette of at most 256 colours. */
export interface Gif {
  readonly width: number;
  readonly height: number;
  readonly palette: readonly Rgb[];
  readonly frames: readonly GifFrame[];
  /** How often to play; 0 means for ever (default). */
  readonly loops?: number;
}

/**
 * Encodes an animation, without loss of what the palette can hold.
 *
 * Source    [GIF89a] CompuServe, Graphics Interchange Format, version 89a, 1990; looping: Netscape application extension
 */
export function encodeGif({ width, height, palette, frames, loops = 0 }: Gif): Uint8Array {
  const bits = Math.max(2, Math.ceil(Math.log2(palette.length)));
  const out: number[][] = [[...ascii('GIF89a'), ...word(width), ...word(height), 0xf0 | (bits - 1), 0, 0]];
  const colours = new Array<number>(3 * 2 ** bits).fill(0);
  palette.forEach((colour, i) => colours.splice(3 * i, 3, ...colour));
  out.push(colours);
  // Played n times means repeated n − 1 times; without the extension a GIF plays once.
  if (loops !== 1) out.push([0x21, 0xff, 11, ...ascii('NETSCAPE2.0'), 3, 1, ...word(loops === 0 ? 0 : loops - 1), 0]);
  for (const { indices, delay } of frames) {
    out.push([0x21, 0xf9, 4, 4, ...word(Math.min(65535, Math.max(2, Math.round(delay / 10)))), 0, 0]);
    out.push([0x2c, ...word(0), ...word(0), ...word(width), ...word(height), 0, bits]);
    out.push(blocks(compress(indices, bits)), [0]);
  }
  out.push([0x3b]);
  const file = new Uint8Array(out.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of out) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

/**
 * Lempel-Ziv-Welch codes of 3 to 12 bits, packed from the lowest bit.
 *
 * Source    [GIF89a, appendix F]
 */
function compress(indices: Uint8Array, bits: number): readonly number[] {
  const clear = 1 << bits;
  const bytes: number[] = [];
  let [buffer, held, size] = [0, 0, bits + 1];
  const emit = (code: number): void => {
    buffer |= code << held;
    for (held += size; held >= 8; held -= 8) {
      bytes.push(buffer & 255);
      buffer >>>= 8;
    }
  };
  let codes = new Map<number, number>(); // prefix code and next index, together → code
  let next = clear + 2;
  emit(clear);
  let prefix = indices[0] ?? 0;
  for (let i = 1; i < indices.length; i++) {
    const index = indices[i] ?? 0;
    const key = (prefix << 8) | index;
    const known = codes.get(key);
    if (known !== undefined) prefix = known;
    else {
      emit(prefix);
      if (next < 4096) {
        // The reader learns each code one step later than we do: its codes get longer when ours passes the power of two.
        if (next === 1 << size) size++;
        codes.set(key, next++);
      } else {
        emit(clear);
        codes = new Map();
        [next, size] = [clear + 2, bits + 1];
      }
      prefix = index;
    }
  }
  emit(prefix);
  // That last code taught the reader one more; the end has to come in the size this leads to.
  if (next === 1 << size && size < 12) size++;
  emit(clear + 1);
  if (held > 0) bytes.push(buffer & 255);
  return bytes;
}

/** Blocks of at most 255 bytes, each after its length. */
function blocks(bytes: readonly number[]): number[] {
  const out: number[] = [];
  for (let i = 0; i < bytes.length; i += 255) {
    const block = bytes.slice(i, i + 255);
    out.push(block.length, ...block);
  }
  return out;
}

function word(value: number): readonly [number, number] {
  return [value & 255, (value >> 8) & 255];
}

function ascii(text: string): readonly number[] {
  return [...text].map((character) => character.charCodeAt(0));
}
