/** @file Laws of the way from pixels to density. */
import { type Picture } from '@tapeflow/vis';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../cli/errors.ts';
import { massOf } from '../../smoke-control/density.ts';
import { averageOnto, targetFrom } from '../../smoke-control/picture.ts';
import { randomNumbers } from '../random.ts';

const SEED = 11;

/** An 8-bit grey picture from darkness (0 to 255) by column and row from the top. */
function grey(width: number, height: number, darkness: (x: number, row: number) => number): Picture {
  const data = Uint8Array.from({ length: width * height }, (_, i) => 255 - darkness(i % width, Math.floor(i / width)));
  return { width, height, channels: 1, depth: 8, data };
}

function randomPicture(width: number, height: number): Picture {
  const random = randomNumbers(SEED + width * 1000 + height);
  return grey(width, height, () => Math.floor(random() * 256));
}

const darknessSum = ({ data }: Picture): number => Array.from<number>(data).reduce((sum, light) => sum + (255 - light) / 255, 0);

describe('area averaging', () => {
  test.each([
    [64, 64, 16],
    [100, 100, 64],
    [7, 7, 64],
    [37, 91, 64],
    [91, 37, 16],
    [1, 300, 32],
    [300, 1, 32],
    [1000, 999, 24],
  ])('of %i×%i pixels onto %i² cells keeps the darkness', (width, height, n) => {
    const picture = randomPicture(width, height);
    const cellsPerPixel = (n / Math.max(width, height)) ** 2;
    expect(massOf(averageOnto(picture, n)) / (darknessSum(picture) * cellsPerPixel)).toBeCloseTo(1, 11);
  });

  test('of a picture with as many pixels as cells is the picture, turned over', () => {
    const n = 12;
    const picture = randomPicture(n, n);
    averageOnto(picture, n).forEach((density, i) => {
      const [x, y] = [i % n, Math.floor(i / n)];
      expect(density).toBeCloseTo((255 - picture.data[(n - 1 - y) * n + x]!) / 255, 14);
    });
  });

  test('in two stages that divide evenly equals one stage', () => {
    const fine = averageOnto(randomPicture(96, 96), 48);
    const coarse = averageOnto(randomPicture(96, 96), 16);
    coarse.forEach((density, i) => {
      let sum = 0;
      for (let k = 0; k < 9; k++) sum += fine[(3 * Math.floor(i / 16) + Math.floor(k / 3)) * 48 + 3 * (i % 16) + (k % 3)]!;
      expect(density).toBeCloseTo(sum / 9, 13);
    });
  });

  test('of a picture whose pixels are enlarged is the same as of the picture', () => {
    const small = randomPicture(10, 10);
    const large = grey(70, 70, (x, row) => 255 - small.data[Math.floor(row / 7) * 10 + Math.floor(x / 7)]!);
    const expected = averageOnto(small, 32);
    averageOnto(large, 32).forEach((density, i) => expect(density).toBeCloseTo(expected[i]!, 12));
  });

  test('keeps a black picture black wherever the cells are covered', () => {
    for (const size of [1, 3, 50, 64, 97]) {
      for (const density of averageOnto(grey(size, size, () => 255), 64)) expect(density).toBeCloseTo(1, 12);
    }
  });

  test('shows a wide picture whole, in the middle, at its own aspect', () => {
    const n = 32;
    const density = averageOnto(grey(200, 50, () => 255), n);
    density.forEach((value, i) => {
      const y = Math.floor(i / n) + 0.5;
      expect(value).toBeCloseTo(Math.abs(y - n / 2) < n / 8 ? 1 : 0, 12);
    });
  });
});

describe('orientation', () => {
  const half = (n: number, density: Float64Array, where: (x: number, y: number) => boolean): number =>
    massOf(density.filter((_, i) => where(i % n, Math.floor(i / n))));

  test('what is dark at the top of the picture is dense at high y', () => {
    const density = averageOnto(grey(40, 40, (_, row) => (row < 10 ? 255 : 0)), 20);
    expect(half(20, density, (_, y) => y >= 15)).toBeCloseTo(100, 10);
    expect(half(20, density, (_, y) => y < 15)).toBeCloseTo(0, 10);
  });

  test('what is dark at the left of the picture is dense at low x', () => {
    const density = averageOnto(grey(40, 40, (x) => (x < 10 ? 255 : 0)), 20);
    expect(half(20, density, (x) => x < 5)).toBeCloseTo(100, 10);
  });
});

describe('darkness × alpha', () => {
  const single = (channels: Picture['channels'], depth: 8 | 16, ...samples: number[]): number =>
    averageOnto({ width: 1, height: 1, channels, depth, data: depth === 8 ? Uint8Array.from(samples) : Uint16Array.from(samples) }, 1)[0]!;

  test.each<[string, Picture['channels'], 8 | 16, number[], number]>([
    ['black', 1, 8, [0], 1],
    ['white', 1, 8, [255], 0],
    ['grey', 1, 8, [51], 0.8],
    ['16-bit grey', 1, 16, [13107], 0.8],
    ['black, clear', 2, 8, [0, 0], 0],
    ['black, a fifth opaque', 2, 8, [0, 51], 0.2],
    ['RGB black', 3, 8, [0, 0, 0], 1],
    ['RGB white', 3, 8, [255, 255, 255], 0],
    ['pure red', 3, 8, [255, 0, 0], 1 - 0.2126],
    ['pure green', 3, 8, [0, 255, 0], 1 - 0.7152],
    ['pure blue', 3, 16, [0, 0, 65535], 1 - 0.0722],
    ['RGBA black, half opaque', 4, 16, [0, 0, 0, 32768], 32768 / 65535],
    ['RGBA white, opaque', 4, 8, [255, 255, 255, 255], 0],
    ['RGBA grey, a fifth opaque', 4, 8, [51, 51, 51, 51], 0.16],
  ])('%s', (_, channels, depth, samples, density) => expect(single(channels, depth, ...samples)).toBeCloseTo(density, 14));
});

describe('the target', () => {
  const blot = (darkness: number): Picture => grey(64, 64, (x, row) => (Math.hypot(x - 32, row - 32) < 16 ? darkness : 0));

  test('has the mass of the averaged picture', () => {
    expect(massOf(targetFrom(blot(255), 64, 'a'))).toBeCloseTo(massOf(averageOnto(blot(255), 64)), 9);
  });

  test.each<[string, Picture, RegExp]>([
    ['a white picture', grey(9, 9, () => 0), /^my\.png: the picture is blank .*; dark parts become smoke/],
    ['white in colour', { width: 1, height: 1, channels: 3, depth: 8, data: Uint8Array.of(255, 255, 255) }, /the picture is blank/],
    ['a clear picture', { width: 1, height: 1, channels: 4, depth: 8, data: Uint8Array.of(0, 0, 0, 0) }, /the picture is blank/],
    ['a faint picture', blot(100), /^my\.png: the picture is too faint: no 64×64 cell gets above density 0.39; /],
    ['a hairline', grey(640, 640, (x) => (x === 320 ? 255 : 0)), /too faint/],
    ['a black picture', grey(9, 9, () => 255), /^my\.png: the picture is too dark: 100\.0 % of the box .* at most 76\.\d % can be; invert it/],
    ['a negative', grey(64, 64, (x, row) => (Math.hypot(x - 32, row - 32) < 16 ? 0 : 255)), /the picture is too dark: 80/],
  ])('cannot be %s', (_, picture, message) => {
    expect(() => targetFrom(picture, 64, 'my.png')).toThrow(message);
    expect(() => targetFrom(picture, 64, 'my.png')).toThrow(UserError);
  });
});
