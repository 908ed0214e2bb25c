/** @file In which order a PNG stores its pixels: one pass, or the seven of Adam7 interlacing. */

import type { Header } from './header.ts';
import { samplesPerPixel } from './header.ts';

/** A sub-picture stored in one go: its pixel (i, j) is pixel (left + i · dx, top + j · dy) of the whole. */
export interface Pass {
  readonly left: number;
  readonly top: number;
  readonly dx: number;
  readonly dy: number;
  readonly width: number;
  readonly height: number;
  /** Bytes of one stored row, without the byte that names its filter. */
  readonly rowBytes: number;
}

/** Left, top, dx, dy of the seven passes. Source [PNG, 8.2]. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** The passes of a picture that hold any pixels, in stored order. */
export function passesOf(header: Header): readonly Pass[] {
  const bits = samplesPerPixel(header.colourType) * header.depth;
  return (header.interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const))
    .map(([left, top, dx, dy]) => {
      const width = Math.ceil((header.width - left) / dx);
      return { left, top, dx, dy, width, height: Math.ceil((header.height - top) / dy), rowBytes: Math.ceil((width * bits) / 8) };
    })
    .filter(({ width, height }) => width > 0 && height > 0);
}

/** How many bytes the passes hold together, filter bytes included: exactly what the compressed data must give. */
export function inflatedLength(passes: readonly Pass[]): number {
  return passes.reduce((sum, { height, rowBytes }) => sum + height * (rowBytes + 1), 0);
}
