/** @file Colour maps keep their order in brightness, also for people who see fewer colours. */

import { describe, expect, test } from 'vitest';

import { blueRed, colormap, cssColour, greys, ink, luminanceOf, reversed, viridis, type Rgb } from '../src/colormap.ts';

const STEPS = 256;
const luminances = (map: { colour(t: number): Rgb }, from = 0, to = 1): number[] =>
  Array.from({ length: STEPS }, (_, i) => luminanceOf(map.colour(from + ((to - from) * i) / (STEPS - 1))));
const rises = (values: number[]): boolean => values.every((value, i) => i === 0 || value >= values[i - 1]!) && values.at(-1)! > values[0]!;

test.each([greys, reversed(ink)])('$name gets brighter all the way', (map) => {
  expect(rises(luminances(map))).toBe(true);
});

test('viridis gets brighter all the way, between its own colours but for the rounding to whole levels', () => {
  expect(rises(Array.from({ length: 52 }, (_, i) => luminanceOf(viridis.colour(i / 51))))).toBe(true);
  const fine = luminances(viridis);
  const oneLevel = luminanceOf([0, 56, 0]) - luminanceOf([0, 55, 0]); // of green, where viridis is darkest
  fine.forEach((value, i) => expect(value).toBeGreaterThan((fine[i - 1] ?? 0) - oneLevel));
});

describe('the diverging map', () => {
  test('gets brighter towards its middle from both ends, and is equally dark at both', () => {
    expect(rises(luminances(blueRed, 0, 0.5))).toBe(true);
    expect(rises(luminances(blueRed, 1, 0.5))).toBe(true);
    expect(Math.abs(luminanceOf(blueRed.colour(0)) - luminanceOf(blueRed.colour(1)))).toBeLessThan(0.02);
  });

  test('has a neutral middle', () => {
    const [red, green, blue] = blueRed.colour(0.5);
    expect(Math.max(red, green, blue) - Math.min(red, green, blue)).toBeLessThanOrEqual(2);
    expect(luminanceOf(blueRed.colour(0.5))).toBeGreaterThan(0.85);
  });

  test('keeps its two sides apart for red-blind and green-blind eyes', () => {
    // Linear-light simulation, Viénot, Brettel & Mollon 1999; protanopia and deuteranopia.
    const simulations = [[0.11238, 0.88762, 0.00401], [0.29275, 0.70725, -0.02234]] as const;
    const linear = (s: number): number => (s / 255 <= 0.04045 ? s / 255 / 12.92 : ((s / 255 + 0.055) / 1.055) ** 2.4);
    for (const [r, g, b] of simulations) {
      for (const t of [0, 0.1, 0.2, 0.3]) {
        const seen = [t, 1 - t].map((at) => {
          const [red, green, blue] = blueRed.colour(at).map(linear) as [number, number, number];
          return { yellow: r * red + g * green, blue: b * red - b * green + blue };
        });
        expect(seen[0]!.blue).toBeGreaterThan(seen[0]!.yellow * 1.2);
        expect(seen[1]!.blue).toBeLessThan(seen[1]!.yellow);
      }
    }
  });
});

test.each([viridis, blueRed, greys, ink])('$name: ends are clamped and the missing colour is never near', (map) => {
  expect(map.colour(-3)).toEqual(map.colour(0));
  expect(map.colour(7)).toEqual(map.colour(1));
  for (let i = 0; i < STEPS; i++) {
    const distance = Math.hypot(...map.colour(i / (STEPS - 1)).map((sample, c) => sample - map.missing[c]!));
    expect(distance).toBeGreaterThan(40);
  }
});

test('viridis is the published one', () => {
  // matplotlib 3, _viridis_data at 0, 64, 128, 192, 255, × 255
  const published: [number, Rgb][] = [[0, [68, 1, 84]], [64, [59, 82, 139]], [128, [33, 145, 140]], [192, [94, 201, 98]], [255, [253, 231, 37]]];
  for (const [index, expected] of published) {
    viridis.colour(index / 255).forEach((sample, c) => expect(Math.abs(sample - expected[c]!)).toBeLessThanOrEqual(1));
  }
});

test('a map passes through its colours, straight between them', () => {
  const map = colormap('test', 'sequential', '000000ff0000ff00c8', { missing: [0, 0, 255], over: [0, 0, 0] });
  expect([0, 0.25, 0.5, 0.75, 1].map((t) => map.colour(t))).toEqual([[0, 0, 0], [128, 0, 0], [255, 0, 0], [255, 0, 100], [255, 0, 200]]);
  expect(cssColour([1, 2, 171])).toBe('#0102ab');
});
