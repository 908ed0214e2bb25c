/** @file Links are followed to files and headings; those that lead nowhere are named. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anchorsOf, checkLinks } from '../docs/links.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tapeflow-links-'));
  mkdirSync(join(root, 'docs'));
  writeFileSync(join(root, 'docs', 'notation.md'), '# Notation\n\n## Storage order\n');
});
afterAll(() => rmSync(root, { recursive: true }));

const complaints = (text: string): readonly string[] => checkLinks(root, { path: 'README.md', text }).complaints;

test.each(['[a](docs/notation.md)', '[a](docs/notation.md#storage-order)', '[a](docs)', '[a](https://example.org/none)', '`[a](none.md)`'])('fine: %s', (text) => {
  expect(complaints(text)).toEqual([]);
});
test.each(['[a](none.md)', '![a](none.png)', '[a](docs/notation.md#units)', '[a](#units)', '[a](../outside.md)', '[a]: none.md'])('leads nowhere: %s', (text) => {
  expect(complaints(`\n${text}`)).toEqual([expect.stringContaining('README.md:2')]);
});
test('anchors are those of GitHub', () => {
  expect([...anchorsOf('# A `b`: c\n## Twice\n## Twice\n### Größe & ν\n')]).toEqual(['a-b-c', 'twice', 'twice-1', 'größe--ν']);
});
