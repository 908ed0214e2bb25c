/** @file The shipped pictures are the drawings, and each makes a usable target. */
import { fileURLToPath } from 'node:url';
import { readPicture } from '@tapeflow/vis/node';
import { describe, expect, test } from 'vitest';
import { disc, massOf } from '../../smoke-control/density.ts';
import { smokeControlOptions } from '../../smoke-control/options.ts';
import { targetFrom } from '../../smoke-control/picture.ts';
import { drawings } from '../../smoke-control/pictures/draw.ts';

const pathOf = (name: string): string => fileURLToPath(new URL(`../../smoke-control/pictures/${name}`, import.meta.url));

/** What a reader should make of a drawing: palette looked up, everything else as drawn. */
function expectedSamples(name: string): number[] {
  const { samples, palette } = drawings[name]!;
  return palette === undefined ? Array.from(samples) : Array.from(samples).flatMap((index) => palette[index]!);
}

describe.each(Object.keys(drawings))('%s', (name) => {
  test('is the drawing', () => {
    const { data } = readPicture(pathOf(name));
    const expected = expectedSamples(name);
    expect(data.length).toBe(expected.length);
    expect(expected.every((sample, i) => sample === data[i])).toBe(true);
  });

  test.each([16, 64])('is a target on %i² cells, whose mass a disc can have', (n) => {
    const target = targetFrom(readPicture(pathOf(name)), n, name);
    expect(massOf(disc(n, massOf(target)))).toBeCloseTo(massOf(target), 9);
  });
});

test('their areas are those of the shapes', () => {
  const cell = (name: string): number => massOf(targetFrom(readPicture(pathOf(name)), 64, name)) / 32 ** 2;
  expect(cell('letter-t.png')).toBeCloseTo(0.3 * 1.2 + 0.8 * 0.3, 2); // upright, and the bar beyond it
  expect(cell('ring.png')).toBeCloseTo(Math.PI * (0.6 ** 2 - 0.35 ** 2), 3);
  expect(cell('two-discs.png')).toBeCloseTo(2 * Math.PI * 0.06, 3);
});

test('the heart, which is the default, stands on its point', () => {
  const target = targetFrom(readPicture(smokeControlOptions.picture.default), 64, 'heart');
  const widthAt = (y: number): number => massOf(target.subarray(y * 64, (y + 1) * 64));
  expect(widthAt(46)).toBeGreaterThan(3 * widthAt(14));
});
