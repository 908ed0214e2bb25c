/** @file Lines over x: the plot for losses, histories and profiles. */

import { axisDomain, drawAxes, heightAbove, heightBelow, scaleOf, tickCount, widthOfLabels, type AxisOptions, type Box } from './axes.ts';
import { splitLine, type Datum, type Line, type LineData } from './line-data.ts';
import { dashOf, drawLegend } from './legend.ts';
import { drawNotes, textAt, type Plot } from './plot.ts';
import type { Scale } from './scale.ts';
import { element, formatCoordinate, type SvgElement } from './svg.ts';
import { labelled, plural, wrapText } from './text.ts';
import { light, SIZE } from './theme.ts';
import { thin } from './thin.ts';

/** An axis of a line plot. */
export interface LineAxisOptions extends AxisOptions {
  readonly scale?: Scale['kind'];
}

/** How a line plot looks. */
export interface LinePlotOptions {
  readonly title?: string;
  readonly x?: LineAxisOptions;
  readonly y?: LineAxisOptions;
  /** Size in pixels, notes not counted (default 560 × 320). */
  readonly width?: number;
  readonly height?: number;
}

/**
 * Draws lines. Values that have no place on the axes (NaN, ±∞, not above 0 on a logarithmic axis) leave a gap, which is shaded,
 * marked with × on the x axis and counted in a note; values outside a range that was asked for are counted too.
 *
 * Throws    PlotError when x and y of a line differ in length
 */
export function linePlot(lines: readonly Line[], options: LinePlotOptions = {}): Plot {
  const { title, x = {}, y = {}, width = 560, height = 320 } = options;
  const kinds = { x: x.scale ?? 'linear', y: y.scale ?? 'linear' };
  const data = lines.map((line) => splitLine(line, kinds));
  const drawn = data.flatMap(({ runs }) => runs).flat();

  const titleLines = title === undefined ? [] : wrapText(title, width - 24, SIZE.title);
  // A single line that the y axis already names needs no legend.
  const named = lines.length === 1 && lines[0]?.name === y.label ? [] : lines;
  const legend = drawLegend(named, 12, 10 + titleLines.length * 20, width - 24);
  const top = 10 + titleLines.length * 20 + legend.height + heightAbove(y);
  const bottom = height - heightBelow(x) - 4;
  const yDomain = axisDomain(y, ...extent(drawn, 'y'), kinds.y, tickCount(bottom - top, 'y'));
  const yScale = scaleOf(kinds.y, yDomain, [bottom, top]);
  const left = 8 + widthOfLabels(yScale.ticks(tickCount(bottom - top, 'y')));
  const xDomain = axisDomain(x, ...extent([...drawn, ...gapEnds(data)], 'x'), kinds.x, undefined);
  const xScale = scaleOf(kinds.x, xDomain, [left, width - 20]);
  const box: Box = { left, top, width: width - 20 - left, height: bottom - top };

  const outside = drawn.filter((datum) => !within(datum.x, xDomain) || !within(datum.y, yDomain)).length;
  const notes = [
    ...data.flatMap(({ note }) => note ?? []),
    ...(outside > 0 ? [`${plural(outside, 'value')} outside the axes.`] : []),
    ...(drawn.length === 0 ? ['There is nothing to draw.'] : []),
  ];
  const footer = drawNotes(notes, 12, height, width - 24);
  return {
    width,
    height: height + (notes.length > 0 ? footer.height + 8 : 0),
    description: title ?? `${labelled(y) || 'lines'} over ${labelled(x) || 'x'}: ${lines.map(({ name }) => name).join(', ')}`,
    notes,
    body: [
      ...titleLines.map((line, i) => textAt(12, 22 + 20 * i, line, { size: SIZE.title, weight: 600 })),
      ...legend.body,
      ...gapBands(data, xScale, box),
      ...drawAxes(box, xScale, yScale, { x, y }, 'grid'),
      inside(box, data.flatMap(({ runs }, i) => runs.flatMap((run) => drawRun(run, xScale, yScale, box, i, lines[i]?.dashed === true)))),
      ...data.flatMap(({ gaps }, i) => gaps.map((gap) => gapMark(gap, xScale, box, i))),
      ...footer.body,
    ],
  };
}

/** One unbroken run; a single point is a dot. */
function drawRun(run: readonly Datum[], x: Scale, y: Scale, box: Box, index: number, dashed: boolean): readonly SvgElement[] {
  const points = thin(run.map((datum) => ({ x: clampPixel(x.map(datum.x) - box.left + EDGE), y: clampPixel(y.map(datum.y) - box.top + EDGE) })));
  const [first] = points;
  if (first === undefined) return [];
  if (points.length === 1) return [element('circle', { class: `tf-mark-${index % light.lines.length}`, cx: first.x, cy: first.y, r: 2.5 })];
  const path = points.map((point, k) => `${k === 0 ? 'M' : 'L'}${formatCoordinate(point.x)} ${formatCoordinate(point.y)}`).join('');
  return [element('path', { class: `tf-line-${index % light.lines.length}`, 'stroke-width': 1.75, 'stroke-linejoin': 'round', 'stroke-dasharray': dashOf(index, dashed), d: path })];
}

/** Room around the box for the thickness of lines that run along its edge. */
const EDGE = 2;

/** Clips to the box without needing an id, which would have to be unique wherever the plot ends up. */
function inside(box: Box, children: readonly SvgElement[]): SvgElement {
  return element('svg', { x: box.left - EDGE, y: box.top - EDGE, width: box.width + 2 * EDGE, height: box.height + 2 * EDGE }, ...children);
}

/** Far outside the box one pixel is as good as another, and renderers dislike huge coordinates. */
function clampPixel(pixel: number): number {
  return Math.min(1e5, Math.max(-1e5, pixel));
}

function gapBands(data: readonly LineData[], x: Scale, box: Box): readonly SvgElement[] {
  return data
    .flatMap(({ gaps }) => gaps)
    .flatMap((gap) => {
      const [from, to] = gapPixels(gap, x, box);
      return to > from ? [element('rect', { class: 'tf-gap', x: from, y: box.top, width: to - from, height: box.height })] : [];
    });
}

function gapMark(gap: readonly [number, number], x: Scale, box: Box, index: number): SvgElement {
  const [from, to] = gapPixels(gap, x, box);
  const at = `M${formatCoordinate((from + to) / 2 - 3.5)} ${formatCoordinate(box.top + box.height - 9)}`;
  return element('path', { class: `tf-line-${index % light.lines.length}`, 'stroke-width': 1.75, d: `${at}l7 7m0 -7l-7 7` });
}

function gapPixels([from, to]: readonly [number, number], x: Scale, box: Box): readonly [number, number] {
  const clamp = (pixel: number): number => Math.min(box.left + box.width, Math.max(box.left, pixel));
  return [clamp(x.map(Math.min(from, to))), clamp(x.map(Math.max(from, to)))];
}

/** Gaps at the ends of lines belong to the x axis too. */
function gapEnds(data: readonly LineData[]): readonly Datum[] {
  return data.flatMap(({ gaps }) => gaps.flatMap(([from, to]) => [from, to].map((x) => ({ x, y: 0 }))));
}

function extent(points: readonly Datum[], axis: 'x' | 'y'): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const point of points) {
    low = Math.min(low, point[axis]);
    high = Math.max(high, point[axis]);
  }
  return [low, high];
}

function within(value: number, [low, high]: readonly [number, number]): boolean {
  return value >= low && value <= high;
}
