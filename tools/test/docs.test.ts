/** @file The suite of the documents: blocks of one file are one program, chapters build on each other, and a wrong line is named. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { docs } from '../suites/docs.ts';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const FENCE = '`'.repeat(3);
const document = (...blocks: readonly string[]): string => blocks.map((code) => `${FENCE}ts\n${code}\n${FENCE}\n`).join('\n');

test('a chapter imports what another one exports; what is wrong is told by document and line', async () => {
  const root = mkdtempSync(join(tmpdir(), 'tapeflow-docs-'));
  for (const folder of ['docs/learn', 'packages']) mkdirSync(join(root, folder), { recursive: true });
  for (const config of ['tsconfig.base.json', 'tsconfig.source.json', 'package.json']) copyFileSync(join(ROOT, config), join(root, config));
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const write = (name: string, text: string): void => writeFileSync(join(root, 'docs', name), text);
  write('learn/01.md', document('export const one = 1;', 'export const two = one + 1;'));
  write('learn/02.md', document("import { two } from './01.ts';\nconsole.log(two); // → 2"));
  write('learn/03.md', document("import { two } from './01.ts';", 'console.log(two); // → 3'));
  // The same file name in another folder: its mistake is not that of the other one.
  write('01.md', document('export const one: string = 1;'));
  const outcome = await docs.run(root).finally(() => rmSync(root, { recursive: true }));
  expect(outcome.failures).toHaveLength(2);
  expect(outcome.failures[0]).toContain('docs/01.md:2: error TS2322');
  expect(outcome.failures[1]).toContain('docs/learn/03.md:6: the document says this prints');
  // The two blocks of 01, the one of 02, that blocks are well formed, and the list of packages; both blocks of 03 and the one of docs/01.
  expect([outcome.passed, outcome.failed]).toEqual([5, 3]);
}, 60_000);
