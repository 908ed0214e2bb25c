/** @file Draws the shipped pictures, each in another kind of PNG. Run: npx tsx examples/smoke-control/pictures/draw.ts */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { encodeDrawing, type Drawing } from './png.ts';

const SIZE = 256; // pixels along each side
const SUBSAMPLES = 8; // along each side of a pixel: 65 shades at the edges

/** Whether a point is inside; x to the right and y up, both from −1 to 1. */
type Shape = (x: number, y: number) => boolean;

const heart: Shape = (x, y) => {
  const [a, b] = [1.35 * x, 1.35 * y + 0.1];
  return (a * a + b * b - 0.6) ** 3 < a * a * b ** 3;
};

const letterT: Shape = (x, y) => (Math.abs(x) < 0.15 && Math.abs(y) < 0.6) || (Math.abs(x) < 0.55 && y > 0.3 && y < 0.6);

const ring: Shape = (x, y) => Math.hypot(x, y) > 0.35 && Math.hypot(x, y) < 0.6;

const twoDiscs: Shape = (x, y) => Math.min((x - 0.4) ** 2 + (y + 0.3) ** 2, (x + 0.4) ** 2 + (y - 0.3) ** 2) < 0.06;

const square = { width: SIZE, height: SIZE } as const;

/** The shipped pictures by file name. Black is inside, and pixels at an edge are as dark as they are covered. */
export const drawings: Readonly<Record<string, Drawing>> = {
  'heart.png': { ...square, colourType: 0, depth: 8, samples: coverage(heart).map((c) => Math.round(255 * (1 - c))) },
  'letter-t.png': {
    ...square,
    colourType: 3,
    depth: 4,
    palette: Array.from({ length: 16 }, (_, i) => [17 * i, 17 * i, 17 * i]),
    samples: coverage(letterT).map((c) => Math.round(15 * (1 - c))),
  },
  'ring.png': { ...square, colourType: 6, depth: 8, samples: coverage(ring).flatMap((c) => [0, 0, 0, Math.round(255 * c)]) },
  'two-discs.png': {
    ...square,
    colourType: 0,
    depth: 16,
    interlaced: true,
    samples: coverage(twoDiscs).map((c) => Math.round(65535 * (1 - c))),
  },
};

/** The share of each pixel that is inside, row by row from the top. */
function coverage(inside: Shape): number[] {
  const fine = SIZE * SUBSAMPLES;
  const toUnit = (pixel: number, sub: number): number => (2 * (pixel * SUBSAMPLES + sub + 0.5)) / fine - 1;
  return Array.from({ length: SIZE * SIZE }, (_, i) => {
    let hits = 0;
    for (let k = 0; k < SUBSAMPLES ** 2; k++) {
      const x = toUnit(i % SIZE, k % SUBSAMPLES);
      const y = -toUnit(Math.floor(i / SIZE), Math.floor(k / SUBSAMPLES));
      if (inside(x, y)) hits++;
    }
    return hits / SUBSAMPLES ** 2;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, drawing] of Object.entries(drawings)) writeFileSync(new URL(name, import.meta.url), encodeDrawing(drawing));
}
