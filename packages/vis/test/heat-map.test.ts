/** @file Every cell has the colour of its value, in its place; what cannot be shown is said. */

import { describe, expect, test } from 'vitest';

import { blueRed, cssColour, viridis } from '../src/colormap.ts';
import { PlotError } from '../src/errors.ts';
import { colourRange, heatMap } from '../src/heat-map.ts';
import { toSvg } from '../src/plot.ts';
import { decodePng } from '../src/png/decode.ts';
import { rasterFrom } from '../src/raster.ts';
import { elementsOf, HOSTILE, parseXml, textOf } from './xml.ts';

const elementsIn = (...args: Parameters<typeof heatMap>): ReturnType<typeof elementsOf> => elementsOf(parseXml(toSvg(heatMap(...args))));

test('small maps are shapes: each cell has its colour, row 0 at the bottom', () => {
  const raster = rasterFrom(5, 4, (i, j) => i * 0.17 + j * 0.08);
  const elements = elementsIn(raster, { range: [0, 1] });
  const cells = elements.find((e) => e.name === 'g' && e.children.length === 20)!;
  for (const child of cells.children) {
    if (typeof child === 'string') throw new Error('text among cells');
    const box = Object.fromEntries(Object.entries(child.attributes).map(([key, value]) => [key, Number(value)])) as Record<'x' | 'y' | 'width' | 'height', number>;
    const first = cells.children[0] as { attributes: Record<string, string> };
    const column = Math.round((box.x - Number(first.attributes['x'])) / box.width);
    const row = Math.round((Number(first.attributes['y']) - box.y) / box.height);
    expect(child.attributes['fill']).toBe(cssColour(viridis.colour(column * 0.17 + row * 0.08)));
  }
});

test('large maps are one image that holds each cell as a pixel', () => {
  const raster = rasterFrom(70, 50, (i, j) => (i === 3 && j === 2 ? NaN : Math.sin(i / 9) * Math.cos(j / 7)));
  const elements = elementsIn(raster, { range: [-1, 1], colormap: blueRed });
  const href = elements.find(({ name }) => name === 'image')!.attributes['href']!;
  expect(href.startsWith('data:image/png;base64,')).toBe(true);
  const picture = decodePng(Buffer.from(href.slice(22), 'base64'));
  expect([picture.width, picture.height, picture.channels]).toEqual([70, 50, 3]);
  for (const [i, j] of [[0, 0], [3, 2], [69, 49], [40, 11]] as const) {
    const at = ((49 - j) * 70 + i) * 3;
    const value = raster.values[j * 70 + i]!;
    expect(Array.from(picture.data.slice(at, at + 3))).toEqual(Number.isNaN(value) ? blueRed.missing : blueRed.colour((value + 1) / 2));
  }
});

test('cells that are not finite, or beyond the range, are counted in the picture; the bar explains their colour', () => {
  const plot = heatMap({ width: 3, height: 2, values: [0, 1, NaN, Infinity, 5, -1] }, { range: [0, 2] });
  expect(plot.notes).toEqual(['2 of 6 cells not finite.', 'Beyond the colour bar: 1 cell above, 1 below.']);
  const texts = elementsOf(parseXml(toSvg(plot))).filter(({ name }) => name === 'text').map(textOf);
  expect(texts).toEqual(expect.arrayContaining([...plot.notes, 'not finite']));
});

describe('the default range', () => {
  test('is that of the data, its ends moved to round numbers close by', () => {
    expect(colourRange([rasterFrom(11, 1, (i) => 0.001 + i * 0.0996)], viridis)).toEqual([0, 1]);
    expect(colourRange([rasterFrom(2, 1, (i) => 0.13 + 0.65 * i)], viridis)).toEqual([0.13, 0.78]);
  });
  test('is symmetric for a diverging map', () => {
    expect(colourRange([rasterFrom(2, 1, (i) => [-0.3, 0.73][i]!)], blueRed)).toEqual([-0.73, 0.73]);
  });
  test('contains all values, whatever they are', () => {
    for (const values of [[5, 5], [0, 0], [NaN, NaN], [-1e300, 1e300], [1e-300, 2e-300]]) {
      for (const map of [viridis, blueRed]) {
        const [low, high] = colourRange([{ width: 2, height: 1, values }], map);
        expect(low).toBeLessThan(high);
        for (const value of values) if (Number.isFinite(value)) expect(low <= value && value <= high).toBe(true);
        expect(elementsIn({ width: 2, height: 1, values }, { colormap: map }).length).toBeGreaterThan(10);
      }
    }
  });
});

test('cells are square when both axes have one unit, and the axes carry their ranges', () => {
  const image = elementsIn(rasterFrom(80, 40, () => 1), { x: { range: [0, 2], label: 'x', unit: 'm' }, y: { range: [0, 1] } }).find(({ name }) => name === 'image')!;
  expect(Number(image.attributes['width'])).toBeCloseTo(2 * Number(image.attributes['height']), 1);
});

test.each(HOSTILE)('labels stay text: %j', (text) => {
  const elements = elementsIn(rasterFrom(2, 2, () => 1), { title: text, label: text, unit: text, x: { label: text }, y: { label: text } });
  expect(elements.every(({ name }) => ['svg', 'title', 'style', 'rect', 'path', 'text', 'g'].includes(name))).toBe(true);
});

test('a raster whose sizes do not match its values is refused', () => {
  expect(() => heatMap({ width: 2, height: 2, values: [1, 2, 3] })).toThrow(PlotError);
});
