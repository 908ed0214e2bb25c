/** @file Arrows point where the field points, at lengths in proportion, and the key says which. */

import { describe, expect, test } from 'vitest';

import { PlotError } from '../src/errors.ts';
import { toSvg } from '../src/plot.ts';
import { rasterFrom, type Raster } from '../src/raster.ts';
import { vectorPlot, type VectorPlotOptions } from '../src/vector-plot.ts';
import { elementsOf, parseXml, textOf } from './xml.ts';

/** Tail middle and tip of every arrow, in pixels; arrows are outlines of seven points, the fourth being the tip. */
function arrowsIn(x: Raster, y: Raster, options: VectorPlotOptions = {}): { arrows: { tail: [number, number]; tip: [number, number] }[]; key: number; texts: string[] } {
  const elements = elementsOf(parseXml(toSvg(vectorPlot({ x, y }, options))));
  const paths = elements.filter(({ name, attributes }) => name === 'path' && attributes['d']!.split('L').length >= 7);
  const read = (d: string): { tail: [number, number]; tip: [number, number] }[] =>
    d.split('Z').flatMap((shape) => {
      const p = [...shape.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(([, a, b]): [number, number] => [Number(a), Number(b)]);
      return p.length === 7 ? [{ tail: [(p[0]![0] + p[6]![0]) / 2, (p[0]![1] + p[6]![1]) / 2], tip: p[3]! }] : [];
    });
  const [field, key] = paths.map(({ attributes }) => read(attributes['d']!));
  return { arrows: field ?? [], key: key?.[0] ? key[0].tip[0] - key[0].tail[0] : 0, texts: elements.filter(({ name }) => name === 'text').map(textOf) };
}

test.each([
  ['right', 1, 0],
  ['up', 0, 1],
  ['left and down', -3, -4],
])('a uniform field %s gives equal arrows that way', (_, u, v) => {
  const { arrows, key, texts } = arrowsIn(rasterFrom(8, 8, () => u), rasterFrom(8, 8, () => v), { arrows: { label: 'velocity', unit: 'm/s' } });
  expect(arrows).toHaveLength(64);
  for (const { tail, tip } of arrows) {
    const [dx, dy] = [tip[0] - tail[0], -(tip[1] - tail[1])];
    expect(dx * v - dy * u).toBeCloseTo(0, 0);
    expect(dx * u + dy * v).toBeGreaterThan(0);
    expect(Math.abs(Math.hypot(dx, dy) - key)).toBeLessThan(0.1); // the key is an arrow of the same vector
  }
  expect(texts).toEqual(expect.arrayContaining(['velocity', `${Math.hypot(u, v)} m/s`]));
});

test('lengths are in proportion', () => {
  const { arrows } = arrowsIn(rasterFrom(4, 1, (i) => i + 1), rasterFrom(4, 1, () => 0));
  const lengths = arrows.map(({ tail, tip }) => tip[0] - tail[0]);
  lengths.forEach((length, i) => expect(Math.abs(length / lengths[3]! - (i + 1) / 4)).toBeLessThan(0.01));
});

test('each arrow is the average of its block, in the middle of it', () => {
  const { arrows } = arrowsIn(rasterFrom(4, 4, (i) => (i % 2 === 0 ? 3 : 1)), rasterFrom(4, 4, () => 0), { count: 2, reference: 2 });
  expect(arrows).toHaveLength(4);
  const lengths = arrows.map(({ tail, tip }) => tip[0] - tail[0]);
  lengths.forEach((length) => expect(length).toBeCloseTo(lengths[0]!, 1)); // all blocks average 2
});

describe('what cannot be drawn', () => {
  const ones = rasterFrom(4, 4, () => 1);
  test('values that are not finite leave out their arrow and are counted', () => {
    const broken = rasterFrom(4, 4, (i, j) => (i === 1 && j === 1 ? NaN : 1));
    expect(vectorPlot({ x: broken, y: ones }).notes).toEqual(['1 arrow not drawn (values not finite).']);
    expect(arrowsIn(broken, ones).arrows).toHaveLength(15);
  });
  test('a field of zeros says so', () => {
    const zeros = rasterFrom(4, 4, () => 0);
    expect(vectorPlot({ x: zeros, y: zeros }, { background: ones }).notes).toEqual(['All vectors are 0.']);
  });
  test('the background has its notes too', () => {
    const background = rasterFrom(2, 2, (i, j) => (i + j === 0 ? NaN : 1));
    expect(vectorPlot({ x: ones, y: ones }, { background }).notes).toEqual(['1 of 4 cells not finite.']);
  });
  test('components of different sizes are refused', () => {
    expect(() => vectorPlot({ x: ones, y: rasterFrom(4, 5, () => 1) })).toThrow(PlotError);
  });
});
