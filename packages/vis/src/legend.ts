/** @file The names of lines, each beside a piece of its line, in rows above the plot. */

import type { Line } from './line-data.ts';
import { textAt } from './plot.ts';
import { element, type SvgElement } from './svg.ts';
import { fitText, textWidth } from './text.ts';
import { light, SIZE } from './theme.ts';

/** Draws the legend from (left, top) within a width. One line without a name needs none. */
export function drawLegend(lines: readonly Line[], left: number, top: number, width: number): { readonly body: readonly SvgElement[]; readonly height: number } {
  const body: SvgElement[] = [];
  let x = left;
  let row = 0;
  for (const [i, { name, dashed }] of lines.entries()) {
    if (name === '') continue;
    const text = fitText(name, width - SAMPLE - 8, SIZE.label);
    const needed = SAMPLE + 6 + textWidth(text, SIZE.label);
    if (x > left && x + needed > left + width) {
      x = left;
      row++;
    }
    const y = top + 10 + row * ROW;
    const colour = `tf-line-${i % light.lines.length}`;
    body.push(element('path', { class: colour, 'stroke-width': 2.5, 'stroke-dasharray': dashOf(i, dashed === true), d: `M${x} ${y}h${SAMPLE}` }));
    body.push(textAt(x + SAMPLE + 6, y + 4, text, { tone: 'soft' }));
    x += needed + 16;
  }
  return { body, height: body.length === 0 ? 0 : (row + 1) * ROW + 4 };
}

/** The dashes of the line with this index: colours repeat after a while, and dashes then tell lines apart. */
export function dashOf(index: number, dashed: boolean): string | undefined {
  const round = Math.floor(index / light.lines.length) + (dashed ? 1 : 0);
  return [undefined, '6 4', '2 3', '9 3 2 3'][round % 4];
}

const SAMPLE = 18;
const ROW = 18;
