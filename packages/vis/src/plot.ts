/** @file A finished plot: what is drawn, its size and its notes; written out as SVG, or put side by side with others. */

import { element, render, type SvgElement } from './svg.ts';
import { wrapText } from './text.ts';
import { FONT, PLOT_STYLE, SIZE } from './theme.ts';

/** A plot, ready to be written out with `toSvg`, arranged with `figure`, or put into a report. */
export interface Plot {
  /** Size in pixels. */
  readonly width: number;
  readonly height: number;
  /** What the plot shows, for readers who cannot see it. */
  readonly description: string;
  /** What was left out or clipped, if anything; also drawn at the bottom of the plot. */
  readonly notes: readonly string[];
  /** What is drawn, from (0, 0) at the top left. */
  readonly body: readonly SvgElement[];
}

/** A plot as a complete SVG file: no scripts, no links, no ids; light or dark as the reader's system is. */
export function toSvg(plot: Plot): string {
  return render(svgElement(plot));
}

/** The same as an element, to be put inside another document; `styled: false` where that already has `PLOT_STYLE`. */
export function svgElement({ width, height, description, body }: Plot, { styled = true }: { readonly styled?: boolean } = {}): SvgElement {
  return element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`, role: 'img', 'aria-label': description, 'font-family': FONT },
    element('title', {}, description),
    ...(styled ? [element('style', {}, PLOT_STYLE)] : []),
    element('rect', { class: 'tf-back', width: '100%', height: '100%' }),
    ...body,
  );
}

/** How to arrange plots. */
export interface FigureOptions {
  readonly title?: string;
  /** Pixels between plots (default 24). */
  readonly gap?: number;
}

/** Several plots as one: each inner list is a row, rows stand below each other; tops of a row are aligned. */
export function figure(rows: readonly (readonly Plot[])[], options: FigureOptions = {}): Plot {
  const { title, gap = 24 } = options;
  const body: SvgElement[] = [];
  const widths = rows.map((row) => row.reduce((sum, plot) => sum + plot.width, 0) + gap * Math.max(0, row.length - 1));
  const width = Math.max(1, ...widths);
  let top = 0;
  if (title !== undefined) {
    const lines = wrapText(title, width - 24, SIZE.title + 2);
    lines.forEach((line, i) => body.push(textAt(12, 22 + 20 * i, line, { size: SIZE.title + 2, weight: 600 })));
    top = 16 + 20 * lines.length;
  }
  for (const [j, row] of rows.entries()) {
    if (j > 0) top += gap;
    let left = 0;
    for (const plot of row) {
      body.push(element('svg', { x: left, y: top, width: plot.width, height: plot.height }, ...plot.body));
      left += plot.width + gap;
    }
    top += Math.max(0, ...row.map((plot) => plot.height));
  }
  const plots = rows.flat();
  const description = [title, ...plots.map((plot) => plot.description)].filter((text) => text !== undefined).join('; ');
  return { width, height: Math.max(1, top), description, notes: plots.flatMap((plot) => plot.notes), body };
}

/** How a piece of text is set. */
export interface TextStyle {
  readonly size?: number;
  readonly weight?: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  /** `ink` for what is read first, `soft` for what stands back. */
  readonly tone?: 'ink' | 'soft';
}

/** A text element; (x, y) is on its baseline. */
export function textAt(x: number, y: number, text: string, style: TextStyle = {}): SvgElement {
  const { size = SIZE.label, weight, anchor, tone = 'ink' } = style;
  return element('text', { x, y, class: `tf-${tone}`, 'font-size': size, 'font-weight': weight, 'text-anchor': anchor }, text);
}

/** Notes below a plot, wrapped to its width, and how high they are together. */
export function drawNotes(notes: readonly string[], left: number, top: number, width: number): { readonly body: readonly SvgElement[]; readonly height: number } {
  const lines = notes.flatMap((note) => wrapText(note, width, SIZE.note));
  const leading = SIZE.note + 4;
  return { body: lines.map((line, i) => textAt(left, top + leading * (i + 1), line, { size: SIZE.note, tone: 'soft' })), height: lines.length * leading };
}
