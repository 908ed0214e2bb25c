/** @file Films of rasters, alone or side by side, as animated GIF files or as pictures for a report. */

import { greys, viridis, type Colormap, type Rgb } from './colormap.ts';
import { PlotError } from './errors.ts';
import { encodeGif } from './gif.ts';
import { colourRange } from './heat-map.ts';
import { position, type Picture } from './picture.ts';
import { checkRaster, type Raster } from './raster.ts';
import type { Interval } from './scale.ts';

/** One moment: a raster, or several to be shown side by side. */
export type Frame = Raster | readonly Raster[];

/** How frames look. */
export interface FrameOptions {
  readonly colormap?: Colormap;
  /** Values of the first and last colour, the same for all frames (default: those of all the data). */
  readonly range?: Interval;
  /** Pixels per cell side (default: what makes a frame about 256 pixels high). */
  readonly scale?: number;
  /** Pixels between rasters side by side (default 8). */
  readonly gap?: number;
}

/** How a film runs. */
export interface AnimationOptions extends FrameOptions {
  /** Milliseconds per frame (default 80). */
  readonly delay?: number;
  /** Milliseconds for the last frame, so that the end can be seen before it starts again (default 1000). */
  readonly hold?: number;
  /** How often to play; 0 means for ever (default). */
  readonly loops?: number;
}

/**
 * An animated GIF file of rasters in the colours of a map.
 *
 * Throws    PlotError without frames, or when frames differ in size
 */
export function animation(frames: readonly Frame[], options: AnimationOptions = {}): Uint8Array {
  const { delay = 80, hold = 1000, loops = 0 } = options;
  const film = indexFrames(frames, options);
  const last = film.frames.length - 1;
  return encodeGif({ ...film, frames: film.frames.map((indices, i) => ({ indices, delay: i === last ? hold : delay })), loops });
}

/**
 * The same frames as pictures, for the player of a report; there the page can enlarge them (`scale: 1` keeps them small).
 *
 * Throws    PlotError without frames, or when frames differ in size
 */
export function framePictures(frames: readonly Frame[], options: FrameOptions = {}): readonly Picture[] {
  const { width, height, palette, frames: indexed } = indexFrames(frames, options);
  return indexed.map((indices) => {
    const data = new Uint8Array(width * height * 3);
    indices.forEach((index, i) => data.set(palette[index] ?? [0, 0, 0], 3 * i));
    return { width, height, channels: 3, depth: 8, data };
  });
}

/** Places in the palette: most for the map, one for what is not finite, one for the gap. */
const SHADES = 254;
const [MISSING, GAP] = [SHADES, SHADES + 1];

interface Film {
  readonly width: number;
  readonly height: number;
  readonly palette: readonly Rgb[];
  readonly frames: readonly Uint8Array[];
}

function indexFrames(frames: readonly Frame[], options: FrameOptions): Film {
  const panels = frames.map((frame) => ('width' in frame ? [frame] : frame));
  const first = checkFrames(panels);
  const { colormap = viridis, range = colourRange(panels.flat(), colormap), gap = 8 } = options;
  const scale = options.scale ?? Math.max(1, Math.round(256 / first.height));
  const width = first.width * scale + gap * (first.panels - 1);
  const height = first.height * scale;
  const palette = [...Array.from({ length: SHADES }, (_, i) => colormap.colour(i / (SHADES - 1))), colormap.missing, greys.colour(0.5)];
  return { width, height, palette, frames: panels.map((rasters) => paint(rasters, width, height, scale, gap, range)) };
}

function paint(rasters: readonly Raster[], width: number, height: number, scale: number, gap: number, range: Interval): Uint8Array {
  const indices = new Uint8Array(width * height).fill(GAP);
  let left = 0;
  for (const raster of rasters) {
    for (let y = 0; y < height; y++) {
      const row = raster.height - 1 - Math.floor(y / scale); // pictures start at the top
      for (let x = 0; x < raster.width * scale; x++) {
        const value = raster.values[row * raster.width + Math.floor(x / scale)] ?? NaN;
        indices[y * width + left + x] = Number.isFinite(value) ? Math.round(position(value, ...range) * (SHADES - 1)) : MISSING;
      }
    }
    left += raster.width * scale + gap;
  }
  return indices;
}

function checkFrames(panels: readonly (readonly Raster[])[]): { readonly width: number; readonly height: number; readonly panels: number } {
  const [first = []] = panels;
  const refuse = (sentence: string, seen: string): PlotError =>
    new PlotError('animation', sentence, seen, 'Give every frame the same number of rasters, of the same sizes and one height.');
  if (first.length === 0) throw refuse('an animation needs at least one raster', `${panels.length} frames`);
  const sizes = (rasters: readonly Raster[]): string => rasters.map(({ width, height }) => `${width} × ${height}`).join(', ');
  for (const [k, rasters] of panels.entries()) {
    for (const raster of rasters) checkRaster(raster, 'animation');
    if (sizes(rasters) !== sizes(first)) throw refuse(`frame ${k} differs in size from the first`, `${sizes(rasters) || 'nothing'} and ${sizes(first)}`);
  }
  const height = first[0]?.height ?? 0;
  if (first.some((raster) => raster.height !== height)) throw refuse('rasters side by side need the same height', sizes(first));
  return { width: first.reduce((sum, raster) => sum + raster.width, 0), height, panels: first.length };
}
