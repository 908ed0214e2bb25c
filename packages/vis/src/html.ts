/** @file HTML from the same elements that SVG is built of, with HTML's own rules for what closes and what is escaped. */

import { PlotError } from './errors.ts';
import { escapeXml, formatCoordinate, type SvgNode } from './svg.ts';

/** Elements that have no content and no closing tag. Source [HTML, 13.1.2]. */
const VOID = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr']);

/** Elements whose text the browser takes as it is. An SVG's style is one of them in effect: ours holds nothing to escape. */
const RAW = new Set(['script', 'style']);

/**
 * Writes an element of an HTML document, SVG inside it included. Texts and attribute values are data, never markup.
 *
 * Throws    PlotError for a script or style whose text would end it early
 */
export function renderHtml(node: SvgNode): string {
  if (typeof node === 'string') return escapeXml(node);
  const { name, attributes, children } = node;
  const written = Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${typeof value === 'number' ? formatCoordinate(value) : escapeXml(value)}"`]));
  const start = `<${name}${written.join('')}>`;
  if (VOID.has(name)) return start;
  return `${start}${RAW.has(name) ? rawText(name, children) : children.map(renderHtml).join('')}</${name}>`;
}

function rawText(name: string, children: readonly SvgNode[]): string {
  const text = children.filter((child) => typeof child === 'string').join('');
  if (!/<[/!]/.test(text)) return text;
  throw new PlotError('html', `a ${name} must not contain '</' or '<!'`, `${text.length} characters`, 'Write such text in another way, for example with \\x3c.');
}
