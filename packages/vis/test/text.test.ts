/** @file Numbers read back as what they were; lines fit where they should. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { fitText, formatNumber, labelled, plural, textWidth, wrapText } from '../src/text.ts';

/** Reads a formatted number back. */
function readBack(text: string): number {
  const digits = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  const plain = text.replaceAll('−', '-').replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+/, (power) => `^${[...power].map((c) => (c === '⁻' ? '-' : digits.indexOf(c))).join('')}`);
  const match = /^(-?)(?:([\d.]+)×)?10\^(-?\d+)$/.exec(plain);
  return match ? Number(`${match[1]}${match[2] ?? '1'}e${match[3]}`) : Number(plain);
}

describe('formatNumber', () => {
  test('reads back within the digits asked for', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }), fc.integer({ min: 1, max: 12 }), (value, digits) => {
        if (Math.abs(value) < 1e-300) return;
        expect(Math.abs(readBack(formatNumber(value, digits)) / value - 1)).toBeLessThanOrEqual(5.001 * 10 ** -digits);
      }),
    );
  });

  test.each([
    [0, '0'],
    [-0, '0'],
    [0.25, '0.25'],
    [1200, '1200'],
    [-4, '−4'],
    [3.1e-7, '3.1×10⁻⁷'],
    [1e-9, '10⁻⁹'],
    [-1e12, '−10¹²'],
    [NaN, 'NaN'],
    [Infinity, '∞'],
    [-Infinity, '−∞'],
    [999999.7, '10⁶'],
  ])('%s is %s', (value, text) => expect(formatNumber(value)).toBe(text));
});

test('wrapped lines fit and lose no word', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { maxLength: 30 }), fc.integer({ min: 60, max: 400 }), (words, width) => {
      const lines = wrapText(words.join(' '), width, 12);
      expect(lines.join(' ')).toBe(words.join(' '));
      for (const line of lines) if (line.includes(' ')) expect(textWidth(line, 12)).toBeLessThanOrEqual(width);
    }),
  );
});

test('a text that is too long is cut, one that fits is not', () => {
  expect(fitText('short', 100, 12)).toBe('short');
  const cut = fitText('a very long name of a line', 60, 12);
  expect(cut).toMatch(/^a ve.*…$/);
  expect(textWidth(cut, 12)).toBeLessThanOrEqual(60);
});

test('names with units, and plurals', () => {
  expect([labelled({ label: 'time', unit: 's' }), labelled({ unit: 's' }), labelled({})]).toEqual(['time [s]', '[s]', '']);
  expect([plural(1, 'cell'), plural(2, 'cell'), plural(0, 'cell')]).toEqual(['1 cell', '2 cells', '0 cells']);
});
