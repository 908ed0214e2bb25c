/** @file What is encoded decodes to the same picture, with this package's decoder and with zlib and the specification at hand. */

import { inflateSync } from 'node:zlib';

import { describe, expect, test } from 'vitest';

import { PictureError } from '../../src/errors.ts';
import type { Channels, Picture } from '../../src/picture.ts';
import { decodePng } from '../../src/png/decode.ts';
import { encodePng } from '../../src/png/encode.ts';
import { seeded, whole } from '../random.ts';
import { assemble, chunk, ihdr } from './oracle.ts';

const SEED = 4711;

function randomPicture(width: number, height: number, channels: Channels, depth: 8 | 16, random: () => number): Picture {
  const count = width * height * channels;
  // Half smooth, half noise, so that every filter gets chosen somewhere.
  const value = (i: number): number => (random() < 0.5 ? whole(random, 2 ** depth) : (i * 37) % 2 ** depth);
  const data = depth === 16 ? Uint16Array.from({ length: count }, (_, i) => value(i)) : Uint8Array.from({ length: count }, (_, i) => value(i));
  return { width, height, channels, depth, data };
}

describe.each([8, 16] as const)(`%i bits (seed ${SEED})`, (depth) => {
  test.each([1, 2, 3, 4] as const)('%i channels: decode ∘ encode is the identity', (channels) => {
    const random = seeded(SEED + channels);
    for (const [width, height] of [[1, 1], [1, 9], [13, 1], [32, 32], [61, 47]] as const) {
      const picture = randomPicture(width, height, channels, depth, random);
      expect(decodePng(encodePng(picture))).toEqual(picture);
    }
  });
});

test('the file is byte for byte what the specification asks for around zlib data that zlib itself accepts', () => {
  const picture = randomPicture(5, 4, 3, 8, seeded(SEED));
  const file = encodePng(picture);
  const length = Buffer.from(file).readUInt32BE(33);
  const data = file.slice(41, 41 + length);
  expect(file).toEqual(assemble([chunk('IHDR', ihdr(5, 4, 8, 2)), chunk('IDAT', data), chunk('IEND', new Uint8Array(0))]));
  expect(inflateSync(data)).toHaveLength(4 * (5 * 3 + 1));
});

test('smooth pictures get smaller, and the same picture gives the same bytes', () => {
  const data = Uint8Array.from({ length: 128 * 128 }, (_, i) => (i % 128) + Math.floor(i / 128));
  const picture: Picture = { width: 128, height: 128, channels: 1, depth: 8, data };
  expect(encodePng(picture).length).toBeLessThan(data.length / 20);
  expect(encodePng(picture)).toEqual(encodePng(picture));
});

test.each<[string, Partial<Picture>, string]>([
  ['too few samples', { data: new Uint8Array(5) }, 'bad-data'],
  ['a fractional width', { width: 1.5 }, 'bad-data'],
  ['no pixels', { width: 0, data: new Uint8Array(0) }, 'no-pixels'],
  ['bytes at 16 bits', { depth: 16 }, 'bad-data'],
])('%s are refused', (_, change, reason) => {
  const picture: Picture = { width: 2, height: 3, channels: 1, depth: 8, data: new Uint8Array(6), ...change };
  expect(() => encodePng(picture)).toThrow(PictureError);
  expect(() => encodePng(picture)).toThrow(expect.objectContaining({ reason }));
});
