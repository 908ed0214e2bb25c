/** @file Maps of a scalar: each cell in the colour of its value, with a colour bar. */

import { drawAxes, heightAbove, heightBelow, scaleOf, tickCount, widthOfLabels, type AxisOptions, type Box } from './axes.ts';
import { pngAddress } from './base64.ts';
import { drawColourBar } from './colour-bar.ts';
import { cssColour, viridis, type Colormap } from './colormap.ts';
import { pictureOf, position } from './picture.ts';
import { drawNotes, textAt, type Plot } from './plot.ts';
import { encodePng } from './png/encode.ts';
import { checkRaster, extentOf, type Raster } from './raster.ts';
import { niceDomain, usableDomain, type Interval, type Scale } from './scale.ts';
import { element, type SvgElement } from './svg.ts';
import { labelled, plural, wrapText } from './text.ts';
import { SIZE } from './theme.ts';

/** How a heat map looks. */
export interface HeatMapOptions {
  readonly title?: string;
  /** What the colours mean. */
  readonly label?: string;
  readonly unit?: string;
  readonly colormap?: Colormap;
  /** Values of the first and last colour (default: those of the data; symmetric around 0 for a diverging map). */
  readonly range?: Interval;
  /** Axes. Their `range` is where the outer edges of the map lie (default: 0 to the number of cells). */
  readonly x?: AxisOptions;
  readonly y?: AxisOptions;
  /** Width of the map itself in pixels (default: about 300, whole pixels per cell); its height follows from the ranges of the axes, at one scale for both. */
  readonly size?: number;
}

/**
 * Draws a raster as a map. Cells that are not finite have a colour of their own and are counted in a note, as are values outside
 * a range that was asked for.
 *
 * Throws    PlotError for a raster whose sizes and values do not match
 */
export function heatMap(raster: Raster, options: HeatMapOptions = {}): Plot {
  checkRaster(raster, 'heatMap');
  const { title, colormap = viridis } = options;
  const range = options.range ?? colourRange([raster], colormap);
  const frame = mapFrame(raster, options);
  const notes = notesOn(raster, range);
  const missing = extentOf(raster.values).notFinite > 0 ? cssColour(colormap.missing) : undefined;
  const bar = drawColourBar({ colormap, range, label: labelled(options), missing }, frame.box.left + frame.box.width + 18, frame.box.top, frame.box.height);
  return finishMap(frame, bar, notes, title ?? (labelled(options) || 'heat map'), [drawCells(raster, colormap, range, frame.box)]);
}

/** Where the parts of a map lie. */
export interface MapFrame {
  readonly box: Box;
  readonly x: Scale;
  readonly y: Scale;
  readonly xAxis: AxisOptions;
  readonly yAxis: AxisOptions;
  readonly titleLines: readonly string[];
}

/** Lays out a map of so many cells: box and axes at one scale for x and y. */
export function mapFrame(cells: { readonly width: number; readonly height: number }, options: HeatMapOptions): MapFrame {
  const { title, size = naturalSize(cells.width), x = {}, y = {} } = options;
  const xDomain = x.range ?? [0, cells.width];
  const yDomain = y.range ?? [0, cells.height];
  const shape = (yDomain[1] - yDomain[0]) / (xDomain[1] - xDomain[0]);
  // Very flat and very tall domains give up the common scale rather than become a line.
  const height = size * Math.min(3, Math.max(0.1, shape));
  const titleLines = title === undefined ? [] : wrapText(title, size + 60, SIZE.title);
  const top = 8 + titleLines.length * 20 + heightAbove(y);
  const yScale = scaleOf('linear', yDomain, [top + height, top]);
  const left = Math.ceil(8 + widthOfLabels(yScale.ticks(tickCount(height, 'y')))); // on whole pixels, where cells have sharp edges
  return {
    box: { left, top, width: size, height },
    x: scaleOf('linear', xDomain, [left, left + size]),
    y: yScale,
    xAxis: x,
    yAxis: y,
    titleLines,
  };
}

