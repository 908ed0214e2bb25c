/** @file What is encoded is what a reader written from the specification gets back. */

import { describe, expect, test } from 'vitest';

import type { Rgb } from '../src/colormap.ts';
import { encodeGif } from '../src/gif.ts';
import { readGif } from './gif-reader.ts';
import { seeded, whole } from './random.ts';

const SEED = 314;
const palette = (count: number): Rgb[] => Array.from({ length: count }, (_, i) => [i, 255 - i, (i * 7) % 256]);

describe.each([2, 3, 4, 5, 16, 17, 200, 256])(`%i colours (seed ${SEED})`, (count) => {
  test.each([[1, 1], [2, 2], [7, 3], [64, 64], [150, 131]])('%i × %i comes back, noise and flat alike', (width, height) => {
    const random = seeded(SEED + count);
    const noise = Uint8Array.from({ length: width * height }, () => whole(random, count));
    const flat = new Uint8Array(width * height).fill(count - 1);
    const stripes = Uint8Array.from({ length: width * height }, (_, i) => (i >> 3) % count);
    const colours = palette(count);
    const frames = [noise, flat, stripes];
    const gif = readGif(encodeGif({ width, height, palette: colours, frames: frames.map((indices) => ({ indices, delay: 50 })) }));
    expect([gif.width, gif.height]).toEqual([width, height]);
    gif.frames.forEach((frame, k) => expect(frame.colours).toEqual(Array.from(frames[k]!, (index) => [...colours[index]!])));
    expect(gif.frames).toHaveLength(3);
  });
});

test('delays are in hundredths, never below two of them; loops are what was asked for', () => {
  const make = (loops?: number): ReturnType<typeof readGif> =>
    readGif(encodeGif({ width: 1, height: 1, palette: palette(2), frames: [5, 80, 1e9].map((delay) => ({ indices: Uint8Array.of(1), delay })), ...(loops === undefined ? {} : { loops }) }));
  expect(make().frames.map(({ delay }) => delay)).toEqual([20, 80, 655350]);
  expect([make().loops, make(0).loops, make(1).loops, make(5).loops]).toEqual([0, 0, undefined, 4]);
});

test('a flat film is small', () => {
  const frames = Array.from({ length: 10 }, () => ({ indices: new Uint8Array(256 * 256), delay: 50 }));
  expect(encodeGif({ width: 256, height: 256, palette: palette(2), frames }).length).toBeLessThan(10000);
});
