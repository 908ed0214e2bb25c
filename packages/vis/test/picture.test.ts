/** @file Darkness is ink on white paper; rasters become pictures the right way up. */

import { expect, test } from 'vitest';

import { greys, viridis } from '../src/colormap.ts';
import { darknessOf, pictureOf, position, type Channels, type Picture } from '../src/picture.ts';

const onePixel = (channels: Channels, depth: 8 | 16, ...samples: number[]): Picture => ({
  width: 1, height: 1, channels, depth, data: depth === 8 ? Uint8Array.from(samples) : Uint16Array.from(samples),
});

test.each<[string, Picture, number]>([
  ['black', onePixel(1, 8, 0), 1],
  ['white', onePixel(1, 8, 255), 0],
  ['white in colour', onePixel(3, 8, 255, 255, 255), 0],
  ['white at 16 bits', onePixel(3, 16, 65535, 65535, 65535), 0],
  ['black at 16 bits', onePixel(3, 16, 0, 0, 0), 1],
  ['clear black', onePixel(2, 8, 0, 0), 0],
  ['half-clear black', onePixel(4, 8, 0, 0, 0, 51), 0.2],
  ['green', onePixel(3, 8, 0, 255, 0), 1 - 0.7152],
  ['red', onePixel(4, 8, 255, 0, 0, 255), 1 - 0.2126],
  ['mid grey', onePixel(2, 16, 13107, 65535), 0.8],
])('darkness of %s', (_, picture, expected) => {
  const value = darknessOf(picture).values[0]!;
  expect(value).toBeCloseTo(expected, 12);
  if (expected === 0) expect(value).toBe(0);
});

test('the top row of a picture is the top row of its raster', () => {
  const picture: Picture = { width: 2, height: 2, channels: 1, depth: 8, data: Uint8Array.of(0, 255, 255, 255) };
  expect(Array.from(darknessOf(picture).values)).toEqual([0, 0, 1, 0]); // row 0 is the bottom
});

test('a raster of grey levels survives the way to a picture and back', () => {
  const values = Float64Array.from({ length: 12 }, (_, i) => (i * 20) / 255);
  const picture = pictureOf({ width: 4, height: 3, values }, { colormap: greys, range: [0, 1] });
  Array.from(darknessOf(picture).values).forEach((darkness, i) => expect(1 - darkness).toBeCloseTo(values[i]!, 12));
});

test('every cell becomes a square of scale × scale equal pixels', () => {
  const picture = pictureOf({ width: 3, height: 2, values: [0, 1, 2, 3, 4, 5] }, { colormap: viridis, range: [0, 5], scale: 4 });
  expect([picture.width, picture.height]).toEqual([12, 8]);
  for (let y = 0; y < 8; y++) {
    for (let x = 0; x < 12; x++) {
      const value = (1 - Math.floor(y / 4)) * 3 + Math.floor(x / 4);
      expect(Array.from(picture.data.slice((y * 12 + x) * 3, (y * 12 + x) * 3 + 3))).toEqual(viridis.colour(value / 5));
    }
  }
});

test('what is not finite has the missing colour, what is out of range an end colour', () => {
  const picture = pictureOf({ width: 4, height: 1, values: [NaN, Infinity, -9, 9] }, { colormap: viridis, range: [0, 1] });
  expect(Array.from(picture.data)).toEqual([...viridis.missing, ...viridis.missing, ...viridis.colour(0), ...viridis.colour(1)]);
});

test('positions are clamped, and safe for empty and for enormous ranges', () => {
  expect([position(-1, 0, 2), position(1, 0, 2), position(5, 0, 2)]).toEqual([0, 0.5, 1]);
  expect([position(3, 3, 3), position(2, 3, 3), position(4, 3, 3)]).toEqual([0.5, 0, 1]);
  expect(position(0, -1.7e308, 1.7e308)).toBe(0.5);
});
