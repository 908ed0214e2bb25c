/** @file Every kind of PNG decodes to exactly the samples that were stored; every damaged or hostile file is refused by name. */

import { deflateSync } from 'node:zlib';

import { describe, expect, test } from 'vitest';

import { PictureError } from '../../src/errors.ts';
import { decodePng } from '../../src/png/decode.ts';
import { seeded, whole } from '../random.ts';
import { assemble, chunk, encodeStored, ihdr, SAMPLES, scanlines, type Stored } from './oracle.ts';

const SEED = 20261124;
const DEPTHS: Record<number, number[]> = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] };
const SIZES = [[1, 1], [2, 3], [7, 5], [8, 8], [9, 17], [33, 12]] as const;

function randomStored(colourType: number, depth: number, interlaced: boolean, [width, height]: readonly [number, number], random: () => number): Stored {
  const samples = SAMPLES[colourType]!;
  const values = Array.from({ length: width * height * samples }, () => whole(random, 2 ** depth));
  const filters = Array.from({ length: height * 8 }, () => whole(random, 5));
  return {
    width,
    height,
    colourType,
    depth,
    interlaced,
    sample: (x, y, c) => values[(y * width + x) * samples + c]!,
    filter: (n) => filters[n]!,
    parts: 1 + whole(random, 3),
    ...(colourType === 3 ? { palette: Array.from({ length: 3 * 2 ** depth }, () => whole(random, 256)) } : {}),
  };
}

function pixels({ width, height }: Stored, pixel: (x: number, y: number) => number[]): number[] {
  return Array.from({ length: width * height }, (_, i) => pixel(i % width, Math.floor(i / width))).flat();
}

function refusal(file: Uint8Array, options = {}): PictureError {
  try {
    decodePng(file, { what: 'ship.png', ...options });
  } catch (error) {
    if (error instanceof PictureError) return error;
    throw error;
  }
  throw new Error('the file was accepted');
}

describe.each(Object.keys(DEPTHS).map(Number))(`colour type %i (seed ${SEED})`, (colourType) => {
  describe.each(DEPTHS[colourType]!)('%i bits', (depth) => {
    test.each([false, true])('decodes to the stored samples, interlaced: %s', (interlaced) => {
      const random = seeded(SEED + colourType * 100 + depth);
      for (const size of SIZES) {
        const stored = randomStored(colourType, depth, interlaced, size, random);
        const stretch = depth < 8 ? 255 / (2 ** depth - 1) : 1;
        const samples = SAMPLES[colourType]!;
        const decoded = decodePng(encodeStored(stored));
        const expected = pixels(stored, (x, y) => {
          if (colourType === 3) return stored.palette!.slice(3 * stored.sample(x, y, 0), 3 * stored.sample(x, y, 0) + 3);
          return Array.from({ length: samples }, (_, c) => stored.sample(x, y, c) * stretch);
        });
        expect(Array.from(decoded.data)).toEqual(expected);
        expect(decoded).toMatchObject({ width: size[0], height: size[1], channels: colourType === 3 ? 3 : samples, depth: depth === 16 ? 16 : 8 });
      }
    });

    // Colour types 4 and 6 have alpha already and no transparent colour.
    if (colourType < 4) test('a transparent colour, or transparent palette entries, become alpha', () => {
      const random = seeded(SEED + 7 + colourType * 100 + depth);
      const stored = randomStored(colourType, depth, true, [9, 17], random);
      const opaque = depth === 16 ? 65535 : 255;
      const samples = SAMPLES[colourType]!;
      if (colourType === 3) {
        const alphas = Array.from({ length: 2 ** depth - 1 }, () => whole(random, 256)); // the last entry is left out: opaque
        const expected = pixels(stored, (x, y) => [
          ...stored.palette!.slice(3 * stored.sample(x, y, 0), 3 * stored.sample(x, y, 0) + 3),
          alphas[stored.sample(x, y, 0)] ?? 255,
        ]);
        expect(Array.from(decodePng(encodeStored({ ...stored, transparency: alphas })).data)).toEqual(expected);
      } else {
        const key = Array.from({ length: samples }, (_, c) => stored.sample(4, 8, c));
        const transparency = key.flatMap((value) => [value >> 8, value & 255]);
        const expected = pixels(stored, (x, y) => {
          const pixel = Array.from({ length: samples }, (_, c) => stored.sample(x, y, c));
          const clear = pixel.every((value, c) => value === key[c]);
          return [...pixel.map((value) => (depth < 8 ? (value * 255) / (2 ** depth - 1) : value)), clear ? 0 : opaque];
        });
        const decoded = decodePng(encodeStored({ ...stored, transparency }));
        expect(Array.from(decoded.data)).toEqual(expected);
        expect(decoded.channels).toBe(samples + 1);
      }
    });
  });
});

