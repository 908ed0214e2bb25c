/** @file The chapters of docs/learn as files: they run by themselves, and do not overwrite what a reader has made of them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeTool } from '../command.ts';
import { writeChapters } from '../docs/chapters.ts';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapeflow-chapters-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the last chapter runs with the files of those it imports', async () => {
  const files = writeChapters(ROOT, folder);
  expect(files.map(({ file }) => file.slice(folder.length + 1, folder.length + 3))).toEqual(['01', '02', '03', '04', '05', '06', '07', '08']);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  expect(await nodeTool(ROOT, 'tsx/dist/cli.mjs', [files.at(-1)!.file])).toEqual({ code: 0, output: '' });
}, 30_000);

test('what is there is left alone', () => {
  const [first] = writeChapters(ROOT, folder);
  writeFileSync(first!.file, 'mine');
  expect(writeChapters(ROOT, folder).map(({ written }) => written)).toEqual(Array.from({ length: 8 }, () => false));
  expect(readFileSync(first!.file, 'utf8')).toBe('mine');
});