/** A whole number of pixels per cell, so that all cells look equally wide. */
function naturalSize(cells: number): number {
  return cells > 300 ? 300 : cells * Math.round(300 / cells);
}

/** Puts a map together from its frame, a bar or key beside it, and what is inside. */
export function finishMap(
  frame: MapFrame,
  side: { readonly body: readonly SvgElement[]; readonly width: number },
  notes: readonly string[],
  description: string,
  content: readonly SvgElement[],
): Plot {
  const { box, titleLines } = frame;
  const width = box.left + box.width + 18 + side.width + 8;
  const height = box.top + box.height + heightBelow(frame.xAxis) + 4;
  const footer = drawNotes(notes, 12, height, width - 24);
  return {
    width,
    height: height + (notes.length > 0 ? footer.height + 8 : 0),
    description,
    notes,
    body: [
      ...titleLines.map((line, i) => textAt(12, 22 + 20 * i, line, { size: SIZE.title, weight: 600 })),
      ...content,
      ...drawAxes(box, frame.x, frame.y, { x: frame.xAxis, y: frame.yAxis }, 'frame'),
      ...side.body,
      ...footer.body,
    ],
  };
}

/** The range of the data, its ends moved to round numbers close by; around 0 and symmetric when the map has a middle. */
export function colourRange(rasters: readonly Raster[], colormap: Colormap): Interval {
  const { low, high } = extentOf(...rasters.map(({ values }) => values));
  const most = Math.max(Math.abs(low), Math.abs(high));
  const domain = colormap.kind === 'diverging' && low <= high ? usableDomain(-most, most) : usableDomain(low, high);
  const nice = niceDomain(domain, 5);
  const close = (high / 2 - low / 2) * 0.06; // 3 % of the range
  return [domain[0] - nice[0] < close ? nice[0] : domain[0], nice[1] - domain[1] < close ? nice[1] : domain[1]];
}

/** What a map does not show as it is: values that are not finite, values beyond the colour bar. */
export function notesOn(raster: Raster, [low, high]: Interval): readonly string[] {
  const values = Array.from(raster.values);
  const notFinite = values.filter((value) => !Number.isFinite(value)).length;
  const above = values.filter((value) => value > high && value !== Infinity).length;
  const below = values.filter((value) => value < low && value !== -Infinity).length;
  return [
    ...(notFinite > 0 ? [`${notFinite} of ${plural(values.length, 'cell')} not finite.`] : []),
    ...(above + below > 0 ? [`Beyond the colour bar: ${plural(above, 'cell')} above, ${below} below.`] : []),
  ];
}

/** Up to this many cells are drawn as shapes, sharp at any size; more become one image, which is far smaller as a file. */
const MOST_SHAPES = 1024;

/** The cells themselves. */
export function drawCells(raster: Raster, colormap: Colormap, range: Interval, box: Box): SvgElement {
  const place = { x: box.left, y: box.top, width: box.width, height: box.height };
  if (raster.width * raster.height > MOST_SHAPES) {
    const href = pngAddress(encodePng(pictureOf(raster, { colormap, range })));
    return element('image', { ...place, preserveAspectRatio: 'none', 'image-rendering': 'pixelated', href });
  }
  const [dx, dy] = [box.width / raster.width, box.height / raster.height];
  const cells: SvgElement[] = [];
  const colourAt = (column: number, row: number): string => {
    const value = raster.values[row * raster.width + column] ?? NaN;
    return cssColour(Number.isFinite(value) ? colormap.colour(position(value, ...range)) : colormap.missing);
  };
  for (let row = 0; row < raster.height; row++) {
    for (let column = 0; column < raster.width; ) {
      const fill = colourAt(column, row);
      let end = column + 1; // neighbours of the same colour are one shape
      while (end < raster.width && colourAt(end, row) === fill) end++;
      cells.push(element('rect', { x: box.left + column * dx, y: box.top + (raster.height - 1 - row) * dy, width: (end - column) * dx, height: dy, fill }));
      column = end;
    }
  }
  return element('g', { 'shape-rendering': 'crispEdges' }, ...cells);
}
