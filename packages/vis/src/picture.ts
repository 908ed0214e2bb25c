/** @file A picture in memory, and the two ways between pictures (first row at the top) and rasters (first row at the bottom). */

import type { Colormap } from './colormap.ts';
import type { Raster } from './raster.ts';

/** How many samples a pixel has: 1 grey, 2 grey and alpha, 3 red-green-blue, 4 red-green-blue and alpha. */
export type Channels = 1 | 2 | 3 | 4;

/**
 * Pixels, first row at the *top*, as pictures are stored everywhere.
 *
 * Shapes    data (height · width · channels), row-major, samples of a pixel side by side
 * Units     samples 0…255 (depth 8) or 0…65535 (depth 16), sRGB-coded; alpha 0 is clear, the largest value opaque, not premultiplied
 */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: Channels;
  readonly depth: 8 | 16;
  readonly data: Uint8Array | Uint16Array;
}

/**
 * How dark a picture is, as ink on white paper would be: (1 − luma) × alpha, with luma = 0.2126 R + 0.7152 G + 0.0722 B of the
 * coded samples. Black opaque pixels give 1, white or clear ones 0.
 *
 * Source    weights: ITU-R BT.709
 */
export function darknessOf(picture: Picture): Raster {
  const { width, height, channels, depth, data } = picture;
  const full = depth === 8 ? 255 : 65535;
  const values = new Float64Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = (row * width + column) * channels;
      const first = data[at] ?? 0;
      const luma = channels < 3 ? first : lumaOf(first, data[at + 1] ?? 0, data[at + 2] ?? 0);
      const alpha = channels % 2 === 0 ? (data[at + channels - 1] ?? 0) : full;
      values[(height - 1 - row) * width + column] = (1 - luma / full) * (alpha / full);
    }
  }
  return { width, height, values };
}

/** 0.2126 R + 0.7152 G + 0.0722 B, arranged so that greys, black and white among them, come out without rounding. */
function lumaOf(red: number, green: number, blue: number): number {
  return green + 0.2126 * (red - green) + 0.0722 * (blue - green);
}

/**
 * A raster as a picture in the colours of a map. Values outside the range take the end colours; values that are not finite take
 * the map's `missing` colour.
 *
 * @param options.range values that get the first and last colour
 * @param options.scale pixels per cell side (default 1)
 */
export function pictureOf(
  raster: Raster,
  options: { readonly colormap: Colormap; readonly range: readonly [low: number, high: number]; readonly scale?: number },
): Picture {
  const { colormap, range: [low, high], scale = 1 } = options;
  const width = raster.width * scale;
  const height = raster.height * scale;
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < raster.height; row++) {
    for (let column = 0; column < raster.width; column++) {
      const value = raster.values[row * raster.width + column] ?? NaN;
      const [red, green, blue] = Number.isFinite(value) ? colormap.colour(position(value, low, high)) : colormap.missing;
      for (let i = 0; i < scale; i++) data.set([red, green, blue], (((raster.height - 1 - row) * scale * width) + column * scale + i) * 3);
    }
    // The other pixel rows of these cells are copies of the first.
    const start = (raster.height - 1 - row) * scale * width * 3;
    for (let j = 1; j < scale; j++) data.copyWithin(start + j * width * 3, start, start + width * 3);
  }
  return { width, height, channels: 3, depth: 8, data };
}

/** Where a value lies between low (0) and high (1), clamped; the middle when the range is a single value. */
export function position(value: number, low: number, high: number): number {
  if (high === low) return value < low ? 0 : value > low ? 1 : 0.5;
  // Halves first, so that a range wider than the largest number does not overflow.
  return Math.min(1, Math.max(0, (value / 2 - low / 2) / (high / 2 - low / 2)));
}
