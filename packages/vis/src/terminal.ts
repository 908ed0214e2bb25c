/** @file Small plots made of characters, for terminals and logs. */

import { viridis, type Colormap, type Rgb } from './colormap.ts';
import { colourRange } from './heat-map.ts';
import { position } from './picture.ts';
import { areaAverage, checkRaster, extentOf, type Raster } from './raster.ts';
import type { Interval } from './scale.ts';

/** How a sparkline looks. */
export interface SparklineOptions {
  /** Characters (default 40); more values than that are averaged in groups. */
  readonly width?: number;
  /** `log` for values that fall by orders of magnitude. */
  readonly scale?: 'linear' | 'log';
  readonly ascii?: boolean;
}

/** Values as a row of small bars: ▁▂▄▆█. A group with a value that cannot be drawn (NaN, ∞, not above 0 in `log`) is an ×. */
export function sparkline(values: ArrayLike<number>, options: SparklineOptions = {}): string {
  const { width = 40, scale = 'linear', ascii = false } = options;
  const levels = ascii ? '_.-=#' : '▁▂▃▄▅▆▇█';
  const count = Math.min(width, values.length);
  const groups = Array.from({ length: count }, (_, k) => {
    const from = Math.floor((k * values.length) / count);
    const to = Math.floor(((k + 1) * values.length) / count);
    let sum = 0;
    for (let i = from; i < to; i++) sum += scale === 'log' ? Math.log(values[i] ?? NaN) : (values[i] ?? NaN);
    return sum / (to - from);
  });
  const { low, high } = extentOf(groups);
  return groups
    .map((value) => (Number.isFinite(value) ? levels.charAt(Math.round(position(value, low, high) * (levels.length - 1))) : ascii ? 'x' : '×'))
    .join('');
}

/** How a map in the terminal looks. */
export interface TerminalMapOptions {
  /** Characters from left to right, at most (default 48); a map is never enlarged. */
  readonly columns?: number;
  /** Escape codes for 24-bit colours; without them the map is shaded. */
  readonly colour?: boolean;
  readonly ascii?: boolean;
  readonly colormap?: Colormap;
  readonly range?: Interval;
}

/**
 * A raster as lines of text, top row first. A character stands for one column and two rows of cells: as two coloured half blocks,
 * or as one shade. What is not finite, or averaged with something that is not, is drawn as × (in colour: in the missing colour).
 *
 * Throws    PlotError for a raster whose sizes and values do not match
 */
export function terminalMap(raster: Raster, options: TerminalMapOptions = {}): string {
  checkRaster(raster, 'terminalMap');
  const { columns = 48, colour = false, ascii = false, colormap = viridis } = options;
  const range = options.range ?? colourRange([raster], colormap);
  const width = Math.min(columns, raster.width);
  const rows = Math.max(1, Math.round((raster.height * width) / raster.width / 2));
  const cells = areaAverage(raster, { width, height: colour ? 2 * rows : rows });
  const at = (column: number, row: number): number => cells.values[row * width + column] ?? NaN;
  return Array.from({ length: rows }, (_, line) => {
    const row = rows - 1 - line;
    const characters = Array.from({ length: width }, (_unused, column) =>
      colour ? halfBlocks(at(column, 2 * row + 1), at(column, 2 * row), range, colormap) : shade(at(column, row), range, ascii),
    );
    return characters.join('') + (colour ? '\x1b[0m' : '');
  }).join('\n');
}

function halfBlocks(upper: number, lower: number, range: Interval, colormap: Colormap): string {
  const colourOf = (value: number): Rgb => (Number.isFinite(value) ? colormap.colour(position(value, ...range)) : colormap.missing);
  return `\x1b[38;2;${colourOf(upper).join(';')}m\x1b[48;2;${colourOf(lower).join(';')}m▀`;
}

function shade(value: number, range: Interval, ascii: boolean): string {
  const levels = ascii ? ' .:-=+*#%@' : ' ░▒▓█';
  if (!Number.isFinite(value)) return ascii ? 'x' : '×';
  return levels.charAt(Math.round(position(value, ...range) * (levels.length - 1)));
}
