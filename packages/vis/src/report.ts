/** @file A report: one HTML file with everything in it, which can be mailed, kept and opened anywhere, without a network. */

import { renderHtml } from './html.ts';
import { pngAddress } from './base64.ts';
import type { Picture } from './picture.ts';
import { svgElement, type Plot } from './plot.ts';
import { encodePng } from './png/encode.ts';
import { PAGE_STYLE, PLAYER_SCRIPT, POLICY } from './report-page.ts';
import { element, type SvgElement } from './svg.ts';
import { formatNumber } from './text.ts';

/** A report from top to bottom. All texts are plain text; nothing in them is taken as markup. */
export interface Report {
  readonly title: string;
  /** One or two sentences under the title: what was done and what came out. */
  readonly lead?: string;
  /** The numbers that matter, as a row of cards. */
  readonly facts?: readonly Fact[];
  readonly sections: readonly Section[];
  /** The last line, such as versions and the date. */
  readonly footer?: string;
}

/** One number (or word) with its name. */
export interface Fact {
  readonly label: string;
  readonly value: number | string;
  readonly unit?: string;
  readonly note?: string;
}

/** A part of a report under its own heading. */
export interface Section {
  readonly title: string;
  /** One paragraph or several. */
  readonly text?: string | readonly string[];
  /** What is shown; blocks stand side by side where there is room. */
  readonly blocks?: readonly Block[];
}

/** Something shown in a section. */
export type Block = PlotBlock | PictureBlock | FramesBlock | TableBlock | CodeBlock;

/** A plot in a report. */
export interface PlotBlock {
  readonly kind: 'plot';
  readonly plot: Plot;
  readonly caption?: string;
}

/** A picture in a report. */
export interface PictureBlock {
  readonly kind: 'picture';
  readonly picture: Picture;
  /** What the picture shows, for readers who cannot see it. */
  readonly description: string;
  readonly caption?: string;
  /** Width on the page in pixels (default: about 320, a whole number of times the picture's own). Enlarged pixels stay sharp squares. */
  readonly width?: number;
}

/** Frames with play, pause and a slider. Without scripts the last frame is shown. */
export interface FramesBlock {
  readonly kind: 'frames';
  readonly frames: readonly Picture[];
  /** What each frame is called, such as its time (default: its number). */
  readonly labels?: readonly string[];
  readonly description: string;
  readonly caption?: string;
  readonly width?: number;
  /** Milliseconds per frame (default 100). */
  readonly delay?: number;
}

/** A table in a report. */
export interface TableBlock {
  readonly kind: 'table';
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (number | string)[])[];
  readonly caption?: string;
}

/** Text with its own line breaks and spaces: a command, a listing. */
export interface CodeBlock {
  readonly kind: 'code';
  readonly text: string;
  readonly caption?: string;
}

/**
 * Writes a report as one HTML file: light or dark as the reader's system is, every picture inside the file, and a content security
 * policy that lets nothing else in.
 */
export function htmlReport(report: Report): string {
  const { title, lead, facts = [], sections, footer } = report;
  const head = element(
    'head',
    {},
    element('meta', { charset: 'utf-8' }),
    element('meta', { 'http-equiv': 'Content-Security-Policy', content: POLICY }),
    element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    element('title', {}, title),
    element('style', {}, PAGE_STYLE),
  );
  const main = element(
    'main',
    {},
    element('h1', {}, title),
    ...(lead === undefined ? [] : [element('p', { class: 'lead' }, lead)]),
    ...(facts.length === 0 ? [] : [element('dl', { class: 'facts' }, ...facts.map(renderFact))]),
    ...sections.map(renderSection),
    ...(footer === undefined ? [] : [element('footer', {}, footer)]),
  );
  const moving = sections.some(({ blocks = [] }) => blocks.some(({ kind }) => kind === 'frames'));
  const body = element('body', {}, main, ...(moving ? [element('script', {}, PLAYER_SCRIPT)] : []));
  return `<!doctype html>\n${renderHtml(element('html', { lang: 'en' }, head, body))}\n`;
}

function renderFact({ label, value, unit, note }: Fact): SvgElement {
  return element(
    'div',
    {},
    element('dt', {}, label),
    element('dd', { class: 'value' }, show(value), ...(unit === undefined ? [] : [' ', element('span', { class: 'unit' }, unit)])),
    ...(note === undefined ? [] : [element('dd', { class: 'note' }, note)]),
  );
}

function renderSection({ title, text = [], blocks = [] }: Section): SvgElement {
  const paragraphs = typeof text === 'string' ? [text] : text;
  return element(
    'section',
    {},
    element('h2', {}, title),
    ...paragraphs.map((paragraph) => element('p', {}, paragraph)),
    ...(blocks.length === 0 ? [] : [element('div', { class: 'blocks' }, ...blocks.map(renderBlock))]),
  );
}

function renderBlock(block: Block): SvgElement {
  const caption = block.caption === undefined ? [] : [element('figcaption', {}, block.caption)];
  switch (block.kind) {
    case 'plot':
      return element('figure', {}, svgElement(block.plot, { styled: false }), ...caption);
    case 'picture':
      return element('figure', {}, image(block.picture, block.description, block.width), ...caption);
    case 'frames':
      return renderFrames(block, caption);
    case 'table':
      return element('figure', {}, element('div', { class: 'scroll' }, renderTable(block)), ...caption);
    case 'code':
      return element('figure', {}, element('pre', {}, block.text), ...caption);
  }
}

function renderFrames(block: FramesBlock, caption: readonly SvgElement[]): SvgElement {
  const { frames, labels = [], description, width, delay = 100 } = block;
  const last = frames.length - 1;
  const labelOf = (i: number): string => labels[i] ?? `${i + 1} of ${frames.length}`;
  if (last < 0) return element('figure', {}, element('p', {}, 'There are no frames.'), ...caption);
  const images = frames.map((frame, i) => image(frame, `${description}, ${labelOf(i)}`, width, { 'data-label': labelOf(i), hidden: i === last ? undefined : '' }));
  const controls = element(
    'div',
    { class: 'controls', hidden: '' },
    element('button', { type: 'button' }, 'Play'),
    element('input', { type: 'range', min: 0, max: last, step: 1, value: last, 'aria-label': 'Frame' }),
    element('output', {}, labelOf(last)),
  );
  return element('figure', { class: 'player', 'data-delay': Math.max(20, delay) }, ...images, controls, ...caption);
}

function image(picture: Picture, description: string, width = naturalWidth(picture), more: Readonly<Record<string, string | undefined>> = {}): SvgElement {
  const height = Math.round((width * picture.height) / picture.width);
  return element('img', { src: pngAddress(encodePng(picture)), alt: description, width, height, ...more });
}

/** A multiple of the picture's own width, so that all its pixels are equally wide. */
function naturalWidth(picture: Picture): number {
  return picture.width * Math.max(1, Math.round(320 / picture.width));
}

function renderTable({ columns, rows }: TableBlock): SvgElement {
  const numeric = columns.map((_, c) => rows.length > 0 && rows.every((row) => typeof row[c] === 'number'));
  const cell = (name: 'th' | 'td', value: number | string, c: number): SvgElement =>
    element(name, { class: numeric[c] === true ? 'number' : undefined, scope: name === 'th' ? 'col' : undefined }, show(value));
  return element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...columns.map((name, c) => cell('th', name, c)))),
    element('tbody', {}, ...rows.map((row) => element('tr', {}, ...columns.map((_, c) => cell('td', row[c] ?? '', c))))),
  );
}

function show(value: number | string): string {
  return typeof value === 'number' ? formatNumber(value) : value;
}
