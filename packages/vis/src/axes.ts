/** @file The frame of a plot: where the data goes, and the axes with ticks, numbers, names and units around it. */

import { textAt } from './plot.ts';
import { linearScale, logScale, niceDomain, tickLabels, usableDomain, type Interval, type Scale } from './scale.ts';
import { element, formatCoordinate, type SvgElement } from './svg.ts';
import { labelled, textWidth } from './text.ts';
import { SIZE } from './theme.ts';

/** What an axis shows. */
export interface AxisOptions {
  readonly label?: string;
  readonly unit?: string;
  /** Values at the ends of the axis (default: those of the data). */
  readonly range?: Interval;
}

/** A rectangle in pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Height taken by tick labels and the name of the x axis below a box. */
export function heightBelow(axis: AxisOptions): number {
  return SIZE.tick + 10 + (labelled(axis) === '' ? 0 : SIZE.label + 6);
}

/** Height taken by the name of the y axis, which stands level above the axis, where it can be read. */
export function heightAbove(axis: AxisOptions): number {
  return labelled(axis) === '' ? 8 : SIZE.label + 12;
}

/** How many ticks fit along so many pixels. */
export function tickCount(pixels: number, direction: 'x' | 'y'): number {
  return Math.max(2, Math.round(pixels / (direction === 'x' ? 80 : 50)));
}

/** The domain of an axis for data low … high: the range asked for, else the data's, rounded outwards where that looks better. */
export function axisDomain(axis: AxisOptions, low: number, high: number, kind: Scale['kind'], rounded: number | undefined): Interval {
  const domain = axis.range === undefined ? usableDomain(low, high, kind) : axis.range;
  if (axis.range !== undefined) return domain;
  if (kind === 'linear') return rounded === undefined ? domain : niceDomain(domain, rounded);
  const room = Math.exp(0.03 * (Math.log(domain[1]) - Math.log(domain[0]))); // 3 % of the axis at both ends
  return [Math.max(domain[0] / room, Number.MIN_VALUE), Math.min(domain[1] * room, Number.MAX_VALUE)];
}

/** A scale of either kind. */
export function scaleOf(kind: Scale['kind'], domain: Interval, range: Scale['range']): Scale {
  return kind === 'log' ? logScale(domain, range) : linearScale(domain, range);
}

/** Width that the numbers of a y axis need to its left. */
export function widthOfLabels(ticks: readonly number[]): number {
  return Math.max(0, ...tickLabels(ticks).map((label) => textWidth(label, SIZE.tick))) + 12;
}

/** Draws ticks, numbers and names around a box; with lines behind the data (`grid`), or framed all around for a map (`frame`). */
export function drawAxes(box: Box, x: Scale, y: Scale, names: { readonly x: AxisOptions; readonly y: AxisOptions }, style: 'grid' | 'frame'): readonly SvgElement[] {
  const { left, top, width, height } = box;
  const [right, bottom] = [left + width, top + height];
  const xTicks = x.ticks(tickCount(width, 'x'));
  const yTicks = y.ticks(tickCount(height, 'y'));
  const at = formatCoordinate;
  const lines = (parts: readonly string[]): string => parts.join('');
  const gridPath = lines([...xTicks.map((t) => `M${at(x.map(t))} ${at(top)}V${at(bottom)}`), ...yTicks.map((t) => `M${at(left)} ${at(y.map(t))}H${at(right)}`)]);
  const tickPath = lines([...xTicks.map((t) => `M${at(x.map(t))} ${at(bottom)}v5`), ...yTicks.map((t) => `M${at(left)} ${at(y.map(t))}h-5`)]);
  const edges = `M${at(left)} ${at(top)}V${at(bottom)}H${at(right)}${style === 'frame' ? `V${at(top)}Z` : ''}`;
  const xName = labelled(names.x);
  const yName = labelled(names.y);
  return [
    ...(style === 'grid' && gridPath !== '' ? [element('path', { class: 'tf-grid', d: gridPath })] : []),
    element('path', { class: 'tf-axis', d: edges + tickPath }),
    ...tickLabels(xTicks).map((label, i) => textAt(x.map(xTicks[i] ?? NaN), bottom + SIZE.tick + 7, label, { size: SIZE.tick, anchor: 'middle', tone: 'soft' })),
    ...tickLabels(yTicks).map((label, i) => textAt(left - 8, y.map(yTicks[i] ?? NaN) + 4, label, { size: SIZE.tick, anchor: 'end', tone: 'soft' })),
    ...(xName === '' ? [] : [textAt(left + width / 2, bottom + SIZE.tick + SIZE.label + 13, xName, { anchor: 'middle' })]),
    ...(yName === '' ? [] : [textAt(12, top - 9, yName)]),
  ];
}
