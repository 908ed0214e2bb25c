/** @file Every function keeps the error it promises, and the table of docs/accuracy.md is what is measured. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { VECTOR_FUNCTIONS } from '../../../../src/compile/wasm/math/functions.ts';
import { accuracyTable, measureOne, readAccuracyTable, SEED, withAccuracyTable } from './accuracy.ts';

const page = readFileSync(new URL('../../../../../../docs/accuracy.md', import.meta.url), 'utf8');
const QUICK = { singles: 20_000, doubles: 120 };

for (const name of Object.keys(VECTOR_FUNCTIONS)) {
  for (const [k, precision] of (['f32', 'f64'] as const).entries()) {
    test(`${name} of ${precision} keeps its bound, seed ${SEED + 1}, and the table tells about what is seen`, { timeout: 60_000 }, () => {
      const { worst, at, bound } = measureOne(name, precision, SEED + 1, QUICK);
      expect(worst, `${name}(${at.join(', ')}), seed ${SEED + 1}`).toBeLessThanOrEqual(bound);
      const [, ...cells] = readAccuracyTable(page).find(([own]) => own === `\`${name}\``)!;
      const [seen, promised] = cells.slice(2 * k, 2 * k + 2).map(Number);
      expect(promised, 'run npm run accuracy-table').toBe(bound);
      // A shorter sweep sees a little less, seldom more.
      expect(Math.abs(seen! - worst), 'run npm run accuracy-table').toBeLessThan(0.45);
    });
  }
}

test('a table that is written is read again, and a page without marks is refused', () => {
  const rows = (['f32', 'f64'] as const).map((precision) => ({ name: 'exp', precision, worst: 0.756, at: [1], bound: 1 }));
  expect(readAccuracyTable(withAccuracyTable(page, accuracyTable(rows)))).toEqual([['`exp`', '0.76', '1', '0.76', '1']]);
  expect(() => withAccuracyTable('# Nothing\n', '')).toThrow('has no');
});
