/** @file Eager operations leave nothing behind. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { bundledScript } from './child-process.ts';

test('100 000 eager operations grow memory by at most 2 MB after a warm-up', { timeout: 120_000 }, () => {
  const output = execFileSync(process.execPath, ['--expose-gc', bundledScript(new URL('./eager-memory.ts', import.meta.url))], { encoding: 'utf8' });
  const { grown, kept } = JSON.parse(output) as { grown: number; kept: number };
  console.log(`100 000 eager operations: memory grew by ${(grown / 2 ** 20).toFixed(2)} MB`);
  expect(kept).toBe(64);
  expect(grown).toBeLessThanOrEqual(2 * 2 ** 20);
});
