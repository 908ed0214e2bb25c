/** @file Base64 as everybody else writes it. */

import { expect, test } from 'vitest';

import { base64, pngAddress } from '../src/base64.ts';
import { seeded, whole } from './random.ts';

test('agrees with Node for every length and byte (seed 8)', () => {
  const random = seeded(8);
  for (let length = 0; length < 70; length++) {
    const bytes = Uint8Array.from({ length }, () => whole(random, 256));
    expect(base64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
  }
  expect(pngAddress(Uint8Array.of(1, 2, 3))).toBe('data:image/png;base64,AQID');
});
