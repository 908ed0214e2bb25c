/** @file From a picture to a target density: darkness × alpha, averaged over cells, blurred by one cell, y pointing up. */

import { darknessOf, type Picture } from '@tapeflow/vis';
import { UserError } from '../cli/errors.ts';
import { blur, largestDiscMass, massOf } from './density.ts';

/**
 * The density that the smoke shall take: 1 where the picture is black and opaque, 0 where it is white or transparent.
 *
 * Shapes  → n×n, [y][x] with row 0 at the bottom
 * @param source what the picture is called in errors.
 * @throws UserError for a picture that is blank, too faint to have a shape, or too dark for a disc of its mass to fit in the box.
 */
export function targetFrom(picture: Picture, n: number, source: string): Float64Array {
  const target = blur(averageOnto(picture, n), n);
  const mass = massOf(target);
  const darkest = target.reduce((most, density) => Math.max(most, density), 0);
  const subject = source;
  if (mass === 0) {
    const seen = 'the picture is blank (white or transparent everywhere)';
    throw new UserError({ subject, seen, advice: 'dark parts become smoke, so give one with a dark shape' });
  }
  if (darkest < 0.5) {
    const seen = `the picture is too faint: no ${n}×${n} cell gets above density ${darkest.toPrecision(2)}`;
    throw new UserError({ subject, seen, advice: 'smoke cannot be thinned, so give a shape that is darker and wider than a cell' });
  }
  const most = largestDiscMass(n);
  if (mass > most) {
    const seen = `the picture is too dark: ${percent(mass / n ** 2)} of the box would be smoke, at most ${percent(most / n ** 2)} can be`;
    throw new UserError({ subject, seen, advice: 'invert it or add a white margin' });
  }
  return target;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/**
 * The picture's density averaged over the cells of an n×n grid, each pixel weighted by the area it shares with the cell.
 * The whole picture is shown, centred, at its own aspect; cells beyond it are empty.
 *
 * Shapes  → n×n, [y][x] with row 0 at the bottom
 */
export function averageOnto(picture: Picture, n: number): Float64Array {
  const { width, height } = picture;
  const scale = n / Math.max(width, height); // cells per pixel
  const columns = shares(width, scale, n);
  const rows = shares(height, scale, n);
  const density = new Float64Array(n * n);
  const averaged = new Float64Array(n);
  // One row of pixels at a time: the whole of a large photograph as doubles would need half a gigabyte.
  for (let row = 0; row < height; row++) {
    averageLine(darknessOf(rowOf(picture, row)).values, columns, averaged);
    for (const { cell, share } of rows[row]!) {
      const above = (n - 1 - cell) * n; // pictures are stored from the top, densities from the bottom
      for (let x = 0; x < n; x++) density[above + x]! += share * averaged[x]!;
    }
  }
  return density;
}

/** The part of a cell, along one direction, that a pixel covers. */
interface Share {
  readonly cell: number;
  readonly share: number;
}

/** For each of `count` pixels, the cells it covers; `scale` cells per pixel, centred on n cells. */
function shares(count: number, scale: number, n: number): Share[][] {
  const margin = (n - count * scale) / 2;
  return Array.from({ length: count }, (_, pixel) => {
    const from = Math.max(margin + pixel * scale, 0);
    const to = Math.min(margin + (pixel + 1) * scale, n);
    const covered: Share[] = [];
    for (let cell = Math.floor(from); cell < to; cell++) {
      covered.push({ cell, share: Math.min(to, cell + 1) - Math.max(from, cell) });
    }
    return covered;
  });
}

function averageLine(line: ArrayLike<number>, columns: readonly Share[][], averaged: Float64Array): void {
  averaged.fill(0);
  for (let pixel = 0; pixel < line.length; pixel++) {
    const value = line[pixel]!;
    if (value === 0) continue;
    for (const { cell, share } of columns[pixel]!) averaged[cell]! += share * value;
  }
}

function rowOf({ width, channels, depth, data }: Picture, row: number): Picture {
  const start = row * width * channels;
  return { width, height: 1, channels, depth, data: data.subarray(start, start + width * channels) };
}
