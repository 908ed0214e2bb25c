/** @file Memory of large arrays stays with the process. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { bundledScript } from '../child-process.ts';

const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };

test.skipIf(header.glibcVersionRuntime === undefined)('large results come and go without new pages from the system', { timeout: 60_000 }, () => {
  const { value, pages } = JSON.parse(execFileSync(process.execPath, [bundledScript(new URL('./heap.ts', import.meta.url))], { encoding: 'utf8' })) as { value: number; pages: number };
  console.log(`200 results of 1 MB: ${pages} new pages`);
  expect(value).toBe(1);
  // They have 51 200 pages, of which 9000 to 50 000 were new each time when the C library gave freed memory back.
  expect(pages).toBeLessThan(2500);
});