describe('files that are refused', () => {
  const stored = randomStored(6, 8, false, [16, 16], seeded(SEED));
  const good = encodeStored(stored);
  const rows = scanlines(stored);
  const withData = (data: Uint8Array, header = ihdr(16, 16, 8, 6)): Uint8Array =>
    assemble([chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', new Uint8Array(0))]);

  test.each<[string, Uint8Array, string]>([
    ['no bytes', new Uint8Array(0), 'empty'],
    ['a JPEG', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70, 73, 70), 'not-png'],
    ['plain text', new TextEncoder().encode('hello there, this is a text'), 'not-png'],
    ['one byte of text', new TextEncoder().encode('h'), 'not-png'],
    ['half a signature', good.slice(0, 5), 'truncated'],
    ['only a signature', good.slice(0, 8), 'truncated'],
    ['half a file', good.slice(0, good.length / 2), 'truncated'],
    ['no IEND', good.slice(0, good.length - 12), 'truncated'],
    ['no header', assemble([chunk('IDAT', deflateSync(rows)), chunk('IEND', new Uint8Array(0))]), 'bad-header'],
    ['two headers', assemble([chunk('IHDR', ihdr(1, 1, 8, 0)), chunk('IHDR', ihdr(1, 1, 8, 0))]), 'bad-header'],
    ['a short header', assemble([chunk('IHDR', ihdr(1, 1, 8, 0).subarray(0, 9))]), 'bad-header'],
    ['no pixel data', assemble([chunk('IHDR', ihdr(1, 1, 8, 0)), chunk('IEND', new Uint8Array(0))]), 'bad-data'],
    ['0 × 0', withData(deflateSync(rows), ihdr(0, 0, 8, 6)), 'no-pixels'],
    ['16 × 0', withData(deflateSync(rows), ihdr(16, 0, 8, 6)), 'no-pixels'],
    ['40000 × 40000', withData(deflateSync(rows), ihdr(40000, 40000, 8, 6)), 'too-many-pixels'],
    ['sides past 2^31', withData(deflateSync(rows), ihdr(2 ** 32 - 1, 1, 8, 6)), 'bad-header'],
    ['colour type 5', withData(deflateSync(rows), ihdr(16, 16, 8, 5)), 'bad-header'],
    ['depth 4 in colour', withData(deflateSync(rows), ihdr(16, 16, 4, 2)), 'bad-header'],
    ['depth 3', withData(deflateSync(rows), ihdr(16, 16, 3, 0)), 'bad-header'],
    ['compression 1', withData(deflateSync(rows), ihdr(16, 16, 8, 6, 0, 1)), 'bad-header'],
    ['interlacing 2', withData(deflateSync(rows), ihdr(16, 16, 8, 6, 2)), 'bad-header'],
    ['filter 9', withData(deflateSync(Buffer.alloc(rows.length, 9))), 'bad-data'],
    ['rubbish instead of zlib', withData(Buffer.from('this is no zlib stream at all')), 'bad-data'],
    ['zlib cut off', withData(deflateSync(rows).subarray(0, 200)), 'bad-data'],
    ['rows missing', withData(deflateSync(rows.subarray(0, 500))), 'truncated'],
    ['one byte too many', withData(deflateSync(Buffer.concat([rows, Buffer.from([0])]))), 'excess-data'],
    ['an unknown critical part', assemble([chunk('IHDR', ihdr(1, 1, 8, 0)), chunk('ABCD', Buffer.alloc(3))]), 'unsupported'],
    ['a part without a name', assemble([chunk('IHDR', ihdr(1, 1, 8, 0)), chunk('\0\0\0\0', Buffer.alloc(3))]), 'bad-data'],
    ['palette missing', encodeStored({ ...stored, colourType: 3, sample: () => 0 }), 'bad-palette'],
    ['palette of 4 bytes', encodeStored({ ...stored, colourType: 3, sample: () => 0, palette: [1, 2, 3, 4] }), 'bad-palette'],
    ['palette too short', encodeStored({ ...stored, colourType: 3, sample: () => 2, palette: [1, 2, 3, 4, 5, 6] }), 'bad-palette'],
    ['transparent colour of 3 bytes', encodeStored({ ...stored, colourType: 0, transparency: [1, 2, 3] }), 'bad-data'],
  ])('%s', (_, file, reason) => {
    const error = refusal(file);
    expect(error.reason).toBe(reason);
    expect(error.what).toBe('ship.png');
    expect(error.seen).not.toBe('');
    expect(error.message).toMatch(/^ship\.png: [^\n]+\.$/);
    expect(error.message.length).toBeLessThan(200);
  });

  test('a wrong checksum in any part that is used, and only there', () => {
    let at = 8;
    while (at < good.length) {
      const length = Buffer.from(good).readUInt32BE(at);
      const type = Buffer.from(good).toString('latin1', at + 4, at + 8);
      const damaged = good.slice();
      damaged[at + 8 + length] = damaged[at + 8 + length]! ^ 1;
      if (type === 'tEXt') expect(decodePng(damaged)).toEqual(decodePng(good));
      else expect(refusal(damaged).reason).toBe('bad-checksum');
      at += 12 + length;
    }
  });

  test('every prefix of a file is refused, never accepted and never a crash', () => {
    for (let length = 0; length < good.length; length++) expect(refusal(good.slice(0, length)).reason).toBe(length === 0 ? 'empty' : 'truncated');
  });

  test('a decompression bomb is stopped near the size the header promises', () => {
    const bomb = deflateSync(Buffer.alloc(256 * 2 ** 20), { level: 9 }); // 256 MB in 260 kB
    const before = process.memoryUsage().arrayBuffers;
    expect(refusal(withData(bomb)).reason).toBe('excess-data');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 2 ** 20);
  });

  test('a large promise with nothing behind it allocates nothing large', () => {
    const before = process.memoryUsage().arrayBuffers;
    expect(refusal(withData(deflateSync(rows), ihdr(8192, 8192, 16, 6))).reason).toBe('truncated');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 2 ** 20);
  });

  test('the pixel limit is the caller’s', () => {
    expect(refusal(good, { maxPixels: 255 }).reason).toBe('too-many-pixels');
    expect(decodePng(good, { maxPixels: 256 }).width).toBe(16);
  });

  test(`random damage (seed ${SEED}) is refused by a PictureError or changes nothing but pixels`, () => {
    const random = seeded(SEED);
    for (let trial = 0; trial < 300; trial++) {
      const damaged = good.slice();
      for (let k = 0; k < 3; k++) damaged[whole(random, damaged.length)] = whole(random, 256);
      try {
        expect(decodePng(damaged)).toMatchObject({ width: 16, height: 16 });
      } catch (error) {
        expect(error).toBeInstanceOf(PictureError);
      }
    }
  });
});
