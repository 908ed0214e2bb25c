/** @file A small builder for SVG (and XML in general) in which text cannot escape from where it was put. */

import { PlotError } from './errors.ts';

/** An element: its name, attributes and what is inside. */
export interface SvgElement {
  readonly name: string;
  readonly attributes: Attributes;
  readonly children: readonly SvgNode[];
}

/** An element or plain text; text is escaped when it is written out. */
export type SvgNode = SvgElement | string;

/** Attributes by name. Numbers are written with at most two decimals, `undefined` ones are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Makes an element. */
export function element(name: string, attributes: Attributes = {}, ...children: readonly SvgNode[]): SvgElement {
  return { name, attributes, children };
}

/**
 * Writes an element out. What is in texts and attribute values is always data, never markup.
 *
 * Throws    PlotError for names that are not XML names and for numbers that are not finite: both are mistakes of the caller
 */
export function render(node: SvgNode): string {
  if (typeof node === 'string') return escapeXml(node);
  const start = checkName(node.name) + Object.entries(node.attributes).map(renderAttribute).join('');
  return node.children.length === 0 ? `<${start}/>` : `<${start}>${node.children.map(render).join('')}</${node.name}>`;
}

/** Text as it may stand in XML and HTML, inside elements and between quotes. What XML cannot hold at all becomes U+FFFD. */
export function escapeXml(text: string): string {
  return text.replace(NOT_XML, '\ufffd').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** A coordinate or length as SVG text: two decimals are a hundredth of a pixel. */
export function formatCoordinate(value: number): string {
  if (!Number.isFinite(value)) {
    throw new PlotError('svg', 'a coordinate must be a finite number', String(value), 'Leave out or count values that are not finite before drawing.');
  }
  return String(Math.round(value * 100) / 100 + 0); // + 0 turns −0 into 0
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Control characters, half surrogate pairs and non-characters. Source [XML 1.0, production 2]. */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const NAME = /^[A-Za-z_][\w.-]*(:[A-Za-z_][\w.-]*)?$/;

function checkName(name: string): string {
  if (NAME.test(name)) return name;
  throw new PlotError('svg', 'elements and attributes need XML names', JSON.stringify(name), 'Use letters, digits, - and _ only.');
}

function renderAttribute([name, value]: [string, string | number | undefined]): string {
  if (value === undefined) return '';
  return ` ${checkName(name)}="${typeof value === 'number' ? formatCoordinate(value) : escapeXml(value)}"`;
}
