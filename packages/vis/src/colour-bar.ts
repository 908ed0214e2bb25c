/** @file The bar that says which colour is which number. */

import { cssColour, type Colormap } from './colormap.ts';
import { textAt } from './plot.ts';
import { linearScale, tickLabels, type Interval } from './scale.ts';
import { element, formatCoordinate, type SvgElement } from './svg.ts';
import { textWidth } from './text.ts';
import { SIZE } from './theme.ts';

/** What a colour bar shows. */
export interface ColourBar {
  readonly colormap: Colormap;
  readonly range: Interval;
  /** Written above the bar. */
  readonly label: string;
  /** Colour of cells that are not finite, when there are any. */
  readonly missing: string | undefined;
}

const WIDTH = 14;
const STEPS = 64;

/** Draws a colour bar from (left, top). */
export function drawColourBar(bar: ColourBar, left: number, top: number, height: number): { readonly body: readonly SvgElement[]; readonly width: number } {
  const [low, high] = bar.range;
  const barHeight = Math.max(40, bar.missing === undefined ? height : height - 26);
  const bottom = top + barHeight;
  // A range asked for as a single value still gets a bar, with its one number in the middle.
  const scale = linearScale(low < high ? bar.range : [low - 1, low + 1], [bottom, top]);
  const ticks = low < high ? scale.ticks(Math.max(2, Math.round(barHeight / 50))) : [low];
  const labels = tickLabels(ticks);
  const step = barHeight / STEPS;
  const body = [
    element(
      'g',
      { 'shape-rendering': 'crispEdges' },
      // Each step reaches under the next, so that no line of background shows between them.
      ...Array.from({ length: STEPS }, (_, k) =>
        element('rect', { x: left, y: bottom - (k + 1) * step, width: WIDTH, height: k === 0 ? step : step * 1.5, fill: cssColour(bar.colormap.colour((k + 0.5) / STEPS)) }),
      ),
    ),
    element('path', { class: 'tf-axis', d: ticks.map((tick) => `M${formatCoordinate(left + WIDTH)} ${formatCoordinate(scale.map(tick))}h4`).join('') }),
    ...labels.map((label, i) => textAt(left + WIDTH + 7, scale.map(ticks[i] ?? low) + 4, label, { size: SIZE.tick, tone: 'soft' })),
    ...(bar.label === '' ? [] : [textAt(left, top - 9, bar.label)]),
    ...(bar.missing === undefined ? [] : drawMissing(bar.missing, left, bottom + 12)),
  ];
  const numbers = WIDTH + 7 + Math.max(0, ...labels.map((label) => textWidth(label, SIZE.tick)));
  return { body, width: Math.max(numbers, textWidth(bar.label, SIZE.label), bar.missing === undefined ? 0 : 72) };
}

function drawMissing(fill: string, left: number, top: number): readonly SvgElement[] {
  return [element('rect', { x: left, y: top, width: WIDTH, height: 12, fill }), textAt(left + WIDTH + 7, top + 10, 'not finite', { size: SIZE.tick, tone: 'soft' })];
}
