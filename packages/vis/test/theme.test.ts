/** @file Colours can be read on their background and told apart. */

import { describe, expect, test } from 'vitest';

import { luminanceOf, type Rgb } from '../src/colormap.ts';
import { dark, light } from '../src/theme.ts';

const rgb = (hex: string): Rgb => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;
const contrast = (a: string, b: string): number => {
  const [low, high] = [luminanceOf(rgb(a)), luminanceOf(rgb(b))].sort((p, q) => p - q) as [number, number];
  return (high + 0.05) / (low + 0.05);
};

describe.each([['light', light], ['dark', dark]] as const)('%s', (_, theme) => {
  test('text has a contrast of 4.5 or more, lines 3 or more (WCAG 2.2, 1.4.3 and 1.4.11)', () => {
    for (const colour of [theme.ink, theme.soft]) expect(contrast(colour, theme.back)).toBeGreaterThanOrEqual(4.5);
    for (const colour of [...theme.lines, theme.axis]) expect(contrast(colour, theme.back)).toBeGreaterThanOrEqual(3);
    for (const colour of theme.lines) expect(contrast(colour, theme.gap)).toBeGreaterThanOrEqual(2.5); // lines cross shaded gaps
  });

  test('the first four lines differ clearly for full, red-blind and green-blind vision', () => {
    // Viénot, Brettel & Mollon 1999: in linear light, red and green are replaced by one mixture.
    const linear = (s: number): number => (s / 255 <= 0.04045 ? s / 255 / 12.92 : ((s / 255 + 0.055) / 1.055) ** 2.4);
    const views = [
      (c: number[]) => c,
      (c: number[]) => [0.11238 * c[0]! + 0.88762 * c[1]!, 0.11238 * c[0]! + 0.88762 * c[1]!, 0.00401 * (c[0]! - c[1]!) + c[2]!],
      (c: number[]) => [0.29275 * c[0]! + 0.70725 * c[1]!, 0.29275 * c[0]! + 0.70725 * c[1]!, -0.02234 * (c[0]! - c[1]!) + c[2]!],
    ];
    for (const view of views) {
      const seen = theme.lines.slice(0, 4).map((colour) => oklab(view(rgb(colour).map(linear))));
      for (const [i, one] of seen.entries()) {
        for (const other of seen.slice(0, i)) expect(Math.hypot(...one.map((part, k) => part - other[k]!))).toBeGreaterThan(0.05);
      }
    }
  });
});

/** OKLab from linear sRGB, where distances follow what people see. Source: B. Ottosson, 2020. */
function oklab([r = 0, g = 0, b = 0]: number[]): number[] {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s, 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s];
}
