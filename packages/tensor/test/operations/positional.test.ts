/** @file Tests made from the table of positional operations. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ELEMENTWISE } from '../../src/elementwise/table.ts';
import { rows } from './all-rows.ts';
import { checkCompleteness, missingRows, testTable } from './run-table.ts';

const SEED = Number(process.env['TAPEFLOW_SEED'] ?? 20261);
const counts = testTable('positional operations', rows, SEED);

/** Functions of the modules that are no operations on arrays: numbers to numbers, the truth of a plain array, the parts that axes play. */
const HELPERS = ['saturate', 'truth', 'rolesOf', 'shapesOf'];

/** Names of all functions that the files of a folder export, whatever files there are. */
async function functionsIn(folder: 'primitives' | 'control'): Promise<string[]> {
  const home = new URL(`../../src/${folder}/`, import.meta.url);
  const modules = await Promise.all(readdirSync(home).map((file) => import(new URL(file, home).pathname) as Promise<object>));
  return modules.flatMap((module) => Object.entries(module)).flatMap(([name, value]) => (typeof value === 'function' && !HELPERS.includes(name) ? [name] : []));
}

describe('the table of positional operations', () => {
  test('has a row for every exported operation and for every expression', async () => {
    const loops = (await functionsIn('control')).filter((name) => name.endsWith('Leaves'));
    const exported = [...(await functionsIn('primitives')), ...loops];
    expect(exported.length).toBeGreaterThan(70);
    expect(missingRows(rows, [...exported, ...Object.keys(ELEMENTWISE)])).toEqual([]);
  });
  test('is complete in every row', () => checkCompleteness(rows));
  test('names every operation once', () => expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length));
  test('counts', () => {
    console.log(`positional operations: ${rows.length} rows, ${Object.entries(counts).map(([kind, count]) => `${count} ${kind}`).join(', ')}`);
  });
});
