/** @file Small plots of characters keep order, orientation and size. */

import { describe, expect, test } from 'vitest';

import { greys, viridis } from '../src/colormap.ts';
import { PlotError } from '../src/errors.ts';
import { rasterFrom } from '../src/raster.ts';
import { sparkline, terminalMap } from '../src/terminal.ts';

describe('sparkline', () => {
  test('bars rise with the values', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe('▁▂▃▄▅▆▇█');
    expect(sparkline([1, 10, 100, 1000], { scale: 'log' })).toBe('▁▃▆█');
    expect(sparkline([0, 4], { ascii: true })).toBe('_#');
  });
  test('many values are averaged into the width, none are lost', () => {
    expect(sparkline(Array.from({ length: 1000 }, (_, i) => i), { width: 8 })).toBe('▁▂▃▄▅▆▇█');
    expect(sparkline([0, 0, 0, 0, 8, 0, 0, 0], { width: 2 })).toBe('▁█');
  });
  test('what cannot be drawn is an ×', () => {
    expect(sparkline([1, NaN, 2])).toBe('▁×█');
    expect(sparkline([1, 0, 2], { scale: 'log', ascii: true })).toBe('_x#');
    expect(sparkline([])).toBe('');
    expect(sparkline([3, 3])).toHaveLength(2);
  });
});

describe('map', () => {
  const corner = rasterFrom(8, 8, (i, j) => (i >= 4 && j >= 4 ? 1 : 0)); // upper right

  test('the top row comes first, one character for two rows', () => {
    expect(terminalMap(corner)).toBe(['    ████', '    ████', '        ', '        '].join('\n'));
    expect(terminalMap(corner, { ascii: true }).split('\n')[0]).toBe('    @@@@');
  });

  test('in colour, upper and lower half blocks have the colours of their cells', () => {
    const lines = terminalMap({ width: 1, height: 2, values: [0, 1] }, { colour: true, colormap: greys, range: [0, 1] });
    expect(lines).toBe('\x1b[38;2;255;255;255m\x1b[48;2;0;0;0m▀\x1b[0m');
  });

  test('shrinks to the columns asked for, and never grows', () => {
    const wide = terminalMap(rasterFrom(100, 50, (i) => i), { columns: 20 }).split('\n');
    expect(wide.map((line) => line.length)).toEqual([20, 20, 20, 20, 20]);
    expect(terminalMap(corner, { columns: 99 }).split('\n')[0]).toHaveLength(8);
  });

  test('what is not finite shows, even when averaged', () => {
    const broken = rasterFrom(40, 40, (i, j) => (i === 0 && j === 0 ? NaN : 1));
    expect(terminalMap(broken, { columns: 10 }).split('\n').at(-1)![0]).toBe('×');
    expect(terminalMap(broken, { columns: 10, colour: true })).toContain(viridis.missing.join(';'));
  });

  test('a raster that is none is refused', () => {
    expect(() => terminalMap({ width: 2, height: 2, values: [] })).toThrow(PlotError);
  });
});
