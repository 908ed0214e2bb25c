/** @file Plots stand on their own, and side by side without overlapping. */

import { expect, test } from 'vitest';

import { heatMap } from '../src/heat-map.ts';
import { linePlot } from '../src/line-plot.ts';
import { figure, toSvg } from '../src/plot.ts';
import { rasterFrom } from '../src/raster.ts';
import { elementsOf, parseXml } from './xml.ts';

const a = linePlot([{ name: 'a', y: [1, NaN, 2] }], { title: 'A' });
const b = heatMap(rasterFrom(40, 40, (i, j) => i + j), { title: 'B' });

test('an SVG refers to nothing outside itself and to no ids', () => {
  const svg = toSvg(figure([[a, b]]));
  expect(svg).not.toMatch(/<script|url\(|@import|\sid=|xlink/);
  expect([...svg.matchAll(/https?:[^"]*/g)].map(([address]) => address)).toEqual(['http://www.w3.org/2000/svg']);
  expect([...svg.matchAll(/href="([^"]{0,22})/g)].map(([, start]) => start)).toEqual(['data:image/png;base64,']);
});

test('a figure holds all plots, apart from each other and inside its size', () => {
  const whole = figure([[a, b], [b], [a, a, a]], { title: 'All of them', gap: 10 });
  const root = parseXml(toSvg(whole));
  const boxes = root.children.flatMap((child) => (typeof child !== 'string' && child.name === 'svg' ? [child.attributes] : [])).map((at) => ({
    left: Number(at['x']),
    top: Number(at['y']),
    right: Number(at['x']) + Number(at['width']),
    bottom: Number(at['y']) + Number(at['height']),
  }));
  expect(boxes).toHaveLength(6);
  for (const [i, box] of boxes.entries()) {
    expect(box.left >= 0 && box.top >= 20 && box.right <= whole.width + 0.01 && box.bottom <= whole.height + 0.01).toBe(true);
    for (const other of boxes.slice(0, i)) {
      expect(other.right + 9.9 < box.left || box.right + 9.9 < other.left || other.bottom + 9.9 < box.top || box.bottom + 9.9 < other.top).toBe(true);
    }
  }
  expect(whole.notes).toEqual([...a.notes, ...a.notes, ...a.notes, ...a.notes]);
});

test('a description is there for those who cannot see', () => {
  const root = parseXml(toSvg(a));
  expect(root.attributes).toMatchObject({ role: 'img', 'aria-label': 'A' });
  expect(elementsOf(root)[1]).toMatchObject({ name: 'title', children: ['A'] });
});

test('the same data gives the same file', () => {
  expect(toSvg(heatMap(rasterFrom(40, 40, (i, j) => i * j)))).toBe(toSvg(heatMap(rasterFrom(40, 40, (i, j) => i * j))));
});
