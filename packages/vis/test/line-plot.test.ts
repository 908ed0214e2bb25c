/** @file Lines are where the axes say they are; what is missing is shown and said; no text escapes. */

import { describe, expect, test } from 'vitest';

import { linePlot } from '../src/line-plot.ts';
import { toSvg } from '../src/plot.ts';
import { elementsOf, HOSTILE, parseXml, textOf, type XmlElement } from './xml.ts';

const read = (...args: Parameters<typeof linePlot>): XmlElement[] => elementsOf(parseXml(toSvg(linePlot(...args))));
const ofClass = (elements: XmlElement[], name: string): XmlElement[] => elements.filter(({ attributes }) => attributes['class'] === name);
const number = (text: string): number => Number(text.replace('−', '-'));

/** Vertices of a path of M and L, in the coordinates of the whole plot: lines are drawn inside a nested svg. */
function vertices(elements: XmlElement[], path: XmlElement): [number, number][] {
  const holder = elements.find((element) => element.name === 'svg' && element.children.includes(path))!;
  const [dx, dy] = [Number(holder.attributes['x']), Number(holder.attributes['y'])];
  return [...path.attributes['d']!.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => [Number(x) + dx, Number(y) + dy]);
}

/** The pixel ↔ value relation that a reader takes from the tick labels of an axis. */
function tickPositions(elements: XmlElement[], axis: 'x' | 'y'): { pixel: number; value: number }[] {
  return elements
    .filter(({ name, attributes }) => name === 'text' && attributes['font-size'] === '11' && attributes['text-anchor'] === (axis === 'x' ? 'middle' : 'end'))
    .map((text) => ({ pixel: Number(text.attributes[axis]) - (axis === 'y' ? 4 : 0), value: number(textOf(text)) }));
}

describe('positions', () => {
  const x = [0, 1, 2, 3.5, 5];
  const y = [2, -1, 4, 4.5, 0];
  const elements = read([{ name: 'a', x, y }], { x: { label: 'x' }, y: { label: 'y' } });
  const points = vertices(elements, ofClass(elements, 'tf-line-0').at(-1)!);

  test.each(['x', 'y'] as const)('agree with the numbers on the %s axis', (axis) => {
    const ticks = tickPositions(elements, axis);
    const [first, last] = [ticks[0]!, ticks.at(-1)!];
    const slope = (last.value - first.value) / (last.pixel - first.pixel);
    points.forEach((point, i) => {
      const value = first.value + slope * (point[axis === 'x' ? 0 : 1] - first.pixel);
      expect(Math.abs(value - (axis === 'x' ? x : y)[i]!)).toBeLessThan(0.02);
    });
  });

  test('larger values are further up and further right', () => {
    expect(points[2]![1]).toBeLessThan(points[1]![1]);
    expect(points[2]![0]).toBeGreaterThan(points[1]![0]);
  });
});

test('on a logarithmic axis equal ratios are equal distances', () => {
  const elements = read([{ name: 'a', y: [1, 10, 100, 1000] }], { y: { scale: 'log' } });
  const ys = vertices(elements, ofClass(elements, 'tf-line-0').at(-1)!).map(([, y]) => y);
  expect(ys[0]! - ys[1]!).toBeCloseTo(ys[1]! - ys[2]!, 1);
  expect(ys[1]! - ys[2]!).toBeCloseTo(ys[2]! - ys[3]!, 1);
});

test('a gap breaks the line, is shaded, marked, and counted in text that is part of the picture', () => {
  const plot = linePlot([{ name: 'loss', y: [3, 2, NaN, NaN, 1, 0.5] }]);
  const elements = elementsOf(parseXml(toSvg(plot)));
  const paths = ofClass(elements, 'tf-line-0').filter(({ attributes }) => attributes['stroke-linejoin']);
  expect(paths).toHaveLength(2);
  expect(ofClass(elements, 'tf-gap')).toHaveLength(1);
  expect(plot.notes).toEqual(['loss: 2 of 6 values not drawn (2 NaN).']);
  expect(elements.some((element) => element.name === 'text' && textOf(element) === plot.notes[0])).toBe(true);
});

test('values outside a range that was asked for are counted', () => {
  expect(linePlot([{ name: 'a', y: [0, 5, 20, 30] }], { y: { range: [0, 10] } }).notes).toEqual(['2 values outside the axes.']);
});

test('a single point is a dot, and a lone value between gaps is too', () => {
  expect(read([{ name: 'a', y: [7] }]).filter(({ name }) => name === 'circle')).toHaveLength(1);
  expect(read([{ name: 'a', y: [NaN, 7, NaN, 1, 2] }]).filter(({ name }) => name === 'circle')).toHaveLength(1);
});

test.each<[string, number[]]>([
  ['no values', []],
  ['only NaN', [NaN, NaN]],
  ['a constant', [5, 5, 5]],
  ['enormous values', [-1.7e308, 1.7e308]],
  ['tiny values', [5e-324, 1e-310]],
  ['neighbouring numbers', [1, 1 + Number.EPSILON]],
])('%s still give a well-formed plot', (_, y) => {
  for (const scale of ['linear', 'log'] as const) expect(read([{ name: 'a', y }], { y: { scale } }).length).toBeGreaterThan(5);
  expect(linePlot([{ name: 'a', y: [] }]).notes).toEqual(['There is nothing to draw.']);
});

test('many values make a small file', () => {
  const y = Float64Array.from({ length: 200000 }, (_, i) => Math.sin(i / 500) + Math.sin(i * 7.1) / 9);
  expect(toSvg(linePlot([{ name: 'a', y }])).length).toBeLessThan(60000);
});

test('more lines than colours are told apart by dashes', () => {
  const elements = read(Array.from({ length: 16 }, (_, k) => ({ name: `line ${k}`, y: [k, k + 1] })));
  const looks = elements.filter(({ attributes }) => attributes['stroke-linejoin']).map(({ attributes }) => `${attributes['class']} ${attributes['stroke-dasharray']}`);
  expect(new Set(looks).size).toBe(16);
});

test.each(HOSTILE)('names and labels stay text: %j', (text) => {
  const svg = toSvg(linePlot([{ name: text, y: [1, NaN, 2] }], { title: text, x: { label: text, unit: text }, y: { label: text } }));
  const elements = elementsOf(parseXml(svg));
  expect(elements.every(({ name }) => ['svg', 'title', 'style', 'rect', 'path', 'text', 'circle'].includes(name))).toBe(true);
  expect(elements.flatMap(({ attributes }) => Object.keys(attributes)).some((name) => name.startsWith('on') || name.includes('href'))).toBe(false);
  expect(elements.some((element) => element.name === 'text' && textOf(element).startsWith(text.slice(0, 3).trim()))).toBe(true);
});
