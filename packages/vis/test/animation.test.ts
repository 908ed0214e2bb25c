/** @file Films show every cell of every raster in the map's colours, with one range for all. */

import { describe, expect, test } from 'vitest';

import { animation, framePictures } from '../src/animation.ts';
import { viridis } from '../src/colormap.ts';
import { PlotError } from '../src/errors.ts';
import { rasterFrom } from '../src/raster.ts';
import { readGif } from './gif-reader.ts';

const near = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => [0, 1, 2].every((c) => Math.abs(a[c]! - b[c]!) <= 3); // 254 shades

const left = rasterFrom(6, 4, (i, j) => i * 4 + j);
const right = rasterFrom(3, 4, (i, j) => (i === 1 && j === 1 ? NaN : 23 - i - j));

test('rasters side by side, enlarged, row 0 at the bottom, with what is not finite in its own colour', () => {
  const scale = 3;
  const gap = 5;
  const gif = readGif(animation([[left, right], [left, left].map((raster, k) => (k === 0 ? raster : right))], { scale, gap, range: [0, 23] }));
  expect([gif.width, gif.height]).toEqual([9 * scale + gap, 4 * scale]);
  for (const { colours } of gif.frames) {
    for (let y = 0; y < gif.height; y++) {
      for (let x = 0; x < gif.width; x++) {
        const seen = colours[y * gif.width + x]!;
        const row = 3 - Math.floor(y / scale);
        const inLeft = x < 6 * scale;
        const inGap = !inLeft && x < 6 * scale + gap;
        const value = inLeft ? left.values[row * 6 + Math.floor(x / scale)]! : inGap ? 0 : right.values[row * 3 + Math.floor((x - 6 * scale - gap) / scale)]!;
        if (inGap) expect(seen).toEqual([128, 128, 128]);
        else if (Number.isNaN(value)) expect(seen).toEqual([...viridis.missing]);
        else expect(near(seen, viridis.colour(value / 23))).toBe(true);
      }
    }
  }
});

test('all frames share the range of all the data', () => {
  const pictures = framePictures([rasterFrom(2, 1, (i) => i), rasterFrom(2, 1, (i) => 10 * i)], { scale: 1 });
  expect(near(pictures[1]!.data.slice(3), viridis.colour(1))).toBe(true);
  expect(near(pictures[0]!.data.slice(3), viridis.colour(0.1))).toBe(true);
});

test('pictures and film agree', () => {
  const [picture] = framePictures([left], { scale: 2 });
  const gif = readGif(animation([left], { scale: 2 }));
  expect(Array.from(picture!.data)).toEqual(gif.frames[0]!.colours.flat());
});

test('the last frame is held', () => {
  const gif = readGif(animation([left, left, left], { delay: 60, hold: 1500, scale: 1 }));
  expect(gif.frames.map(({ delay }) => delay)).toEqual([60, 60, 1500]);
});

describe('what is refused', () => {
  test.each<[string, Parameters<typeof animation>[0]]>([
    ['no frames', []],
    ['an empty frame', [[]]],
    ['frames of different sizes', [left, right]],
    ['a frame with fewer rasters', [[left, right], left]],
    ['different heights side by side', [[left, rasterFrom(3, 5, () => 0)]]],
    ['a raster that is no raster', [{ width: 2, height: 2, values: [1] }]],
  ])('%s', (_, frames) => expect(() => animation(frames)).toThrow(PlotError));
});
