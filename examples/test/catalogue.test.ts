/** @file The catalogue: every entry loads the example of that name, with a README that says how to run it. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { catalogue } from '../catalogue.ts';

test('names are unique, and words of the command line', () => {
  const names = catalogue.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
});

test.each(catalogue.map((entry) => [entry.name, entry] as const))('%s is what the list says', async (name, entry) => {
  const { example } = await entry.load();
  expect({ name: example.name, summary: example.summary }).toEqual({ name, summary: entry.summary });
});

// The first is the main job, which the README of the project explains.
test.each(catalogue.slice(1).map(({ name }) => name))('%s has a README that says how to run it, with its picture', (name) => {
  const folder = new URL(`../${name}/`, import.meta.url);
  const text = readFileSync(new URL('README.md', folder), 'utf8');
  expect(text).toContain(`npm start -- ${name}`);
  const [, picture] = /!\[[^\]]+\]\(([^)]+)\)/.exec(text) ?? [];
  expect(picture).toBeDefined();
  expect(existsSync(new URL(picture!, folder))).toBe(true);
});
