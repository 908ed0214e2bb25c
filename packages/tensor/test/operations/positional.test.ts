/** @file Tests made from the table of positional operations. */
import { describe, expect, test } from 'vitest';
import { ELEMENTWISE } from '../../src/elementwise/table.ts';
import * as elementwise from '../../src/primitives/elementwise.ts';
import * as gather from '../../src/primitives/gather.ts';
import * as reduce from '../../src/primitives/reduce.ts';
import * as structure from '../../src/primitives/structure.ts';
import { checkCompleteness, missingRows, testTable } from './run-table.ts';
import { elementwiseRows } from './table-elementwise.ts';
import { gatherRows } from './table-gather.ts';
import { reduceRows } from './table-reduce.ts';
import { structureRows } from './table-structure.ts';

const SEED = Number(process.env['TAPEFLOW_SEED'] ?? 20261);
const rows = [...elementwiseRows, ...structureRows, ...reduceRows, ...gatherRows];
const counts = testTable('positional operations', rows, SEED);

/** Functions of the modules that are no operations on arrays. */
const HELPERS = ['saturate'];

describe('the table of positional operations', () => {
  test('has a row for every exported operation and for every expression', () => {
    const exported = [elementwise, structure, reduce, gather].flatMap((module) => Object.entries(module)).flatMap(([name, value]) => (typeof value === 'function' && !HELPERS.includes(name) ? [name] : []));
    expect(missingRows(rows, [...exported, ...Object.keys(ELEMENTWISE)])).toEqual([]);
  });
  test('is complete in every row', () => checkCompleteness(rows));
  test('names every operation once', () => expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length));
  test('counts', () => {
    console.log(`positional operations: ${rows.length} rows, ${Object.entries(counts).map(([kind, count]) => `${count} ${kind}`).join(', ')}`);
  });
});
