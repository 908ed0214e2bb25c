/** @file What is rendered is well-formed, and text comes out of it exactly as it went in. */

import { describe, expect, test } from 'vitest';

import { PlotError } from '../src/errors.ts';
import { element, escapeXml, formatCoordinate, render } from '../src/svg.ts';
import { HOSTILE, parseXml, textOf } from './xml.ts';

describe.each(HOSTILE)('hostile text %j', (text) => {
  test('stays text, in elements and in attributes', () => {
    const parsed = parseXml(render(element('g', { 'data-name': text }, text, element('title', {}, text))));
    expect(parsed.attributes).toEqual({ 'data-name': text });
    expect(textOf(parsed)).toBe(text + text);
    expect(parsed.children).toHaveLength(2);
  });
});

test('characters that XML cannot hold are replaced, all others survive', () => {
  expect(escapeXml('a\u0000b\u001bc\ud800d\ufffe')).toBe('a\ufffdb\ufffdc\ufffdd\ufffd');
  expect(textOf(parseXml(render(element('a', {}, '\ttab\nline 🔥'))))).toBe('\ttab\nline 🔥');
});

test('coordinates have two decimals, no exponent near 0 and no negative zero', () => {
  expect([1 / 3, -0, 1e-9, -0.004, 12, 1.005, -2.5].map(formatCoordinate)).toEqual(['0.33', '0', '0', '0', '12', '1', '-2.5']);
});

test.each([NaN, Infinity, -Infinity])('a coordinate of %s is refused', (value) => {
  expect(() => render(element('rect', { x: value }))).toThrow(PlotError);
});

test.each(['', 'a b', 'a>', '1a', 'a"', 'on=load'])('%j is no name of an element or attribute', (name) => {
  expect(() => render(element(name))).toThrow(PlotError);
  expect(() => render(element('g', { [name]: 'x' }))).toThrow(PlotError);
});

test('attributes that are undefined are left out', () => {
  expect(render(element('g', { a: undefined, b: 'c' }))).toBe('<g b="c"/>');
});
